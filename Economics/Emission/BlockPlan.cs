using Dtao.Economics.Ledger;

namespace Dtao.Economics.Emission;

/// <summary>One subnet's line of a block's plan.</summary>
/// <param name="TaoEmission">Its part of the minted TAO, with 32 fraction bits.</param>
public readonly record struct SubnetEmission(NetUid Netuid, U96F32 TaoEmission);

/// <summary>Everything that the subnets must be told to make one block, each for itself and in any order.</summary>
/// <param name="Minted">The block's credit of TAO. What the subnets do not consume is recycled: it never enters issuance.</param>
/// <param name="RootSell">Whether root dividends are kept to be sold, or recycled.</param>
/// <param name="RootTao">TAO staked on root when the block began; it does not change inside the block's emission.</param>
/// <param name="Emissions">The subnets that emit, in storage order.</param>
public sealed record BlockPlan(
    BlockNumber Block,
    Tao Minted,
    bool RootSell,
    Tao RootTao,
    NetworkParameters Parameters,
    IReadOnlyList<SubnetEmission> Emissions)
{
    /// <summary>Plans a block from what the subnets were like when the block before it was done.</summary>
    /// <param name="totalIssuance">The staking ledger's counter; the curve reads it.</param>
    /// <param name="balancesIssuance">The balances' counter; the supply cap reads it.</param>
    /// <param name="subnets">All subnets in storage order; root and those that do not emit are passed over.</param>
    /// <remarks>Source: rule book 02, section 3, 5.1 and 5.2; coinbase/run_coinbase.rs :: run_coinbase.</remarks>
    public static BlockPlan Compute(
        BlockNumber block,
        Tao totalIssuance,
        Tao balancesIssuance,
        NetworkParameters parameters,
        Tao rootTao,
        IReadOnlyList<SubnetBlockFacts> subnets)
    {
        var emitting = subnets.Where(subnet => subnet.IsEmitting && !subnet.Netuid.IsRoot).ToArray();
        var minted = BlockEmission.Minted(totalIssuance, balancesIssuance);
        var rules = parameters.RulesAt(block);
        var emissions = EmissionShares.Of(minted, rules.Shares.Of(block, emitting));
        return new BlockPlan(
            block,
            minted,
            rules.RootDividends.IsKept(emitting),
            rootTao,
            parameters,
            emitting.Select((subnet, i) => new SubnetEmission(subnet.Netuid, emissions[i])).ToArray());
    }

    /// <summary>The name of the rules that the block is made under, for its header.</summary>
    public string RuleSet => Parameters.RulesAt(Block).Name;

    /// <summary>What a subnet must be told.</summary>
    public SubnetBlockInput InputFor(NetUid netuid) => new(Block, EmissionOf(netuid), RootSell, RootTao, Parameters);

    /// <summary>A subnet's part of the minted TAO; null when it does not emit. The lines are in storage order, so halving finds it.</summary>
    private U96F32? EmissionOf(NetUid netuid)
    {
        int low = 0, high = Emissions.Count - 1;
        while (low <= high)
        {
            var middle = low + ((high - low) / 2);
            var order = NetUid.CompareInStorageOrder(Emissions[middle].Netuid, netuid);
            if (order == 0) return Emissions[middle].TaoEmission;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return null;
    }
}
