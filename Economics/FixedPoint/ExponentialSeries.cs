using System.Runtime.CompilerServices;

namespace Dtao.Economics;

/// <summary>The reference's series of e^x, where nothing in it can overflow.</summary>
/// <remarks>
/// Source: rule book 02, 1.10. For x up to 20 no power before its division is above 20 x 20^20 / 20!, which is below 2^30, and the sum is
/// below e^20, which is below 2^29; so no step needs a test. The steps stand one by one so that each divides by a constant. Once a term is 0
/// so are all that follow.
/// </remarks>
internal static class ExponentialSeries
{
    /// <summary>1 + x + the terms 2 to 31, each from the one before by a product and a quotient, both floored. x is 0 to 20.</summary>
    public static I32F32 Sum(I32F32 value)
    {
        unchecked
        {
            ulong x = (ulong)value.Bits, sum = (ulong)I32F32.One.Bits + x, term = x;
            sum += term = Next(term, x) / 2;
            sum += term = Next(term, x) / 3;
            sum += term = Next(term, x) / 4;
            sum += term = Next(term, x) / 5;
            sum += term = Next(term, x) / 6;
            sum += term = Next(term, x) / 7;
            sum += term = Next(term, x) / 8;
            sum += term = Next(term, x) / 9;
            if (term == 0) return new((long)sum);
            sum += term = Next(term, x) / 10;
            sum += term = Next(term, x) / 11;
            sum += term = Next(term, x) / 12;
            sum += term = Next(term, x) / 13;
            sum += term = Next(term, x) / 14;
            sum += term = Next(term, x) / 15;
            if (term == 0) return new((long)sum);
            sum += term = Next(term, x) / 16;
            sum += term = Next(term, x) / 17;
            sum += term = Next(term, x) / 18;
            sum += term = Next(term, x) / 19;
            sum += term = Next(term, x) / 20;
            sum += term = Next(term, x) / 21;
            if (term == 0) return new((long)sum);
            sum += term = Next(term, x) / 22;
            sum += term = Next(term, x) / 23;
            sum += term = Next(term, x) / 24;
            sum += term = Next(term, x) / 25;
            sum += term = Next(term, x) / 26;
            if (term == 0) return new((long)sum);
            sum += term = Next(term, x) / 27;
            sum += term = Next(term, x) / 28;
            sum += term = Next(term, x) / 29;
            sum += term = Next(term, x) / 30;
            sum += Next(term, x) / 31;
            return new((long)sum);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Next(ulong term, ulong x)
    {
        var high = Math.BigMul(term, x, out ulong low);
        return unchecked((high << I32F32.FractionBits) | (low >> I32F32.FractionBits));
    }
}
