using Dtao.Grains;
using Dtao.Grains.Feed;

namespace Dtao.Client;

/// <content>The ledger as a sequence of facts, for read models.</content>
public sealed partial class DtaoClient
{
    /// <summary>The facts after a place; durable ones only. The same cursor gives the same facts again.</summary>
    /// <param name="cursor">As the page before gave it (<see cref="FeedPage.Next"/>); null: from genesis on.</param>
    /// <param name="factsMax">Clamped to 1 and <see cref="FeedLimits.FactsMax"/>.</param>
    /// <returns>A page, or a status that says why there is none. At the end of the ledger a page may be empty: ask again later, with its cursor.</returns>
    public async Task<FeedPage> ReadFeedAsync(string? cursor, int factsMax = 1_000, CancellationToken cancellationToken = default)
    {
        await CheckNetwork(cancellationToken).ConfigureAwait(false);
        return await _grains.Feed().Read(cursor, factsMax).WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
