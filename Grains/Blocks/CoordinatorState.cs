using Dtao.Economics;
using Dtao.Economics.Emission;

namespace Dtao.Grains.Blocks;

/// <summary>A subnet that takes part in a block, and the pool that makes its share of it.</summary>
public readonly record struct BlockSubnet(NetUid Netuid, long PoolKey);

/// <summary>A block's plan as all subnets are told it, with what it was computed from.</summary>
/// <param name="Subnets">Everyone who must acknowledge, in storage order.</param>
/// <param name="TotalIssuance">The staking ledger's issuance before the block.</param>
/// <param name="BalancesIssuance">The balances' issuance before the block.</param>
public sealed record PlannedBlock(
    BlockPlan Plan, IReadOnlyList<BlockSubnet> Subnets, Tao TotalIssuance, Tao BalancesIssuance, string RuleSet)
{
    /// <summary>The subnets whose epoch is due, in storage order, and whether it runs.</summary>
    public IReadOnlyList<(NetUid Netuid, EpochTurn Turn)> Turns { get; init; } = [];

    /// <summary>Subnets whose time-locked weights stay sealed in this block, ascending in storage order.</summary>
    public IReadOnlyList<NetUid> Sealed { get; init; } = [];

    /// <summary>Coldkeys whose root dividends the block claims by itself, ascending.</summary>
    public IReadOnlyList<AccountId> ClaimPicks { get; init; } = [];

    /// <summary>Subnets that stay closed until those claims are done, ascending; root is always among them when there are any.</summary>
    public IReadOnlyList<NetUid> Held { get; init; } = [];
}

/// <summary>Everything that the coordinator owns.</summary>
public sealed class CoordinatorState
{
    /// <summary>How many headers are kept in memory; older ones are read from the journal.</summary>
    public const int HeadersMax = 256;

    /// <summary>Activations so far that began to number closings.</summary>
    public uint Term { get; set; }
    /// <summary>The last closed block.</summary>
    public BlockNumber Block { get; set; }
    /// <summary>The block that is planned and not closed.</summary>
    public BlockStarted? UnderWay { get; set; }
    /// <summary>TAO of all blocks' credits.</summary>
    public Tao Minted { get; set; }
    /// <summary>The part of it that no subnet took.</summary>
    public Tao Recycled { get; set; }
    /// <summary>After the last closed block; meaningless before the first.</summary>
    public Tao TotalIssuance { get; set; }
    /// <summary>After the last closed block; meaningless before the first.</summary>
    public Tao BalancesIssuance { get; set; }
    /// <summary>The newest headers, oldest first, without a gap.</summary>
    public Queue<BlockHeader> Headers { get; } = new();
    public BlockHeader? LastHeader { get; set; }

    /// <summary>The number before the first closing of this term. Numbers of one term are above all numbers of the terms before it.</summary>
    /// <remarks>A block that is only gathered is not recorded; the term keeps its number from being used again by the next activation.</remarks>
    public ulong ClosingFloor => (ulong)Term << 32;

    /// <summary>A header that is still in memory.</summary>
    public BlockHeader? FindHeader(BlockNumber block)
    {
        foreach (var header in Headers)
        {
            if (header.Number == block) return header;
        }

        return null;
    }
}
