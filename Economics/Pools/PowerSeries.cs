using System.Numerics;

namespace Dtao.Economics.Pools;

/// <summary>The reference's series for a power of a ratio, with its truncations, its stopping tests, and its cap on terms.</summary>
/// <remarks>
/// Source: rule book 01, 4.3-4; safe-bigmath 0.4.1 src/integer.rs. Fixed point with precision + 24 guard bits.
/// Trap kept from the reference: the exponential is not range-reduced, so for a very negative logarithm the capped sum has
/// not converged and the answer is far from the true power.
/// </remarks>
internal sealed class PowerSeries
{
    private const int GuardBits = 24;

    private static readonly BigInteger s_guard = BigInteger.One << GuardBits;

    private readonly int _resultBits;
    private readonly int _termsMax;
    private readonly BigInteger _lnTwo;

    public PowerSeries(int precision, BigInteger scale)
    {
        _resultBits = Math.Max(Math.Max(precision, 32), (int)scale.GetBitLength() + 8);
        FractionBits = _resultBits + GuardBits;
        _termsMax = Math.Min(4096, FractionBits + 128);
        One = BigInteger.One << FractionBits;
        _lnTwo = -LnOnePlus(-(One >> 1));
    }

    /// <summary>The fraction bits of <see cref="Ln"/> and <see cref="Exp"/>.</summary>
    public int FractionBits { get; }

    public BigInteger One { get; }

    public BigInteger Power(BigInteger numerator, BigInteger denominator, ulong a, ulong b, BigInteger scale)
    {
        var logarithm = FloorDivide((Ln(numerator) - Ln(denominator)) * a, b);
        return (Round(Exp(logarithm)) * scale) >> _resultBits;
    }

    /// <summary>ln of an integer above 0: mantissa in [3/4, 3/2) by the series, powers of two by ln 2.</summary>
    public BigInteger Ln(BigInteger value)
    {
        var shift = (int)value.GetBitLength() - 1;
        var mantissa = (value << FractionBits) >> shift;
        if (mantissa >= One + (One >> 1))
        {
            mantissa >>= 1;
            shift++;
        }

        return LnOnePlus(mantissa - One) + _lnTwo * shift;
    }

    public BigInteger Exp(BigInteger t)
    {
        BigInteger term = One, sum = One, previous = Round(sum);
        for (var n = 1; n <= _termsMax; n++)
        {
            term = FloorDivide(term * t, One * n);
            if (term.IsZero) break;
            sum += term;
            var current = Round(sum);
            if (BigInteger.Abs(term) < s_guard || current == previous) break;
            previous = current;
        }

        return sum;
    }

    private BigInteger LnOnePlus(BigInteger t)
    {
        BigInteger term = t, sum = t, previous = Round(sum);
        for (var n = 2; n <= _termsMax; n++)
        {
            term = (term * t) >> FractionBits;
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
