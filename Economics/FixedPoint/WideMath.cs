using System.Runtime.CompilerServices;

namespace Dtao.Economics;

/// <summary>Full-width products and quotients of 128-bit integers, without allocation.</summary>
internal static class WideMath
{
    /// <summary>The 256-bit product of two 128-bit integers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(UInt128 left, UInt128 right, out UInt128 high, out UInt128 low)
    {
        unchecked
        {
            ulong l0 = (ulong)left, l1 = (ulong)(left >> 64), r0 = (ulong)right, r1 = (ulong)(right >> 64);
            var carry = Math.BigMul(l0, r0, out var p0);
            var middleHigh = Math.BigMul(l0, r1, out var middleLow);
            var otherHigh = Math.BigMul(l1, r0, out var otherLow);
            var topHigh = Math.BigMul(l1, r1, out var topLow);

            var p1 = carry + middleLow;
            var c1 = p1 < carry ? 1UL : 0;
            p1 += otherLow;
            c1 += p1 < otherLow ? 1UL : 0;

            var p2 = topLow + c1;
            var c2 = p2 < c1 ? 1UL : 0;
            p2 += middleHigh;
            c2 += p2 < middleHigh ? 1UL : 0;
            p2 += otherHigh;
            c2 += p2 < otherHigh ? 1UL : 0;

            low = new UInt128(p1, p0);
            high = new UInt128(topHigh + c2, p2);
        }
    }

    /// <summary>floor(left x right / 2^shift), for a shift of 1 to 127; false when that needs more than 128 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryMultiplyShift(UInt128 left, UInt128 right, int shift, out UInt128 result)
    {
        Multiply(left, right, out var high, out var low);
        result = (high << (128 - shift)) | (low >> shift);
        return high >> shift == UInt128.Zero;
    }

    /// <summary>floor(left x 2^shift / right), for a shift of 1 to 127; false when right is 0 or the quotient needs more than 128 bits.</summary>
    public static bool TryShiftDivide(UInt128 left, int shift, UInt128 right, out UInt128 result)
    {
        var high = left >> (128 - shift);
        if (high >= right)
        {
            result = default;
            return false;
        }

        result = Divide(high, left << shift, right);
        return true;
    }

    /// <summary>floor((high x 2^128 + low) / divisor); high must be below the divisor.</summary>
    public static UInt128 Divide(UInt128 high, UInt128 low, UInt128 divisor)
    {
        unchecked
        {
            if (divisor >> 64 == UInt128.Zero)
            {
                var small = (ulong)divisor;
                var q1 = Divide((ulong)high, (ulong)(low >> 64), small, out var rest);
                return new UInt128(q1, Divide(rest, (ulong)low, small, out _));
            }

            var shift = (int)UInt128.LeadingZeroCount(divisor);
            if (shift > 0)
            {
                divisor <<= shift;
                high = (high << shift) | (low >> (128 - shift));
                low <<= shift;
            }

            var upper = DivideStep(ref high, (ulong)(low >> 64), divisor);
            return new UInt128(upper, DivideStep(ref high, (ulong)low, divisor));
        }
    }

    /// <summary>One digit of a long division in base 2^64 by a normalised two-digit divisor.</summary>
    private static ulong DivideStep(ref UInt128 rest, ulong next, UInt128 divisor)
    {
        unchecked
        {
            ulong r2 = (ulong)(rest >> 64), r1 = (ulong)rest, d1 = (ulong)(divisor >> 64), d0 = (ulong)divisor;
            ulong digit;
            UInt128 after;
            if (r2 >= d1)
            {
                digit = ulong.MaxValue;
                after = new UInt128(0, r1) + new UInt128(0, d1);
            }
            else
            {
                digit = Divide(r2, r1, d1, out var small);
                after = small;
            }

            // The estimate from the top digit is at most two too high.
            var product = Math.BigMul(digit, d0);
            while (after >> 64 == UInt128.Zero && product > new UInt128((ulong)after, next))
            {
                digit--;
                product -= d0;
                after += d1;
            }

            rest = new UInt128((ulong)after, next) - product;
            return digit;
        }
    }

    /// <summary>floor((high x 2^64 + low) / divisor) and the remainder; high must be below the divisor.</summary>
    public static ulong Divide(ulong high, ulong low, ulong divisor, out ulong remainder)
    {
        unchecked
        {
            if (high == 0)
            {
                var quotient = low / divisor;
                remainder = low - quotient * divisor;
                return quotient;
            }

            var shift = System.Numerics.BitOperations.LeadingZeroCount(divisor);
            var d = divisor << shift;
            if (shift > 0)
            {
                high = (high << shift) | (low >> (64 - shift));
                low <<= shift;
            }

            var upper = DivideHalfStep(ref high, (uint)(low >> 32), d);
            var lower = DivideHalfStep(ref high, (uint)low, d);
            remainder = high >> shift;
            return (upper << 32) | lower;
        }
    }

    private static ulong DivideHalfStep(ref ulong rest, uint next, ulong divisor)
    {
        unchecked
        {
            ulong top = divisor >> 32, bottom = (uint)divisor;
            var digit = rest / top;
            var after = rest - digit * top;
            while (digit > uint.MaxValue || digit * bottom > ((after << 32) | next))
            {
                digit--;
                after += top;
                if (after > uint.MaxValue) break;
            }

            rest = ((rest << 32) | next) - digit * divisor;
            return digit;
        }
    }
}
