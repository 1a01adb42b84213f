using System.Numerics;

namespace Dtao.Economics.Pools;

/// <summary>How a power of a ratio relates to the 64-bit range that the pool reads it in.</summary>
public enum PowerRatioKind : byte
{
    /// <summary>0 to 2^64 - 1 parts.</summary>
    InRange = 0,
    /// <summary>More than 2^64 - 1 parts.</summary>
    TooLarge = 1,
    /// <summary>Below zero; only where the reference's series has not converged.</summary>
    Negative = 2,
    /// <summary>Division by zero, in the ratio or in the exponent.</summary>
    Undefined = 3,
}

/// <summary>A power of a ratio in parts of 10^18. Parts are 0 unless in range.</summary>
public readonly record struct PowerRatioValue(PowerRatioKind Kind, ulong Parts)
{
    /// <summary>Clamped to 64 bits; 0 where undefined.</summary>
    public ulong Clamped => Kind == PowerRatioKind.TooLarge ? ulong.MaxValue : Parts;

    public static PowerRatioValue Of(BigInteger? value) => value switch
    {
        null => new(PowerRatioKind.Undefined, 0),
        { Sign: < 0 } => new(PowerRatioKind.Negative, 0),
        { } number when number > ulong.MaxValue => new(PowerRatioKind.TooLarge, 0),
        { } number => new(PowerRatioKind.InRange, (ulong)number),
    };
}

/// <summary>(numerator / denominator)^(a / b) in parts of a scale, bit for bit as the reference's big-number library gives it.</summary>
/// <remarks>Source: rule book 01, 4.3; safe-bigmath 0.4.1 src/integer.rs :: pow_ratio_scaled.</remarks>
public static partial class PowerRatio
{
    /// <summary>Exponent terms up to this are raised and rooted exactly; above, the series is summed.</summary>
    public const int ExactExponentMax = 1024;

    /// <summary>The precision of the power in a swap, in bits.</summary>
    public const int SwapPrecision = 256;

    /// <summary>The precision of the input that reaches a price, in bits.</summary>
    public const int LimitPrecision = 1024;

    /// <summary>Parts of one in a result.</summary>
    public const ulong Scale = Perquintill.One;

    /// <summary>The reference's own algorithm on big integers; none when the denominator or b is 0.</summary>
    public static BigInteger? Exact(BigInteger numerator, BigInteger denominator, ulong a, ulong b, int precision, BigInteger scale)
    {
        if (denominator.IsZero || b == 0) return null;
        if (numerator.IsZero) return BigInteger.Zero;
        if (a == 0) return scale;
        var divisor = (ulong)BigInteger.GreatestCommonDivisor(a, b);
        a /= divisor;
        b /= divisor;
        return a <= ExactExponentMax && b <= ExactExponentMax
            ? Root(BigInteger.Pow(numerator, (int)a) * BigInteger.Pow(scale, (int)b) / BigInteger.Pow(denominator, (int)a), (int)b)
            : new PowerSeries(precision, scale).Power(numerator, denominator, a, b, scale);
    }

    /// <summary>The largest integer whose degree-th power is not above value, by Newton's method from above.</summary>
    private static BigInteger Root(BigInteger value, int degree)
    {
        if (degree == 1 || value.IsZero) return value;
        var estimate = BigInteger.One << (int)((value.GetBitLength() + degree - 1) / degree);
        while (true)
        {
            var next = (estimate * (degree - 1) + value / BigInteger.Pow(estimate, degree - 1)) / degree;
            if (next >= estimate) return estimate;
            estimate = next;
        }
    }
}
