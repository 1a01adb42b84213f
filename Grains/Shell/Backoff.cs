namespace Dtao.Grains.Shell;

/// <summary>How long to wait before a message between actors is sent again.</summary>
public static class Backoff
{
    public static readonly TimeSpan DelayMin = TimeSpan.FromMilliseconds(50);
    public static readonly TimeSpan DelayMax = TimeSpan.FromSeconds(2);

    /// <param name="attempt">1 for the first repetition.</param>
    public static TimeSpan Delay(int attempt)
    {
        var delay = DelayMin * (1 << Math.Clamp(attempt - 1, 0, 10));
        return delay < DelayMax ? delay : DelayMax;
    }
}
