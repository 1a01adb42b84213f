namespace Dtao.Economics.Pools;

/// <summary>How a pool's weights are chosen, so that liquidity enters without moving the price or a pool opens at a price.</summary>
/// <remarks>Source: rule book 01, 4.0, 4.9 and 4.10; pallets/swap/src/pallet/balancer.rs, impls.rs.</remarks>
public static class BalancerWeights
{
    private const ulong RoundingHalf = Perquintill.One / 2;

    /// <summary>floor(10^18 x part / whole), and one when the whole is 0 or less than the part.</summary>
    public static Perquintill FromRational(UInt128 part, UInt128 whole)
    {
        if (whole == UInt128.Zero || part > whole) return new(Perquintill.One);
        WideMath.Multiply(part, Perquintill.One, out var high, out var low);
        return new((ulong)WideMath.Divide(high, low, whole));
    }

    /// <summary>weight x value, rounded half up; at most 2^128 - 1.</summary>
    /// <remarks>Source: 4.9 :: mul_perquintill_round.</remarks>
    public static UInt128 MultiplyRound(Perquintill weight, UInt128 value)
    {
        WideMath.Multiply(value, weight.Parts, out var high, out var low);
        var sum = unchecked(low + RoundingHalf);
        if (sum < low) high++;
        return high >= Perquintill.One ? UInt128.MaxValue : WideMath.Divide(high, sum, Perquintill.One);
    }

    /// <summary>The TAO weight that keeps the price when both deltas are added to the reserves; none when it would leave the bounds.</summary>
    /// <remarks>
    /// Source: 4.9 :: update_weights_for_added_liquidity. The caller stores the weight and adds the deltas, or, on none,
    /// injects nothing. Both products 0 gives one half.
    /// </remarks>
    public static Perquintill? ForAddedLiquidity(
        Tao taoReserve, Alpha alphaReserve, Perquintill quoteWeight, Tao taoDelta, Alpha alphaDelta)
    {
        var baseProduct = MultiplyRound(
            Balancer.BaseWeight(quoteWeight), MultiplySaturating(taoReserve.Rao, (UInt128)alphaReserve.Rao + alphaDelta.Rao));
        var quoteProduct = MultiplyRound(
            quoteWeight, MultiplySaturating(alphaReserve.Rao, (UInt128)taoReserve.Rao + taoDelta.Rao));
        var sum = SaturatingMath.Add(baseProduct, quoteProduct);
        var weight = sum == UInt128.Zero ? Perquintill.Half : FromRational(quoteProduct, sum);
        return Balancer.IsWithinBounds(weight) ? weight : null;
    }

    /// <summary>The TAO weight at which given reserves have a given price; none when it would leave the bounds (ReservesOutOfBalance).</summary>
    /// <remarks>Source: 4.10 :: maybe_initialize_palswap.</remarks>
    public static Perquintill? ForPrice(Tao taoReserve, Alpha alphaReserve, U64F64 price)
    {
        var whole = (UInt128)price.ToUInt64Saturating() * alphaReserve.Rao;
        var rest = U64F64.FromInteger(alphaReserve.Rao).MultiplySaturating(price.Fraction()).ToUInt64Saturating();
        var sum = SaturatingMath.Add(SaturatingMath.Add(whole, rest), taoReserve.Rao);
        if (sum == UInt128.Zero) return null;
        var weight = FromRational(taoReserve.Rao, sum);
        return Balancer.IsWithinBounds(weight) ? weight : null;
    }

    private static UInt128 MultiplySaturating(UInt128 left, UInt128 right)
    {
        WideMath.Multiply(left, right, out var high, out var low);
        return high == UInt128.Zero ? low : UInt128.MaxValue;
    }
}
