using System.Numerics;
using Dtao.Economics;
using Dtao.Economics.Pools;

namespace Dtao.Hosting.Conformance;

/// <summary>Vectors of the fixed-point types and their functions.</summary>
internal static class FixedMathTopic
{
    private const int TopCount = 2;

    public static void Check(VectorCase c)
    {
        switch ((c.Text("t"), c.Text("f")))
        {
            case ("I32F32", "ops"): CheckI32F32(c); break;
            case ("U64F64", "ops"): CheckU64F64(c); break;
            case ("U96F32", "ops"): CheckU96F32(c); break;
            case ("I96F32", "ops"): CheckI96F32(c); break;
            case ("I64F64", "ops"): CheckI64F64(c); break;
            case ("I32F32", "ln"): c.ExpectOrNone("r", Transcendental.Ln(new(c.ReadInt64("a")))?.Bits); break;
            case ("I32F32", "log2"): c.ExpectOrNone("r", Transcendental.Log2(new I32F32(c.ReadInt64("a")))?.Bits); break;
            case ("I96F32", "log2"): c.ExpectOrNone("r", Transcendental.Log2(new I96F32(c.ReadInt128("a")))?.Bits); break;
            case ("I32F32", "exp"):
                c.ExpectOrNone("r", Transcendental.Exp(new(c.ReadInt64("a")))?.Bits);
                c.Expect("exp_safe", Transcendental.ExpSafe(new(c.ReadInt64("a"))).Bits);
                break;
            case ("U64F64", "checked_sqrt"): c.Expect("r", Transcendental.SquareRoot(c.ReadU64F64("a"), c.ReadU64F64("eps")).Bits); break;
            case ("U64F64", "safe_pow"): c.Expect("r", Transcendental.Power(c.ReadU64F64("a"), c.ReadU64F64("b")).Bits); break;
            case ("SafeInt", "pow_ratio_scaled"): CheckPowerRatio(c); break;
            case ("I32F32", "vec"): CheckVector(c); break;
            case ("u16", "u16vec"): CheckWeights(c); break;
            default: c.Skip($"no such function here: {c.Text("t")} {c.Text("f")}"); break;
        }
    }

    private static void CheckI32F32(VectorCase c)
    {
        I32F32 a = new(c.ReadInt64("a")), b = new(c.ReadInt64("b"));
        c.Expect("saturating_mul", a.MultiplySaturating(b).Bits);
        c.ExpectOrNone("checked_mul", a.MultiplyChecked(b)?.Bits);
        c.ExpectOrNone("checked_div", a.DivideChecked(b)?.Bits);
        c.Expect("safe_div", a.DivideOrZero(b).Bits);
        c.Expect("saturating_add", a.AddSaturating(b).Bits);
        c.Expect("saturating_sub", a.SubtractSaturating(b).Bits);
        c.Expect("to_u16", a.ToUInt16Saturating());
        c.Expect("to_u64", a.ToUInt64Saturating());
        c.Expect("round", a.RoundSaturating().Bits);
    }

    private static void CheckU64F64(VectorCase c)
    {
        U64F64 a = c.ReadU64F64("a"), b = c.ReadU64F64("b");
        c.Expect("saturating_mul", a.MultiplySaturating(b).Bits);
        c.ExpectOrNone("checked_mul", a.MultiplyChecked(b)?.Bits);
        c.ExpectOrNone("checked_div", a.DivideChecked(b)?.Bits);
        c.Expect("safe_div", a.DivideOrZero(b).Bits);
        c.Expect("to_u64", a.ToUInt64Saturating());
        c.Expect("to_u96f32", a.ToU96F32().Bits);
        c.Expect("to_i96f32", a.ToI96F32().Bits);
        c.Expect("to_i32f32", a.ToI32F32().Bits);
    }

    private static void CheckU96F32(VectorCase c)
    {
        U96F32 a = new(c.ReadUInt128("a")), b = new(c.ReadUInt128("b"));
        c.Expect("saturating_mul", a.MultiplySaturating(b).Bits);
        c.ExpectOrNone("checked_div", a.DivideChecked(b)?.Bits);
        c.Expect("safe_div", a.DivideOrZero(b).Bits);
        c.Expect("to_u64", a.ToUInt64Saturating());
        c.Expect("to_u64f64", a.ToU64F64().Bits);
    }

    private static void CheckI96F32(VectorCase c)
    {
        I96F32 a = new(c.ReadInt128("a")), b = new(c.ReadInt128("b"));
        c.Expect("saturating_mul", a.MultiplySaturating(b).Bits);
        c.ExpectOrNone("checked_div", a.DivideChecked(b)?.Bits);
        c.Expect("safe_div", a.DivideOrZero(b).Bits);
        c.Expect("to_u64", a.ToUInt64Saturating());
        c.Expect("floor", a.Floor().Bits);
        c.Expect("to_u64f64", a.ToU64F64().Bits);
    }

    private static void CheckI64F64(VectorCase c)
    {
        I64F64 a = new(c.ReadInt128("a")), b = new(c.ReadInt128("b"));
        c.Expect("saturating_mul", a.MultiplySaturating(b).Bits);
        c.ExpectOrNone("checked_div", a.DivideChecked(b)?.Bits);
        c.Expect("safe_div", a.DivideOrZero(b).Bits);
        c.Expect("to_u64", a.ToUInt64Saturating());
        c.Expect("to_i32f32", a.ToI32F32().Bits);
    }

    private static void CheckPowerRatio(VectorCase c)
    {
        BigInteger n = c.ReadBigInteger("bn"), d = c.ReadBigInteger("bd"), scale = c.ReadBigInteger("scale");
        ulong a = c.ReadUInt64("en"), b = c.ReadUInt64("ed");
        var precision = c.ReadInt32("precision");
        var exact = PowerRatio.Exact(n, d, a, b, precision, scale);
        c.ExpectOrNone("r", exact);

        // The swap's own way to the same number, wherever it applies.
        if (scale != PowerRatio.Scale || n.GetBitLength() > 128 || d.GetBitLength() > 128) return;
        var evaluated = PowerRatio.Evaluate((UInt128)n, (UInt128)d, a, b, precision);
        c.ExpectText("r, evaluated", PowerRatioValue.Of(exact).ToString(), evaluated.ToString());
    }

    private static void CheckVector(VectorCase c)
    {
        var values = c.Numbers<long>("a").Select(bits => new I32F32(bits)).ToArray();
        c.Expect("sum", FixedVector.Sum(values).Bits);
        c.Expect("max_upscale_u16", FixedVector.MaxUpscale(values).Select(Invariant));
        c.Expect("proportions_u16", FixedVector.ToParts(values).Select(Invariant));
        c.Expect("topk2", FixedVector.TopK(values, TopCount).Select(Invariant));
        c.Expect("topk2_nonzero", FixedVector.TopKNonZero(values, TopCount).Select(Invariant));
        FixedVector.Normalize(values);
        c.Expect("normalize", values.Select(value => Invariant(value.Bits)));
    }

    private static void CheckWeights(VectorCase c)
    {
        var values = c.Numbers<ushort>("a");
        c.Expect("max_upscale", FixedVector.MaxUpscale(values).Select(Invariant));
        c.Expect("max_limited", FixedVector.IsMaxLimited(values, c.ReadUInt16("limit")));
        c.Expect("perquintill_from_rational", BalancerWeights.FromRational(c.ReadUInt128("num"), c.ReadUInt128("den")).Parts);
    }

    private static string Invariant<T>(T value) where T : INumber<T> => value.ToString(null, System.Globalization.CultureInfo.InvariantCulture);

    private static string Invariant(bool value) => value ? "true" : "false";
}
