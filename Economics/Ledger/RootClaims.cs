using System.Collections.Immutable;

namespace Dtao.Economics.Ledger;

/// <summary>What becomes of a root staker's dividends when they are claimed.</summary>
public enum RootClaimKind : byte
{
    /// <summary>Sold for TAO that is staked on root.</summary>
    Swap = 0,
    /// <summary>Kept as alpha stake.</summary>
    Keep = 1,
    /// <summary>Kept on the named subnets, sold on others.</summary>
    KeepSubnets = 2,
}

/// <summary>A coldkey's choice of what becomes of its root dividends.</summary>
/// <param name="Subnets">For <see cref="RootClaimKind.KeepSubnets"/>, ascending and not empty; empty otherwise.</param>
/// <remarks>Source: rule book 02, 8.6.</remarks>
public sealed record RootClaimType(RootClaimKind Kind, ImmutableArray<NetUid> Subnets)
{
    public static readonly RootClaimType Swap = new(RootClaimKind.Swap, []);
    public static readonly RootClaimType Keep = new(RootClaimKind.Keep, []);

    public bool Keeps(NetUid netuid) => Kind == RootClaimKind.Keep || (Kind == RootClaimKind.KeepSubnets && Subnets.Contains(netuid));
}

/// <summary>What each root-rao staked on a hotkey has earned on a subnet since the beginning, as alpha; only ever grows.</summary>
/// <remarks>Source: rule book 02, 8.6; staking/claim_root.rs.</remarks>
public sealed record ClaimRates(ImmutableSortedDictionary<NetUid, I96F32> BySubnet)
{
    public static readonly ClaimRates None = new(ImmutableSortedDictionary<NetUid, I96F32>.Empty);
}
