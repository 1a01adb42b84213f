using Dtao.Grains.Feed;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Storage;

namespace Dtao.Hosting.Feed;

/// <summary>The feed of the embedded store: the log's segments in their order, event by event, and before them the states of genesis.</summary>
/// <remarks>
/// A page is one or two short read transactions, and a cursor says all that has to be known of the pages before: nothing is kept for a reader. A segment is
/// seen only when it is durable. Within one transaction of the log the actors' segments stand in the order of their first event, which is not the order in
/// which the events happened: only where a page ends with the log, it ends between two transactions.
/// </remarks>
public sealed class OrderedLogFeed(OrderedLog log) : ILedgerFeed
{
    /// <summary>Reading is work for the processor, of which operations want the most.</summary>
    private const int ReadersMax = 4;

    private readonly TaskScheduler _readers = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, ReadersMax).ConcurrentScheduler;
    private readonly KeptGenesis<long> _large = new(TimeProvider.System);
    private volatile Network? _network;

    public Task<FeedPage> ReadAsync(string? cursor, int factsMax) => Task.Factory.StartNew(
        () => Read(cursor, Math.Clamp(factsMax, 1, FeedLimits.FactsMax)), CancellationToken.None, TaskCreationOptions.DenyChildAttach, _readers);

    private FeedPage Read(string? text, int factsMax)
    {
        if ((_network ??= ReadNetwork()) is not { } network) return FeedPage.Failed(FeedStatus.NotAvailable);
        var at = FeedCursor.Start;
        if (text is not null)
        {
            if (!FeedCursor.TryParse(text, out var mark, out at))
                return FeedPage.Failed(IndexCursor.TryParse(text, out mark, out _) ? mark == network.Mark ? FeedStatus.OtherHistory : FeedStatus.OtherNetwork : FeedStatus.MalformedCursor, network.Id);
            if (mark != network.Mark) return FeedPage.Failed(FeedStatus.OtherNetwork, network.Id);
        }

        var page = new PageDraft(at, factsMax);
        if (at.InGenesis) ReadGenesis(page);
        var last = ReadSegments(page);
        if (page.IsAstray) return FeedPage.Failed(FeedStatus.OtherHistory, network.Id);
        var behind = page.IsAtEnd ? 0 : Math.Max(1, last - page.SegmentsRead);
        return new FeedPage(FeedStatus.Ok, [.. page.Facts], page.At.ToText(network.Mark), page.IsAtEnd, network.Id, behind);
    }

    private void ReadGenesis(PageDraft page)
    {
        // An actor of which a part is told is looked at again, unless it is the one that is kept.
        if (page.At is { Facts: > 0, At: var begun } && _large.Find(begun) is { } large && !page.TakeGenesis(begun, large)) return;
        var isWhole = true;
        log.ScanFirstStates(page.At.Facts > 0 ? page.At.At - 1 : page.At.At, state =>
        {
            var facts = JournalFacts.OfGenesis(state.ActorKey, state.State.Span);
            _large.Keep(state.Actor, facts);
            page.Count(state.State.Length);
            return isWhole = page.TakeGenesis(state.Actor, facts);
        });
        if (!isWhole) return;
        _large.Drop();
        page.EndGenesis();
    }

    /// <returns>The log's last segment.</returns>
    private long ReadSegments(PageDraft page)
    {
        if (page.At.InGenesis || page.IsFull) return log.ScanSegments(long.MaxValue, static _ => false);
        var from = page.At;
        var isFound = from.At == 0;
        var last = log.ScanSegments(Math.Max(1, from.At), segment =>
        {
            if (segment.Number != from.At) return !page.IsAstray && isFound && page.Take(segment);
            isFound = FeedCursor.MarkOf(segment.Digest.Span) == from.Mark && from.Events <= segment.Events.Count;
            return isFound && page.Take(segment);
        });
        if (!isFound) page.IsAstray = true;
        page.IsAtEnd = page.IsThrough && page.At.At == last;
        return last;
    }

    /// <summary>The registry's first state is written last of all at genesis, and never removed.</summary>
    private Network? ReadNetwork()
    {
        using var view = log.OpenReadView();
        if (view.ReadSnapshot(ActorKeys.Registry) is not { } snapshot) return null;
        var id = RegistryModel.Instance.ReadSnapshot(snapshot.State.Span).NetworkId;
        return new Network(id, FeedCursor.NetworkMark(id));
    }

    private sealed record Network(string Id, string Mark);

    /// <summary>A page while it is filled, and the place that it has come to.</summary>
    private sealed class PageDraft(FeedCursor at, int factsMax)
    {
        private long _bytes;

        public FeedCursor At { get; private set; } = at;

        public List<LedgerFact> Facts { get; } = new(Math.Min(factsMax, 256));

        /// <summary>Whether the cursor is of another history.</summary>
        public bool IsAstray { get; set; }

        public bool IsAtEnd { get; set; }

        /// <summary>Whether everything of the segment that the place names is told.</summary>
        public bool IsThrough { get; private set; } = true;

        public bool IsFull => Facts.Count >= factsMax || _bytes >= FeedLimits.PageBytes;

        public long SegmentsRead => At.InGenesis ? 0 : IsThrough ? At.At : At.At - 1;

        public void Count(int bytes) => _bytes += bytes;

        /// <returns>Whether there is room for more.</returns>
        public bool TakeGenesis(long actor, GenesisFacts facts)
        {
            var place = actor == At.At ? At.Facts : 0;
            while (place < facts.Count && Facts.Count < factsMax) Facts.Add(facts.At(place++));
            At = new FeedCursor(true, actor, 0, place < facts.Count ? place : 0, 0);
            return place == facts.Count && !IsFull;
        }

        public void EndGenesis() => At = FeedCursor.FirstSegment;

        /// <returns>Whether there is room for more.</returns>
        public bool Take(LogSegment segment)
        {
            var (events, told) = segment.Number == At.At ? (At.Events, At.Facts) : (0, 0);
            var mark = FeedCursor.MarkOf(segment.Digest.Span);
            IsThrough = events == segment.Events.Count;
            for (; events < segment.Events.Count && !IsFull; events++, told = 0)
            {
                var (number, bytes) = segment.Events[events];
                if (!TakeEvent(segment.ActorKey, number, bytes.Span, ref told)) break;
                Count(bytes.Length);
            }

            IsThrough = events == segment.Events.Count;
            At = new FeedCursor(false, segment.Number, events, told, mark);
            return IsThrough && !IsFull;
        }

        /// <returns>Whether all of the event's facts are told.</returns>
        private bool TakeEvent(string actorKey, long number, ReadOnlySpan<byte> bytes, ref int told)
        {
            var skip = told;
            foreach (var fact in JournalFacts.Of(actorKey, number, bytes))
            {
                if (skip-- > 0) continue;
                if (Facts.Count >= factsMax) return false;
                Facts.Add(fact);
                told++;
            }

            return true;
        }
    }
}
