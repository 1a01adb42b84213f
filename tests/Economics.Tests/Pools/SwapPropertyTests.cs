using System.Collections.Concurrent;
using CsCheck;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using Xunit;

namespace Dtao.Economics.Tests.Pools;

/// <summary>What every swap keeps to, on generated pools and orders. DTAO_LONG=1 runs many more, from a fresh seed.</summary>
public class SwapPropertyTests
{
    /// <summary>The ordinary run is the same every time.</summary>
    private const string Seed = "0N0XIzNsQ0O2";

    private static readonly bool s_isLong = Environment.GetEnvironmentVariable("DTAO_LONG") == "1";

    private static readonly int s_count = s_isLong ? 500_000 : 10_000;

    /// <summary>The outcomes that the generator must reach. InsufficientLiquidity is not among them: a payout is at most its reserve.</summary>
    private static readonly string[] s_outcomes =
    [
        "buy, below the limit", "buy, cut at the limit", "sell, below the limit", "sell, cut at the limit",
        "first swap, weight written", "first swap, simulated", "nothing in", "nothing in at the limit",
        "SwapInputTooLarge", "ReservesTooLow, reserve", "ReservesTooLow, nothing paid", "PriceLimitExceeded, buy", "PriceLimitExceeded, sell",
    ];

    [Fact]
    public void Generator_ManyOrders_ReachesEveryOutcome()
    {
        var met = new ConcurrentDictionary<string, int>();
        Sample(SwapGenerators.AnySwap, input =>
        {
            foreach (var outcome in OutcomesOf(input)) met.AddOrUpdate(outcome, 1, (_, count) => count + 1);
        });

        Assert.All(s_outcomes, outcome => Assert.True(met.GetValueOrDefault(outcome) >= 10, $"{outcome}: {met.GetValueOrDefault(outcome)} times"));
        Assert.DoesNotContain(met.Keys, outcome => !s_outcomes.Contains(outcome));
    }

    [Fact]
    public void Execute_AnyOrder_ConservesTheInput() => Sample(SwapGenerators.AnySwap, input =>
    {
        var result = Swap.Execute(input);
        var reserveOut = input.Side == SwapSide.Buy ? input.Pool.AlphaReserve.Rao : input.Pool.TaoReserve.Rao;

        Assert.True(result.PaidOut <= reserveOut);
        if (!result.IsOk) Assert.Equal((0UL, 0UL, 0UL, 0UL), (result.PaidIn, result.PaidOut, result.Fee, result.FeeToAuthor));
        else if (!IsCut(input, result)) Assert.Equal(input.Amount, result.PaidIn + result.Fee);
        Assert.Equal(result.PaidIn == 0 ? 0 : result.Fee, result.FeeToAuthor);
        Assert.True(result.PaidIn == 0 || result.PaidOut > 0);
    });

    /// <summary>
    /// Trap kept from the reference: where a payout leaves next to nothing of its reserve, the price after it is rounded past the limit,
    /// and the input that "reaches" the limit by the formula is above the order. Callers must not take paid in for a part of the amount.
    /// </summary>
    [Fact]
    public void Execute_PayoutDrainsTheReserve_IsCutAboveTheOrder()
    {
        var pool = new PoolState(true, new(576_461_636_657_747_452), new(1_082_363), new(Balancer.WeightMin), true, FeeRate.Default);

        var result = Swap.Execute(new(pool, SwapSide.Sell, 604_127, PoolPrices.Lowest, DropFees: true));

        Assert.Equal((LedgerError.None, 622_122UL), (result.Error, result.PaidIn));
    }

    [Fact]
    public void Execute_OrdinaryOrderWithALimit_TakesNoMoreThanTheOrder() => Sample(Gen.Select(SwapGenerators.OrdinarySwap, Gen.ULong[1, 300_000]), pair =>
    {
        var input = WithLimit(pair.Item1, pair.Item2) with { DropFees = false };
        var result = Swap.Execute(input);

        Assert.True(result.PaidIn + result.Fee <= input.Amount + Rounding(input), $"{result}");
    });

    [Fact]
    public void Execute_AnyOrder_MovesThePriceItsWay() => Sample(SwapGenerators.AnySwap, input =>
    {
        var result = Swap.Execute(input with { Simulate = false });
        if (!result.IsOk) return;
        var before = input.Pool with { QuoteWeight = result.QuoteWeight };
        var after = input.Pool.After(input.Side, result);

        // A purchase whose power is floored to 0 empties the pool, and a pool without alpha has the price 0.
        if (input.Side == SwapSide.Buy) Assert.True(after.Price >= before.Price || after.AlphaReserve.IsZero);
        else Assert.True(after.Price <= before.Price);
    });

    [Fact]
    public void Execute_Simulated_IsTheSameButForTheWeight() => Sample(SwapGenerators.AnySwap, input =>
    {
        var simulated = Swap.Execute(input with { Simulate = true });
        var real = Swap.Execute(input with { Simulate = false });

        Assert.Equal((input.Pool.QuoteWeight, input.Pool.IsInitialised), (simulated.QuoteWeight, simulated.IsInitialised));
        Assert.Equal(simulated with { QuoteWeight = real.QuoteWeight, IsInitialised = real.IsInitialised }, real);
        if (real.IsOk && !input.Pool.IsInitialised) Assert.Equal((Perquintill.Half, true), (real.QuoteWeight, real.IsInitialised));
    });

    [Fact]
    public void Execute_StablePool_IsOneToOne() => Sample(SwapGenerators.AnySwap, input =>
    {
        var result = Swap.Execute(input with { Pool = input.Pool with { IsDynamic = false } });

        Assert.Equal((LedgerError.None, input.Amount, input.Amount, 0UL), (result.Error, result.PaidIn, result.PaidOut, result.Fee));
    });

    [Fact]
    public void Execute_ThereAndBack_GainsNothing() => Sample(SwapGenerators.OrdinarySwap, input =>
    {
        var there = Swap.Execute(input);
        if (!there.IsOk) return;
        var back = Swap.Execute(Opposite(input, input.Pool.After(input.Side, there), there.PaidOut));

        Assert.True(back.PaidOut <= there.PaidIn + Rounding(input), $"{there} then {back}");
    });

    [Fact]
    public void Execute_ThereAndBackWithFees_LosesAtLeastAFee() => Sample(SwapGenerators.OrdinarySwap, input =>
    {
        var there = Swap.Execute(input with { DropFees = false });
        if (!there.IsOk) return;
        var back = Swap.Execute(Opposite(input, input.Pool.After(input.Side, there), there.PaidOut) with { DropFees = false });

        Assert.True(back.PaidOut <= there.PaidIn + Rounding(input));
        Assert.Equal(input.Amount, there.PaidIn + there.Fee);
    });

    [Fact]
    public void Execute_SplitInTwo_IsTheWholeWithinRounding() => Sample(Gen.Select(SwapGenerators.OrdinarySwap, Gen.ULong[0, 100]), pair =>
    {
        var (input, percent) = pair;
        var whole = Swap.Execute(input);
        var first = Swap.Execute(input with { Amount = (ulong)((UInt128)input.Amount * percent / 100) });
        if (!whole.IsOk || !first.IsOk) return;
        var second = Swap.Execute(input with { Pool = input.Pool.After(input.Side, first), Amount = input.Amount - first.PaidIn });
        if (!second.IsOk) return;

        var difference = (Int128)whole.PaidOut - first.PaidOut - second.PaidOut;
        Assert.InRange(difference, -(Int128)Rounding(Reverse(input)), Rounding(Reverse(input)));
    });

    [Fact]
    public void Quote_MoreIn_IsNeverLessOut() => Sample(Gen.Select(SwapGenerators.AnySwap, Gen.ULong), pair =>
    {
        var (input, random) = pair;
        var less = Swap.Quote(input.Pool, input.Side, input.Amount == 0 ? 0 : random % input.Amount);
        var more = Swap.Quote(input.Pool, input.Side, input.Amount);
        if (!less.IsOk || !more.IsOk || IsUnconverged(input) || IsBeyondReach(input)) return;

        Assert.True(less.PaidOut <= more.PaidOut, $"{less} then {more}");
        Assert.True(less.PaidIn <= more.PaidIn);
    });

    [Fact]
    public void Execute_CutAtTheLimit_StopsThere() => Sample(Gen.Select(SwapGenerators.OrdinarySwap, Gen.ULong[1, 300_000]), pair =>
    {
        var input = WithLimit(pair.Item1, pair.Item2);
        var limit = input.Limit;
        var result = Swap.Execute(input);
        if (!result.IsOk || !IsCut(input, result)) return;

        // Reserves of 2^30 and more: a rao in or out moves the price by less than a part in ten million.
        var after = input.Pool.After(input.Side, result).Price.Bits;
        var difference = after > limit.Bits ? after - limit.Bits : limit.Bits - after;
        Assert.True(difference <= limit.Bits / 10_000_000 + 1, $"{result}: {after} for {limit.Bits}");
    });

    private static IEnumerable<string> OutcomesOf(SwapInput input)
    {
        var result = Swap.Execute(input);
        var side = input.Side == SwapSide.Buy ? "buy" : "sell";
        var reserveOut = input.Side == SwapSide.Buy ? input.Pool.AlphaReserve.Rao : input.Pool.TaoReserve.Rao;
        switch (result.Error)
        {
            case LedgerError.None when IsCut(input, result): yield return result.PaidIn == 0 ? "nothing in at the limit" : $"{side}, cut at the limit"; break;
            case LedgerError.None when result.PaidIn == 0: yield return "nothing in"; break;
            case LedgerError.None: yield return $"{side}, below the limit"; break;
            case LedgerError.ReservesTooLow: yield return reserveOut < input.MinimumReserve ? "ReservesTooLow, reserve" : "ReservesTooLow, nothing paid"; break;
            case LedgerError.PriceLimitExceeded: yield return $"PriceLimitExceeded, {side}"; break;
            default: yield return result.Error.ToString(); break;
        }

        if (result.IsOk && !input.Pool.IsInitialised) yield return input.Simulate ? "first swap, simulated" : "first swap, weight written";
    }

    /// <summary>Whether the limit decided what is paid in.</summary>
    private static bool IsCut(SwapInput input, SwapResult result) =>
        result.IsOk && result.PaidIn != input.Amount - Swap.FeeOf(input.Amount, input.DropFees ? default : input.Pool.FeeRate);

    /// <summary>Where the reference's series has not converged its answers follow no order (rule book 01, 4.3, trap).</summary>
    private static bool IsUnconverged(SwapInput input)
    {
        var weight = input.Pool.IsInitialised ? input.Pool.QuoteWeight : Perquintill.Half;
        return weight.Parts is < Perquintill.One / 10 or > Perquintill.One / 10 * 9;
    }

    /// <summary>
    /// The input that reaches a limit is read from a 64-bit number of parts of 10^18, so it is at most 17.4 times the reserve (rule book
    /// 01, 4.2): an order of 30 times the reserve that passes the limit is cut below one of 20 times that does not.
    /// </summary>
    private static bool IsBeyondReach(SwapInput input) =>
        input.Amount / 17 >= (input.Side == SwapSide.Buy ? input.Pool.TaoReserve.Rao : input.Pool.AlphaReserve.Rao);

    /// <summary>
    /// What rounding can add to a way there and back, in the input token: a power floored at 10^-18 pays up to 10^-18 of the output
    /// reserve too much, which comes back at a price that the first way changed at most 2^10 fold (the power is above 0.02, the exponent
    /// below 9), and once more on the way back; and a rao for each whole number.
    /// </summary>
    private static ulong Rounding(SwapInput input)
    {
        var reserve = input.Side == SwapSide.Buy ? input.Pool.TaoReserve.Rao : input.Pool.AlphaReserve.Rao;
        return 2 + (ulong)((UInt128)reserve * 1_024 / Perquintill.One);
    }

    /// <summary>The order with a limit so many millionths of the price away.</summary>
    private static SwapInput WithLimit(SwapInput order, ulong millionths)
    {
        var price = order.Pool.Price.Bits;
        var distance = price / 1_000_000 * millionths;
        return order with { Limit = new U64F64(order.Side == SwapSide.Buy ? price + distance : price - distance) };
    }

    private static SwapInput Reverse(SwapInput input) => input with { Side = input.Side == SwapSide.Buy ? SwapSide.Sell : SwapSide.Buy };

    private static SwapInput Opposite(SwapInput input, PoolState pool, ulong amount) => Reverse(input) with
    {
        Pool = pool,
        Amount = amount,
        Limit = input.Side == SwapSide.Buy ? U64F64.Zero : U64F64.MaxValue,
    };

    private static void Sample<T>(Gen<T> gen, Action<T> assert) => gen.Sample(assert, iter: s_count, seed: s_isLong ? null : Seed);
}
