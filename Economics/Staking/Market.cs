using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;

namespace Dtao.Economics.Staking;

/// <summary>What a swap moved. Amounts are rao: input, output, and the fee in the input's token.</summary>
internal readonly record struct SwapFill(ulong PaidIn, ulong PaidOut, ulong Fee, ulong FeeToAuthor);

/// <summary>The pool's arithmetic, asked with a subnet's books.</summary>
/// <remarks>A subnet that does not exist reads as one without a curve, as on the chain; the calls refuse it afterwards.</remarks>
internal static class Market
{
    /// <summary>TAO per alpha, with the stored weight.</summary>
    public static U64F64 Price(SubnetBooks books) => PoolState.Of(books).Price;

    /// <summary>Computes a swap and stores the weight that a first swap sets; the caller moves the reserves.</summary>
    public static LedgerError Swap(
        SubnetBooks books, SwapSide side, ulong amount, LimitPrice limit, bool dropFees, out SwapFill fill)
    {
        var input = new SwapInput(PoolState.Of(books), side, amount, PoolPrices.FromLimit(limit), dropFees);
        var result = Pools.Swap.Execute(input);
        fill = new SwapFill(result.PaidIn, result.PaidOut, result.Fee, result.FeeToAuthor);
        if (!result.IsOk) return result.Error;
        books.QuoteWeight = result.QuoteWeight;
        books.SwapInitialised = result.IsInitialised;
        return LedgerError.None;
    }

    /// <summary>What a swap with fees and without a limit of its own would come to.</summary>
    public static LedgerError Quote(SubnetBooks books, SwapSide side, ulong amount, out SwapFill fill)
    {
        var result = Pools.Swap.Quote(PoolState.Of(books), side, amount);
        fill = new SwapFill(result.PaidIn, result.PaidOut, result.Fee, result.FeeToAuthor);
        return result.Error;
    }

    /// <summary>The fee of an amount by the rate alone.</summary>
    public static ulong Fee(SubnetBooks books, ulong amount) =>
        PoolState.Of(books).IsDynamic ? Pools.Swap.FeeOf(amount, books.FeeRate) : 0;

    /// <summary>Whether an amount is beyond what a swap of a dynamic subnet accepts.</summary>
    /// <remarks>Source: staking/add_stake.rs :: ensure_add_stake_input_within_swap_limit, and its twin in remove_stake.rs.</remarks>
    public static bool ExceedsInputLimit(LedgerScope scope, NetUid netuid, SwapSide side, ulong amount)
    {
        var pool = PoolOf(scope, netuid);
        if (!pool.IsDynamic) return false;
        var reserve = side == SwapSide.Buy ? pool.TaoReserve.Rao : pool.AlphaReserve.Rao;
        return amount > SaturatingMath.Multiply(Pools.Swap.InputToReserveMax, reserve);
    }

    /// <summary>The most TAO that can be spent up to a limit price, fee included.</summary>
    public static LedgerError MaxBuy(LedgerScope scope, NetUid netuid, LimitPrice limit, out Tao max)
    {
        var result = MaximumInput.Add(PoolOf(scope, netuid), limit);
        max = new Tao(result.Amount);
        return result.Error;
    }

    /// <summary>The most alpha that can be sold down to a limit price, fee included.</summary>
    public static LedgerError MaxSell(LedgerScope scope, NetUid netuid, LimitPrice limit, out Alpha max)
    {
        var result = MaximumInput.Remove(PoolOf(scope, netuid), limit);
        max = new Alpha(result.Amount);
        return result.Error;
    }

    /// <summary>The most alpha that can move to another subnet while the ratio of prices stays at or above the limit.</summary>
    public static LedgerError MaxMove(LedgerScope scope, NetUid origin, NetUid destination, LimitPrice limit, out Alpha max)
    {
        var result = MaximumInput.Move(PoolOf(scope, origin), PoolOf(scope, destination), limit);
        max = new Alpha(result.Amount);
        return result.Error;
    }

    private static PoolState PoolOf(LedgerScope scope, NetUid netuid) =>
        scope.TryGetBooks(netuid, out var books) ? PoolState.Of(books) : default;
}
