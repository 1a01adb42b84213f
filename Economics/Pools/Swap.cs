using Dtao.Economics.Ledger;

namespace Dtao.Economics.Pools;

/// <summary>The direction of a swap.</summary>
public enum SwapSide : byte
{
    None = 0,
    /// <summary>TAO in, alpha out.</summary>
    Buy = 1,
    /// <summary>Alpha in, TAO out.</summary>
    Sell = 2,
}

/// <summary>One swap to be computed.</summary>
/// <param name="Amount">Rao of the input token, fee included.</param>
/// <param name="Limit">The price, in TAO per alpha, that the swap must not pass; see <see cref="PoolPrices.NoLimit"/>.</param>
/// <param name="DropFees">No fee is taken.</param>
/// <param name="Simulate">A quote: does not initialise the weight and does not check the output reserve at the end.</param>
public readonly record struct SwapInput(
    PoolState Pool, SwapSide Side, ulong Amount, U64F64 Limit, bool DropFees = false, bool Simulate = false)
{
    /// <summary>The least output reserve, in rao, that is traded against.</summary>
    public const ulong MinimumReserveDefault = 1_000_000;

    public ulong MinimumReserve { get; init; } = MinimumReserveDefault;
}

/// <summary>What a swap comes to. Amounts are rao and 0 when refused; the swap itself changes no reserve.</summary>
/// <param name="PaidIn">What enters the input reserve: without the fee, and less than the net amount when the limit was reached.</param>
/// <param name="PaidOut">What leaves the output reserve.</param>
/// <param name="Fee">In the input token, beside <paramref name="PaidIn"/>.</param>
/// <param name="FeeToAuthor">The fee, or 0 when nothing was paid in.</param>
/// <param name="QuoteWeight">The weight that is stored afterwards; one half after a first swap.</param>
/// <param name="IsInitialised">Whether the weight counts as initialised afterwards.</param>
public readonly record struct SwapResult(
    LedgerError Error, ulong PaidIn, ulong PaidOut, ulong Fee, ulong FeeToAuthor, Perquintill QuoteWeight, bool IsInitialised)
{
    public bool IsOk => Error == LedgerError.None;
}

/// <summary>The swap algorithm as a pure function of the market and the order.</summary>
/// <remarks>Source: rule book 01, 4.1, 4.4, 4.5 and 4.7; pallets/swap/src/pallet/impls.rs :: do_swap, swap_inner; swap_step.rs.</remarks>
public static class Swap
{
    /// <summary>A net input may be at most this many times the input reserve.</summary>
    public const ulong InputToReserveMax = 1_000;

    private static readonly U64F64 s_feeParts = U64F64.FromInteger(ushort.MaxValue);

    /// <summary>The fee in an amount. The rate is floored to 2^-64 first, so exact multiples come out one lower.</summary>
    /// <remarks>Source: 4.4 :: calculate_fee_amount.</remarks>
    public static ulong FeeOf(ulong amount, FeeRate rate) =>
        U64F64.FromInteger(amount).MultiplySaturating(U64F64.FromInteger(rate.Parts).DivideOrZero(s_feeParts)).ToUInt64Saturating();

    /// <summary>Checks in the chain's order, then what is paid in, paid out, and taken as fee.</summary>
    public static SwapResult Execute(in SwapInput input)
    {
        if (!input.Pool.IsDynamic) return Paid(input.Pool, input.Amount, input.Amount, 0);
        var isBuy = input.Side == SwapSide.Buy;
        var reserveIn = isBuy ? input.Pool.TaoReserve.Rao : input.Pool.AlphaReserve.Rao;
        var reserveOut = isBuy ? input.Pool.AlphaReserve.Rao : input.Pool.TaoReserve.Rao;

        var rate = input.DropFees ? default : input.Pool.FeeRate;
        var fee = FeeOf(input.Amount, rate);
        var paidIn = input.Amount - fee;
        if (paidIn > SaturatingMath.Multiply(InputToReserveMax, reserveIn)) return Refused(input, LedgerError.SwapInputTooLarge);
        if (reserveOut < input.MinimumReserve) return Refused(input, LedgerError.ReservesTooLow);

        var pool = input.Pool.IsInitialised ? input.Pool : input.Pool with { QuoteWeight = Perquintill.Half, IsInitialised = true };
        var price = pool.Price;
        if (isBuy ? price >= input.Limit : price <= input.Limit) return Refused(input, LedgerError.PriceLimitExceeded);

        var paidOut = Convert(pool, isBuy, paidIn);
        if (IsBeyondLimit(pool, isBuy, paidIn, paidOut, input.Limit))
        {
            paidIn = InputToReach(pool, isBuy, price, input.Limit);
            fee = FeeOnTopOf(paidIn, rate);
            paidOut = Convert(pool, isBuy, paidIn);
        }

        if (paidIn != 0 && paidOut == 0) return Refused(input, LedgerError.ReservesTooLow);
        if (!input.Simulate && reserveOut < paidOut) return Refused(input, LedgerError.InsufficientLiquidity);
        return Paid(input.Simulate ? input.Pool : pool, paidIn, paidOut, fee);
    }

    /// <summary>What a swap without a limit would come to: a simulation with fees, up to the default bound on the price.</summary>
    /// <remarks>Source: 4.7 :: sim_swap.</remarks>
    public static SwapResult Quote(in PoolState pool, SwapSide side, ulong amount, ulong minimumReserve = SwapInput.MinimumReserveDefault) =>
        Execute(new SwapInput(pool, side, amount, PoolPrices.NoLimit(side), Simulate: true) { MinimumReserve = minimumReserve });

    private static ulong Convert(in PoolState pool, bool isBuy, ulong paidIn) => isBuy
        ? Balancer.AlphaForTao(pool.TaoReserve, pool.AlphaReserve, pool.QuoteWeight, new(paidIn)).Rao
        : Balancer.TaoForAlpha(pool.TaoReserve, pool.AlphaReserve, pool.QuoteWeight, new(paidIn)).Rao;

    private static bool IsBeyondLimit(in PoolState pool, bool isBuy, ulong paidIn, ulong paidOut, U64F64 limit)
    {
        var after = isBuy
            ? pool with { TaoReserve = pool.TaoReserve.AddSaturating(new(paidIn)), AlphaReserve = pool.AlphaReserve.SubtractSaturating(new(paidOut)) }
            : pool with { TaoReserve = pool.TaoReserve.SubtractSaturating(new(paidOut)), AlphaReserve = pool.AlphaReserve.AddSaturating(new(paidIn)) };
        return isBuy ? after.Price > limit : after.Price < limit;
    }

    private static ulong InputToReach(in PoolState pool, bool isBuy, U64F64 price, U64F64 limit) => isBuy
        ? Balancer.TaoToReachPrice(price, limit, pool.TaoReserve, pool.QuoteWeight).Rao
        : Balancer.AlphaToReachPrice(price, limit, pool.AlphaReserve, pool.QuoteWeight).Rao;

    /// <summary>The fee beside a net input, so that fee and input together carry the rate.</summary>
    private static ulong FeeOnTopOf(ulong net, FeeRate rate) =>
        U64F64.FromInteger(net)
            .MultiplySaturating(U64F64.FromRatio(rate.Parts, (ulong)(ushort.MaxValue - rate.Parts)))
            .ToUInt64Saturating();

    private static SwapResult Paid(in PoolState pool, ulong paidIn, ulong paidOut, ulong fee) =>
        new(LedgerError.None, paidIn, paidOut, fee, paidIn == 0 ? 0 : fee, pool.QuoteWeight, pool.IsInitialised);

    private static SwapResult Refused(in SwapInput input, LedgerError error) =>
        new(error, 0, 0, 0, 0, input.Pool.QuoteWeight, input.Pool.IsInitialised);
}
