namespace Dtao.Economics;

/// <summary>A binary fixed-point number with 64 fraction bits: value = <see cref="Bits"/> / 2^64. Range 0 to 2^64 - 2^-64.</summary>
/// <remarks>
/// Source: rule book 02, section 1. Products floor, quotients cut toward zero, plain operators are checked; the chain's
/// clamping forms have Saturating in their name, its "none" forms Checked, its safe division OrZero.
/// </remarks>
public readonly partial record struct U64F64(UInt128 Bits) : IComparable<U64F64>
{
    public const int FractionBits = 64;

    public static readonly U64F64 Zero;
    public static readonly U64F64 One = new(UInt128.One << FractionBits);
    public static readonly U64F64 MaxValue = new(UInt128.MaxValue);

    public bool IsZero => Bits == UInt128.Zero;

    public static U64F64 operator +(U64F64 left, U64F64 right) => new(checked(left.Bits + right.Bits));
    public static U64F64 operator -(U64F64 left, U64F64 right) => new(checked(left.Bits - right.Bits));
    public static bool operator <(U64F64 left, U64F64 right) => left.Bits < right.Bits;
    public static bool operator >(U64F64 left, U64F64 right) => left.Bits > right.Bits;
    public static bool operator <=(U64F64 left, U64F64 right) => left.Bits <= right.Bits;
    public static bool operator >=(U64F64 left, U64F64 right) => left.Bits >= right.Bits;

    /// <summary>A whole number; every 64-bit one fits.</summary>
    public static U64F64 FromInteger(ulong value) => new((UInt128)value << FractionBits);

    /// <summary>floor(numerator / denominator); 0 when the denominator is 0.</summary>
    public static U64F64 FromRatio(ulong numerator, ulong denominator) => FromInteger(numerator).DivideOrZero(FromInteger(denominator));

    public static U64F64 Min(U64F64 left, U64F64 right) => left < right ? left : right;
    public static U64F64 Max(U64F64 left, U64F64 right) => left > right ? left : right;

    public U64F64 AddSaturating(U64F64 other) => new(FixedPoint.AddSaturating(Bits, other.Bits));
    public U64F64 SubtractSaturating(U64F64 other) => new(FixedPoint.SubtractSaturating(Bits, other.Bits));

    public U64F64? MultiplyChecked(U64F64 other) =>
        WideMath.TryMultiplyShift(Bits, other.Bits, FractionBits, out var product) ? new(product) : null;

    public U64F64 MultiplySaturating(U64F64 other) =>
        WideMath.TryMultiplyShift(Bits, other.Bits, FractionBits, out var product) ? new(product) : MaxValue;

    /// <summary>None when the divisor is 0 or the quotient overflows.</summary>
    public U64F64? DivideChecked(U64F64 divisor) =>
        WideMath.TryShiftDivide(Bits, FractionBits, divisor.Bits, out var quotient) ? new(quotient) : null;

    /// <summary>The chain's safe_div: 0 when the divisor is 0 and also when the quotient overflows.</summary>
    public U64F64 DivideOrZero(U64F64 divisor) => DivideOr(divisor, Zero);

    /// <summary>The chain's safe_div_or: the fallback when the divisor is 0 or the quotient overflows.</summary>
    public U64F64 DivideOr(U64F64 divisor, U64F64 fallback) =>
        WideMath.TryShiftDivide(Bits, FractionBits, divisor.Bits, out var quotient) ? new(quotient) : fallback;

    /// <summary>The bound of the type on overflow; the divisor must not be 0.</summary>
    public U64F64 DivideSaturating(U64F64 divisor) =>
        divisor.IsZero ? throw new DivideByZeroException() : DivideOr(divisor, MaxValue);

    /// <summary>The part behind the point.</summary>
    public U64F64 Fraction() => new(Bits & (One.Bits - UInt128.One));

    public U64F64 Floor() => new(Bits & ~(One.Bits - UInt128.One));

    /// <summary>The next whole number, or the largest one that fits.</summary>
    public U64F64 CeilingSaturating() => new(FixedPoint.AddSaturating(Bits, One.Bits - UInt128.One) & ~(One.Bits - UInt128.One));

    /// <summary>The nearest whole number, halves up, or the largest one that fits.</summary>
    public U64F64 RoundSaturating() => new(FixedPoint.AddSaturating(Bits, One.Bits >> 1) & ~(One.Bits - UInt128.One));

    /// <summary>The whole part, at most 2^64 - 1.</summary>
    public ulong ToUInt64Saturating() => FixedPoint.ToUInt64(Bits >> FractionBits);

    /// <summary>The whole part, at most 65535.</summary>
    public ushort ToUInt16Saturating() => FixedPoint.ToUInt16(ToUInt64Saturating());

    /// <summary>The same number, floored to 32 fraction bits and clamped where it does not fit.</summary>
    public U96F32 ToU96F32() => new(FixedPoint.Narrow(Bits));

    /// <summary>The same number, clamped where it does not fit.</summary>
    public I64F64 ToI64F64() => new(FixedPoint.ToSigned(Bits));

    /// <summary>The same number, floored to 32 fraction bits and clamped where it does not fit.</summary>
    public I96F32 ToI96F32() => new(FixedPoint.ToSigned(FixedPoint.Narrow(Bits)));

    /// <summary>The same number, floored to 32 fraction bits and clamped where it does not fit.</summary>
    public I32F32 ToI32F32() => new(FixedPoint.ToInt64(FixedPoint.ToSigned(FixedPoint.Narrow(Bits))));

    public int CompareTo(U64F64 other) => Bits.CompareTo(other.Bits);
}
