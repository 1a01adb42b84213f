using System.Globalization;
using System.Text.Json;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;

namespace Dtao.Hosting.Conformance;

/// <summary>Vectors of the decimal float.</summary>
internal static class SafeFloatTopic
{
    public static void Check(VectorCase c)
    {
        switch (c.Text("f"))
        {
            case "new": ExpectResult(c, Operand(c, "a")); break;
            case "add": ExpectResult(c, Operand(c, "a")?.Add(Operand(c, "b")!.Value)); break;
            case "sub": ExpectResult(c, Operand(c, "a")?.Subtract(Operand(c, "b")!.Value)); break;
            case "div": ExpectResult(c, Operand(c, "a")?.Divide(Operand(c, "b")!.Value)); break;
            case "mul_div": ExpectResult(c, Operand(c, "a")?.MulDiv(Operand(c, "b")!.Value, Operand(c, "c")!.Value)); break;
            case "gt": c.Expect("r", Operand(c, "a")!.Value.IsGreaterThan(Operand(c, "b")!.Value)); break;
            case "from_u64f64": ExpectResult(c, SafeFloat.FromU64F64(c.ReadU64F64("u64f64"))); break;
            default: c.Skip($"no such function here: {c.Text("f")}"); break;
        }
    }

    private static void ExpectResult(VectorCase c, SafeFloat? result)
    {
        c.Expect("r", result?.ToString() ?? "none");
        if (c.Has("u64")) c.ExpectOrNone("u64", result?.ToUInt64());
    }

    /// <summary>An operand as it is given to the constructor: mantissa, e, exponent.</summary>
    private static SafeFloat? Operand(VectorCase c, string name)
    {
        var parts = c.Text(name).Split('e');
        if (parts.Length != 2) throw new MalformedVectorException($"{name} is not mantissa, e, exponent");
        return SafeFloat.Create(VectorCase.Parse<UInt128>(parts[0], name), VectorCase.Parse<long>(parts[1], name));
    }
}

/// <summary>Vectors of whole histories of one share pool.</summary>
internal static class SharePoolTopic
{
    public static void Check(VectorCase c)
    {
        var shares = new SafeFloat[c.ReadInt32("keys")];
        var pool = default(HotkeyPool);
        var operations = c.Items("ops");
        for (var i = 0; i < operations.Length; i++)
        {
            var fields = VectorCase.Items(operations[i], "ops");
            pool = Text(fields, 0) switch
            {
                "a" => UpdateAll(c, $"ops[{i}]", pool, fields),
                "o" or "w" => UpdateOne(c, $"ops[{i}]", pool, shares, fields),
                var other => throw new MalformedVectorException($"ops[{i}] is {other}"),
            };
        }

        c.Expect("values", shares.Select(share => SharePool.Value(pool, share).ToString()));
        c.Expect("shares", shares.Select(share => share.ToString()));
    }

    private static HotkeyPool UpdateAll(VectorCase c, string where, HotkeyPool pool, JsonElement[] fields)
    {
        pool = SharePool.UpdateAll(pool, VectorCase.Parse<long>(Text(fields, 1), where));
        ExpectPool(c, where, pool, Text(fields, 2), Text(fields, 3));
        return pool;
    }

    private static HotkeyPool UpdateOne(VectorCase c, string where, HotkeyPool pool, SafeFloat[] shares, JsonElement[] fields)
    {
        var key = VectorCase.Parse<int>(Text(fields, 1), where);
        if (key < 0 || key >= shares.Length) throw new MalformedVectorException($"{where} names key {key}");
        var after = SharePool.UpdateOne(pool, shares[key], VectorCase.Parse<long>(Text(fields, 2), where));
        shares[key] = after.Share;
        c.ExpectText($"{where} value", Text(fields, 3), SharePool.Value(after.Pool, after.Share).ToString());
        ExpectPool(c, where, after.Pool, Text(fields, 4), Text(fields, 5));
        return after.Pool;
    }

    private static void ExpectPool(VectorCase c, string where, HotkeyPool pool, string value, string denominator)
    {
        c.ExpectText($"{where} shared value", value, pool.Value.Rao.ToString(CultureInfo.InvariantCulture));
        c.ExpectText($"{where} denominator", denominator, pool.Denominator.ToString());
    }

    private static string Text(JsonElement[] fields, int index) => index < fields.Length
        ? VectorCase.Text(fields[index], "ops")
        : throw new MalformedVectorException($"an operation has only {fields.Length} fields");
}
