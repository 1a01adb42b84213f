namespace Dtao.Grains.Feed.Index;

/// <summary>What the index knows: every actor, and how far its journal is told. About 120 bytes for an actor.</summary>
public sealed class FeedIndexState
{
    private readonly Dictionary<FeedActor, int> _places = [];
    private readonly List<FeedActor> _actors = [];
    private readonly List<long> _next = [];

    /// <summary>The number of the last round.</summary>
    public long Rounds { get; set; }

    /// <summary>How many lines all rounds have.</summary>
    public long Lines { get; set; }

    /// <summary>The last round's digest.</summary>
    public ulong Digest { get; set; }

    /// <summary>Whether all actors are known that the store had when the index began.</summary>
    public bool HasCensus { get; set; }

    public Dictionary<string, FeedSiloPlace> Silos { get; } = new(StringComparer.Ordinal);

    /// <summary>All known actors, in the order in which they were found.</summary>
    public IReadOnlyList<FeedActor> Actors => _actors;

    public bool Knows(FeedActor actor) => _places.ContainsKey(actor);

    /// <summary>The number of the event that is told next; of an actor that nobody has named 1.</summary>
    public long NextOf(FeedActor actor) => _places.TryGetValue(actor, out var place) ? _next[place] : 1;

    /// <summary>How far the actor at a place of <see cref="Actors"/> is told.</summary>
    internal long NextAt(int place) => _next[place];

    internal void Set(FeedActor actor, long next)
    {
        if (_places.TryGetValue(actor, out var place))
        {
            _next[place] = next;
            return;
        }

        _places.Add(actor, _actors.Count);
        _actors.Add(actor);
        _next.Add(next);
    }
}
