using System.Runtime.CompilerServices;

namespace Dtao.Economics;

/// <summary>A signed binary fixed-point number with 32 fraction bits in 64 bits: value = <see cref="Bits"/> / 2^32. Range -2^31 to 2^31 - 2^-32.</summary>
/// <remarks>
/// Source: rule book 02, section 1. Products floor (toward minus infinity), quotients cut toward zero, plain operators are
/// checked; the chain's clamping forms have Saturating in their name, its "none" forms Checked, its safe division OrZero.
/// </remarks>
public readonly partial record struct I32F32(long Bits) : IComparable<I32F32>
{
    public const int FractionBits = 32;

    private const long FractionMask = (1L << FractionBits) - 1;

    public static readonly I32F32 Zero;
    public static readonly I32F32 One = new(1L << FractionBits);
    public static readonly I32F32 MaxValue = new(long.MaxValue);
    public static readonly I32F32 MinValue = new(long.MinValue);

    public bool IsZero => Bits == 0;

    public bool IsNegative => Bits < 0;

    public static I32F32 operator +(I32F32 left, I32F32 right) => new(checked(left.Bits + right.Bits));
    public static I32F32 operator -(I32F32 left, I32F32 right) => new(checked(left.Bits - right.Bits));
    public static bool operator <(I32F32 left, I32F32 right) => left.Bits < right.Bits;
    public static bool operator >(I32F32 left, I32F32 right) => left.Bits > right.Bits;
    public static bool operator <=(I32F32 left, I32F32 right) => left.Bits <= right.Bits;
    public static bool operator >=(I32F32 left, I32F32 right) => left.Bits >= right.Bits;

    /// <summary>A whole number, or the largest number that fits.</summary>
    public static I32F32 FromInteger(ulong value) => value > int.MaxValue ? MaxValue : new((long)value << FractionBits);

    /// <summary>A whole number, or the bound of the type.</summary>
    public static I32F32 FromInteger(long value) => new(FixedPoint.ToInt64((Int128)value << FractionBits));

    public static I32F32 Min(I32F32 left, I32F32 right) => left < right ? left : right;
    public static I32F32 Max(I32F32 left, I32F32 right) => left > right ? left : right;

    public I32F32 AddSaturating(I32F32 other)
    {
        var sum = unchecked(Bits + other.Bits);
        return ((Bits ^ sum) & (other.Bits ^ sum)) < 0 ? Limit(IsNegative) : new(sum);
    }

    public I32F32 SubtractSaturating(I32F32 other)
    {
        var difference = unchecked(Bits - other.Bits);
        return ((Bits ^ other.Bits) & (Bits ^ difference)) < 0 ? Limit(IsNegative) : new(difference);
    }

    public I32F32? MultiplyChecked(I32F32 other)
    {
        var high = Math.BigMul(Bits, other.Bits, out long low);
        var product = unchecked((high << FractionBits) | (long)((ulong)low >> FractionBits));
        return high >> (FractionBits - 1) is 0 or -1 ? new(product) : null;
    }

    /// <summary>The product of two numbers of at least 0 whose product fits; equal to <see cref="MultiplySaturating"/> there, and cheaper.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal I32F32 MultiplyNonNegative(I32F32 other)
    {
        unchecked
        {
            var high = Math.BigMul((ulong)Bits, (ulong)other.Bits, out ulong low);
            return new((long)((high << FractionBits) | (low >> FractionBits)));
        }
    }

    /// <summary>1 / value, toward zero, for a value of at least 1.</summary>
    internal I32F32 InverseOfPositive()
    {
        unchecked
        {
            // The numerator 2^64 is one above what fits; it changes the quotient only where the rest is as great as it can be.
            var divisor = (ulong)Bits;
            var quotient = ulong.MaxValue / divisor;
            return new((long)(ulong.MaxValue - quotient * divisor == divisor - 1 ? quotient + 1 : quotient));
        }
    }

    public I32F32 MultiplySaturating(I32F32 other) => MultiplyChecked(other) ?? Limit(IsNegative != other.IsNegative);

    /// <summary>None when the divisor is 0 or the quotient overflows.</summary>
    public I32F32? DivideChecked(I32F32 divisor)
    {
        var numerator = Magnitude(Bits);
        var denominator = Magnitude(divisor.Bits);
        var high = numerator >> FractionBits;
        if (high >= denominator) return null;
        var quotient = WideMath.Divide(high, unchecked(numerator << FractionBits), denominator, out _);
        var isNegative = IsNegative != divisor.IsNegative;
        if (quotient > long.MaxValue) return isNegative && quotient == 1UL << 63 ? MinValue : null;
        return new(isNegative ? -(long)quotient : (long)quotient);
    }

    /// <summary>The chain's safe_div: 0 when the divisor is 0 and also when the quotient overflows.</summary>
    public I32F32 DivideOrZero(I32F32 divisor) => DivideChecked(divisor) ?? Zero;

    /// <summary>The chain's safe_div_or: the fallback when the divisor is 0 or the quotient overflows.</summary>
    public I32F32 DivideOr(I32F32 divisor, I32F32 fallback) => DivideChecked(divisor) ?? fallback;

    /// <summary>The bound of the type on overflow; the divisor must not be 0.</summary>
    public I32F32 DivideSaturating(I32F32 divisor) =>
        divisor.IsZero ? throw new DivideByZeroException() : DivideChecked(divisor) ?? Limit(IsNegative != divisor.IsNegative);

    /// <summary>The sum modulo 2^64, as the chain's plain iterator sum gives it.</summary>
    public I32F32 AddWrapping(I32F32 other) => new(unchecked(Bits + other.Bits));

    public I32F32 Floor() => new(Bits & ~FractionMask);

    /// <summary>The next whole number, or the largest one that fits.</summary>
    public I32F32 CeilingSaturating() => new(AddSaturating(new(FractionMask)).Bits & ~FractionMask);

    /// <summary>The nearest whole number, halves away from zero, or the outermost one that fits.</summary>
    public I32F32 RoundSaturating()
    {
        // Flooring after adding just under a half rounds a negative half down, away from zero.
        var offset = (1L << (FractionBits - 1)) - (IsNegative ? 1 : 0);
        return new(AddSaturating(new(offset)).Bits & ~FractionMask);
    }

    /// <summary>The whole part, floored and clamped to 0 and 2^31 - 1.</summary>
    public ulong ToUInt64Saturating() => IsNegative ? 0 : (ulong)(Bits >> FractionBits);

    /// <summary>The whole part, floored and clamped to 0 and 65535.</summary>
    public ushort ToUInt16Saturating() => FixedPoint.ToUInt16(ToUInt64Saturating());

    /// <summary>The same number, clamped where it does not fit.</summary>
    public U64F64 ToU64F64() => new(FixedPoint.Widen(FixedPoint.ToUnsigned(Bits)));

    /// <summary>The same number, clamped where it does not fit.</summary>
    public U96F32 ToU96F32() => new(FixedPoint.ToUnsigned(Bits));

    /// <summary>The same number.</summary>
    public I64F64 ToI64F64() => new((Int128)Bits << (I64F64.FractionBits - FractionBits));

    /// <summary>The same number.</summary>
    public I96F32 ToI96F32() => new(Bits);

    public int CompareTo(I32F32 other) => Bits.CompareTo(other.Bits);

    private static I32F32 Limit(bool isNegative) => isNegative ? MinValue : MaxValue;

    private static ulong Magnitude(long value) => unchecked((ulong)(value < 0 ? -value : value));
}
