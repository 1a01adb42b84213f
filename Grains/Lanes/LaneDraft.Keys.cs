using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Stakers;

namespace Dtao.Grains.Lanes;

/// <content>What a swap of keys changes at hotkeys and accounts. It is alone in its batch.</content>
internal sealed partial class LaneDraft
{
    private bool _isSwap;

    /// <summary>The account whose operation was decided last: of a swap, the one that made it or carries it.</summary>
    private AccountId _signer;

    /// <summary>What becomes of the hotkeys of a swap; empty for other batches, whose hotkeys are told in other ways.</summary>
    public (AccountId Hotkey, HotkeyRecord? After)[] Records() => !_isSwap
        ? []
        :
        [
            .. _scope.ChangedHotkeys.Select(changed => (changed.Hotkey, After: (HotkeyRecord?)changed.Record))
                .Concat(_scope.RemovedHotkeys.Select(hotkey => (Hotkey: hotkey, After: (HotkeyRecord?)null)))
                .OrderBy(entry => entry.Hotkey),
        ];

    /// <summary>Who signs: a coldkey that the sudo key swaps carries the call, and does not sign it.</summary>
    public static AccountId SignerOf(NetworkParameters parameters, AccountId sender, Call call) =>
        call.Kind == CallKind.SwapColdkey ? parameters.SudoKey.GetValueOrDefault() : sender;

    /// <summary>One message for each account: its TAO, and what changes of its lists and its announcement.</summary>
    private LaneCredit[] WithNotices(ulong firstSequence)
    {
        var notices = new SortedDictionary<AccountId, KeyNotice>();
        foreach (var (coldkey, gone, come) in _scope.StakingSwaps)
        {
            var notice = notices.GetValueOrDefault(coldkey, s_nothing);
            notices[coldkey] = notice with { Gone = [.. notice.Gone.Union(gone)], Come = [.. notice.Come.Except(gone).Union(come)] };
        }

        foreach (var (hotkey, record) in _scope.ChangedHotkeys.OrderBy(changed => changed.Hotkey))
        {
            if (_source.GetHotkey(hotkey)?.Owner == record.Owner) continue;
            var notice = notices.GetValueOrDefault(record.Owner, s_nothing);
            notices[record.Owner] = notice with { Owned = [.. notice.Owned, hotkey] };
        }

        foreach (var (coldkey, swap) in _scope.ChangedColdkeySwaps)
        {
            if (swap is null) notices[coldkey] = notices.GetValueOrDefault(coldkey, s_nothing) with { EndsColdkeySwap = true };
        }

        foreach (var (coldkey, identity) in _scope.ChangedIdentities)
        {
            var below = coldkey == _signer ? _source.SequenceOf(coldkey) : ulong.MaxValue;
            notices[coldkey] = notices.GetValueOrDefault(coldkey, s_nothing) with { Identity = new IdentityChange(identity, below) };
        }

        return
        [
            .. notices.Keys.Union(_credits.Keys).Order().Select((account, index) =>
                new LaneCredit(firstSequence + (ulong)index, account, _credits.GetValueOrDefault(account)) { Keys = notices.GetValueOrDefault(account) }),
        ];
    }

    private static readonly KeyNotice s_nothing = new([], [], [], false);
}
