namespace Dtao.Grains.Feed;

/// <summary>The facts of the store that this process works on; among the services of silos whose store has them. Safe for many readers at once.</summary>
public interface ILedgerFeed
{
    /// <inheritdoc cref="ILedgerFeedGrain.Read"/>
    Task<FeedPage> ReadAsync(string? cursor, int factsMax);
}
