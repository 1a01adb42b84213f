namespace Dtao.Storage.Tests;

/// <summary>A clock whose timers run out when the test says so.</summary>
internal sealed class FireNowTime : TimeProvider
{
    private readonly List<Action> timers = [];

    public void FireAll()
    {
        foreach (var timer in timers.ToArray()) timer();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        timers.Add(() => callback(state));
        return new Timer();
    }

    private sealed class Timer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
            // Nothing is held.
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
