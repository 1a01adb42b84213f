using System.Numerics;
using System.Text.Json;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using Dtao.Economics.Tests.Vectors;
using Xunit;

namespace Dtao.Economics.Tests.Pools;

/// <summary>Swaps and weights: literal vectors from the reference's own tests. The two about setting the fee rate are the administrator's calls'.</summary>
public class PoolSwapVectorTests
{
    private const string File = "pool-swap.json";

    public static TheoryData<string> Swaps => LiteralVector.Rows(File, v => v.WhenItem.ValueKind == JsonValueKind.Object && !v.WhenItem.TryGetProperty("call", out _));
    public static TheoryData<string> Conversions => LiteralVector.Rows(File, v => v.When == "convert_deltas");
    public static TheoryData<string> Injections => LiteralVector.Rows(File, v => v.When.StartsWith("adjust_protocol_liquidity", StringComparison.Ordinal));
    public static TheoryData<string> Openings => LiteralVector.Rows(File, v => v.When == "maybe_initialize_palswap");

    [Fact]
    public void File_IsComplete() => Assert.Equal(43, Swaps.Count + Conversions.Count + Injections.Count + Openings.Count);

    [Theory]
    [MemberData(nameof(Swaps))]
    public void Execute_Vector_IsAsStated(string id)
    {
        var v = LiteralVector.Find(File, id);
        var input = Input(v);

        var result = Swap.Execute(input);

        if (v.Expected.TryGetProperty("error", out var error)) Assert.Equal(error.GetString(), result.Error.ToString());
        else Assert.Equal(LedgerError.None, result.Error);
        v.Check("amount_paid_in", result.PaidIn);
        v.Check("amount_paid_out", result.PaidOut);
        v.Check("fee_paid", result.Fee);
        if (v.Expected.TryGetProperty("amount_paid_out_positive", out var positive)) Assert.Equal(positive.GetBoolean(), result.PaidOut > 0);
        if (v.Expected.TryGetProperty("simulated_equals_real", out _)) Assert.Equal(result, Swap.Execute(input with { Simulate = true }));
    }

    [Theory]
    [MemberData(nameof(Conversions))]
    public void Convert_Vector_IsAsStated(string id)
    {
        var v = LiteralVector.Find(File, id);
        Tao tao = new(v.Number("tao_reserve"));
        Alpha alpha = new(v.Number("alpha_reserve"));
        var input = v.Number("delta_in");
        Perquintill weight = new(v.Number("quote_weight"));

        v.Check("sell_out", Balancer.TaoForAlpha(tao, alpha, weight, new(input)).Rao);
        v.Check("buy_out", Balancer.AlphaForTao(tao, alpha, weight, new(input)).Rao);
    }

    [Theory]
    [MemberData(nameof(Injections))]
    public void ForAddedLiquidity_Vector_KeepsThePrice(string id)
    {
        var v = LiteralVector.Find(File, id);
        Tao tao = new(v.Number("tao_reserve")), taoDelta = new(v.Number("tao_delta"));
        Alpha alpha = new(v.Number("alpha_reserve")), alphaDelta = new(v.Number("alpha_delta"));

        Perquintill stored = new(v.Number("quote_weight"));

        var answer = BalancerWeights.ForAddedLiquidity(tao, alpha, stored, taoDelta, alphaDelta);
        var weight = answer ?? stored;
        var price = Balancer.Price(tao + taoDelta, alpha + alphaDelta, weight);
        var priceValue = Rational.OfBits(price.Bits, U64F64.FractionBits);

        if (v.Expected.TryGetProperty("accepted", out var accepted)) Assert.Equal(accepted.GetBoolean(), answer is not null);
        v.Check("quote_weight_times_1e18", (BigInteger)weight.Parts, "quote_weight", weight.Parts, "weight_rel");
        v.Check("price_unchanged", priceValue, "price_bits_after", price.Bits, "price_rel");
        if (!v.Expected.TryGetProperty("price", out var stated)) return;
        Assert.Equal(v.Expected.GetProperty("quote_weight").GetUInt64(), weight.Parts);

        // The reference states the fraction; the price floors it at 64 fraction bits.
        var loss = Rational.Parse(LiteralVector.Text(stated)) - priceValue;
        Assert.True(loss >= BigInteger.Zero && loss <= new Rational(2, BigInteger.One << U64F64.FractionBits));
    }

    [Theory]
    [MemberData(nameof(Openings))]
    public void ForPrice_Vector_OpensAtThePrice(string id)
    {
        var v = LiteralVector.Find(File, id);
        Tao tao = new(v.Number("tao_reserve"));
        Alpha alpha = new(v.Number("alpha_reserve"));

        var weight = BalancerWeights.ForPrice(tao, alpha, new((UInt128)v.Integer("price_bits")));
        var price = Balancer.Price(tao, alpha, weight ?? default);

        Assert.Equal(v.Expected.GetProperty("initialized").GetBoolean(), weight is not null);
        v.Check("price", Rational.OfBits(price.Bits, U64F64.FractionBits), "price_bits_after", price.Bits, "price_abs");
        v.Check("quote_weight", weight!.Value.Parts);
    }

    private static SwapInput Input(LiteralVector v)
    {
        var side = v.WhenItem.GetProperty("side").GetString() == "buy" ? SwapSide.Buy : SwapSide.Sell;
        var isQuote = v.WhenItem.TryGetProperty("quote", out _);
        var limit = v.Given.TryGetProperty("limit_price_bits", out _) ? new U64F64((UInt128)v.Integer("limit_price_bits"))
            : v.Given.TryGetProperty("limit_price", out _) ? PoolPrices.FromLimit(new(v.Number("limit_price")))
            : PoolPrices.NoLimit(side);
        var pool = new PoolState(
            true,
            new(v.Number("tao_reserve")),
            new(v.Number("alpha_reserve")),
            new(v.Number("quote_weight", Perquintill.Half.Parts)),
            true,
            new((ushort)v.Number("fee_rate", FeeRate.Default.Parts)));
        return new SwapInput(
            pool, side, (ulong)LiteralVector.Integer(v.WhenItem.GetProperty("amount")), limit,
            DropFees: v.Given.TryGetProperty("drop_fees", out _), Simulate: isQuote || v.WhenItem.TryGetProperty("simulate", out _))
        {
            MinimumReserve = v.Number("minimum_reserve"),
        };
    }
}
