namespace Dtao.LoadTest.Driving;

/// <summary>Takes down what a load sees, from many threads.</summary>
/// <param name="intervalMicroseconds">Length of a stretch of the report.</param>
/// <param name="lateMicroseconds">What is sent later than this counts as late.</param>
public sealed class Recorder(long intervalMicroseconds, long lateMicroseconds)
{
    private readonly LoadTally _tally = new(intervalMicroseconds);
    private readonly Lock _lock = new();

    public void Sent(long intended, long now)
    {
        lock (_lock) _tally.NoteSent(intended, now, lateMicroseconds);
    }

    public void Unsent(long intended)
    {
        lock (_lock) _tally.NoteUnsent(intended);
    }

    public void Ended(long intended, long now, StepResult result)
    {
        lock (_lock) _tally.NoteEnd(intended, now, result);
    }

    /// <summary>Looks at the tally while nobody adds to it.</summary>
    public TResult Read<TResult>(Func<LoadTally, TResult> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        lock (_lock) return read(_tally);
    }
}
