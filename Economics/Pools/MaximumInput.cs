using Dtao.Economics.Ledger;

namespace Dtao.Economics.Pools;

/// <summary>An amount in rao, or why there is none.</summary>
public readonly record struct AmountOrError(LedgerError Error, ulong Amount)
{
    public bool IsOk => Error == LedgerError.None;

    public static AmountOrError Of(ulong amount) => new(LedgerError.None, amount);
}

/// <summary>The most that can go in before the price passes a limit.</summary>
/// <remarks>
/// Source: rule book 01, 4.8; pallets/subtensor/src/staking/add_stake.rs :: get_max_amount_add, remove_stake.rs ::
/// get_max_amount_remove, move_stake.rs :: get_max_amount_move. Amounts include the fee.
/// </remarks>
public static class MaximumInput
{
    private const ulong PriceOne = 1_000_000_000;

    /// <summary>TAO that can buy at the limit or below.</summary>
    public static AmountOrError Add(in PoolState pool, LimitPrice limit, ulong minimumReserve = SwapInput.MinimumReserveDefault) =>
        pool.IsDynamic
            ? Simulate(pool, SwapSide.Buy, pool.TaoReserve.Rao, limit, minimumReserve)
            : AmountOrError.Of(limit.RaoPerAlpha >= PriceOne ? ulong.MaxValue : 0);

    /// <summary>Alpha that can be sold at the limit or above.</summary>
    public static AmountOrError Remove(in PoolState pool, LimitPrice limit, ulong minimumReserve = SwapInput.MinimumReserveDefault) =>
        pool.IsDynamic
            ? Simulate(pool, SwapSide.Sell, pool.AlphaReserve.Rao, limit, minimumReserve)
            : AmountOrError.Of(limit.RaoPerAlpha <= PriceOne ? ulong.MaxValue : 0);

    /// <summary>Alpha of the origin that can move before (price of origin / price of destination) falls below the limit.</summary>
    /// <remarks>Between two dynamic pools the formula assumes equal weights and ignores fees: approximate by design.</remarks>
    public static AmountOrError Move(
        in PoolState origin, in PoolState destination, LimitPrice limit, ulong minimumReserve = SwapInput.MinimumReserveDefault)
    {
        if (!origin.IsDynamic && !destination.IsDynamic) return AmountOrError.Of(limit.RaoPerAlpha > PriceOne ? 0 : ulong.MaxValue);
        if (!origin.IsDynamic) return MoveFromStable(destination, limit, minimumReserve);
        return destination.IsDynamic
            ? AmountOrError.Of(MoveBetweenPools(origin, destination, limit))
            : Remove(origin, limit, minimumReserve);
    }

    private static AmountOrError MoveFromStable(in PoolState destination, LimitPrice limit, ulong minimumReserve)
    {
        if (limit.RaoPerAlpha == 0) return AmountOrError.Of(ulong.MaxValue);
        var one = U64F64.FromInteger(PriceOne);
        var inverse = U64F64.FromRatio(PriceOne, limit.RaoPerAlpha).MultiplySaturating(one).ToUInt64Saturating();
        return Add(destination, new LimitPrice(inverse), minimumReserve);
    }

    private static ulong MoveBetweenPools(in PoolState origin, in PoolState destination, LimitPrice limit)
    {
        if (origin.TaoReserve.IsZero || origin.AlphaReserve.IsZero || destination.TaoReserve.IsZero || destination.AlphaReserve.IsZero) return 0;
        var price = PoolPrices.FromLimit(limit);
        if (price > origin.Price.DivideOrZero(destination.Price)) return 0;
        if (limit.RaoPerAlpha == 0) return ulong.MaxValue;

        U64F64 originTao = U64F64.FromInteger(origin.TaoReserve.Rao), destinationTao = U64F64.FromInteger(destination.TaoReserve.Rao);
        var sum = originTao.AddSaturating(destinationTao);
        var gain = U64F64.FromInteger(destination.AlphaReserve.Rao).MultiplySaturating(originTao.DivideOrZero(sum)).DivideOrZero(price);
        var loss = U64F64.FromInteger(origin.AlphaReserve.Rao).MultiplySaturating(destinationTao.DivideOrZero(sum));
        return gain.SubtractSaturating(loss).ToUInt64Saturating();
    }

    private static AmountOrError Simulate(in PoolState pool, SwapSide side, ulong reserveIn, LimitPrice limit, ulong minimumReserve)
    {
        var amount = SaturatingMath.Multiply(Swap.InputToReserveMax, reserveIn);
        var result = Swap.Execute(
            new SwapInput(pool, side, amount, PoolPrices.FromLimit(limit), Simulate: true) { MinimumReserve = minimumReserve });
        return new(result.Error, SaturatingMath.Add(result.PaidIn, result.Fee));
    }
}
