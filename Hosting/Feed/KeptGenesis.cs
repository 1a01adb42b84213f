using Dtao.Grains.Feed;

namespace Dtao.Hosting.Feed;

/// <summary>The last large genesis that was read, for as long as somebody goes on with it: one subnet's stakes may fill many pages. Safe for use by many.</summary>
internal sealed class KeptGenesis<TActor>
    where TActor : IEquatable<TActor>
{
    /// <summary>From so many facts on, what an actor began with is worth keeping until the next page.</summary>
    public const int FactsMin = 128;

    /// <summary>Nobody has gone on with it for so long.</summary>
    private static readonly TimeSpan s_keptFor = TimeSpan.FromSeconds(30);

    private readonly ITimer _timer;
    private volatile Kept? _kept;

    public KeptGenesis(TimeProvider time) => _timer = time.CreateTimer(_ => _kept = null, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public GenesisFacts? Find(TActor actor)
    {
        if (_kept is not { } kept || !kept.Actor.Equals(actor)) return null;
        _timer.Change(s_keptFor, Timeout.InfiniteTimeSpan);
        return kept.Facts;
    }

    /// <summary>Keeps it in place of another one, where it is large.</summary>
    public void Keep(TActor actor, GenesisFacts facts)
    {
        if (facts.Count < FactsMin) return;
        _kept = new Kept(actor, facts);
        _timer.Change(s_keptFor, Timeout.InfiniteTimeSpan);
    }

    public void Drop() => _kept = null;

    private sealed record Kept(TActor Actor, GenesisFacts Facts);
}
