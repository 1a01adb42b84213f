namespace Dtao.Grains.Feed.Index;

/// <summary>The actors whose journals are to be read next, each once, in the order in which they became due.</summary>
public sealed class DueActors
{
    private readonly Queue<FeedActor> _queue = [];
    private readonly HashSet<FeedActor> _due = [];

    /// <summary>Of these a part is read.</summary>
    private readonly Stack<FeedActor> _begun = [];
    private long _taken;

    public int Count => _queue.Count + _begun.Count;

    /// <summary>Everyone who is due now has been read when <see cref="IsReadUpTo"/> says so of this number.</summary>
    public long Mark => _taken + _queue.Count;

    /// <summary>Whether all are read that were due when the mark was taken.</summary>
    public bool IsReadUpTo(long mark) => _begun.Count == 0 && _taken >= mark;

    public void Add(FeedActor actor)
    {
        if (_due.Add(actor)) _queue.Enqueue(actor);
    }

    /// <summary>Takes actors out, to be read: those of which a part is read come first.</summary>
    public List<FeedActor> Take(int countMax)
    {
        var taken = new List<FeedActor>();
        while (taken.Count < countMax && _begun.TryPop(out var actor)) taken.Add(actor);
        while (taken.Count < countMax && _queue.TryDequeue(out var actor))
        {
            _taken++;
            taken.Add(actor);
        }

        foreach (var actor in taken) _due.Remove(actor);
        return taken;
    }

    /// <summary>Puts one back that was taken out and is not read to its end.</summary>
    public void Return(FeedActor actor)
    {
        if (_due.Add(actor)) _begun.Push(actor);
    }
}
