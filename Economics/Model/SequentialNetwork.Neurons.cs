using Dtao.Economics.Ledger;

namespace Dtao.Economics.Model;

/// <summary>What the model keeps of neurons, root claims, and subnets that are gone.</summary>
public sealed partial class SequentialNetwork
{
    private readonly Dictionary<NetUid, Metagraph> _metagraphs = [];
    private readonly Dictionary<NetUid, SubnetRemains> _remains = [];
    private readonly Dictionary<AccountId, List<AccountId>> _stakingHotkeys = [];
    private readonly Dictionary<AccountId, ClaimRates> _claimRates = [];
    private readonly Dictionary<PositionKey, UInt128> _claimed = [];
    private readonly Dictionary<AccountId, RootClaimType> _claimTypes = [];

    public bool KeepsStakingHotkeys => true;

    IReadOnlyCollection<KeyValuePair<NetUid, Metagraph>> INetworkState.Metagraphs => _metagraphs;

    IReadOnlyCollection<KeyValuePair<AccountId, ClaimRates>> INetworkState.ClaimRates => _claimRates;

    IReadOnlyCollection<KeyValuePair<PositionKey, UInt128>> INetworkState.Claimed => _claimed;

    IReadOnlyCollection<KeyValuePair<AccountId, RootClaimType>> INetworkState.ClaimTypes => _claimTypes;

    public Metagraph GetMetagraph(NetUid netuid) => _metagraphs.GetValueOrDefault(netuid, Metagraph.Empty);

    public IEnumerable<PositionKey> PositionsOn(NetUid netuid) => _shares.Keys.Where(position => position.Netuid == netuid);

    public IEnumerable<PositionKey> PositionsOf(NetUid netuid, AccountId coldkey) =>
        StakingHotkeys(coldkey).Select(hotkey => new PositionKey(netuid, hotkey, coldkey)).Where(_shares.ContainsKey);

    public IReadOnlyList<AccountId> StakingHotkeys(AccountId coldkey) =>
        _stakingHotkeys.TryGetValue(coldkey, out var hotkeys) ? hotkeys : (IReadOnlyList<AccountId>)[];

    public ClaimRates GetClaimRates(AccountId hotkey) => _claimRates.GetValueOrDefault(hotkey, ClaimRates.None);

    public UInt128 GetClaimed(PositionKey position) => _claimed.GetValueOrDefault(position);

    public RootClaimType? GetClaimType(AccountId coldkey) => _claimTypes.GetValueOrDefault(coldkey);

    public SubnetRemains? GetRemains(NetUid netuid) => _remains.GetValueOrDefault(netuid);

    private void TakeNeurons(LedgerScope scope)
    {
        foreach (var (netuid, metagraph) in scope.ChangedMetagraphs) _metagraphs[netuid] = metagraph;
        foreach (var (netuid, remains) in scope.ChangedRemains) _remains[netuid] = remains;
        foreach (var (hotkey, rates) in scope.ChangedClaimRates) SetClaimRates(hotkey, rates);
        foreach (var (position, rao) in scope.ChangedClaimed) SetClaimed(position, rao);
        foreach (var (coldkey, type) in scope.ChangedClaimTypes) _claimTypes[coldkey] = type;
        foreach (var (coldkey, isIn) in scope.ChangedClaimIndex) SetClaimIndexed(coldkey, isIn);
        foreach (var (coldkey, hotkey) in scope.AppendedStakingHotkeys) AppendStakingHotkey(coldkey, hotkey);
    }

    private void Remove(NetUid netuid)
    {
        _books.Remove(netuid);
        _metagraphs.Remove(netuid);
        foreach (var key in _pools.Keys.Where(key => key.Item1 == netuid).ToArray()) _pools.Remove(key);
        foreach (var position in _shares.Keys.Where(position => position.Netuid == netuid).ToArray()) _shares.Remove(position);
        foreach (var position in _claimed.Keys.Where(position => position.Netuid == netuid).ToArray()) _claimed.Remove(position);
        foreach (var (hotkey, rates) in _claimRates.ToArray()) _claimRates[hotkey] = new ClaimRates(rates.BySubnet.Remove(netuid));
    }

    private void SetClaimRates(AccountId hotkey, ClaimRates rates)
    {
        if (rates.BySubnet.IsEmpty) _claimRates.Remove(hotkey);
        else _claimRates[hotkey] = rates;
    }

    private void SetClaimed(PositionKey position, UInt128 rao)
    {
        if (rao == 0) _claimed.Remove(position);
        else _claimed[position] = rao;
    }

    private void AppendStakingHotkey(AccountId coldkey, AccountId hotkey)
    {
        if (!_stakingHotkeys.TryGetValue(coldkey, out var hotkeys)) _stakingHotkeys.Add(coldkey, hotkeys = []);
        if (!hotkeys.Contains(hotkey)) hotkeys.Add(hotkey);
    }
}
