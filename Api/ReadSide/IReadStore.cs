using Dtao.Grains.Feed;

namespace Dtao.Api.ReadSide;

/// <summary>The read side's database: what the feed told, as tables, and where it stands.</summary>
/// <remarks>Safe for use by many threads. Any number of processes may use one database; each page is written by one of them.</remarks>
internal interface IReadStore : IAsyncDisposable
{
    /// <summary>Which database it is, for people.</summary>
    string Name { get; }

    /// <summary>Makes the tables where they are missing, or are of another version; with <paramref name="isRebuilt"/> in any case.</summary>
    /// <exception cref="ReadSideException">The database holds something that is not a read side.</exception>
    Task PrepareAsync(bool isRebuilt, CancellationToken cancellationToken);

    Task<ReadPosition> GetPositionAsync(CancellationToken cancellationToken);

    /// <summary>Takes in a page, whole or not at all, if the read side still stands where the page was read from.</summary>
    /// <returns>Where it stands then; null when another process was first, and nothing was changed.</returns>
    Task<ReadPosition?> ApplyAsync(ReadPosition before, FeedPage page, CancellationToken cancellationToken);

    /// <summary>Empties the read side, if it still stands there; it is built anew from the beginning of the feed.</summary>
    Task<bool> ResetAsync(ReadPosition before, CancellationToken cancellationToken);

    /// <summary>Begins a look at one state of the database.</summary>
    Task<ReadView> ReadAsync(CancellationToken cancellationToken);

    /// <summary>SHA-256 over all rows of all tables, in the order of their keys: equal where the same facts were taken in, whichever database it is.</summary>
    Task<string> DigestAsync(CancellationToken cancellationToken);
}
