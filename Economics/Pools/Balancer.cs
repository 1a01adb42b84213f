namespace Dtao.Economics.Pools;

/// <summary>The weighted pool's curve: price, what an input buys, what input reaches a price.</summary>
/// <remarks>
/// Source: rule book 01, 4.2; pallets/swap/src/pallet/balancer.rs. Amounts are rao, prices TAO per alpha; everything floors.
/// </remarks>
public static class Balancer
{
    /// <summary>1 %: the least that either weight may be.</summary>
    public const ulong WeightMin = Perquintill.One / 100;

    private static readonly U64F64 s_scale = U64F64.FromInteger(PowerRatio.Scale);

    /// <summary>The alpha weight that belongs to a TAO weight.</summary>
    public static Perquintill BaseWeight(Perquintill quoteWeight) => new(Perquintill.One - quoteWeight.Parts);

    /// <summary>Whether both weights are at least 1 %.</summary>
    public static bool IsWithinBounds(Perquintill quoteWeight) =>
        quoteWeight.Parts is >= WeightMin and <= Perquintill.One - WeightMin;

    /// <summary>(alpha weight / TAO weight) x (TAO / alpha), each division floored, then the product; 0 without alpha.</summary>
    /// <remarks>Source: 4.2 :: calculate_price.</remarks>
    public static U64F64 Price(Tao taoReserve, Alpha alphaReserve, Perquintill quoteWeight) =>
        U64F64.FromRatio(BaseWeight(quoteWeight).Parts, quoteWeight.Parts)
            .MultiplySaturating(U64F64.FromRatio(taoReserve.Rao, alphaReserve.Rao));

    /// <summary>(reserve / (reserve + delta))^(a / b), at most 1.</summary>
    /// <remarks>Source: 4.2 :: exp_scaled, for a reserve that grows.</remarks>
    public static U64F64 PowerTerm(ulong reserve, ulong delta, ulong a, ulong b) =>
        U64F64.Min(PowerOfRatio(reserve, SaturatingMath.Add(reserve, delta), a, b), U64F64.One);

    /// <summary>(alpha reserve / (alpha reserve + delta))^(alpha weight / TAO weight): what a sale of delta leaves of the TAO.</summary>
    public static U64F64 PowerOfSale(Alpha alphaReserve, ulong delta, Perquintill quoteWeight) =>
        PowerTerm(alphaReserve.Rao, delta, BaseWeight(quoteWeight).Parts, quoteWeight.Parts);

    /// <summary>(TAO reserve / (TAO reserve + delta))^(TAO weight / alpha weight): what a purchase for delta leaves of the alpha.</summary>
    public static U64F64 PowerOfPurchase(Tao taoReserve, ulong delta, Perquintill quoteWeight) =>
        PowerTerm(taoReserve.Rao, delta, quoteWeight.Parts, BaseWeight(quoteWeight).Parts);

    /// <summary>The alpha that a net input of TAO buys.</summary>
    /// <remarks>Source: 4.2; pallets/swap/src/pallet/swap_step.rs :: convert_deltas.</remarks>
    public static Alpha AlphaForTao(Tao taoReserve, Alpha alphaReserve, Perquintill quoteWeight, Tao input) =>
        new(Payout(alphaReserve.Rao, PowerOfPurchase(taoReserve, input.Rao, quoteWeight)));

    /// <summary>The TAO that a net input of alpha fetches.</summary>
    /// <remarks>Source: 4.2; pallets/swap/src/pallet/swap_step.rs :: convert_deltas.</remarks>
    public static Tao TaoForAlpha(Tao taoReserve, Alpha alphaReserve, Perquintill quoteWeight, Alpha input) =>
        new(Payout(taoReserve.Rao, PowerOfSale(alphaReserve, input.Rao, quoteWeight)));

    /// <summary>The TAO that lifts the price from current to target; 0 when the target is not above.</summary>
    /// <remarks>Source: 4.2 :: calculate_quote_delta_in.</remarks>
    public static Tao TaoToReachPrice(U64F64 current, U64F64 target, Tao taoReserve, Perquintill quoteWeight) =>
        new(InputToReach(target, current, BaseWeight(quoteWeight), taoReserve.Rao));

    /// <summary>The alpha that lowers the price from current to target; 0 when the target is not below.</summary>
    /// <remarks>Source: 4.2 :: calculate_base_delta_in.</remarks>
    public static Alpha AlphaToReachPrice(U64F64 current, U64F64 target, Alpha alphaReserve, Perquintill quoteWeight) =>
        new(InputToReach(current, target, quoteWeight, alphaReserve.Rao));

    /// <summary>The alpha that must be sold for an amount of TAO; no swap uses it.</summary>
    /// <remarks>Source: 4.2 :: get_base_needed_for_quote.</remarks>
    public static Alpha AlphaNeededForTao(Tao taoReserve, Alpha alphaReserve, Perquintill quoteWeight, Tao output)
    {
        var rest = SaturatingMath.Subtract(taoReserve.Rao, output.Rao);
        var power = output.IsZero
            ? PowerOfPurchase(taoReserve, 0, quoteWeight)
            : PowerOfRatio(taoReserve.Rao, rest, quoteWeight.Parts, BaseWeight(quoteWeight).Parts);
        return new(U64F64.FromInteger(alphaReserve.Rao).MultiplySaturating(power.SubtractSaturating(U64F64.One)).ToUInt64Saturating());
    }

    /// <summary>The alpha that an amount of TAO is worth at the spot price, without slippage; used for fees.</summary>
    /// <remarks>Source: rule book 01, 4.13; pallets/swap/src/pallet/impls.rs :: get_alpha_amount_for_tao.</remarks>
    public static Alpha AlphaAtSpotPrice(in PoolState pool, Tao amount) => pool.IsDynamic
        ? new(U64F64.FromInteger(amount.Rao).DivideOrZero(pool.Price).ToUInt64Saturating())
        : new(amount.Rao);

    /// <summary>The part of an output reserve that leaves it.</summary>
    internal static ulong Payout(ulong reserve, U64F64 remainingPart) =>
        U64F64.FromInteger(reserve).MultiplySaturating(U64F64.One.SubtractSaturating(remainingPart)).ToUInt64Saturating();

    private static U64F64 PowerOfRatio(ulong numerator, ulong denominator, ulong a, ulong b)
    {
        if (denominator == 0) return U64F64.Zero;
        var power = PowerRatio.Evaluate(numerator, denominator, a, b, PowerRatio.SwapPrecision);
        return U64F64.FromInteger(power.Parts).DivideOrZero(s_scale);
    }

    private static ulong InputToReach(U64F64 numerator, U64F64 denominator, Perquintill exponent, ulong reserve)
    {
        var power = PowerRatio.Evaluate(numerator.Bits, denominator.Bits, exponent.Parts, Perquintill.One, PowerRatio.LimitPrecision);
        var growth = U64F64.FromInteger(power.Clamped).DivideOrZero(s_scale).SubtractSaturating(U64F64.One);
        return U64F64.FromInteger(reserve).MultiplySaturating(growth).ToUInt64Saturating();
    }
}
