using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;

namespace Dtao.Grains.Feed;

/// <summary>Asks the feed of its silo's store; keeps nothing.</summary>
[StatelessWorker]
public sealed class LedgerFeedGrain(IServiceProvider services) : Grain, ILedgerFeedGrain
{
    private readonly ILedgerFeed? _feed = services.GetService<ILedgerFeed>();

    public Task<FeedPage> Read(string? cursor, int factsMax) => _feed is null
        ? Task.FromResult(FeedPage.Failed(FeedStatus.NotAvailable))
        : _feed.ReadAsync(cursor, Math.Clamp(factsMax, 1, FeedLimits.FactsMax));
}
