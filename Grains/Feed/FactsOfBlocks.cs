using Dtao.Grains.Blocks;

namespace Dtao.Grains.Feed;

/// <summary>The coordinator's events as facts.</summary>
internal static class FactsOfBlocks
{
    public static IEnumerable<LedgerFact> Of(CoordinatorEvent happened, FactPlaces places) => happened switch
    {
        BlockClosed closed => [new BlockClosedFact(closed.Header, closed.BalancesIssuance) { Source = places.Next(), Block = closed.Header.Number }],
        // What a plan came to is told by the pools that have applied it.
        BlockStarted or ClosingTermBegan => [],
        _ => throw new InvalidOperationException($"The feed does not know the event {happened.GetType().Name}."),
    };
}
