using Dtao.Economics.Emission;

namespace Dtao.Economics.Rules;

/// <summary>Alpha, claimed by its owners; put aside only while all moving prices together exceed 1.</summary>
/// <remarks>Source: rule book 02, 5.7 and 8.6.</remarks>
public sealed record ClaimedRootDividends : IRootDividendRule
{
    public string About => "alpha, claimed; recycled while moving prices add up to at most 1";

    public bool PaysTao => false;

    public bool IsKept(IReadOnlyList<SubnetBlockFacts> emitting) => EmissionShares.RootSell(emitting);
}

/// <summary>TAO, staked on root for the stakers of each validator; always put aside.</summary>
/// <remarks>Source: coinbase/run_coinbase.rs :: drain_pending_emission as of February 2025.</remarks>
public sealed record SoldRootDividends : IRootDividendRule
{
    public string About => "TAO, sold for at each epoch";

    public bool PaysTao => true;

    public bool IsKept(IReadOnlyList<SubnetBlockFacts> emitting) => true;
}
