namespace Dtao.Economics.Emission;

/// <summary>What the block's division among subnets must know of one of them.</summary>
/// <param name="MovingPrice">As stored; counts as exactly 1 where there is no curve.</param>
/// <param name="MinerBurned">The part of the miners' emission that was burned, 0 to 1; more counts as 1.</param>
public readonly record struct SubnetBlockFacts(
    NetUid Netuid, ushort Mechanism, bool IsEmitting, bool EmissionEnabled, I96F32 MovingPrice, U96F32 MinerBurned)
{
    /// <summary>TAO that flows in and out; looked at by the division by flow only.</summary>
    public FlowFacts Flow { get; init; }

    /// <summary>The moving price as the division reads it: 1 for a stable subnet, never below 0.</summary>
    /// <remarks>Source: staking/stake_utils.rs :: get_moving_alpha_price.</remarks>
    public U64F64 EmissionPrice => Mechanism == 0 ? U64F64.One : MovingPrice.ToU64F64();
}

/// <summary>Divides a block's TAO among the subnets that emit, by moving price and by what their miners did not burn.</summary>
/// <remarks>Source: rule book 02, 5.2; coinbase/subnet_emissions.rs :: get_shares, get_subnet_block_emissions.</remarks>
public static class EmissionShares
{
    /// <summary>TAO for each subnet, in the order given. Floors leave a few rao to nobody.</summary>
    /// <param name="emitting">The subnets that emit, in storage order.</param>
    public static U96F32[] Of(Tao blockEmission, IReadOnlyList<SubnetBlockFacts> emitting) =>
        Of(blockEmission, AmongEnabled(Shares(emitting), emitting));

    /// <summary>TAO for each share.</summary>
    public static U96F32[] Of(Tao blockEmission, U64F64[] shares)
    {
        var emission = U64F64.FromInteger(blockEmission.Rao);
        return Array.ConvertAll(shares, share => emission.MultiplySaturating(share).ToU96F32());
    }

    /// <summary>Shares in proportion to the moving prices alone; all 0 when no price is above 0.</summary>
    public static U64F64[] ByPrice(IReadOnlyList<SubnetBlockFacts> emitting) =>
        Normalise(emitting.Select(subnet => subnet.EmissionPrice).ToArray());

    /// <summary>Each subnet's share before the emission switches; they add up to at most 1.</summary>
    public static U64F64[] Shares(IReadOnlyList<SubnetBlockFacts> emitting)
    {
        var byPrice = ByPrice(emitting);
        var weighted = new U64F64[byPrice.Length];
        for (var i = 0; i < weighted.Length; i++)
        {
            var burned = U64F64.Min(emitting[i].MinerBurned.ToU64F64(), U64F64.One);
            weighted[i] = byPrice[i].MultiplySaturating(U64F64.One.SubtractSaturating(burned));
        }

        // When everything is burned, prices alone decide, so that no emission is stranded.
        return Sum(weighted).IsZero ? byPrice : Normalise(weighted);
    }

    /// <summary>Whether root dividends are kept to be sold: only while all moving prices together exceed 1.</summary>
    /// <remarks>Source: rule book 02, 5.7; coinbase/run_coinbase.rs :: get_network_root_sell_flag.</remarks>
    public static bool RootSell(IReadOnlyList<SubnetBlockFacts> emitting) =>
        Sum(emitting.Select(subnet => subnet.EmissionPrice)) > U64F64.One;

    /// <summary>Gives the shares of switched-off subnets to the others; touches nothing when none is off.</summary>
    public static U64F64[] AmongEnabled(U64F64[] shares, IReadOnlyList<SubnetBlockFacts> emitting)
    {
        if (emitting.All(subnet => subnet.EmissionEnabled)) return shares;
        var enabled = Sum(shares.Where((_, i) => emitting[i].EmissionEnabled));
        return shares.Select((share, i) => emitting[i].EmissionEnabled ? share.DivideOrZero(enabled) : U64F64.Zero).ToArray();
    }

    private static U64F64[] Normalise(U64F64[] values)
    {
        var sum = Sum(values);
        return Array.ConvertAll(values, value => value.DivideOrZero(sum));
    }

    private static U64F64 Sum(IEnumerable<U64F64> values)
    {
        var sum = U64F64.Zero;
        foreach (var value in values) sum = sum.AddSaturating(value);
        return sum;
    }
}
