namespace Dtao.Economics.Emission;

/// <summary>How much a block mints at a given issuance: halved each time half of what was left has been issued.</summary>
/// <remarks>
/// Source: rule book 02, section 4; coinbase/block_emission.rs :: get_block_emission_for_issuance. The reference computes a logarithm
/// in 32 fraction bits; this is the closed form that it comes to. The same curve serves TAO and the alpha of each subnet.
/// </remarks>
public static class BlockEmission
{
    /// <summary>Rao of all TAO that can ever exist, and the asymptote of each alpha's curve.</summary>
    public const ulong MaxSupply = 21_000_000_000_000_000;

    /// <summary>Rao per block before the first halving.</summary>
    public const ulong Base = 1_000_000_000;

    /// <summary>Rao that a block mints, before the supply cap; 0 from the full supply on.</summary>
    public static ulong Of(ulong issuance)
    {
        if (issuance >= MaxSupply) return 0;

        UInt128 left = MaxSupply - issuance;
        var emission = Base;
        for (left <<= 1; left <= MaxSupply && emission != 0; left <<= 1) emission >>= 1;
        return emission;
    }

    /// <summary>TAO that a block mints: the curve on the staking ledger's issuance, cut at what the balances' issuance leaves.</summary>
    /// <remarks>Source: rule book 01, 2.8; coinbase/tao.rs :: mint_tao.</remarks>
    public static Tao Minted(Tao totalIssuance, Tao balancesIssuance) =>
        Tao.Min(new Tao(Of(totalIssuance.Rao)), new Tao(MaxSupply).SubtractSaturating(balancesIssuance));
}
