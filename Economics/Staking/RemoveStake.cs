using Dtao.Economics.Children;
using Dtao.Economics.Ledger;
using Dtao.Economics.Locks;
using Dtao.Economics.Pools;

namespace Dtao.Economics.Staking;

/// <summary>remove_stake, remove_stake_limit, and remove_stake_full_limit.</summary>
/// <remarks>
/// Source: rule book 01, 6.3 to 6.5; staking/remove_stake.rs, staking/stake_utils.rs :: validate_remove_stake.
/// </remarks>
internal static class RemoveStake
{
    public static LedgerError AtMarket(CallRun run, PositionKey position, Alpha requested)
    {
        var scope = run.Scope;
        if (!StakeRules.IsSubtokenEnabled(scope, position.Netuid)) return LedgerError.SubtokenDisabled;

        var alpha = Alpha.Min(requested, ShareLedger.Position(scope, position));
        if (Market.ExceedsInputLimit(scope, position.Netuid, SwapSide.Sell, alpha.Rao)) return LedgerError.InsufficientLiquidity;
        var error = Validate(scope, position, alpha, alpha, allowPartial: false);
        if (error != LedgerError.None) return error;

        error = StakeOperations.UnstakeFrom(run, position, position.Coldkey, alpha, LimitPrice.Lowest, dropFees: false, out _);
        if (error != LedgerError.None) return error;
        SmallNominations.Clear(run, position);
        StakeThresholdRules.DropPendingUnlessReached(scope, position.Hotkey);
        return LedgerError.None;
    }

    /// <summary>The requested amount is not capped at the position, and trading may be off.</summary>
    public static LedgerError AtLimit(CallRun run, PositionKey position, Alpha requested, LimitPrice limit, bool allowPartial)
    {
        var scope = run.Scope;
        if (Market.ExceedsInputLimit(scope, position.Netuid, SwapSide.Sell, requested.Rao)) return LedgerError.InsufficientLiquidity;

        var error = Market.MaxSell(scope, position.Netuid, limit, out var max);
        if (error != LedgerError.None) return error;
        error = Validate(scope, position, requested, max, allowPartial);
        if (error != LedgerError.None) return error;

        var executed = Alpha.Min(requested, max);
        error = StakeOperations.UnstakeFrom(run, position, position.Coldkey, executed, limit, dropFees: false, out _);
        if (error != LedgerError.None) return error;
        SmallNominations.Clear(run, position);
        StakeThresholdRules.DropPendingUnlessReached(scope, position.Hotkey);
        return LedgerError.None;
    }

    /// <summary>Sells the whole position, at a limit when there is one, and then never partially.</summary>
    public static LedgerError Full(CallRun run, PositionKey position, LimitPrice? limit)
    {
        var alpha = ShareLedger.Position(run.Scope, position);
        return limit is { } price
            ? AtLimit(run, position, alpha, price, allowPartial: false)
            : AtMarket(run, position, alpha);
    }

    internal static LedgerError Validate(LedgerScope scope, PositionKey position, Alpha alpha, Alpha max, bool allowPartial)
    {
        if (!scope.TryGetBooks(position.Netuid, out var books)) return LedgerError.SubnetNotExists;
        if (alpha.IsZero) return LedgerError.AmountTooLow;

        var held = ShareLedger.Position(scope, position);
        if (held < alpha) return LedgerError.NotEnoughStakeToWithdraw;
        if (Market.Quote(books, SwapSide.Sell, alpha.Rao, out var quote) != LedgerError.None) return LedgerError.InsufficientLiquidity;
        if (held > alpha && quote.PaidOut < NetworkParameters.MinStake.Rao) return LedgerError.AmountTooLow;
        if (!allowPartial && alpha > max) return LedgerError.SlippageTooHigh;
        if (scope.GetHotkey(position.Hotkey) is null) return LedgerError.HotKeyAccountNotExists;
        return LockedStake.CheckAvailable(scope, position.Netuid, position.Coldkey, alpha);
    }
}
