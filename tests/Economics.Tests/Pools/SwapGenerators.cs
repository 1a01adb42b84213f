using CsCheck;
using Dtao.Economics.Pools;

namespace Dtao.Economics.Tests.Pools;

/// <summary>Pools and orders of every size, and the narrower ranges in which rounding has a small, provable bound.</summary>
internal static class SwapGenerators
{
    /// <summary>A number whose logarithm is uniform: as many of 10 as of 10^18.</summary>
    public static Gen<ulong> LogUniform(int bitsMin, int bitsMax) =>
        Gen.Select(Gen.Int[bitsMin, bitsMax - 1], Gen.ULong, (bits, random) => (1UL << bits) | (random & ((1UL << bits) - 1)));

    public static readonly Gen<Perquintill> Weight = Gen.OneOf(
        Gen.Const(Perquintill.Half),
        Gen.Const(new Perquintill(Balancer.WeightMin)),
        Gen.Const(new Perquintill(Perquintill.One - Balancer.WeightMin)),
        Gen.ULong[Balancer.WeightMin, Perquintill.One - Balancer.WeightMin].Select(parts => new Perquintill(parts)));

    public static readonly Gen<SwapSide> Side = Gen.Bool.Select(isBuy => isBuy ? SwapSide.Buy : SwapSide.Sell);

    private static readonly Gen<FeeRate> s_fee = Gen.OneOf(
        Gen.Const(FeeRate.Default), Gen.UShort[0, FeeRate.PartsMax].Select(parts => new FeeRate(parts)), Gen.UShort.Select(parts => new FeeRate(parts)));

    /// <summary>Any dynamic pool.</summary>
    public static readonly Gen<PoolState> AnyPool = Gen.Select(
        Gen.OneOf(LogUniform(16, 63), LogUniform(20, 56)), Gen.OneOf(LogUniform(16, 63), LogUniform(20, 56)), Weight, Gen.Bool, s_fee,
        (tao, alpha, weight, isInitialised, fee) => new PoolState(true, new(tao), new(alpha), weight, isInitialised, fee));

    /// <summary>Any order on any pool: inputs from nothing to beyond the allowed thousandfold, limits on either side of the price.</summary>
    public static readonly Gen<SwapInput> AnySwap =
        from pool in AnyPool
        from side in Side
        from amount in Amount(side == SwapSide.Buy ? pool.TaoReserve.Rao : pool.AlphaReserve.Rao)
        from limit in Limit(pool, side)
        from dropFees in Gen.Bool
        from simulate in Gen.Bool
        select new SwapInput(pool, side, amount, limit, dropFees, simulate);

    /// <summary>
    /// A pool of real size with weights within 0.1 and 0.9, and an input of at most half the reserve: the power stays above
    /// 0.02, so its floor at 10^-18 is a relative error below 10^-16.
    /// </summary>
    public static readonly Gen<SwapInput> OrdinarySwap =
        from tao in LogUniform(30, 55)
        from alpha in LogUniform(30, 55)
        from weight in Gen.ULong[Perquintill.One / 10, Perquintill.One / 10 * 9]
        from side in Side
        from part in Gen.Double[0, 1]
        let reserve = side == SwapSide.Buy ? tao : alpha
        let amount = 1 + (ulong)(reserve / 2 * Math.Pow(part, 4))
        let pool = new PoolState(true, new(tao), new(alpha), new(weight), true, FeeRate.Default)
        select new SwapInput(pool, side, amount, side == SwapSide.Buy ? U64F64.MaxValue : U64F64.Zero, DropFees: true);

    /// <summary>The pool after a swap, as the ledger books it.</summary>
    public static PoolState After(this PoolState pool, SwapSide side, SwapResult result) => (side == SwapSide.Buy
        ? pool with { TaoReserve = pool.TaoReserve.AddSaturating(new(result.PaidIn)), AlphaReserve = pool.AlphaReserve - new Alpha(result.PaidOut) }
        : pool with { TaoReserve = pool.TaoReserve - new Tao(result.PaidOut), AlphaReserve = pool.AlphaReserve.AddSaturating(new(result.PaidIn)) })
        with
    { QuoteWeight = result.QuoteWeight, IsInitialised = result.IsInitialised };

    private static Gen<ulong> Amount(ulong reserve) => Gen.Frequency(
        (1, Gen.Const(0UL)),
        (3, Gen.ULong[1, 1_000]),
        (8, Gen.ULong[1, reserve]),
        (4, Gen.ULong[1, SaturatingMath.Multiply(reserve, 1_000)]),
        (1, Gen.ULong[reserve, ulong.MaxValue]));

    private static Gen<U64F64> Limit(PoolState pool, SwapSide side)
    {
        var price = pool.Price.Bits;
        return Gen.Frequency(
            (3, Gen.Const(PoolPrices.NoLimit(side))),
            (3, Gen.ULong[0, 1_000_000].Select(part => new U64F64(side == SwapSide.Buy ? price + price / 1_000_000 * part : price - price / 1_000_000 * part))),
            (1, Gen.ULong[0, 1_000].Select(bits => new U64F64(side == SwapSide.Buy ? price + bits : price - UInt128.Min(price, bits)))),
            (1, Gen.ULong[0, 2_000_000].Select(part => new U64F64(price / 1_000_000 * part))),
            (1, LogUniform(1, 63).Select(rao => PoolPrices.FromLimit(new(rao)))));
    }
}
