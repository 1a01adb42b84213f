namespace Dtao.Api.ReadSide.Ingest;

/// <summary>How the read side gets on; shown by health and by the read side's own page.</summary>
internal sealed class IngestState
{
    private long _behind = -1;
    private long _factsPerSecond;
    private string? _failure;

    /// <summary>How much of the feed is left, in writes of journals; -1 while that is not known.</summary>
    public long Behind => Interlocked.Read(ref _behind);

    /// <summary>Facts taken in by this process within the last second in which it worked.</summary>
    public long FactsPerSecond => Interlocked.Read(ref _factsPerSecond);

    /// <summary>Why it stands still; null when it does not.</summary>
    public string? Failure => Volatile.Read(ref _failure);

    public void Worked(long behind, long factsPerSecond)
    {
        Interlocked.Exchange(ref _behind, behind);
        if (factsPerSecond >= 0) Interlocked.Exchange(ref _factsPerSecond, factsPerSecond);
        Volatile.Write(ref _failure, null);
    }

    public void Failed(string why) => Volatile.Write(ref _failure, why);
}
