using System.Numerics;
using Dtao.Economics.Pools;

namespace Dtao.Economics.Tests.Pools;

/// <summary>What a generated power is meant to stress.</summary>
public enum PowerFamily
{
    /// <summary>Reserves and inputs of every size at general weights.</summary>
    Ordinary,
    /// <summary>An input of a few units against reserves of up to 2^64.</summary>
    TinyInput,
    /// <summary>Weights at 1 % and 99 %, and a few parts beside them.</summary>
    ExtremeWeight,
    /// <summary>Inputs of up to a thousand times the reserve.</summary>
    LargeInput,
    /// <summary>Answers steered to within the error bound of a whole number of parts.</summary>
    NearInteger,
    /// <summary>Logarithms around -40, where the fast way stops.</summary>
    NearNegativeEnd,
    /// <summary>Logarithms from -41 down to -300, where the reference's series has not converged.</summary>
    Unconverged,
    /// <summary>Ratios above one, around the answers that leave 64 bits.</summary>
    AboveOne,
    /// <summary>Small exponents, with perfect powers whose roots are exact.</summary>
    SmallExponent,
    /// <summary>Ratios that differ from one in their last bits only.</summary>
    NearOne,
}

/// <summary>One power of a ratio.</summary>
public readonly record struct PowerInput(UInt128 Numerator, UInt128 Denominator, ulong A, ulong B);

/// <summary>Seeded generators of powers, one a family.</summary>
internal sealed class PowerInputs(int seed)
{
    private readonly Random _random = new(seed);

    public PowerInput Next(PowerFamily family) => family switch
    {
        PowerFamily.Ordinary => OfReserve(LogUniform(1UL << 10, 1UL << 62), 1UL << 40, Weight()),
        PowerFamily.TinyInput => Growing(LogUniform(1UL << 40, ulong.MaxValue - 2_000), LogUniform(1, 1_000), Weight()),
        PowerFamily.ExtremeWeight => OfReserve(LogUniform(1UL << 10, 1UL << 62), 1UL << 40, ExtremeWeight()),
        PowerFamily.LargeInput => LargeInput(Weight()),
        PowerFamily.NearInteger => NearInteger(),
        PowerFamily.NearNegativeEnd => AtLogarithm(-39.9, -40.1),
        PowerFamily.Unconverged => AtLogarithm(-41, -300),
        PowerFamily.AboveOne => AboveOne(),
        PowerFamily.SmallExponent => SmallExponent(),
        PowerFamily.NearOne => NearOne(),
        _ => throw new ArgumentOutOfRangeException(nameof(family)),
    };

    /// <summary>Two raw prices and a weight, as the input that reaches a limit raises them.</summary>
    public PowerInput NextPrices()
    {
        var current = (UInt128)LogUniform(1UL << 20, ulong.MaxValue) << _random.Next(0, 50);
        var target = current + current / LogUniform(1, 1_000_000) + (UInt128)_random.Next(1, 1_000);
        return _random.Next(4) == 0
            ? new(current, target, Weight(), Perquintill.One)
            : new(target, current, Weight(), Perquintill.One);
    }

    private static PowerInput Growing(ulong reserve, ulong delta, ulong weight) =>
        new(reserve, (UInt128)reserve + delta, weight, Perquintill.One - weight);

    private PowerInput OfReserve(ulong reserve, ulong partMax, ulong weight) =>
        Growing(reserve, Math.Max(1, reserve / LogUniform(1, partMax)), weight);

    private PowerInput LargeInput(ulong weight)
    {
        var reserve = LogUniform(1_000_000, ulong.MaxValue / 1_001);
        return Growing(reserve, reserve * (ulong)_random.Next(1, 1_001), weight);
    }

    /// <summary>
    /// For a small input x = 10^18 (1 - power) is nearly proportional to a/b. Newton's step on a, with x from the first two
    /// terms, puts x beside a whole number; a few parts more or less cover the edge of the accepted band.
    /// </summary>
    private PowerInput NearInteger()
    {
        var reserve = LogUniform(1_000_000_000_000_000, 100_000_000_000_000_000);
        var delta = LogUniform(1, 20);
        var weight = Perquintill.One / 100 * (ulong)_random.Next(20, 80);
        BigInteger unit = BigInteger.One << 200;
        var ratio = unit * delta / reserve;
        for (var i = 0; i < 3; i++)
        {
            var exponent = unit * weight / (Perquintill.One - weight);
            var first = (exponent * ratio) >> 200;
            var second = (((((first * ratio) >> 200) * (unit + exponent)) >> 200) + 1) >> 1;
            var x = (first - second) * PowerRatio.Scale;
            var nearest = ((x + (unit >> 1)) >> 200) << 200;
            // dx/dweight = ratio x 10^18 x 10^18 / (1 - weight)^2.
            var slope = ratio * PowerRatio.Scale * PowerRatio.Scale / (Perquintill.One - weight) / (Perquintill.One - weight);
            if (slope.IsZero) break;
            weight = (ulong)(weight + (nearest - x) / slope);
        }

        return Growing(reserve, delta, weight + (ulong)_random.Next(0, 40) - 20);
    }

    /// <summary>A growing reserve whose power has a logarithm between the two bounds; the estimate may miss by a part in a thousand.</summary>
    private PowerInput AtLogarithm(double from, double to)
    {
        var goal = from + (to - from) * _random.NextDouble();
        var exponent = 45 + 54 * _random.NextDouble();
        var growth = Math.Min(1_000_000, Math.Exp(-goal / exponent));
        exponent = -goal / Math.Log(growth);
        var reserve = LogUniform(1_000_000, 1_000_000_000_000);
        var delta = (ulong)(reserve * (growth - 1));
        var weight = (ulong)(exponent / (1 + exponent) * 1e18);
        return Growing(reserve, delta, Math.Min(weight, Perquintill.One - Perquintill.One / 200));
    }

    private PowerInput AboveOne()
    {
        var denominator = LogUniform(1UL << 20, 1UL << 60);
        var numerator = (UInt128)denominator + denominator / LogUniform(1, 1UL << 40) * (ulong)_random.Next(1, 20);
        var weight = Weight();
        return new(numerator, denominator, weight, Perquintill.One - weight);
    }

    private PowerInput SmallExponent()
    {
        ulong a = (ulong)_random.Next(1, 9), b = (ulong)_random.Next(1, 9);
        var factor = (ulong)_random.Next(1, 1_000_000_000);
        UInt128 numerator = (ulong)_random.Next(1, 50), denominator = (ulong)_random.Next(1, 50);
        if (_random.Next(2) == 0) return new(numerator * factor, denominator * factor + (ulong)_random.Next(0, 2), a * factor, b * factor);
        for (var i = 1UL; i < b && i < 5; i++)
        {
            numerator *= numerator;
            denominator *= denominator;
        }

        return new(numerator, denominator, a * factor, b * factor);
    }

    private PowerInput NearOne()
    {
        var value = UInt128.MaxValue >> _random.Next(0, 60);
        var other = value - LogUniform(1, 1UL << 40);
        var weight = Weight();
        return _random.Next(2) == 0
            ? new(other, value, weight, Perquintill.One - weight)
            : new(value, other, weight, Perquintill.One - weight);
    }

    private ulong Weight() => Perquintill.One / 100 + (ulong)_random.NextInt64((long)(Perquintill.One / 100 * 98));

    private ulong ExtremeWeight()
    {
        var offset = (ulong)_random.Next(0, 1_000);
        return _random.Next(2) == 0 ? Perquintill.One / 100 + offset : Perquintill.One / 100 * 99 - offset;
    }

    private ulong LogUniform(ulong from, ulong to)
    {
        double low = Math.Log(from), high = Math.Log(to);
        var value = Math.Exp(low + (high - low) * _random.NextDouble());
        return value >= to ? to : Math.Max(from, (ulong)value);
    }
}
