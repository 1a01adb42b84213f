using System.Numerics;

namespace Dtao.Economics.Pools;

/// <summary>The constants of <see cref="FastPower"/>, rounded to the nearest from a series at twice their width.</summary>
/// <remarks>What each is for, and why its rounding does no harm: <c>PowerRatio.Proof.md</c>.</remarks>
internal static class PowerTables
{
    /// <summary>Fraction bits of logarithms.</summary>
    public const int LogBits = 121;

    /// <summary>Steps of one in the argument tables.</summary>
    public const int Steps = 1 << StepBits;

    public const int StepBits = 8;

    /// <summary>Powers of two that a ratio of two 128-bit numbers spans.</summary>
    private const int PowersMax = 128;

    /// <summary>The most terms that either short series takes.</summary>
    public const int TermsMax = 130 / StepBits + 1;

    private static readonly PowerSeries s_series = new(precision: 160, BigInteger.One);

    /// <summary>For a mantissa of at least 1 + i/256: its inverse, rounded up, with 63 fraction bits.</summary>
    public static readonly ulong[] Inverse = Build(Steps, i => (ulong)(((BigInteger.One << 71) + Steps + i - 1) / (Steps + i)));

    /// <summary>-ln of <see cref="Inverse"/>, with <see cref="LogBits"/> fraction bits.</summary>
    public static readonly UInt128[] LnOfStep = Build(
        Steps, i => Nearest(s_series.Ln(BigInteger.One << 63) - s_series.Ln(Inverse[i]), LogBits));

    /// <summary>k x ln 2, with <see cref="LogBits"/> fraction bits.</summary>
    public static readonly UInt128[] LnOfPowerOfTwo = Build(PowersMax, k => Nearest(s_series.Ln(BigInteger.One << k), LogBits));

    /// <summary>e^(-j/256), with 127 fraction bits, for j/256 up to ln 2.</summary>
    public static readonly UInt128[] ExpOfStep = Build(Steps, j => Nearest(s_series.Exp(-(s_series.One * j >> StepBits)), 127));

    /// <summary>1/n, floored, with 128 fraction bits, from n = 2.</summary>
    public static readonly UInt128[] Reciprocal = Build(TermsMax + 1, n => n < 2 ? default : UInt128.MaxValue / (UInt128)n);

    /// <summary>1/n!, floored, with 128 fraction bits, from n = 2.</summary>
    public static readonly UInt128[] InverseFactorial = Build(
        TermsMax + 1, n => n < 2 ? default : (UInt128)((BigInteger.One << 128) / Enumerable.Range(1, n).Aggregate(BigInteger.One, (product, i) => product * i)));

    private static UInt128 Nearest(BigInteger value, int fractionBits)
    {
        var drop = s_series.FractionBits - fractionBits;
        return (UInt128)((value + (BigInteger.One << (drop - 1))) >> drop);
    }

    private static T[] Build<T>(int length, Func<int, T> make)
    {
        var table = new T[length];
        for (var i = 0; i < length; i++) table[i] = make(i);
        return table;
    }
}
