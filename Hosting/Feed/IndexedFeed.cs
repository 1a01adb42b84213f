using Dtao.Grains;
using Dtao.Grains.Feed;
using Dtao.Grains.Feed.Index;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Microsoft.Extensions.Logging;

namespace Dtao.Hosting.Feed;

/// <summary>The feed of a store that does not order actors: the index's rounds in their order, record by record. Any silo reads them by itself.</summary>
/// <remarks>Rounds and records never change, so the same cursor gives the same facts. Only where the rounds end the index is asked to look for more.</remarks>
public sealed partial class IndexedFeed(IFeedStore store, IGrainFactory grains, TimeProvider time, ILogger<IndexedFeed> logger) : ILedgerFeed
{
    /// <summary>A page reads so many records of journals at most: each is a request to the store.</summary>
    private const int RecordsMax = 1_024;

    private const int ReadsAhead = 32;

    private readonly KeptGenesis<FeedActor> _large = new(time);
    private volatile Network? _network;

    public async Task<FeedPage> ReadAsync(string? cursor, int factsMax)
    {
        try
        {
            return await Read(cursor, Math.Clamp(factsMax, 1, FeedLimits.FactsMax));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogUnanswered(exception.Message);
            return FeedPage.Failed(FeedStatus.Unanswered, _network?.Id ?? string.Empty);
        }
    }

    private async Task<FeedPage> Read(string? text, int factsMax)
    {
        if ((_network ??= await ReadNetwork()) is not { } network) return FeedPage.Failed(FeedStatus.NotAvailable);
        var at = default(IndexCursor);
        if (text is not null && Refuse(text, network, out at) is { } refused) return FeedPage.Failed(refused, network.Id);
        var page = new IndexedPage(at, factsMax);
        if (at.Round > 0)
        {
            if (await ReadRound(at.Round) is not { } begun || !page.GoOn(begun)) return FeedPage.Failed(FeedStatus.OtherHistory, network.Id);
            if (!await TakeLines(page)) return FeedPage.Failed(FeedStatus.OtherHistory, network.Id);
        }

        FeedIndexReply? reply = null;
        while (page.IsThrough && !page.IsFull)
        {
            if (await ReadRound(page.At.Round + 1) is { } next)
            {
                page.Begin(next);
                if (!await TakeLines(page)) return FeedPage.Failed(FeedStatus.OtherHistory, network.Id);
            }
            else if (reply is null && await grains.FeedIndex().Follow(page.At.Round) is { IsOk: true } followed)
            {
                reply = followed;
            }
            else
            {
                break;
            }
        }

        // Who has read nothing new hears that nobody knows whether there is any; who has may ask again.
        if (reply is null && page is { IsThrough: true, IsFull: false } && page.At == at) return FeedPage.Failed(FeedStatus.Unanswered, network.Id);
        var isAtEnd = reply is { IsWhole: true } whole && page.IsThrough && page.At.Round == whole.Rounds;
        var last = reply ?? await grains.FeedIndex().Follow(page.At.Round - 1);
        return new FeedPage(FeedStatus.Ok, [.. page.Facts], page.At.ToText(network.Mark), isAtEnd, network.Id, isAtEnd ? 0 : Math.Max(1, last.Lines - page.LinesTold));
    }

    /// <summary>Why a cursor is none of this ledger; null when it may be one.</summary>
    private static FeedStatus? Refuse(string text, Network network, out IndexCursor at)
    {
        if (IndexCursor.TryParse(text, out var mark, out at)) return mark == network.Mark ? null : FeedStatus.OtherNetwork;
        if (!FeedCursor.TryParse(text, out mark, out _)) return FeedStatus.MalformedCursor;
        return mark == network.Mark ? FeedStatus.OtherHistory : FeedStatus.OtherNetwork;
    }

    private async Task<FeedRound?> ReadRound(long number)
    {
        if (await store.ReadSegmentAsync(FeedIndexModel.ActorKey, number) is not { } events) return null;
        return (FeedRound)FeedIndexModel.Instance.ReadOne(events[0].Span);
    }

    /// <summary>Tells the lines of the page's round that are not told, as far as there is room.</summary>
    /// <returns>False when the store does not hold what the index has found in it.</returns>
    private async Task<bool> TakeLines(IndexedPage page)
    {
        var lines = page.Round!.Lines;
        var ahead = new Queue<Task<IReadOnlyList<ReadOnlyMemory<byte>>?>>();
        for (var asked = page.At.Lines; page.At.Lines < lines.Count && !page.IsFull && page.Records < RecordsMax;)
        {
            for (; asked < lines.Count && ahead.Count < ReadsAhead && page.Records + ahead.Count < RecordsMax; asked++) ahead.Enqueue(ReadLine(lines[asked]));
            var line = lines[page.At.Lines];
            if (await ahead.Dequeue() is not { } bytes || (line.First > 0 && bytes.Count != line.Count))
            {
                await Task.WhenAll(ahead);
                return false;
            }

            if (line.First == 0) page.TakeGenesis(_large.Find(line.Actor) ?? GenesisOf(line.Actor, bytes.Count > 0 ? bytes[0] : await ReadFirst(line.Actor)));
            else page.TakeEvents(line, bytes);
        }

        await Task.WhenAll(ahead);
        return true;
    }

    /// <summary>A record's events, or the state that an actor began with; nothing where that is kept.</summary>
    private async Task<IReadOnlyList<ReadOnlyMemory<byte>>?> ReadLine(FeedLine line)
    {
        if (line.First > 0) return await store.ReadSegmentAsync(line.Actor.Key, line.First);
        if (_large.Find(line.Actor) is not null) return [];
        return await store.ReadFirstAsync(line.Actor.Key) is { } state ? [state] : null;
    }

    /// <summary>Of one that was kept when the page began, and was not any more.</summary>
    private async Task<ReadOnlyMemory<byte>> ReadFirst(FeedActor actor) =>
        await store.ReadFirstAsync(actor.Key) ?? throw new InvalidDataException($"The first state of {actor.Key} is gone.");

    private GenesisFacts GenesisOf(FeedActor actor, ReadOnlyMemory<byte> state)
    {
        var facts = JournalFacts.OfGenesis(actor.Key, state.Span);
        _large.Keep(actor, facts);
        return facts;
    }

    /// <summary>The registry's first state is never removed.</summary>
    private async Task<Network?> ReadNetwork()
    {
        if (await store.ReadFirstAsync(ActorKeys.Registry) is not { } state) return null;
        var id = RegistryModel.Instance.ReadSnapshot(state.Span).NetworkId;
        return new Network(id, FeedCursor.NetworkMark(id));
    }

    private sealed record Network(string Id, string Mark);

    [LoggerMessage(771, LogLevel.Warning, "A page of the feed could not be read: {Reason}")]
    private partial void LogUnanswered(string reason);
}
