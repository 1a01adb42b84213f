namespace Dtao.Grains.Shell;

/// <summary>Checks that hold always, in Release too. A broken one means a bug: nothing is written, and the actor ends.</summary>
public static class Invariant
{
    public static void Holds(bool condition, string statement)
    {
        if (!condition) throw new InvalidOperationException($"Broken invariant: {statement}");
    }
}

/// <summary>How long to wait before a message is sent again: 50 ms, doubling, at most 2 s. Retries never end, since the outcome is needed.</summary>
public static class Retry
{
    private static readonly TimeSpan DelayMin = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan DelayMax = TimeSpan.FromSeconds(2);

    public static TimeSpan Delay(int attempt)
    {
        var delay = TimeSpan.FromTicks(DelayMin.Ticks << Math.Min(attempt, 10));
        return delay < DelayMax ? delay : DelayMax;
    }
}
