namespace Dtao.Economics.Pools;

/// <summary>Limit prices, the smoothed price, and the median price.</summary>
/// <remarks>Source: rule book 01, 1.2, 4.6, 4.14 and 4.15.</remarks>
public static class PoolPrices
{
    private const ulong RaoPerToken = 1_000_000_000;

    /// <summary>The least price at which a sale without a limit still trades: 0.000001 TAO per alpha.</summary>
    public static readonly U64F64 Lowest = FromLimit(LimitPrice.Lowest);

    /// <summary>The highest price at which a purchase without a limit still trades: 1,000,000 TAO per alpha.</summary>
    public static readonly U64F64 Highest = FromLimit(LimitPrice.Highest);

    /// <summary>A limit in rao per alpha as a price in TAO per alpha, floored.</summary>
    public static U64F64 FromLimit(LimitPrice limit) => U64F64.FromRatio(limit.RaoPerAlpha, RaoPerToken);

    /// <summary>The bound that stands for "no limit". It is not unlimited (4.6).</summary>
    public static U64F64 NoLimit(SwapSide side) => side == SwapSide.Buy ? Highest : Lowest;

    /// <summary>The moving price after one block of a dynamic subnet; the spot price counts as at most 1.</summary>
    /// <param name="old">The moving price before.</param>
    /// <param name="spotPrice">TAO per alpha.</param>
    /// <param name="block">The block being made.</param>
    /// <param name="firstEmissionBlock">The subnet's first emission block; null counts as block 0.</param>
    /// <param name="halvingBlocks">EMAPriceHalvingBlocks of the subnet.</param>
    /// <param name="movingAlpha">SubnetMovingAlpha of the network.</param>
    /// <remarks>Source: 4.14; pallets/subtensor/src/staking/stake_utils.rs :: update_moving_price.</remarks>
    public static I96F32 UpdateMovingPrice(
        I96F32 old, U64F64 spotPrice, BlockNumber block, BlockNumber? firstEmissionBlock, ulong halvingBlocks, I96F32 movingAlpha)
    {
        var start = SaturatingMath.Subtract(firstEmissionBlock?.Value ?? 0, 1);
        var age = U64F64.FromInteger(SaturatingMath.Subtract(block.Value, start));
        var part = age.DivideOrZero(age.AddSaturating(U64F64.FromInteger(halvingBlocks)));
        var alpha = movingAlpha.ToU64F64().MultiplySaturating(part);
        var fresh = alpha.MultiplySaturating(U64F64.Min(spotPrice, U64F64.One));
        var kept = U64F64.One.SubtractSaturating(alpha).MultiplySaturating(old.ToU64F64());
        return fresh.AddSaturating(kept).ToI96F32();
    }

    /// <summary>The middle of all prices above 0, or the mean of the two middles; 1 when there is none.</summary>
    /// <param name="prices">Spot prices of all subnets but root, in any order.</param>
    /// <remarks>Source: 4.15 :: get_median_subnet_alpha_price.</remarks>
    public static U64F64 Median(ReadOnlySpan<U64F64> prices)
    {
        var sorted = new List<U64F64>(prices.Length);
        foreach (var price in prices)
        {
            if (!price.IsZero) sorted.Add(price);
        }

        if (sorted.Count == 0) return U64F64.One;
        sorted.Sort();
        var middle = sorted.Count / 2;
        if (sorted.Count % 2 == 1) return sorted[middle];
        return sorted[middle - 1].AddSaturating(sorted[middle]).DivideOrZero(U64F64.FromInteger(2));
    }
}
