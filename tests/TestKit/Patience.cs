using System.Diagnostics;

namespace Dtao.TestKit;

/// <summary>Waits for what must come. The bound decides nothing: it only ends, with a name, what would wait for ever.</summary>
public static class Patience
{
    /// <summary>Far above what any step takes, on a machine that stalls for seconds too.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Looks again and again until something holds.</summary>
    /// <param name="holds">Asked after each pause.</param>
    /// <param name="never">What to say when it never held.</param>
    public static async Task Until(Func<Task<bool>> holds, string never)
    {
        for (var began = Stopwatch.GetTimestamp(); !await holds();)
        {
            if (Stopwatch.GetElapsedTime(began) > Max) throw new TimeoutException(never);
            await Task.Delay(s_pause);
        }
    }

    /// <summary>Waits for the end of something.</summary>
    /// <param name="work">Goes on when the wait is given up.</param>
    /// <param name="never">What to say when it never ended.</param>
    public static async Task Until(Task work, string never)
    {
        try
        {
            await work.WaitAsync(Max);
        }
        catch (TimeoutException) when (!work.IsCompleted)
        {
            throw new TimeoutException(never);
        }
    }
}
