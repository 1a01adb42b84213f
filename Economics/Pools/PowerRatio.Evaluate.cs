namespace Dtao.Economics.Pools;

public static partial class PowerRatio
{
    /// <summary>The least precision for which the proof bounds the reference's own error.</summary>
    private const int FastPrecisionMin = SwapPrecision;

    /// <summary>The greatest one.</summary>
    private const int FastPrecisionMax = LimitPrecision;

    /// <summary>The power in parts of 10^18, equal to <see cref="Exact"/> in every bit.</summary>
    /// <remarks>Fast where that is proven to give the same floor, the exact way otherwise (<c>PowerRatio.Proof.md</c>).</remarks>
    public static PowerRatioValue Evaluate(UInt128 numerator, UInt128 denominator, ulong a, ulong b, int precision) =>
        TryEvaluateFast(numerator, denominator, a, b, precision, out var value)
            ? value
            : PowerRatioValue.Of(Exact(numerator, denominator, a, b, precision, Scale));

    /// <summary>The same power without big integers; false where its floor, or the reference's convergence, is not certain.</summary>
    public static bool TryEvaluateFast(UInt128 numerator, UInt128 denominator, ulong a, ulong b, int precision, out PowerRatioValue value)
    {
        if (denominator == UInt128.Zero || b == 0) value = new(PowerRatioKind.Undefined, 0);
        else if (numerator == UInt128.Zero) value = default;
        else if (a == 0 || numerator == denominator) value = new(PowerRatioKind.InRange, Scale);
        else if (a == b) value = OfRatio(numerator, denominator);
        else
        {
            value = default;
            return precision is >= FastPrecisionMin and <= FastPrecisionMax
                && FastPower.TryEvaluate(numerator, denominator, a, b, out value);
        }

        return true;
    }

    /// <summary>The first power: one floored division.</summary>
    private static PowerRatioValue OfRatio(UInt128 numerator, UInt128 denominator)
    {
        WideMath.Multiply(numerator, Scale, out var high, out var low);
        if (high >= denominator) return new(PowerRatioKind.TooLarge, 0);
        var parts = WideMath.Divide(high, low, denominator);
        return parts > ulong.MaxValue ? new(PowerRatioKind.TooLarge, 0) : new(PowerRatioKind.InRange, (ulong)parts);
    }
}
