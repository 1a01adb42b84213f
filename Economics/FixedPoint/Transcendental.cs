namespace Dtao.Economics;

/// <summary>The reference's logarithm, exponential, root, and power, with its series and its roundings.</summary>
/// <remarks>Source: rule book 02, 1.8 to 1.11; substrate-fixed 0.6.0 src/transcendental.rs; primitives/safe-math/src/lib.rs.</remarks>
public static class Transcendental
{
    /// <summary>log2(e) cut to 23 fraction bits, as the reference keeps it.</summary>
    private const long LogTwoOfEulerBits = 12_102_203L << (I32F32.FractionBits - 23);

    /// <summary>e cut to 23 fraction bits, as the reference keeps it.</summary>
    private const long EulerBits = 22_802_600L << (I32F32.FractionBits - 23);

    private const int SquareRootIterationsMax = 128;

    private static readonly I32F32 s_expSafeBound = I32F32.FromInteger(20L);

    /// <summary>The binary logarithm; none for 0, negatives, and numbers whose inverse overflows.</summary>
    public static I32F32? Log2(I32F32 value) => Log2(value.ToI96F32(), I32F32.MaxValue.ToI96F32())?.ToI32F32();

    /// <summary>The binary logarithm; none for 0, negatives, and numbers whose inverse overflows.</summary>
    public static I96F32? Log2(I96F32 value) => Log2(value, I96F32.MaxValue);

    /// <summary>The natural logarithm; none where <see cref="Log2(I32F32)"/> is.</summary>
    public static I32F32? Ln(I32F32 value) => Log2(value)?.DivideChecked(new I32F32(LogTwoOfEulerBits));

    /// <summary>e^value by the reference's series of 31 terms; none when an intermediate value overflows.</summary>
    public static I32F32? Exp(I32F32 value)
    {
        if (value.IsZero) return I32F32.One;
        if (value == I32F32.One) return new I32F32(EulerBits);
        if (value == I32F32.MinValue) return null;
        var magnitude = value.IsNegative ? new I32F32(-value.Bits) : value;
        if (magnitude <= s_expSafeBound)
        {
            var series = ExponentialSeries.Sum(magnitude);
            return value.IsNegative ? series.InverseOfPositive() : series;
        }

        if (magnitude > I32F32.MaxValue - I32F32.One) return null;
        var result = magnitude + I32F32.One;
        var term = magnitude;
        for (var i = 2L; i < I32F32.FractionBits; i++)
        {
            if (term.MultiplyChecked(magnitude) is not { } power) return null;
            term = new I32F32(power.Bits / i);
            if (long.MaxValue - result.Bits < term.Bits) return null;
            result += term;
        }

        return value.IsNegative ? I32F32.One.DivideChecked(result) : result;
    }

    /// <summary>e^value for a value clamped to -20 .. 20; where the series fails, 0 on the left and the maximum on the right.</summary>
    public static I32F32 ExpSafe(I32F32 value)
    {
        var clamped = I32F32.Min(I32F32.Max(value, I32F32.FromInteger(-20L)), s_expSafeBound);
        return Exp(clamped) ?? (clamped <= I32F32.Zero ? I32F32.Zero : I32F32.MaxValue);
    }

    /// <summary>The square root by bisection of value to 1, or of 0 to value, until root and value / root are within epsilon.</summary>
    public static U64F64 SquareRoot(U64F64 value, U64F64 epsilon)
    {
        var (low, high) = value < U64F64.One ? (value, U64F64.One) : (U64F64.Zero, value);
        var middle = new U64F64(low.AddSaturating(high).Bits >> 1);
        for (var i = 0; i <= SquareRootIterationsMax; i++)
        {
            var other = value.DivideOrZero(middle);
            if ((other < middle ? middle - other : other - middle) <= epsilon) break;
            if (other < middle) high = middle;
            else low = middle;
            middle = new U64F64(low.AddSaturating(high).Bits >> 1);
        }

        return middle;
    }

    /// <summary>value^exponent = exp(exponent x ln(value)) in <see cref="I32F32"/>; 0 where the logarithm fails, 2^31 - 1 where the exponential does.</summary>
    /// <remarks>Source: rule book 02, 5.8-5, with its trap: a very negative exponent also overflows into the maximum.</remarks>
    public static U64F64 Power(U64F64 value, U64F64 exponent)
    {
        if (Ln(value.ToI32F32()) is not { } logarithm) return U64F64.Zero;
        var scaled = logarithm.MultiplySaturating(exponent.ToI32F32());
        return (Exp(scaled) ?? I32F32.FromInteger(int.MaxValue)).ToU64F64();
    }

    private static I96F32? Log2(I96F32 value, I96F32 max)
    {
        if (value <= I96F32.Zero) return null;
        if (value >= I96F32.One) return new I96F32(Log2Above(value.Bits));
        return I96F32.One.DivideChecked(value) is { } inverse && inverse <= max ? new I96F32(-Log2Above(inverse.Bits)) : null;
    }

    /// <summary>log2 of a number of at least 1: whole part by halving with half-up, then one bit a squaring.</summary>
    private static Int128 Log2Above(Int128 value)
    {
        var one = I96F32.One.Bits;
        var result = Int128.Zero;
        while (value >= one << 1)
        {
            result++;
            value = HalveUp(value);
        }

        if (value == one) return result << I96F32.FractionBits;
        for (var i = 0; i < I96F32.FractionBits; i++)
        {
            value = (value * value) >> I96F32.FractionBits;
            result <<= 1;
            if (value < one << 1) continue;
            result |= Int128.One;
            value = HalveUp(value);
        }

        return result;
    }

    private static Int128 HalveUp(Int128 value) => (value >> 1) + (value & Int128.One);
}
