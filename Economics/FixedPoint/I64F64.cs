namespace Dtao.Economics;

/// <summary>A signed binary fixed-point number with 64 fraction bits: value = <see cref="Bits"/> / 2^64. Range -2^63 to 2^63 - 2^-64.</summary>
/// <remarks>
/// Source: rule book 02, section 1. Products floor (toward minus infinity), quotients cut toward zero, plain operators are
/// checked; the chain's clamping forms have Saturating in their name, its "none" forms Checked, its safe division OrZero.
/// </remarks>
public readonly partial record struct I64F64(Int128 Bits) : IComparable<I64F64>
{
    public const int FractionBits = 64;

    public static readonly I64F64 Zero;
    public static readonly I64F64 One = new(Int128.One << FractionBits);
    public static readonly I64F64 MaxValue = new(Int128.MaxValue);
    public static readonly I64F64 MinValue = new(Int128.MinValue);

    public bool IsZero => Bits == Int128.Zero;

    public bool IsNegative => Int128.IsNegative(Bits);

    public static I64F64 operator +(I64F64 left, I64F64 right) => new(checked(left.Bits + right.Bits));
    public static I64F64 operator -(I64F64 left, I64F64 right) => new(checked(left.Bits - right.Bits));
    public static bool operator <(I64F64 left, I64F64 right) => left.Bits < right.Bits;
    public static bool operator >(I64F64 left, I64F64 right) => left.Bits > right.Bits;
    public static bool operator <=(I64F64 left, I64F64 right) => left.Bits <= right.Bits;
    public static bool operator >=(I64F64 left, I64F64 right) => left.Bits >= right.Bits;

    /// <summary>A whole number, or the largest number that fits.</summary>
    public static I64F64 FromInteger(ulong value) => new(FixedPoint.ToSigned((UInt128)value << FractionBits));

    /// <summary>A whole number; every signed 64-bit one fits.</summary>
    public static I64F64 FromInteger(long value) => new((Int128)value << FractionBits);

    public static I64F64 Min(I64F64 left, I64F64 right) => left < right ? left : right;
    public static I64F64 Max(I64F64 left, I64F64 right) => left > right ? left : right;

    public I64F64 AddSaturating(I64F64 other) => new(FixedPoint.AddSaturating(Bits, other.Bits));
    public I64F64 SubtractSaturating(I64F64 other) => new(FixedPoint.SubtractSaturating(Bits, other.Bits));

    public I64F64? MultiplyChecked(I64F64 other) =>
        FixedPoint.TryMultiply(Bits, other.Bits, FractionBits, out var product) ? new(product) : null;

    public I64F64 MultiplySaturating(I64F64 other) => MultiplyChecked(other) ?? Limit(other);

    /// <summary>None when the divisor is 0 or the quotient overflows.</summary>
    public I64F64? DivideChecked(I64F64 divisor) =>
        FixedPoint.TryDivide(Bits, FractionBits, divisor.Bits, out var quotient) ? new(quotient) : null;

    /// <summary>The chain's safe_div: 0 when the divisor is 0 and also when the quotient overflows.</summary>
    public I64F64 DivideOrZero(I64F64 divisor) => DivideChecked(divisor) ?? Zero;

    /// <summary>The chain's safe_div_or: the fallback when the divisor is 0 or the quotient overflows.</summary>
    public I64F64 DivideOr(I64F64 divisor, I64F64 fallback) => DivideChecked(divisor) ?? fallback;

    /// <summary>The bound of the type on overflow; the divisor must not be 0.</summary>
    public I64F64 DivideSaturating(I64F64 divisor) =>
        divisor.IsZero ? throw new DivideByZeroException() : DivideChecked(divisor) ?? Limit(divisor);

    public I64F64 Floor() => new(Bits & ~(One.Bits - Int128.One));

    /// <summary>The next whole number, or the largest one that fits.</summary>
    public I64F64 CeilingSaturating() => new(FixedPoint.AddSaturating(Bits, One.Bits - Int128.One) & ~(One.Bits - Int128.One));

    /// <summary>The nearest whole number, halves away from zero, or the outermost one that fits.</summary>
    public I64F64 RoundSaturating()
    {
        // Flooring after adding just under a half rounds a negative half down, away from zero.
        var offset = (One.Bits >> 1) - (IsNegative ? Int128.One : Int128.Zero);
        return new(FixedPoint.AddSaturating(Bits, offset) & ~(One.Bits - Int128.One));
    }

    /// <summary>The whole part, floored and clamped to 0 and 2^64 - 1.</summary>
    public ulong ToUInt64Saturating() => FixedPoint.ToUInt64(Bits >> FractionBits);

    /// <summary>The whole part, floored and clamped to 0 and 65535.</summary>
    public ushort ToUInt16Saturating() => FixedPoint.ToUInt16(ToUInt64Saturating());

    /// <summary>The same number, clamped where it does not fit.</summary>
    public U64F64 ToU64F64() => new(FixedPoint.ToUnsigned(Bits));

    /// <summary>The same number, floored to 32 fraction bits and clamped where it does not fit.</summary>
    public U96F32 ToU96F32() => new(FixedPoint.Narrow(FixedPoint.ToUnsigned(Bits)));

    /// <summary>The same number, floored to 32 fraction bits and clamped where it does not fit.</summary>
    public I96F32 ToI96F32() => new(FixedPoint.Narrow(Bits));

    /// <summary>The same number, floored to 32 fraction bits and clamped where it does not fit.</summary>
    public I32F32 ToI32F32() => new(FixedPoint.ToInt64(FixedPoint.Narrow(Bits)));

    public int CompareTo(I64F64 other) => Bits.CompareTo(other.Bits);

    /// <summary>The bound on the side on which the exact product or quotient with the other number lies.</summary>
    private I64F64 Limit(I64F64 other) => new(FixedPoint.Limit(IsNegative != other.IsNegative));
}
