namespace Dtao.Economics;

/// <summary>What the fixed-point types share: signed arithmetic by magnitude, and moving the binary point.</summary>
/// <remarks>Source: rule book 02, section 1; substrate-fixed 0.6.0.</remarks>
internal static class FixedPoint
{
    /// <summary>The difference in fraction bits between the two families of types (64 and 32).</summary>
    private const int PointShift = 32;

    public static UInt128 AddSaturating(UInt128 left, UInt128 right)
    {
        var sum = unchecked(left + right);
        return sum < left ? UInt128.MaxValue : sum;
    }

    public static UInt128 SubtractSaturating(UInt128 left, UInt128 right) => left < right ? UInt128.Zero : unchecked(left - right);

    public static Int128 AddSaturating(Int128 left, Int128 right)
    {
        var sum = unchecked(left + right);
        return Int128.IsNegative((left ^ sum) & (right ^ sum)) ? Limit(left) : sum;
    }

    public static Int128 SubtractSaturating(Int128 left, Int128 right)
    {
        var difference = unchecked(left - right);
        return Int128.IsNegative((left ^ right) & (left ^ difference)) ? Limit(left) : difference;
    }

    /// <summary>floor(left x right / 2^shift), toward minus infinity; false when it needs more than 128 bits.</summary>
    public static bool TryMultiply(Int128 left, Int128 right, int shift, out Int128 result)
    {
        WideMath.Multiply(Magnitude(left), Magnitude(right), out var high, out var low);
        var quotient = (high << (128 - shift)) | (low >> shift);
        var isNegative = Int128.IsNegative(left) != Int128.IsNegative(right);
        if (high >> shift != UInt128.Zero)
        {
            result = default;
            return false;
        }

        var isInexact = low << (128 - shift) != UInt128.Zero;
        if (isNegative && isInexact) quotient = unchecked(quotient + UInt128.One);
        return TrySign(quotient, isNegative, out result) && !(isNegative && isInexact && quotient == UInt128.Zero);
    }

    /// <summary>left x 2^shift / right, toward zero; false when right is 0 or the quotient needs more than 128 bits.</summary>
    public static bool TryDivide(Int128 left, int shift, Int128 right, out Int128 result)
    {
        result = default;
        return WideMath.TryShiftDivide(Magnitude(left), shift, Magnitude(right), out var quotient)
            && TrySign(quotient, Int128.IsNegative(left) != Int128.IsNegative(right), out result);
    }

    /// <summary>The bound on the side of zero on which the exact result of an overflowing product or quotient lies.</summary>
    public static Int128 Limit(bool isNegative) => isNegative ? Int128.MinValue : Int128.MaxValue;

    public static UInt128 Magnitude(Int128 value) => unchecked(Int128.IsNegative(value) ? (UInt128)(-value) : (UInt128)value);

    /// <summary>From 64 to 32 fraction bits: floor.</summary>
    public static UInt128 Narrow(UInt128 bits) => bits >> PointShift;

    /// <summary>From 64 to 32 fraction bits: floor.</summary>
    public static Int128 Narrow(Int128 bits) => bits >> PointShift;

    /// <summary>From 32 to 64 fraction bits: exact, or the bound of the type.</summary>
    public static UInt128 Widen(UInt128 bits) => bits > UInt128.MaxValue >> PointShift ? UInt128.MaxValue : bits << PointShift;

    /// <summary>From 32 to 64 fraction bits: exact, or the bound of the type.</summary>
    public static Int128 Widen(Int128 bits)
    {
        if (bits > Int128.MaxValue >> PointShift) return Int128.MaxValue;
        return bits < Int128.MinValue >> PointShift ? Int128.MinValue : bits << PointShift;
    }

    public static UInt128 ToUnsigned(Int128 bits) => Int128.IsNegative(bits) ? UInt128.Zero : (UInt128)bits;

    public static Int128 ToSigned(UInt128 bits) => bits > (UInt128)Int128.MaxValue ? Int128.MaxValue : (Int128)bits;

    public static long ToInt64(Int128 bits)
    {
        if (bits > long.MaxValue) return long.MaxValue;
        return bits < long.MinValue ? long.MinValue : (long)bits;
    }

    public static ulong ToUInt64(UInt128 value) => value > ulong.MaxValue ? ulong.MaxValue : (ulong)value;

    public static ulong ToUInt64(Int128 value) => ToUInt64(ToUnsigned(value));

    public static ushort ToUInt16(ulong value) => value > ushort.MaxValue ? ushort.MaxValue : (ushort)value;

    private static Int128 Limit(Int128 side) => Limit(Int128.IsNegative(side));

    private static bool TrySign(UInt128 magnitude, bool isNegative, out Int128 result)
    {
        result = unchecked(isNegative ? -(Int128)magnitude : (Int128)magnitude);
        return magnitude <= (UInt128)Int128.MaxValue || (isNegative && result == Int128.MinValue);
    }
}
