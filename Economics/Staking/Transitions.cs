using Dtao.Economics.Ledger;
using Dtao.Economics.Locks;
using Dtao.Economics.Pools;

namespace Dtao.Economics.Staking;

/// <summary>One move of stake: from where to where, how much, and under which conditions.</summary>
/// <param name="Limit">The price of origin in destination x 10^9; null for calls without a limit.</param>
/// <param name="ChecksToggle">Whether the subnets' switch for transfers applies.</param>
internal readonly record struct StakeTransition(
    PositionKey Origin, PositionKey Destination, Alpha Amount, LimitPrice? Limit, bool AllowPartial, bool ChecksToggle)
{
    public bool IsWithinSubnet => Origin.Netuid == Destination.Netuid;
}

/// <summary>move_stake, transfer_stake, swap_stake, and swap_stake_limit.</summary>
/// <remarks>Source: rule book 01, 6.8; staking/move_stake.rs :: transition_stake_internal, stake_utils.rs :: validate_stake_transition.</remarks>
internal static class Transitions
{
    public static LedgerError Execute(CallRun run, in StakeTransition transition)
    {
        var scope = run.Scope;
        var alpha = Alpha.Min(transition.Amount, ShareLedger.Position(scope, transition.Origin));
        var max = alpha;
        if (!transition.IsWithinSubnet && transition.Limit is { } limit)
        {
            var limitError = Market.MaxMove(scope, transition.Origin.Netuid, transition.Destination.Netuid, limit, out max);
            if (limitError != LedgerError.None) return limitError;
        }

        var error = Validate(scope, transition, alpha, max);
        if (error != LedgerError.None) return error;

        var executed = Alpha.Min(alpha, max);
        return transition.IsWithinSubnet
            ? StakeOperations.TransferWithin(run, transition.Origin, transition.Destination, executed)
            : MoveAcross(run, transition, executed);
    }

    /// <summary>Sells on the origin, hands the TAO over, buys on the destination; one of the two swaps carries the fee.</summary>
    private static LedgerError MoveAcross(CallRun run, in StakeTransition transition, Alpha alpha)
    {
        var scope = run.Scope;
        var (origin, destination) = (transition.Origin, transition.Destination);
        var isFeeOnDestination = origin.Netuid.IsRoot;

        var error = StakeOperations.UnstakeFrom(
            run, origin, origin.Coldkey, alpha, LimitPrice.Lowest, dropFees: isFeeOnDestination, out var tao);
        if (error != LedgerError.None) return error;

        if (origin.Coldkey != destination.Coldkey)
        {
            error = TaoLedger.Transfer(scope, origin.Coldkey, destination.Coldkey, tao);
            if (error != LedgerError.None) return error;
        }

        // Too little to stake again stays as free TAO of the destination.
        if (tao < NetworkParameters.MinStake) return LedgerError.None;
        StakeRules.MakeDelegateUnlessOwn(scope, destination.Hotkey, destination.Coldkey);
        return StakeOperations.StakeInto(run, destination, tao, LimitPrice.Highest, dropFees: !isFeeOnDestination, out _);
    }

    private static LedgerError Validate(LedgerScope scope, in StakeTransition transition, Alpha alpha, Alpha max)
    {
        var (origin, destination) = (transition.Origin, transition.Destination);
        if (origin == destination) return LedgerError.SameNetuid;
        if (!scope.TryGetBooks(origin.Netuid, out var from)) return LedgerError.SubnetNotExists;
        if (!scope.TryGetBooks(destination.Netuid, out var to)) return LedgerError.SubnetNotExists;
        if (!from.SubtokenEnabled || !to.SubtokenEnabled) return LedgerError.SubtokenDisabled;
        if (scope.GetHotkey(origin.Hotkey) is null) return LedgerError.HotKeyAccountNotExists;
        if (scope.GetHotkey(destination.Hotkey) is null) return LedgerError.HotKeyAccountNotExists;

        if (!transition.IsWithinSubnet)
        {
            if (Market.Quote(from, SwapSide.Sell, alpha.Rao, out var quote) != LedgerError.None) return LedgerError.InsufficientLiquidity;
            if (quote.PaidOut <= NetworkParameters.MinStake.Rao) return LedgerError.AmountTooLow;
            if (transition.Limit is not null && !transition.AllowPartial && alpha > max) return LedgerError.SlippageTooHigh;
        }

        if (transition.ChecksToggle && !(from.TransferEnabled && to.TransferEnabled)) return LedgerError.TransferDisallowed;
        return transition.IsWithinSubnet
            ? LedgerError.None
            : LockedStake.CheckAvailable(scope, origin.Netuid, origin.Coldkey, alpha);
    }
}
