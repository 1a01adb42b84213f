using Dtao.Economics.Ledger;

namespace Dtao.Economics.Model;

/// <summary>What the model keeps, and looks up, for swaps of keys.</summary>
public sealed partial class SequentialNetwork
{
    private readonly Dictionary<AccountId, ColdkeySwap> _coldkeySwaps = [];

    IReadOnlyCollection<KeyValuePair<AccountId, ColdkeySwap>> INetworkState.ColdkeySwaps => _coldkeySwaps;

    public ColdkeySwap? GetColdkeySwap(AccountId coldkey) => _coldkeySwaps.GetValueOrDefault(coldkey);

    public IEnumerable<PositionKey> ClaimsOn(AccountId hotkey) => _claimed.Keys.Where(claim => claim.Hotkey == hotkey);

    public IEnumerable<AccountId> OwnedHotkeys(AccountId coldkey) => _hotkeys.Where(entry => entry.Value.Owner == coldkey).Select(entry => entry.Key);

    private void TakeKeys(LedgerScope scope)
    {
        foreach (var (coldkey, gone, come) in scope.StakingSwaps)
        {
            if (_stakingHotkeys.TryGetValue(coldkey, out var hotkeys)) hotkeys.RemoveAll(gone.Contains);
            foreach (var hotkey in come) AppendStakingHotkey(coldkey, hotkey);
        }

        foreach (var (coldkey, swap) in scope.ChangedColdkeySwaps)
        {
            if (swap is null) _coldkeySwaps.Remove(coldkey);
            else _coldkeySwaps[coldkey] = swap;
        }
    }
}
