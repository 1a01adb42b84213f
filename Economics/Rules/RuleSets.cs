using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Dtao.Economics.Emission;

namespace Dtao.Economics.Rules;

/// <summary>The rule sets that a network can run under.</summary>
/// <remarks>To add one, write what differs as a rule and list it in <see cref="All"/>; nothing outside this folder changes.</remarks>
public static class RuleSets
{
    private static readonly PriceAndBurnShares s_priceAndBurn = new();
    private static readonly WeightedPool s_weighted = new();
    private static readonly ClaimedRootDividends s_claimed = new();

    /// <summary>The pinned reference, which the rule books describe.</summary>
    public static readonly RuleSet June2026 = new("2026-06", "2026-06-01", s_priceAndBurn, s_weighted, s_claimed);

    /// <summary>The pinned reference with the share rule by TAO flow, which it holds ready and does not use.</summary>
    public static readonly RuleSet June2026Flow = new("2026-06-flow", "2026-06-01", new FlowShareRule(FlowSettings.Default), s_weighted, s_claimed);

    /// <summary>The launch of dynamic TAO; a summary. Everything that it does not name is as in <see cref="June2026"/>.</summary>
    public static readonly RuleSet February2025 = new(
        "2025-02", "2025-02-13", new PriceShares(), new ConstantProductPool(), new SoldRootDividends());

    /// <summary>Newest first; the first one is the default.</summary>
    public static readonly ImmutableArray<RuleSet> All = [June2026, June2026Flow, February2025];

    public static bool TryFind(string? name, [NotNullWhen(true)] out RuleSet? found)
    {
        found = null;
        foreach (var set in All)
        {
            if (set.Name == name) found = set;
        }

        return found is not null;
    }
}
