using Dtao.Client;
using Dtao.Grains.Feed;

namespace Dtao.Api.ReadSide.Ingest;

/// <summary>Where facts come from: the network's feed.</summary>
internal interface IFactSource
{
    /// <summary>The facts after a place.</summary>
    /// <param name="cursor">Null: from genesis on.</param>
    Task<FeedPage> ReadAsync(string? cursor, int factsMax, CancellationToken cancellationToken);
}

/// <summary>The feed of the network that a client is connected to.</summary>
internal sealed class ClientFacts(DtaoClient client) : IFactSource
{
    public Task<FeedPage> ReadAsync(string? cursor, int factsMax, CancellationToken cancellationToken) => client.ReadFeedAsync(cursor, factsMax, cancellationToken);
}
