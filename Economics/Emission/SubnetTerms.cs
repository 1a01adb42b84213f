namespace Dtao.Economics.Emission;

/// <summary>How one subnet's part of a block is split, before anything changes.</summary>
/// <param name="TaoIn">TAO for the pool's reserve.</param>
/// <param name="AlphaIn">Alpha minted into the pool's reserve beside it.</param>
/// <param name="AlphaOut">Alpha minted for participants.</param>
/// <param name="ExcessTao">TAO that buys alpha from the pool instead.</param>
public readonly record struct SubnetTerms(U96F32 TaoIn, U96F32 AlphaIn, U96F32 AlphaOut, U96F32 ExcessTao)
{
    /// <summary>Splits a subnet's TAO emission into liquidity and a purchase.</summary>
    /// <param name="price">TAO per alpha; the terms see 32 of its fraction bits.</param>
    /// <remarks>
    /// Source: rule book 02, 5.5; coinbase/run_coinbase.rs :: get_subnet_terms. Everything floors at 32 fraction bits.
    /// Why the cap: an old subnet has much alpha, so its TAO should buy alpha rather than add liquidity.
    /// </remarks>
    public static SubnetTerms Of(U96F32 taoEmission, U64F64 price, U96F32 alphaEmission, U96F32 rootProportion)
    {
        var narrowPrice = price.ToU96F32();
        var taoIn = taoEmission;
        var alphaIn = taoEmission.DivideOrZero(narrowPrice);
        var cap = rootProportion.MultiplySaturating(alphaEmission);
        if (alphaIn > cap)
        {
            alphaIn = cap;
            taoIn = alphaIn.MultiplySaturating(narrowPrice);
        }

        return new(taoIn, alphaIn, alphaEmission, taoEmission.SubtractSaturating(taoIn));
    }

    /// <summary>Root's weight against a subnet's alpha: t / (t + alpha issuance) with t = root TAO x TAO weight; 0 when both are 0.</summary>
    /// <remarks>Source: rule book 02, 5.4; coinbase/block_step.rs :: root_proportion.</remarks>
    public static U96F32 RootProportion(Tao rootTao, ulong taoWeight, Alpha alphaIssuance)
    {
        var weight = U96F32.FromInteger(rootTao.Rao).MultiplySaturating(U96F32.FromRatio(taoWeight, ulong.MaxValue));
        return weight.DivideOrZero(weight.AddSaturating(U96F32.FromInteger(alphaIssuance.Rao)));
    }
}

/// <summary>How the alpha minted for participants is put aside until the epoch.</summary>
/// <param name="Root">Root's dividends: kept while root sells, recycled otherwise.</param>
public readonly record struct PendingAlpha(Alpha OwnerCut, Alpha Server, Alpha Validator, Alpha Root)
{
    private static readonly U96F32 s_half = new(U96F32.One.Bits >> 1);

    /// <summary>Splits one block's alpha: the owner's cut, then half to servers, and of the other half root's part first.</summary>
    /// <param name="ownerCut">In parts of 65535; null when the subnet takes none.</param>
    /// <param name="rootProportion">With this block's alpha already issued.</param>
    /// <remarks>Source: rule book 02, 5.7; coinbase/run_coinbase.rs :: emit_to_subnets. Each part floors; the dust stays outstanding.</remarks>
    public static PendingAlpha Split(U96F32 alphaOut, ushort? ownerCut, U96F32 rootProportion)
    {
        var cut = ownerCut is { } parts ? alphaOut.MultiplySaturating(U96F32.FromRatio(parts, ushort.MaxValue)) : U96F32.Zero;
        var rest = alphaOut.SubtractSaturating(cut);
        var root = rootProportion.MultiplySaturating(rest).MultiplySaturating(s_half);
        var server = rest.MultiplySaturating(s_half);
        var validator = rest.SubtractSaturating(server).SubtractSaturating(root);
        return new(Floor(cut), Floor(server), Floor(validator), Floor(root));
    }

    private static Alpha Floor(U96F32 amount) => new(amount.ToUInt64Saturating());
}
