using Dtao.Economics.Ledger;
using Dtao.Economics.Locks;

namespace Dtao.Economics.Keys;

/// <summary>Locks of one subnet when a hotkey, or a coldkey, takes the place of another.</summary>
internal static class SwappedLocks
{
    /// <summary>Locks for a hotkey become locks for another one, with their conviction; call it before the subnet's owner hotkey changes.</summary>
    /// <remarks>
    /// Source: staking/lock.rs :: swap_hotkey_locks_for_netuids. The sums are carried over by themselves, and take the place of those that the other hotkey
    /// had. Where either is the subnet owner's hotkey, they are the owner's afterwards.
    /// </remarks>
    public static void MoveHotkey(LedgerScope scope, NetUid netuid, AccountId former, AccountId next)
    {
        var metagraph = scope.GetMetagraph(netuid);
        if (metagraph.Locks.IsEmpty && metagraph.LockTotals.IsEmpty) return;
        var ownerHotkey = scope.TryGetBooks(netuid, out var books) ? books.OwnerHotkey : null;
        var (wasOwners, isOwners) = (ownerHotkey == former, ownerHotkey == former || ownerHotkey == next);
        var ledger = new LockLedger(scope, netuid);
        if (!isOwners && !Kinds(wasOwners, former).Any(ledger.HasTotal)) return;

        foreach (var (coldkey, held) in metagraph.Locks.Where(entry => entry.Value.Hotkey == former))
        {
            var isPerpetual = ledger.IsPerpetual(coldkey);
            var rolled = ledger.Roll(held.State, LockBucket.Of(wasOwners, isPerpetual, former));
            ledger.SetLock(coldkey, next, ledger.Roll(rolled, LockBucket.Of(isOwners, isPerpetual, next)));
        }

        foreach (var from in Kinds(wasOwners, former))
        {
            if (!ledger.HasTotal(from)) continue;
            var to = LockBucket.Of(isOwners, from.IsPerpetual, next);
            var moved = ledger.Roll(ledger.Total(from), from);
            ledger.SetTotal(from, LockState.Nothing(scope.Block));
            ledger.SetTotal(to, ledger.Roll(moved, to));
        }
    }

    /// <summary>A coldkey's lock and choices become another one's, which has no lock.</summary>
    /// <remarks>
    /// Source: staking/lock.rs :: swap_coldkey_locks. Of the two choices the one about locked alpha is replaced by the former coldkey's, and the one about a
    /// perpetual lock is where the former coldkey had made it.
    /// </remarks>
    public static void MoveColdkey(LedgerScope scope, NetUid netuid, AccountId former, AccountId next)
    {
        var ledger = new LockLedger(scope, netuid);
        var (held, choices) = (ledger.Find(former), ledger.ChoicesOf(former));
        LockState? state = null;
        if (held is { } of)
        {
            var bucket = ledger.BucketOf(former, of.Hotkey);
            var rolled = ledger.Roll(of.State, bucket);
            ledger.SetLock(former, of.Hotkey, LockState.Nothing(scope.Block));
            ledger.TakeFromTotal(bucket, rolled.Mass, rolled.Conviction);
            state = rolled;
        }

        MoveChoices(ledger, former, next, choices);
        if (state is not { } moved) return;
        ledger.SetLock(next, held!.Value.Hotkey, moved);
        ledger.AddToTotal(ledger.BucketOf(next, held.Value.Hotkey), moved);
    }

    private static void MoveChoices(LockLedger ledger, AccountId former, AccountId next, LockChoices choices)
    {
        if (choices != LockChoices.None)
        {
            ledger.Choose(former, choices, isOn: false);
            if (choices.HasFlag(LockChoices.Perpetual)) ledger.Choose(next, LockChoices.Perpetual, isOn: true);
        }

        var accepts = choices.HasFlag(LockChoices.AcceptsLocked);
        if (ledger.ChoicesOf(next).HasFlag(LockChoices.AcceptsLocked) != accepts) ledger.Choose(next, LockChoices.AcceptsLocked, accepts);
    }

    private static LockBucket[] Kinds(bool isOfOwner, AccountId hotkey) =>
        [LockBucket.Of(isOfOwner, isPerpetual: true, hotkey), LockBucket.Of(isOfOwner, isPerpetual: false, hotkey)];
}
