namespace Dtao.Economics.Pools;

public static partial class PowerRatio
{
    /// <summary>The power in parts of 10^18, equal to <see cref="Exact"/> in every bit.</summary>
    public static PowerRatioValue Evaluate(UInt128 numerator, UInt128 denominator, ulong a, ulong b, int precision) =>
        PowerRatioValue.Of(Exact(numerator, denominator, a, b, precision, Scale));
}
