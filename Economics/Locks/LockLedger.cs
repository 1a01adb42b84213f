using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Locks;

/// <summary>A coldkey's lock as it is now, and the sum that it belongs to; nothing of it is written yet.</summary>
internal readonly record struct RolledLock(AccountId Hotkey, LockBucket Bucket, LockState State, LockState Total);

/// <summary>The locks of one subnet in a scope, and their sums.</summary>
/// <remarks>
/// Source: staking/lock.rs :: ConvictionModel and the functions around it. The sums are kept beside the locks as on the chain, with its
/// roundings: what ageing takes from a lock is taken from its sum, which is aged by itself only when that is nothing.
/// </remarks>
internal readonly struct LockLedger(LedgerScope scope, NetUid netuid)
{
    private BlockNumber Now => scope.Block;

    public static U64F64 OfMass(Alpha mass) => U64F64.FromInteger(mass.Rao);

    public StakeLock? Find(AccountId coldkey) => scope.GetMetagraph(netuid).Locks.TryGetValue(coldkey, out var found) ? found : null;

    public bool IsPerpetual(AccountId coldkey) => ChoicesOf(coldkey).HasFlag(LockChoices.Perpetual);

    public LockChoices ChoicesOf(AccountId coldkey) => scope.GetMetagraph(netuid).LockChoices.GetValueOrDefault(coldkey);

    public void Choose(AccountId coldkey, LockChoices choice, bool isOn)
    {
        var metagraph = scope.GetMetagraph(netuid);
        var choices = isOn ? ChoicesOf(coldkey) | choice : ChoicesOf(coldkey) & ~choice;
        var map = choices == LockChoices.None ? metagraph.LockChoices.Remove(coldkey) : metagraph.LockChoices.SetItem(coldkey, choices);
        scope.SetMetagraph(netuid, metagraph with { LockChoices = map });
    }

    /// <summary>The sum that a coldkey's lock for a hotkey belongs to, and by which it ages.</summary>
    public LockBucket BucketOf(AccountId coldkey, AccountId hotkey) =>
        LockBucket.Of(scope.TryGetBooks(netuid, out var books) && books.OwnerHotkey == hotkey, IsPerpetual(coldkey), hotkey);

    public LockState Total(LockBucket bucket) => scope.GetMetagraph(netuid).LockTotals.GetValueOrDefault(bucket, LockState.Nothing(Now));

    public bool HasTotal(LockBucket bucket) => scope.GetMetagraph(netuid).LockTotals.ContainsKey(bucket);

    public LockState Roll(LockState state, LockBucket bucket) => LockDecay.RollForward(state, Now, bucket, LockRates.Default);

    /// <summary>The lock aged to this block, and its sum after that.</summary>
    public RolledLock Rolled(AccountId coldkey, StakeLock held)
    {
        var bucket = BucketOf(coldkey, held.Hotkey);
        var (rolled, total) = (Roll(held.State, bucket), Total(bucket));
        var mass = held.State.Mass.SubtractSaturating(rolled.Mass);
        var conviction = held.State.Conviction.SubtractSaturating(rolled.Conviction);
        total = mass.IsZero && conviction.IsZero ? Roll(total, bucket) : total.Without(mass, conviction) with { LastBlock = Now };
        return new RolledLock(held.Hotkey, bucket, rolled, total);
    }

    public void Save(AccountId coldkey, RolledLock rolled)
    {
        SetLock(coldkey, rolled.Hotkey, rolled.State);
        SetTotal(rolled.Bucket, rolled.Total);
    }

    /// <summary>Dust is not kept.</summary>
    public void SetLock(AccountId coldkey, AccountId hotkey, LockState state)
    {
        var metagraph = scope.GetMetagraph(netuid);
        var locks = state.IsDust ? metagraph.Locks.Remove(coldkey) : metagraph.Locks.SetItem(coldkey, new StakeLock(hotkey, state));
        scope.SetMetagraph(netuid, metagraph with { Locks = locks });
    }

    public void SetTotal(LockBucket bucket, LockState total)
    {
        var metagraph = scope.GetMetagraph(netuid);
        var totals = total.IsNothing ? metagraph.LockTotals.Remove(bucket) : metagraph.LockTotals.SetItem(bucket, total);
        scope.SetMetagraph(netuid, metagraph with { LockTotals = totals });
    }

    /// <summary>Adds to a sum what a lock brings to it.</summary>
    public void AddToTotal(LockBucket bucket, LockState added) => SetTotal(bucket, Added(Total(bucket), bucket, added));

    /// <summary>A sum with what a lock brings to it, aged before and after.</summary>
    public LockState Added(LockState total, LockBucket bucket, LockState added) => Roll(Roll(total, bucket).With(added), bucket);

    public void TakeFromTotal(LockBucket bucket, Alpha mass, U64F64 conviction) => SetTotal(bucket, Roll(Total(bucket), bucket).Without(mass, conviction));

    /// <summary>All alpha of a coldkey on the subnet, on whatever hotkeys.</summary>
    public Alpha Held(AccountId coldkey)
    {
        var held = Alpha.Zero;
        foreach (var position in scope.PositionsOf(netuid, coldkey)) held = held.AddSaturating(ShareLedger.Position(scope, position));
        return held;
    }
}
