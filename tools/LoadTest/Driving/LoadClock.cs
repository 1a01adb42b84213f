using System.Diagnostics;

namespace Dtao.LoadTest.Driving;

/// <summary>The time of a run, in microseconds from its beginning; below 0 before it begins.</summary>
public interface ILoadClock
{
    long Now { get; }

    /// <summary>Returns at that time or soon after.</summary>
    ValueTask WaitUntil(long microseconds, CancellationToken cancellationToken);
}

/// <summary>The machine's own time.</summary>
public sealed class LoadClock : ILoadClock
{
    private const long MicrosecondsPerSecond = 1_000_000;

    private readonly long _start;

    /// <param name="delay">From now until the run begins.</param>
    public LoadClock(TimeSpan delay = default) => _start = Stopwatch.GetTimestamp() + (delay.Ticks * Stopwatch.Frequency / TimeSpan.TicksPerSecond);

    public long Now => (Stopwatch.GetTimestamp() - _start) * MicrosecondsPerSecond / Stopwatch.Frequency;

    public async ValueTask WaitUntil(long microseconds, CancellationToken cancellationToken)
    {
        for (var left = microseconds - Now; left > 0; left = microseconds - Now)
        {
            await Task.Delay(TimeSpan.FromMicroseconds(Math.Max(left, 1_000)), cancellationToken);
        }
    }
}
