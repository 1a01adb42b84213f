using Dtao.Economics;

namespace Dtao.Grains.Blocks;

/// <summary>Something that happened to the chain. Stored; kinds and fields are never renumbered.</summary>
/// <remarks>
/// Started and closed alternate, and terms begin between them: not counting those, event 2n-1 starts block n and event 2n closes it. So a header is found
/// by its number (<see cref="CoordinatorModel.EventNumberOfHeader"/>).
/// </remarks>
public abstract record CoordinatorEvent;

/// <summary>An activation begins to number the closings of pools.</summary>
public sealed record ClosingTermBegan(uint Term) : CoordinatorEvent;

/// <summary>The block's plan is fixed: every subnet will be told this and nothing else.</summary>
/// <param name="PlanHash">SHA-256 over the encoded plan.</param>
public sealed record BlockStarted(PlannedBlock Planned, byte[] PlanHash) : CoordinatorEvent
{
    public BlockNumber Block => Planned.Plan.Block;
}

/// <summary>Every subnet has acknowledged.</summary>
/// <param name="BalancesIssuance">The balances' issuance after the block.</param>
public sealed record BlockClosed(BlockHeader Header, Tao BalancesIssuance) : CoordinatorEvent;
