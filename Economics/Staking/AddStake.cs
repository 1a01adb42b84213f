using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;

namespace Dtao.Economics.Staking;

/// <summary>add_stake and add_stake_limit.</summary>
/// <remarks>Source: rule book 01, 6.1 and 6.2; staking/add_stake.rs, staking/stake_utils.rs :: validate_add_stake.</remarks>
internal static class AddStake
{
    /// <summary>Stakes an amount at any price that the pool's bounds allow.</summary>
    public static LedgerError AtMarket(CallRun run, PositionKey position, Tao amount, out Alpha bought)
    {
        bought = Alpha.Zero;
        if (Market.ExceedsInputLimit(run.Scope, position.Netuid, SwapSide.Buy, amount.Rao)) return LedgerError.InsufficientLiquidity;

        var error = Validate(run.Scope, position, amount, amount, allowPartial: false);
        return error != LedgerError.None
            ? error
            : StakeOperations.StakeInto(run, position, amount, LimitPrice.Highest, dropFees: false, out bought);
    }

    /// <summary>Stakes as much of an amount as a limit price allows.</summary>
    public static LedgerError AtLimit(
        CallRun run, PositionKey position, Tao amount, LimitPrice limit, bool allowPartial, out Alpha bought)
    {
        bought = Alpha.Zero;
        var scope = run.Scope;
        if (Market.ExceedsInputLimit(scope, position.Netuid, SwapSide.Buy, amount.Rao)) return LedgerError.InsufficientLiquidity;

        var error = Market.MaxBuy(scope, position.Netuid, limit, out var max);
        if (error != LedgerError.None) return error;
        error = Validate(scope, position, amount, max, allowPartial);
        if (error != LedgerError.None) return error;

        StakeRules.MakeDelegateUnlessOwn(scope, position.Hotkey, position.Coldkey);
        return StakeOperations.StakeInto(run, position, Tao.Min(amount, max), limit, dropFees: false, out bought);
    }

    private static LedgerError Validate(LedgerScope scope, PositionKey position, Tao amount, Tao max, bool allowPartial)
    {
        if (!scope.TryGetBooks(position.Netuid, out var books)) return LedgerError.SubnetNotExists;
        if (!books.SubtokenEnabled) return LedgerError.SubtokenDisabled;
        if (amount < NetworkParameters.MinStake.AddSaturating(MinStakeFee(books))) return LedgerError.AmountTooLow;
        if (!allowPartial && amount > max) return LedgerError.SlippageTooHigh;

        var executed = Tao.Min(amount, max);
        if (executed > TaoLedger.Balance(scope, position.Coldkey)) return LedgerError.NotEnoughBalanceToStake;
        if (scope.GetHotkey(position.Hotkey) is null) return LedgerError.HotKeyAccountNotExists;
        if (Market.Quote(books, SwapSide.Buy, executed.Rao, out var quote) != LedgerError.None) return LedgerError.InsufficientLiquidity;
        if (quote.PaidIn < NetworkParameters.MinStake.Rao) return LedgerError.AmountTooLow;
        if (quote.PaidOut == 0) return LedgerError.InsufficientLiquidity;
        return ShareLedger.CanIncrease(scope, position.Netuid, position.Hotkey, new Alpha(quote.PaidOut))
            ? LedgerError.None
            : LedgerError.InsufficientLiquidity;
    }

    /// <summary>The fee of the smallest stake: of its quote, or by the rate alone when there is no quote.</summary>
    private static Tao MinStakeFee(SubnetBooks books)
    {
        var minStake = NetworkParameters.MinStake.Rao;
        return Market.Quote(books, SwapSide.Buy, minStake, out var quote) == LedgerError.None
            ? new Tao(quote.Fee)
            : new Tao(Market.Fee(books, minStake));
    }
}
