using System.Globalization;

namespace Dtao.Economics;

/// <summary>A non-negative number, <see cref="Mantissa"/> x 10^<see cref="Exponent"/>, both integers. Shares and denominators of share pools.</summary>
/// <remarks>
/// Canonical: both 0, or 10^20 &lt; mantissa &lt;= 10^21. Every operation floors once and then brings its result into this form.
/// Source: rule book 01, 3.1; primitives/share-pool/src/lib.rs.
/// </remarks>
public readonly partial record struct SafeFloat
{
    /// <summary>The zeros of <see cref="MantissaMax"/> after its leading one.</summary>
    private const int Digits = 21;

    private static readonly UInt128[] s_powersOfTen = PowersOfTen();

    private static readonly UInt128 s_mantissaFloor = s_powersOfTen[Digits - 1];

    /// <summary>10^21, the greatest mantissa.</summary>
    public static readonly UInt128 MantissaMax = s_powersOfTen[Digits];

    public static readonly SafeFloat Zero;

    public UInt128 Mantissa { get; private init; }

    public long Exponent { get; private init; }

    /// <summary>Zero is the default value (mantissa 0, exponent 0).</summary>
    public bool IsZero => Mantissa == UInt128.Zero;

    /// <summary>Restores a number that <see cref="Mantissa"/> and <see cref="Exponent"/> of a canonical one were stored from; does not normalise.</summary>
    public static SafeFloat FromStored(UInt128 mantissa, long exponent) => new() { Mantissa = mantissa, Exponent = exponent };

    /// <summary>mantissa x 10^exponent; none when the mantissa is above 10^21 or the exponent leaves 64 bits.</summary>
    public static SafeFloat? Create(UInt128 mantissa, long exponent) => mantissa > MantissaMax ? null : Normalize(mantissa, exponent);

    public static SafeFloat FromUInt64(ulong value) => Normalize(value, 0)!.Value;

    /// <summary>Whole part plus fraction / 2^64, each in this arithmetic.</summary>
    public static SafeFloat FromU64F64(U64F64 value)
    {
        var whole = FromUInt64(unchecked((ulong)(value.Bits >> U64F64.FractionBits)));
        var fraction = FromUInt64(unchecked((ulong)value.Bits));
        return whole.Add(fraction.Divide(Normalize(UInt128.One << U64F64.FractionBits, 0)!.Value)!.Value)!.Value;
    }

    /// <summary>The sum, floored at the larger exponent.</summary>
    public SafeFloat? Add(SafeFloat other)
    {
        if (IsZero) return other;
        if (other.IsZero) return this;
        var exponent = Align(this, other, out var left, out var right);
        return Normalize(left + right, exponent);
    }

    /// <summary>The difference, floored at the larger exponent and never below 0; none when a non-zero number is taken from zero.</summary>
    public SafeFloat? Subtract(SafeFloat other)
    {
        if (other.IsZero) return this;
        if (IsZero) return null;
        var exponent = Align(this, other, out var left, out var right);
        return Normalize(left < right ? UInt128.Zero : left - right, exponent);
    }

    /// <summary>The quotient with about 21 digits; none when the divisor is 0.</summary>
    public SafeFloat? Divide(SafeFloat divisor) =>
        MulDiv(Mantissa, MantissaMax, divisor.Mantissa, (Int128)Exponent - divisor.Exponent - Digits);

    /// <summary>this x factor / divisor with one floor; none when the divisor is 0 or the exponent leaves 64 bits.</summary>
    public SafeFloat? MulDiv(SafeFloat factor, SafeFloat divisor) =>
        MulDiv(Mantissa, factor.Mantissa, divisor.Mantissa, (Int128)Exponent + factor.Exponent - divisor.Exponent);

    /// <summary>The whole part, at most 2^64 - 1.</summary>
    public ulong ToUInt64()
    {
        if (Exponent < 0)
        {
            var whole = Exponent < -PowerMax ? Mantissa / s_powersOfTen[PowerMax] : Mantissa / s_powersOfTen[-(int)Exponent];
            return whole > ulong.MaxValue ? ulong.MaxValue : (ulong)whole;
        }

        if (Exponent == 0 || IsZero) return Mantissa > ulong.MaxValue ? ulong.MaxValue : (ulong)Mantissa;
        var scale = s_powersOfTen[(int)Math.Min(Exponent, PowerMax)];
        return Mantissa > ulong.MaxValue / scale ? ulong.MaxValue : (ulong)(Mantissa * scale);
    }

    /// <summary>The reference's comparison of two canonical numbers.</summary>
    /// <remarks>
    /// Trap kept from the reference: zero has exponent 0, so a comparison with zero is wrong when the other exponent is
    /// beyond -1 to 1. Ask <see cref="IsZero"/> instead.
    /// </remarks>
    public bool IsGreaterThan(SafeFloat other)
    {
        var distance = (Int128)Exponent - other.Exponent;
        if (distance > 1) return true;
        if (distance < -1) return false;
        var left = distance > 0 ? Mantissa * 10 : Mantissa;
        var right = distance < 0 ? other.Mantissa * 10 : other.Mantissa;
        return left > right;
    }

    /// <summary>Mantissa, e, exponent.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Mantissa}e{Exponent}");

    /// <summary>The largest power of ten that a shift of exponents divides or multiplies by.</summary>
    private const int PowerMax = 22;

    /// <summary>Brings both mantissas to the larger exponent, flooring the one that moves.</summary>
    private static long Align(SafeFloat left, SafeFloat right, out UInt128 leftMantissa, out UInt128 rightMantissa)
    {
        leftMantissa = left.Mantissa;
        rightMantissa = right.Mantissa;
        if (left.Exponent == right.Exponent) return left.Exponent;
        var distance = (Int128)left.Exponent - right.Exponent;
        var divisor = s_powersOfTen[(int)Int128.Min(Int128.Abs(distance), PowerMax)];
        if (distance > 0)
        {
            rightMantissa /= divisor;
            return left.Exponent;
        }

        leftMantissa /= divisor;
        return right.Exponent;
    }

    private static SafeFloat? MulDiv(UInt128 left, UInt128 right, UInt128 divisor, Int128 exponent)
    {
        if (divisor == UInt128.Zero) return null;
        WideMath.Multiply(left, right, out var high, out var low);

        // A product beyond 128 bits over a small divisor occurs only for numbers that are not canonical.
        while (high >= divisor)
        {
            high = DivideByTen(high, low, out low);
            exponent++;
        }

        return Normalize(WideMath.Divide(high, low, divisor), exponent);
    }

    private static UInt128 DivideByTen(UInt128 high, UInt128 low, out UInt128 lowQuotient)
    {
        var (quotient, rest) = UInt128.DivRem(high, 10);
        lowQuotient = WideMath.Divide(rest, low, 10);
        return quotient;
    }

    private static SafeFloat? Normalize(UInt128 mantissa, Int128 exponent)
    {
        if (mantissa == UInt128.Zero) return Zero;
        while (mantissa > MantissaMax)
        {
            mantissa /= 10;
            exponent++;
        }

        if (mantissa <= s_mantissaFloor)
        {
            var shift = 1;
            while (shift < Digits && mantissa <= s_powersOfTen[Digits - 1 - shift]) shift++;
            mantissa *= s_powersOfTen[shift];
            exponent -= shift;
        }

        if (exponent > long.MaxValue || exponent < long.MinValue) return null;
        return FromStored(mantissa, (long)exponent);
    }

    private static UInt128[] PowersOfTen()
    {
        var powers = new UInt128[PowerMax + 1];
        powers[0] = UInt128.One;
        for (var i = 1; i < powers.Length; i++) powers[i] = powers[i - 1] * 10;
        return powers;
    }
}
