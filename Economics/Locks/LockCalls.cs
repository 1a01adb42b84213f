using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Locks;

/// <summary>lock_stake, move_lock, set_perpetual_lock, and set_reject_locked_alpha.</summary>
/// <remarks>
/// Source: rule book 01, 9.1 and 9.4; staking/lock.rs :: do_lock_stake, do_move_lock, do_set_perpetual_lock. On the chain the two choices
/// can be made for a subnet that does not exist, and whether locked alpha is rejected is chosen once for all subnets. Here a choice is kept
/// with the subnet, which alone has to read it, and so the subnet must exist.
/// </remarks>
internal static class LockCalls
{
    public static LedgerError Lock(LedgerScope scope, AccountId coldkey, NetUid netuid, AccountId hotkey, Alpha amount)
    {
        if (amount.IsZero) return LedgerError.AmountTooLow;
        if (scope.GetHotkey(hotkey) is null) return LedgerError.HotKeyAccountNotExists;

        var ledger = new LockLedger(scope, netuid);
        var held = ledger.Find(coldkey) ?? new StakeLock(hotkey, LockState.Nothing(scope.Block));
        if (held.Hotkey != hotkey) return LedgerError.LockHotkeyMismatch;
        var rolled = ledger.Rolled(coldkey, held);
        var state = rolled.State with { Mass = rolled.State.Mass.AddSaturating(amount), LastBlock = scope.Block };
        if (ledger.Held(coldkey) < state.Mass) return LedgerError.InsufficientStakeForLock;

        var added = LockState.Nothing(scope.Block) with { Mass = amount };
        ledger.Save(coldkey, rolled with
        {
            State = ledger.Roll(state, rolled.Bucket),
            Total = ledger.Added(rolled.Total, rolled.Bucket, added),
        });
        return LedgerError.None;
    }

    /// <summary>The conviction goes along only when both hotkeys are one owner's.</summary>
    public static LedgerError Move(CallRun run, NetUid netuid, AccountId hotkey)
    {
        var scope = run.Scope;
        if (scope.GetHotkey(hotkey) is not { } record) return LedgerError.HotKeyAccountNotExists;
        var ledger = new LockLedger(scope, netuid);
        if (ledger.Find(run.Signer) is not { } held) return LedgerError.NoExistingLock;

        // The sum that the lock leaves is not written as this rolls it: it is aged anew, and then what the lock is now is taken from it.
        var origin = ledger.Rolled(run.Signer, held);
        var destination = ledger.BucketOf(run.Signer, hotkey);
        var isOfOneOwner = scope.GetHotkey(origin.Hotkey)?.Owner == record.Owner;
        var moved = ledger.Roll(isOfOneOwner ? origin.State : origin.State with { Conviction = U64F64.Zero }, destination);
        ledger.SetLock(run.Signer, hotkey, moved);
        ledger.TakeFromTotal(origin.Bucket, origin.State.Mass, origin.State.Conviction);
        ledger.AddToTotal(destination, moved);
        return LedgerError.None;
    }

    public static LedgerError SetPerpetual(CallRun run, NetUid netuid, bool isOn)
    {
        var (scope, coldkey) = (run.Scope, run.Signer);
        if (!scope.TryGetBooks(netuid, out _)) return LedgerError.SubnetNotExists;
        var ledger = new LockLedger(scope, netuid);
        var changes = ledger.IsPerpetual(coldkey) != isOn;
        if (ledger.Find(coldkey) is { } held)
        {
            var rolled = ledger.Rolled(coldkey, held);
            ledger.Save(coldkey, rolled);
            if (changes) ledger.TakeFromTotal(rolled.Bucket, rolled.State.Mass, rolled.State.Conviction);
        }

        ledger.Choose(coldkey, LockChoices.Perpetual, isOn);
        if (changes && ledger.Find(coldkey) is { } kept) ledger.AddToTotal(ledger.BucketOf(coldkey, kept.Hotkey), kept.State);
        return LedgerError.None;
    }

    /// <summary>Nobody accepts locked alpha unless it has said so.</summary>
    public static LedgerError SetReject(CallRun run, NetUid netuid, bool isOn)
    {
        if (!run.Scope.TryGetBooks(netuid, out _)) return LedgerError.SubnetNotExists;
        new LockLedger(run.Scope, netuid).Choose(run.Signer, LockChoices.AcceptsLocked, !isOn);
        return LedgerError.None;
    }
}
