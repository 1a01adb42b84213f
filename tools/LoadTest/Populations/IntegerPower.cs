using System.Numerics;

namespace Dtao.LoadTest.Populations;

/// <summary>Powers of fractions, by whole numbers only: a population is the same on every machine.</summary>
internal static class IntegerPower
{
    /// <summary>Fraction bits of a base, of a result, and of a logarithm.</summary>
    public const int Bits = 32;

    /// <summary>Fraction bits of an exponent.</summary>
    public const int ExponentBits = 16;

    private const int RootBits = 62;

    /// <summary>2^(1/2), 2^(1/4), and so on.</summary>
    private static readonly ulong[] s_roots = Roots();

    /// <summary>base ^ exponent, floored; 0 where the result has no bit left.</summary>
    /// <param name="number">Above 0, with <see cref="Bits"/> fraction bits.</param>
    /// <param name="exponent">Signed, with <see cref="ExponentBits"/> fraction bits.</param>
    /// <returns>With <see cref="Bits"/> fraction bits; below 2^90.</returns>
    public static UInt128 Raise(ulong number, long exponent) => PowerOfTwo((long)(((Int128)Logarithm(number) * exponent) >> ExponentBits));

    /// <summary>The logarithm to base 2: squares the number, and sees whether it passes 2, for each bit.</summary>
    internal static long Logarithm(ulong number)
    {
        ArgumentOutOfRangeException.ThrowIfZero(number);
        var zeros = BitOperations.LeadingZeroCount(number);
        long whole = 63 - zeros - Bits;
        var mantissa = number << zeros;
        long fraction = 0;
        for (var bit = 0; bit < Bits; bit++)
        {
            var square = ((UInt128)mantissa * mantissa) >> 63;
            var passes = square > ulong.MaxValue;
            fraction = (fraction << 1) | (passes ? 1L : 0L);
            mantissa = (ulong)(passes ? square >> 1 : square);
        }

        return (whole << Bits) + fraction;
    }

    /// <summary>2 ^ exponent, the exponent with <see cref="Bits"/> fraction bits.</summary>
    internal static UInt128 PowerOfTwo(long exponent)
    {
        var whole = (int)Math.Clamp(exponent >> Bits, -64, 57);
        var product = (UInt128)1 << RootBits;
        for (var place = 0; place < Bits; place++)
        {
            if (((exponent >> (Bits - 1 - place)) & 1) == 1) product = (product * s_roots[place]) >> RootBits;
        }

        var shift = whole - (RootBits - Bits);
        return shift >= 0 ? product << shift : product >> -shift;
    }

    private static ulong[] Roots()
    {
        var roots = new ulong[Bits];
        var last = (UInt128)1 << (RootBits + 1);
        for (var place = 0; place < Bits; place++) last = roots[place] = (ulong)SquareRoot(last << RootBits);
        return roots;
    }

    /// <summary>Floored.</summary>
    internal static UInt128 SquareRoot(UInt128 number)
    {
        if (number == 0) return 0;
        // From above, Newton's steps only fall until they are there.
        var root = UInt128.One << (int)((129 - UInt128.LeadingZeroCount(number)) / 2);
        while (true)
        {
            var next = (root + (number / root)) >> 1;
            if (next >= root) return root;
            root = next;
        }
    }
}
