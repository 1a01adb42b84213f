using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Hosting.Network;

/// <summary>The machine's clock, except that it never goes back: where the machine's is set back, this one goes on evenly until the process ends.</summary>
/// <remarks>
/// For the runtime's care of idle activations, which notes when one is due and begins no activation whose time lies before the last one that it looked at: with a
/// clock that was set back by more than the time after which activations are idle, no actor would begin any more.
/// Nothing else of the runtime goes by it: membership compares it with times that the machine's own clock wrote, and would take a silo for one that is long overdue.
/// </remarks>
public sealed class SteadyClock(TimeProvider inner) : TimeProvider
{
    private readonly Lock _lock = new();
    private DateTimeOffset _last;
    private long? _lastAt;

    public override long TimestampFrequency => inner.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => inner.LocalTimeZone;

    /// <summary>Gives the process its clocks: an even one for idle activations, and the machine's for everything else.</summary>
    public static void AddTo(IServiceCollection services)
    {
        services.AddSingleton(System);
        services.AddKeyedSingleton<TimeProvider>(TimeProviderNames.ActivationManagement, new SteadyClock(System));
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            var (wall, at) = (inner.GetUtcNow(), inner.GetTimestamp());
            var even = _lastAt is { } lastAt ? _last + inner.GetElapsedTime(lastAt, at) : wall;
            (_last, _lastAt) = (wall > even ? wall : even, at);
            return _last;
        }
    }

    public override long GetTimestamp() => inner.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        inner.CreateTimer(callback, state, dueTime, period);
}
