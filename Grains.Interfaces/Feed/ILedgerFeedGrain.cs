using Orleans.Concurrency;

namespace Dtao.Grains.Feed;

/// <summary>The ledger as a sequence of facts, read out of the journals: what dashboards, histories, and other read models are made from. Key: 0.</summary>
/// <remarks>
/// It costs nothing while nobody reads, and keeps nothing but, on a store that does not order actors, the order in which it found their records. Every silo answers for itself, and as many may read at once as like: each holds its own place.
/// A reader that stores a page and its <see cref="FeedPage.Next"/> in one transaction neither misses a fact nor has one twice, whatever dies.
/// </remarks>
[Alias("dtao.ILedgerFeedGrain")]
public interface ILedgerFeedGrain : IGrainWithIntegerKey
{
    /// <summary>The facts after a place. Only what is durable; changes nothing. The same cursor gives the same facts again, in the same order.</summary>
    /// <param name="cursor">Where the page before ended (<see cref="FeedPage.Next"/>); null: at the beginning, which is genesis.</param>
    /// <param name="factsMax">At most so many; clamped to 1 and <see cref="FeedLimits.FactsMax"/>. A page may hold fewer, or none, and not be the last.</param>
    /// <returns>A page; its status says when the cursor is none of this ledger. Nothing is thrown for a cursor.</returns>
    [Alias("Read"), ReadOnly]
    Task<FeedPage> Read(string? cursor, int factsMax);
}

/// <summary>Bounds of the feed.</summary>
public static class FeedLimits
{
    /// <summary>The most facts of one page.</summary>
    public const int FactsMax = 10_000;

    /// <summary>A page ends after the event with which its journal bytes pass this.</summary>
    public const int PageBytes = 1 << 20;
}

/// <summary>What came of asking for facts. Numbers are stable.</summary>
[GenerateSerializer, Alias("dtao.FeedStatus")]
public enum FeedStatus : byte
{
    None = 0,
    /// <summary>The page is good.</summary>
    Ok = 1,
    /// <summary>The silo's store has no feed.</summary>
    NotAvailable = 2,
    /// <summary>The text is no cursor. Begin again with none.</summary>
    MalformedCursor = 3,
    /// <summary>The cursor is of another network. What was made from it does not belong to this one.</summary>
    OtherNetwork = 4,
    /// <summary>
    /// The ledger has no such place, or another history there: it was restored from an earlier backup, or moved to another store. What was made from the cursor's
    /// facts has to be made anew.
    /// </summary>
    OtherHistory = 5,
    /// <summary>The store, or the actor that gives its records an order, does not answer at this moment. Ask again with the same cursor.</summary>
    Unanswered = 6,
}

/// <summary>A page of the feed.</summary>
/// <param name="Status">Where it is not Ok, there are no facts and <paramref name="Next"/> is empty.</param>
/// <param name="Facts">Those of one actor are in the order of its events, without a gap. Of two actors nothing is said: see <paramref name="IsAtEnd"/>.</param>
/// <param name="Next">Where the next page begins. Opaque; at most 256 characters.</param>
/// <param name="IsAtEnd">
/// Whether this page ends where the ledger ended when it was read. Then all is in this page or an earlier one that pools did up to a block whose
/// <see cref="BlockClosedFact"/> has come, and on one ordered log whatever else any fact rests on. On a store that does not order actors a fact of an account or a hotkey
/// may come before one of another actor that it rests on. Before the end, facts of one actor may lie pages behind those of another.
/// </param>
/// <param name="NetworkId">The network's id.</param>
/// <param name="Behind">How much is left to read, in writes of journals; a measure of progress, 0 at the end. While genesis is read it is a lower bound.</param>
[GenerateSerializer, Immutable, Alias("dtao.FeedPage")]
public sealed record FeedPage(
    [property: Id(0)] FeedStatus Status, [property: Id(1)] LedgerFact[] Facts, [property: Id(2)] string Next, [property: Id(3)] bool IsAtEnd,
    [property: Id(4)] string NetworkId, [property: Id(5)] long Behind)
{
    /// <summary>No page, and why.</summary>
    public static FeedPage Failed(FeedStatus status, string networkId = "") => new(status, [], string.Empty, false, networkId, 0);
}
