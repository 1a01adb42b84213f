using System.Runtime.CompilerServices;

namespace Dtao.Economics.Pools;

/// <summary>A power of a ratio to about 112 bits in 128-bit integers: two table look-ups and two short series.</summary>
/// <remarks>
/// Every step floors, its error is bounded in <c>PowerRatio.Proof.md</c>, and an answer is given only where no error within
/// the bound can change the floor at 10^-18. Allocates nothing.
/// </remarks>
internal static class FastPower
{
    /// <summary>
    /// The half-width, in units of 2^-127 of the mantissa, within which the reference's own answer lies. The proof needs
    /// 2^15; the rest is a margin that costs one fallback in 2^45.
    /// </summary>
    private const int ErrorBits = 20;

    /// <summary>Exponents a/b up to this keep the error of the logarithm within the proof.</summary>
    private const ulong ExponentMax = 128;

    private const int LogBits = PowerTables.LogBits;

    /// <summary>Below e^-40 the reference's series is not certain to have converged.</summary>
    private static readonly UInt128 s_negativeMax = (UInt128)40 << LogBits;

    /// <summary>Above e^3 the answer has more than 64 bits.</summary>
    private static readonly UInt128 s_positiveMax = (UInt128)3 << LogBits;

    /// <summary>floor((numerator / denominator)^(a / b) x 10^18), if it is certain. All arguments above 0, the ratio not 1.</summary>
    public static bool TryEvaluate(UInt128 numerator, UInt128 denominator, ulong a, ulong b, out PowerRatioValue value)
    {
        value = default;
        if (a / b >= ExponentMax) return false;
        var isNegative = numerator < denominator;
        var logarithm = isNegative ? LnOfRatio(denominator, numerator) : LnOfRatio(numerator, denominator);
        var isSmall = TryScale(logarithm, a, b, out var exponent);
        if (isNegative) return isSmall && exponent < s_negativeMax && TryExpNegative(exponent, out value);
        if (isSmall && exponent < s_positiveMax) return TryExpPositive(exponent, out value);
        value = new(PowerRatioKind.TooLarge, 0);
        return true;
    }

    /// <summary>ln(larger / smaller), with 121 fraction bits; larger must be above smaller.</summary>
    private static UInt128 LnOfRatio(UInt128 larger, UInt128 smaller)
    {
        unchecked
        {
            var largerShift = (int)UInt128.LeadingZeroCount(larger);
            var smallerShift = (int)UInt128.LeadingZeroCount(smaller);
            var power = smallerShift - largerShift;
            larger <<= largerShift;
            smaller <<= smallerShift;

            // mantissa = larger / smaller in [1, 2), 127 fraction bits.
            UInt128 mantissa;
            if (larger >= smaller)
            {
                mantissa = WideMath.Divide(larger >> 1, larger << 127, smaller);
            }
            else
            {
                power--;
                mantissa = WideMath.Divide(larger, UInt128.Zero, smaller);
            }

            var step = (int)(ulong)(mantissa >> (127 - PowerTables.StepBits)) & (PowerTables.Steps - 1);
            var rest = RestOfStep(mantissa, PowerTables.Inverse[step]);
            return PowerTables.LnOfPowerOfTwo[power] + PowerTables.LnOfStep[step] + (LnOnePlus(rest) >> (128 - LogBits));
        }
    }

    /// <summary>mantissa x inverse - 1, with 128 fraction bits; below 2^-8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static UInt128 RestOfStep(UInt128 mantissa, ulong inverse)
    {
        unchecked
        {
            var top = Math.BigMul((ulong)(mantissa >> 64), inverse, out var middle);
            var carry = Math.BigMul((ulong)mantissa, inverse, out var bottom);
            middle += carry;
            if (middle < carry) top++;

            // The product has 190 fraction bits and a whole part of exactly 1, at bit 62 of the top word.
            top -= 1UL << 62;
            return new UInt128((top << 2) | (middle >> 62), (middle << 2) | (bottom >> 62));
        }
    }

    /// <summary>ln(1 + t) = t - t (t (1/2 - t (1/3 - ...))), for t below 2^-8; 128 fraction bits in and out.</summary>
    private static UInt128 LnOnePlus(UInt128 t)
    {
        unchecked
        {
            if (t == UInt128.Zero) return t;
            var terms = TermsFor(t);
            var sum = UInt128.Zero;
            for (var n = terms; n >= 2; n--) sum = PowerTables.Reciprocal[n] - MultiplyHigh(sum, t);
            return t - MultiplyHigh(MultiplyHigh(sum, t), t);
        }
    }

    /// <summary>1 - e^-t = t - t (t (1/2! - t (1/3! - ...))), for t below 2^-8; 128 fraction bits in and out.</summary>
    private static UInt128 OneMinusExp(UInt128 t)
    {
        unchecked
        {
            if (t == UInt128.Zero) return t;
            var terms = Math.Min(TermsFor(t), FactorialTermsMax);
            var sum = UInt128.Zero;
            for (var n = terms; n >= 2; n--) sum = PowerTables.InverseFactorial[n] - MultiplyHigh(sum, t);
            return t - MultiplyHigh(MultiplyHigh(sum, t), t);
        }
    }

    /// <summary>The next term of the exponential, below 2^-104 / 13!, is beyond the last bit.</summary>
    private const int FactorialTermsMax = 12;

    /// <summary>So many terms that the next power of t is below 2^-130.</summary>
    private static int TermsFor(UInt128 t) => 130 / (int)UInt128.LeadingZeroCount(t);

    /// <summary>value x a / b, floored; false when it has more than 128 bits.</summary>
    private static bool TryScale(UInt128 value, ulong a, ulong b, out UInt128 result)
    {
        unchecked
        {
            var top = Math.BigMul((ulong)(value >> 64), a, out var middle);
            var carry = Math.BigMul((ulong)value, a, out var bottom);
            middle += carry;
            if (middle < carry) top++;
            result = default;
            if (top >= b) return false;
            var high = WideMath.Divide(top, middle, b, out var rest);
            result = new UInt128(high, WideMath.Divide(rest, bottom, b, out _));
            return true;
        }
    }

    private static bool TryExpNegative(UInt128 exponent, out PowerRatioValue value)
    {
        var power = PowersIn(exponent);
        return TryRound(unchecked(exponent - PowerTables.LnOfPowerOfTwo[power]), -power, out value);
    }

    private static bool TryExpPositive(UInt128 exponent, out PowerRatioValue value)
    {
        var power = PowersIn(exponent) + 1;
        return TryRound(unchecked(PowerTables.LnOfPowerOfTwo[power] - exponent), power, out value);
    }

    /// <summary>The greatest k with k ln 2 at or below the exponent.</summary>
    private static int PowersIn(UInt128 exponent)
    {
        // The top word has 57 fraction bits and 184/128 is below 1 / ln 2, so the estimate is never too high.
        var power = (int)((ulong)(exponent >> 64) / 128 * 184 >> (LogBits - 64));
        while (PowerTables.LnOfPowerOfTwo[power + 1] <= exponent) power++;
        return power;
    }

    /// <summary>floor(2^power e^-rest x 10^18), if both ends of the error bound agree on it.</summary>
    private static bool TryRound(UInt128 rest, int power, out PowerRatioValue value)
    {
        unchecked
        {
            rest <<= 128 - LogBits;
            var step = (int)(ulong)(rest >> (128 - PowerTables.StepBits));
            var start = PowerTables.ExpOfStep[step];
            var mantissa = start - MultiplyHigh(start, OneMinusExp(rest << PowerTables.StepBits >> PowerTables.StepBits));

            var error = UInt128.One << ErrorBits;
            var low = Parts(mantissa - error, power);
            value = low > ulong.MaxValue ? new(PowerRatioKind.TooLarge, 0) : new(PowerRatioKind.InRange, (ulong)low);
            var high = Parts(mantissa + error, power);
            return low == high || low > ulong.MaxValue;
        }
    }

    private static UInt128 Parts(UInt128 mantissa, int power)
    {
        WideMath.Multiply(mantissa, PowerRatio.Scale, out var high, out var low);
        var shift = 127 - power;
        return shift >= 128 ? high >> (shift - 128) : (high << (128 - shift)) | (low >> shift);
    }

    /// <summary>The product of two fractions without the lowest partial products: at most 3 units too low.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static UInt128 MultiplyHigh(UInt128 left, UInt128 right)
    {
        unchecked
        {
            ulong l1 = (ulong)(left >> 64), l0 = (ulong)left, r1 = (ulong)(right >> 64), r0 = (ulong)right;
            var high = Math.BigMul(l1, r1, out var low);
            var cross = Math.BigMul(l1, r0, out _);
            low += cross;
            if (low < cross) high++;
            cross = Math.BigMul(l0, r1, out _);
            low += cross;
            if (low < cross) high++;
            return new UInt128(high, low);
        }
    }
}
