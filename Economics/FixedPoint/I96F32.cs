namespace Dtao.Economics;

/// <summary>A signed binary fixed-point number with 32 fraction bits: value = <see cref="Bits"/> / 2^32. Range -2^95 to 2^95 - 2^-32.</summary>
/// <remarks>
/// Source: rule book 02, section 1. Products floor (toward minus infinity), quotients cut toward zero, plain operators are
/// checked; the chain's clamping forms have Saturating in their name, its "none" forms Checked, its safe division OrZero.
/// </remarks>
public readonly partial record struct I96F32(Int128 Bits) : IComparable<I96F32>
{
    public const int FractionBits = 32;

    public static readonly I96F32 Zero;
    public static readonly I96F32 One = new(Int128.One << FractionBits);
    public static readonly I96F32 MaxValue = new(Int128.MaxValue);
    public static readonly I96F32 MinValue = new(Int128.MinValue);

    public bool IsZero => Bits == Int128.Zero;

    public bool IsNegative => Int128.IsNegative(Bits);

    public static I96F32 operator +(I96F32 left, I96F32 right) => new(checked(left.Bits + right.Bits));
    public static I96F32 operator -(I96F32 left, I96F32 right) => new(checked(left.Bits - right.Bits));
    public static bool operator <(I96F32 left, I96F32 right) => left.Bits < right.Bits;
    public static bool operator >(I96F32 left, I96F32 right) => left.Bits > right.Bits;
    public static bool operator <=(I96F32 left, I96F32 right) => left.Bits <= right.Bits;
    public static bool operator >=(I96F32 left, I96F32 right) => left.Bits >= right.Bits;

    /// <summary>A whole number; every 64-bit one fits.</summary>
    public static I96F32 FromInteger(ulong value) => new((Int128)value << FractionBits);

    /// <summary>A whole number; every signed 64-bit one fits.</summary>
    public static I96F32 FromInteger(long value) => new((Int128)value << FractionBits);

    public static I96F32 Min(I96F32 left, I96F32 right) => left < right ? left : right;
    public static I96F32 Max(I96F32 left, I96F32 right) => left > right ? left : right;

    public I96F32 AddSaturating(I96F32 other) => new(FixedPoint.AddSaturating(Bits, other.Bits));
    public I96F32 SubtractSaturating(I96F32 other) => new(FixedPoint.SubtractSaturating(Bits, other.Bits));

    public I96F32? MultiplyChecked(I96F32 other) =>
        FixedPoint.TryMultiply(Bits, other.Bits, FractionBits, out var product) ? new(product) : null;

    public I96F32 MultiplySaturating(I96F32 other) => MultiplyChecked(other) ?? Limit(other);

    /// <summary>None when the divisor is 0 or the quotient overflows.</summary>
    public I96F32? DivideChecked(I96F32 divisor) =>
        FixedPoint.TryDivide(Bits, FractionBits, divisor.Bits, out var quotient) ? new(quotient) : null;

    /// <summary>The chain's safe_div: 0 when the divisor is 0 and also when the quotient overflows.</summary>
    public I96F32 DivideOrZero(I96F32 divisor) => DivideChecked(divisor) ?? Zero;

    /// <summary>The chain's safe_div_or: the fallback when the divisor is 0 or the quotient overflows.</summary>
    public I96F32 DivideOr(I96F32 divisor, I96F32 fallback) => DivideChecked(divisor) ?? fallback;

    /// <summary>The bound of the type on overflow; the divisor must not be 0.</summary>
    public I96F32 DivideSaturating(I96F32 divisor) =>
        divisor.IsZero ? throw new DivideByZeroException() : DivideChecked(divisor) ?? Limit(divisor);

    public I96F32 Floor() => new(Bits & ~(One.Bits - Int128.One));

    /// <summary>The next whole number, or the largest one that fits.</summary>
    public I96F32 CeilingSaturating() => new(FixedPoint.AddSaturating(Bits, One.Bits - Int128.One) & ~(One.Bits - Int128.One));

    /// <summary>The nearest whole number, halves away from zero, or the outermost one that fits.</summary>
    public I96F32 RoundSaturating()
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
    public U64F64 ToU64F64() => new(FixedPoint.Widen(FixedPoint.ToUnsigned(Bits)));

    /// <summary>The same number, clamped where it does not fit.</summary>
    public U96F32 ToU96F32() => new(FixedPoint.ToUnsigned(Bits));

    /// <summary>The same number, clamped where it does not fit.</summary>
    public I64F64 ToI64F64() => new(FixedPoint.Widen(Bits));

    /// <summary>The same number, clamped where it does not fit.</summary>
    public I32F32 ToI32F32() => new(FixedPoint.ToInt64(Bits));

    public int CompareTo(I96F32 other) => Bits.CompareTo(other.Bits);

    /// <summary>The bound on the side on which the exact product or quotient with the other number lies.</summary>
    private I96F32 Limit(I96F32 other) => new(FixedPoint.Limit(IsNegative != other.IsNegative));
}
