using Dtao.Economics.Ledger;

namespace Dtao.Economics.Locks;

/// <summary>Alpha of a coldkey on a subnet, over all hotkeys, and how much of it is locked.</summary>
public readonly record struct StakeAvailability(Alpha Held, Alpha Locked)
{
    /// <summary>What may be unstaked.</summary>
    public Alpha Free => Held.SubtractSaturating(Locked);
}

/// <summary>What staking, unstaking, and transfers have to do with locks. A coldkey without a lock costs one look-up.</summary>
/// <remarks>Source: rule book 01, 9.3 and 9.5; staking/lock.rs.</remarks>
public static class LockedStake
{
    /// <summary>Whether a coldkey may take alpha out of a subnet: on all hotkeys together it holds that much more than is locked.</summary>
    /// <remarks>Source: :: ensure_available_to_unstake. Callers have checked that the position holds the amount.</remarks>
    public static LedgerError CheckAvailable(LedgerScope scope, NetUid netuid, AccountId coldkey, Alpha amount)
    {
        if (!scope.GetMetagraph(netuid).Locks.ContainsKey(coldkey)) return LedgerError.None;
        return AvailabilityOf(scope, netuid, coldkey).Free >= amount ? LedgerError.None : LedgerError.StakeUnavailable;
    }

    /// <summary>What a coldkey holds and what is locked of it, in the scope's block.</summary>
    /// <remarks>Source: :: stake_availability.</remarks>
    public static StakeAvailability AvailabilityOf(LedgerScope scope, NetUid netuid, AccountId coldkey)
    {
        var ledger = new LockLedger(scope, netuid);
        var locked = ledger.Find(coldkey) is { } held ? ledger.Roll(held.State, ledger.BucketOf(coldkey, held.Hotkey)).Mass : Alpha.Zero;
        return new StakeAvailability(ledger.Held(coldkey), locked);
    }

    /// <summary>Brings a coldkey's lock up to date when it stakes or unstakes, and forgets it when it has become dust.</summary>
    /// <remarks>Source: :: cleanup_lock_if_zero.</remarks>
    public static void CleanUp(LedgerScope scope, NetUid netuid, AccountId coldkey)
    {
        var ledger = new LockLedger(scope, netuid);
        if (ledger.Find(coldkey) is { } held) ledger.Save(coldkey, ledger.Rolled(coldkey, held));
    }

    /// <summary>Lowers a lock by alpha that is gone, and its conviction in proportion.</summary>
    /// <remarks>Source: :: force_reduce_lock.</remarks>
    public static void Reduce(LedgerScope scope, NetUid netuid, AccountId coldkey, Alpha amount)
    {
        var ledger = new LockLedger(scope, netuid);
        if (ledger.Find(coldkey) is not { } held) return;
        var rolled = ledger.Rolled(coldkey, held);
        var before = rolled.State;
        var mass = before.Mass.SubtractSaturating(amount);
        var left = U64F64.One.SubtractSaturating(U64F64.FromRatio(amount.Rao, before.Mass.Rao));
        var conviction = mass.IsZero ? U64F64.Zero : before.Conviction.MultiplySaturating(left);
        ledger.Save(coldkey, rolled with
        {
            State = new LockState(mass, conviction, scope.Block),
            Total = ledger.Roll(rolled.Total, rolled.Bucket)
                .Without(before.Mass.SubtractSaturating(mass), before.Conviction.SubtractSaturating(conviction)),
        });
    }

    /// <summary>Lets a lock go with alpha that changes its coldkey: what is free goes first, and the rest takes its part of the lock along.</summary>
    /// <remarks>
    /// Source: :: transfer_lock; called before the alpha moves. Both locks are brought up to date even when none of them moves; the sums are
    /// then left as they are.
    /// </remarks>
    public static LedgerError Transfer(LedgerScope scope, NetUid netuid, AccountId from, AccountId to, Alpha amount)
    {
        if (from == to || amount.IsZero) return LedgerError.None;
        var ledger = new LockLedger(scope, netuid);
        if (ledger.Find(from) is not { } origin) return LedgerError.None;

        var (originBucket, target) = (ledger.BucketOf(from, origin.Hotkey), ledger.Find(to));
        var state = ledger.Roll(origin.State, originBucket);
        var locked = amount.SubtractSaturating(ledger.Held(from).SubtractSaturating(state.Mass));
        if (!locked.IsZero && target is { } other && other.Hotkey != origin.Hotkey) return LedgerError.LockHotkeyMismatch;

        var moved = new LockState(Alpha.Min(locked, state.Mass), U64F64.Zero, scope.Block);
        moved = moved with { Conviction = state.Conviction.MultiplySaturating(U64F64.FromRatio(moved.Mass.Rao, state.Mass.Rao)) };
        if (!moved.Mass.IsZero && !ledger.ChoicesOf(to).HasFlag(LockChoices.AcceptsLocked)) return LedgerError.AccountRejectsLockedAlpha;

        var received = target ?? new StakeLock(origin.Hotkey, LockState.Nothing(scope.Block));
        var receivedBucket = ledger.BucketOf(to, received.Hotkey);
        ledger.SetLock(from, origin.Hotkey, ledger.Roll(state.Without(moved.Mass, moved.Conviction), originBucket));
        ledger.SetLock(to, received.Hotkey, ledger.Roll(ledger.Roll(received.State, receivedBucket).With(moved), receivedBucket));
        if (moved.Mass.IsZero) return LedgerError.None;
        ledger.TakeFromTotal(originBucket, moved.Mass, moved.Conviction);
        ledger.AddToTotal(receivedBucket, moved);
        return LedgerError.None;
    }
}
