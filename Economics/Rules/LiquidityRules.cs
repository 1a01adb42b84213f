using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;

namespace Dtao.Economics.Rules;

/// <summary>Weights follow each injection so that the price stays; TAO that would bring too much alpha along buys alpha instead.</summary>
/// <remarks>Source: rule book 02, 5.5 and 5.6; rule book 01, 4.9.</remarks>
public sealed record WeightedPool : ILiquidityRule
{
    public string About => "weighted; TAO beyond root's proportion buys alpha";

    public void Prepare(SubnetBooks books)
    {
    }

    public SubnetTerms TermsOf(U96F32 taoEmission, U64F64 price, U96F32 alphaEmission, U96F32 rootProportion) =>
        SubnetTerms.Of(taoEmission, price, alphaEmission, rootProportion);

    public bool TryAdmit(SubnetBooks books, Tao tao, Alpha alpha)
    {
        var weight = BalancerWeights.ForAddedLiquidity(books.TaoReserve, books.AlphaReserve, books.QuoteWeight, tao, alpha);
        if (weight is { } adjusted) books.QuoteWeight = adjusted;
        return weight is not null;
    }
}

/// <summary>Both weights are one half, which makes the curve x times y = k; all TAO enters, with alpha at the price but never more than the curve gives.</summary>
/// <remarks>
/// Source: coinbase/run_coinbase.rs :: run_coinbase as of February 2025. Where the alpha is cut, TAO enters without its match, and the price rises.
/// </remarks>
public sealed record ConstantProductPool : ILiquidityRule
{
    public string About => "x times y = k; all TAO enters";

    /// <summary>A pool that was weighted until now keeps its reserves, and its price becomes their ratio.</summary>
    public void Prepare(SubnetBooks books) => books.QuoteWeight = Perquintill.Half;

    public SubnetTerms TermsOf(U96F32 taoEmission, U64F64 price, U96F32 alphaEmission, U96F32 rootProportion)
    {
        var alphaIn = taoEmission.DivideChecked(price.ToU96F32()) ?? alphaEmission;
        return new(taoEmission, alphaIn > alphaEmission ? alphaEmission : alphaIn, alphaEmission, U96F32.Zero);
    }

    public bool TryAdmit(SubnetBooks books, Tao tao, Alpha alpha) => true;
}
