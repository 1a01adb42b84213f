using System.Numerics;

namespace Dtao.Economics.Pools;

/// <summary>The reference's series for a power of a ratio, with its truncations, its stopping tests, and its cap on terms.</summary>
/// <remarks>
/// Source: rule book 01, 4.3-4; safe-bigmath 0.4.1 src/integer.rs. Fixed point with precision + 24 guard bits.
/// Trap kept from the reference: the exponential is not range-reduced, so for a very negative logarithm the capped sum has
/// not converged and the answer is far from the true power.
/// </remarks>
internal readonly ref struct PowerSeries
{
    private const int GuardBits = 24;

    private readonly int _resultBits;
    private readonly int _workingBits;
    private readonly int _termsMax;
    private readonly BigInteger _one;

    private PowerSeries(int precision, BigInteger scale)
    {
        _resultBits = Math.Max(Math.Max(precision, 32), (int)scale.GetBitLength() + 8);
        _workingBits = _resultBits + GuardBits;
        _termsMax = Math.Min(4096, _workingBits + 128);
        _one = BigInteger.One << _workingBits;
    }

    private static readonly BigInteger s_guard = BigInteger.One << GuardBits;

    public static BigInteger Evaluate(BigInteger numerator, BigInteger denominator, ulong a, ulong b, int precision, BigInteger scale)
    {
        var series = new PowerSeries(precision, scale);
        var logarithm = FloorDivide((series.Ln(numerator) - series.Ln(denominator)) * a, b);
        return (Round(series.Exp(logarithm)) * scale) >> series._resultBits;
    }

    /// <summary>ln of an integer above 0: mantissa in [3/4, 3/2) of the series, powers of two by ln 2.</summary>
    private BigInteger Ln(BigInteger value)
    {
        var shift = (int)value.GetBitLength() - 1;
        var mantissa = (value << _workingBits) >> shift;
        if (mantissa >= _one + (_one >> 1))
        {
            mantissa >>= 1;
            shift++;
        }

        var lnTwo = -LnOnePlus(-(_one >> 1));
        return LnOnePlus(mantissa - _one) + lnTwo * shift;
    }

    private BigInteger LnOnePlus(BigInteger t)
    {
        BigInteger term = t, sum = t, previous = Round(sum);
        for (var n = 2; n <= _termsMax; n++)
        {
            term = (term * t) >> _workingBits;
            if (term.IsZero) break;
            var quotient = FloorDivide(term, n);
            if (quotient.IsZero) break;
            sum = (n & 1) == 0 ? sum - quotient : sum + quotient;
            var current = Round(sum);
            if (BigInteger.Abs(quotient) < s_guard || current == previous) break;
            previous = current;
        }

        return sum;
    }

    private BigInteger Exp(BigInteger t)
    {
        BigInteger term = _one, sum = _one, previous = Round(sum);
        for (var n = 1; n <= _termsMax; n++)
        {
            term = FloorDivide(term * t, _one * n);
            if (term.IsZero) break;
            sum += term;
            var current = Round(sum);
            if (BigInteger.Abs(term) < s_guard || current == previous) break;
            previous = current;
        }

        return sum;
    }

    /// <summary>Drops the guard bits, to the nearest, halves away from zero.</summary>
    private static BigInteger Round(BigInteger value)
    {
        var half = s_guard >> 1;
        return value.Sign < 0 ? -((half - value) >> GuardBits) : (value + half) >> GuardBits;
    }

    private static BigInteger FloorDivide(BigInteger value, BigInteger divisor)
    {
        var quotient = BigInteger.DivRem(value, divisor, out var remainder);
        return remainder.Sign < 0 ? quotient - 1 : quotient;
    }
}
