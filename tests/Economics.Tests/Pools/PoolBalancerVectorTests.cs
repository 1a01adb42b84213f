using System.Numerics;
using System.Text.Json;
using Dtao.Economics.Pools;
using Dtao.Economics.Tests.Vectors;
using Xunit;

namespace Dtao.Economics.Tests.Pools;

/// <summary>The curve's literal vectors from the reference's own tests.</summary>
public class PoolBalancerVectorTests
{
    private const string File = "pool-balancer.json";

    public static TheoryData<string> All => LiteralVector.Rows(File, _ => true);

    [Fact]
    public void File_IsComplete() => Assert.Equal(47, All.Count);

    [Theory]
    [MemberData(nameof(All))]
    public void Vector_AsStated_Holds(string id)
    {
        var v = LiteralVector.Find(File, id);
        var checks = new Dictionary<string, Action<LiteralVector>>
        {
            ["powRatio"] = CheckPower,
            ["exp_scaled"] = CheckScaledPower,
            ["exp_base_quote"] = CheckRange,
            ["exp_base_quote and exp_quote_base"] = CheckPayouts,
            ["payout = y*(1-exp_base_quote)"] = CheckPayoutOrder,
            ["get_base_needed_for_quote"] = vector => vector.Check("alpha", Balancer.AlphaNeededForTao(
                new(vector.Number("tao_reserve")), new(vector.Number("alpha_reserve")), Weight(vector), new(vector.Number("tao_delta"))).Rao),
            ["calculate_base_delta_in"] = vector => vector.Check("delta", Balancer.AlphaToReachPrice(
                Price(vector, "current_price_bits"), Price(vector, "target_price_bits"), new(vector.Number("reserve")), Weight(vector)).Rao),
            ["calculate_quote_delta_in"] = vector => vector.Check("delta", Balancer.TaoToReachPrice(
                Price(vector, "current_price_bits"), Price(vector, "target_price_bits"), new(vector.Number("reserve")), Weight(vector)).Rao),
            ["mul_perquintill_round"] = vector => vector.Check("result", BalancerWeights.MultiplyRound(
                new(vector.Number("weight")), (UInt128)vector.Integer("value"))),
            ["calculate_price"] = CheckPrice,
            ["new balancer"] = vector => Assert.Equal(
                vector.Expected.GetProperty("accepted").GetBoolean(), Balancer.IsWithinBounds(Weight(vector))),
        };

        checks[v.When](v);
    }

    private static void CheckPower(LiteralVector v)
    {
        ulong a = v.Number("a"), b = v.Number("b");
        var precision = (int)v.Number("precision");

        v.Check("result", PowerRatio.Exact(v.Integer("N"), v.Integer("D"), a, b, precision, v.Integer("scale"))!.Value);
        v.Check("result", PowerRatio.Evaluate((UInt128)v.Integer("N"), (UInt128)v.Integer("D"), a, b, precision).Parts);
    }

    private static void CheckScaledPower(LiteralVector v)
    {
        ulong reserve = v.Number("reserve"), delta = v.Number("delta");
        var power = v.Given.GetProperty("base_quote").GetBoolean()
            ? Balancer.PowerOfSale(new(reserve), delta, Weight(v))
            : Balancer.PowerOfPurchase(new(reserve), delta, Weight(v));

        v.Check("value", Rational.OfBits(power.Bits, U64F64.FractionBits), "u64f64_bits", power.Bits);
    }

    private static void CheckRange(LiteralVector v)
    {
        var power = Balancer.PowerOfSale(new(v.Number("reserve")), v.Number("delta"), Weight(v));

        Assert.Equal("(0,1]", v.Expected.GetProperty("in_range").GetString());
        Assert.True(power > U64F64.Zero && power <= U64F64.One);
        v.Check("u64f64_bits", power.Bits);
    }

    private static void CheckPayouts(LiteralVector v)
    {
        ulong x = v.Number("x"), dx = v.Number("dx"), y = v.Number("y");
        var sale = Balancer.PowerOfSale(new(x), dx, Weight(v));
        var purchase = Balancer.PowerOfPurchase(new(x), dx, Weight(v));

        v.Check("payout_base_quote", Payout(y, sale), "e_base_quote_bits", sale.Bits);
        v.Check("payout_quote_base", Payout(y, purchase), "e_quote_base_bits", purchase.Bits);
    }

    private static void CheckPayoutOrder(LiteralVector v)
    {
        var first = PayoutBits(v, v.Given.GetProperty("first"));
        var second = PayoutBits(v, v.Given.GetProperty("second"));

        Assert.Equal(v.Expected.GetProperty("first_greater_than_second").GetBoolean(), first > second);
        Assert.Equal(v.Expected.GetProperty("both_non_zero").GetBoolean(), first > 0 && second > 0);
        v.Check("first_bits", first);
        v.Check("second_bits", second);
    }

    private static void CheckPrice(LiteralVector v)
    {
        var price = Balancer.Price(new(v.Number("tao_reserve")), new(v.Number("alpha_reserve")), Weight(v));

        v.Check("price", Rational.OfBits(price.Bits, U64F64.FractionBits), "u64f64_bits", price.Bits);
    }

    private static BigInteger PayoutBits(LiteralVector v, JsonElement item)
    {
        ulong Number(string name) => (ulong)LiteralVector.Integer(item.GetProperty(name));
        var power = Balancer.PowerOfSale(new(Number("x")), Number("dx"), new(Number("quote_weight")));
        return v.Integer("y") * (U64F64.One - power).Bits;
    }

    private static Rational Payout(ulong reserve, U64F64 rest) => (BigInteger)reserve * Rational.OfBits((U64F64.One - rest).Bits, U64F64.FractionBits);

    private static U64F64 Price(LiteralVector v, string name) => new((UInt128)v.Integer(name));

    private static Perquintill Weight(LiteralVector v) => new(v.Number("quote_weight"));
}
