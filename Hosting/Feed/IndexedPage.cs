using Dtao.Grains.Feed;
using Dtao.Grains.Feed.Index;

namespace Dtao.Hosting.Feed;

/// <summary>A page of an index's rounds while it is filled, and the place that it has come to.</summary>
internal sealed class IndexedPage(IndexCursor at, int factsMax)
{
    private long _bytes;

    public IndexCursor At { get; private set; } = at;

    /// <summary>The round that the place names; null before the first.</summary>
    public FeedRound? Round { get; private set; }

    public List<LedgerFact> Facts { get; } = new(Math.Min(factsMax, 256));

    /// <summary>How many records were read.</summary>
    public int Records { get; private set; }

    public bool IsFull => Facts.Count >= factsMax || _bytes >= FeedLimits.PageBytes;

    /// <summary>Whether all of the round is told.</summary>
    public bool IsThrough => Round is null || At.Lines == Round.Lines.Count;

    /// <summary>How many lines are told, of this round and those before it.</summary>
    public long LinesTold => (Round?.LinesBefore ?? 0) + At.Lines;

    /// <summary>Goes on in the round that the cursor names.</summary>
    /// <returns>False when it is another one than the cursor was made of.</returns>
    public bool GoOn(FeedRound round)
    {
        Round = round;
        if (round.Digest != At.Mark || At.Lines > round.Lines.Count) return false;
        return At.Lines < round.Lines.Count ? At.Events < Math.Max(1, round.Lines[At.Lines].Count) : At is { Events: 0, Facts: 0 };
    }

    public void Begin(FeedRound round)
    {
        Round = round;
        At = new IndexCursor(At.Round + 1, 0, 0, 0, round.Digest);
    }

    /// <summary>Tells the state that an actor began with, as far as there is room.</summary>
    public void TakeGenesis(GenesisFacts facts)
    {
        Records++;
        var place = At.Facts;
        while (place < facts.Count && Facts.Count < factsMax) Facts.Add(facts.At(place++));
        At = place < facts.Count ? At with { Facts = place } : Next;
    }

    /// <summary>Tells the events of a record, as far as there is room.</summary>
    public void TakeEvents(FeedLine line, IReadOnlyList<ReadOnlyMemory<byte>> events)
    {
        Records++;
        var key = line.Actor.Key;
        for (var told = At.Events; told < events.Count; told++)
        {
            if (IsFull || !TakeEvent(key, line.First + told, events[told].Span)) return;
            _bytes += events[told].Length;
            At = At with { Events = told + 1, Facts = 0 };
        }

        At = Next;
    }

    private IndexCursor Next => At with { Lines = At.Lines + 1, Events = 0, Facts = 0 };

    /// <returns>Whether all of the event's facts are told.</returns>
    private bool TakeEvent(string actorKey, long number, ReadOnlySpan<byte> bytes)
    {
        var (skip, told) = (At.Facts, At.Facts);
        foreach (var fact in JournalFacts.Of(actorKey, number, bytes))
        {
            if (skip-- > 0) continue;
            if (Facts.Count >= factsMax)
            {
                At = At with { Facts = told };
                return false;
            }

            Facts.Add(fact);
            told++;
        }

        return true;
    }
}
