using System.Numerics;
using System.Text.Json;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using Dtao.Economics.Tests.Vectors;
using Xunit;

namespace Dtao.Economics.Tests.Pools;

/// <summary>Share pools and their decimal float: literal vectors from the reference's own tests. The one about guarded decreases is the staking calls'.</summary>
public class SharePoolVectorTests
{
    private const string File = "staking-sharepool.json";

    public static TheoryData<string> Floats => LiteralVector.Rows(File, v => v.When is not "" and not "shares_per_update" && !v.When.StartsWith("get_value", StringComparison.Ordinal));
    public static TheoryData<string> Probes => LiteralVector.Rows(File, v => v.When == "shares_per_update");
    public static TheoryData<string> Pools => LiteralVector.Rows(
        File, v => (v.When == "" || v.When.StartsWith("get_value", StringComparison.Ordinal)) && !v.Given.TryGetProperty("positions", out _));

    [Fact]
    public void File_IsComplete() => Assert.Equal(59, Floats.Count + Probes.Count + Pools.Count);

    [Theory]
    [MemberData(nameof(Floats))]
    public void SafeFloat_Vector_IsAsStated(string id)
    {
        var v = LiteralVector.Find(File, id);
        var result = v.When switch
        {
            "SafeFloat.new" => Float(v.Given),
            "SafeFloat from U64F64" => SafeFloat.FromU64F64(new((UInt128)v.Integer("u64f64_bits"))),
            "a+b and b+a" => Operand(v, "a").Add(Operand(v, "b")),
            "a/b" => Operand(v, "a").Divide(Operand(v, "b")),
            _ => Operand(v, "a").MulDiv(Operand(v, "b"), Operand(v, "c")),
        };

        if (v.When == "a+b and b+a") Assert.Equal(result, Operand(v, "b").Add(Operand(v, "a")));
        Assert.Equal(v.Expected.TryGetProperty("none", out _), result is null);
        if (result is not { } value) return;
        v.Check("mantissa", value.Mantissa);
        v.Check("exponent", value.Exponent);
        foreach (var name in new[] { "quotient", "value" })
        {
            if (v.Expected.TryGetProperty(name, out var stated)) v.CheckStated(LiteralVector.Text(stated), Rational.Of(value));
        }
    }

    [Theory]
    [MemberData(nameof(Probes))]
    public void UpdateOne_SharesForAnAmount_AreAsStated(string id)
    {
        var v = LiteralVector.Find(File, id);
        var before = new HotkeyPool(new(v.Number("shared_value")), Float(v.Given.GetProperty("denominator")));

        var after = SharePool.UpdateOne(before, SafeFloat.Zero, (long)v.Integer("update"));

        v.CheckStated(LiteralVector.Text(v.Expected.GetProperty("value")), Rational.Of(after.Share));
        v.Check("mantissa", after.Share.Mantissa);
        v.Check("exponent", after.Share.Exponent);
        Assert.Equal(before.Denominator.Add(after.Share), after.Pool.Denominator);
        Assert.True(SharePool.CanStake(before, (long)v.Integer("update")));
    }

    [Theory]
    [MemberData(nameof(Pools))]
    public void Pool_Vector_IsAsStated(string id)
    {
        var v = LiteralVector.Find(File, id);
        var shares = new Dictionary<string, SafeFloat>();
        var pool = Start(v, shares);

        if (v.WhenItem.ValueKind == JsonValueKind.Array)
        {
            foreach (var step in v.WhenItem.EnumerateArray()) pool = Apply(pool, shares, step);
        }

        var values = shares.ToDictionary(pair => pair.Key, pair => (BigInteger)SharePool.Value(pool, pair.Value).Rao);
        if (v.Expected.TryGetProperty("values", out var stated)) CheckValues(v, stated, values);
        if (v.Expected.TryGetProperty("sum", out var sum)) v.CheckStated(LiteralVector.Text(sum), values.Values.Aggregate(BigInteger.Add));
        if (v.Expected.TryGetProperty("1", out var first)) Assert.Equal(LiteralVector.Integer(first), values.GetValueOrDefault("1"));
        v.Check("shared_value", pool.Value.Rao);
        if (v.Exact is not { } exact) return;
        CheckExactValues(exact.TryGetProperty("values", out var inner) ? inner : exact, values);
        if (exact.TryGetProperty("denominator", out var denominator)) Assert.Equal(Float(denominator), pool.Denominator);
    }

    private static HotkeyPool Start(LiteralVector v, Dictionary<string, SafeFloat> shares)
    {
        if (v.Given.TryGetProperty("pool", out _)) return default;
        if (v.Given.TryGetProperty("v1_share", out _))
        {
            shares["1"] = SafeFloat.FromU64F64(U64F64.FromInteger(v.Number("v1_share")));
            return new(new(v.Number("shared_value")), SafeFloat.FromU64F64(U64F64.FromInteger(v.Number("v1_denominator"))));
        }

        foreach (var share in v.Given.GetProperty("shares").EnumerateObject()) shares[share.Name] = Float(share.Value);
        return new(new(v.Number("shared_value")), Float(v.Given.GetProperty("denominator")));
    }

    private static HotkeyPool Apply(HotkeyPool pool, Dictionary<string, SafeFloat> shares, JsonElement step)
    {
        var amount = step.GetProperty("amount").GetInt64();
        if (step.GetProperty("op").GetString() == "all") return SharePool.UpdateAll(pool, amount);
        var key = LiteralVector.Text(step.GetProperty("key"));
        var after = SharePool.UpdateOne(pool, shares.GetValueOrDefault(key), amount);
        shares[key] = after.Share;
        return after.Pool;
    }

    private static void CheckValues(LiteralVector v, JsonElement stated, Dictionary<string, BigInteger> values)
    {
        foreach (var value in stated.EnumerateObject()) v.CheckStated(LiteralVector.Text(value.Value), values.GetValueOrDefault(value.Name));
    }

    private static void CheckExactValues(JsonElement exact, Dictionary<string, BigInteger> values)
    {
        foreach (var value in exact.EnumerateObject())
        {
            if (values.TryGetValue(value.Name, out var actual)) Assert.Equal(LiteralVector.Integer(value.Value), actual);
        }
    }

    private static SafeFloat Operand(LiteralVector v, string name) => Float(v.Given.GetProperty(name));

    private static SafeFloat Float(JsonElement item) => item.ValueKind == JsonValueKind.Object
        ? SafeFloat.Create((UInt128)LiteralVector.Integer(item.GetProperty("mantissa")), item.GetProperty("exponent").GetInt64())!.Value
        : SafeFloat.FromUInt64(item.GetUInt64());
}
