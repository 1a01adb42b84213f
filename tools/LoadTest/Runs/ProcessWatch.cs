using System.ComponentModel;
using System.Diagnostics;
using Dtao.LoadTest.Driving;

namespace Dtao.LoadTest.Runs;

/// <summary>One look at a process.</summary>
/// <param name="AtMicroseconds">From the beginning of the run.</param>
/// <param name="CpuPermille">Of one processor, since the look before.</param>
public readonly record struct ProcessSample(long AtMicroseconds, long CpuPermille, long ResidentBytes);

/// <summary>Looks at processes once in a while: what processor time they used, and what memory they have.</summary>
/// <param name="find">Which there are now: one that ended and was started again has its name, and another number.</param>
internal sealed class ProcessWatch(ILoadClock clock, Func<IReadOnlyList<WatchedProcess>> find)
{
    private readonly List<Watched> _processes = [];

    /// <summary>By name, in the order in which they were first seen.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<ProcessSample> Samples)> Samples => [.. _processes.Select(process => (process.Name, (IReadOnlyList<ProcessSample>)process.Samples))];

    public async Task RunAsync(TimeSpan interval, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            Look();
            await Task.Delay(interval, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Look();
    }

    public static long ResidentBytes(int processId)
    {
        using var process = Process.GetProcessById(processId);
        return process.WorkingSet64;
    }

    /// <summary>All samples of one look have its time.</summary>
    internal void Look()
    {
        var now = clock.Now;
        foreach (var (name, id) in find())
        {
            if (_processes.Find(process => process.Name == name) is not { } watched) _processes.Add(watched = new(name));
            if (watched.Id != id) (watched.Id, watched.HasLast) = (id, false);
            try
            {
                using var process = Process.GetProcessById(id);
                var cpu = process.TotalProcessorTime;
                var elapsed = now - watched.LastAt;
                if (watched.HasLast && elapsed > 0) watched.Samples.Add(new(now, (cpu - watched.LastCpu).Ticks / TimeSpan.TicksPerMicrosecond * 1_000 / elapsed, process.WorkingSet64));
                (watched.LastAt, watched.LastCpu, watched.HasLast) = (now, cpu, true);
            }
            catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or Win32Exception)
            {
                // A process that has ended has no more samples.
                watched.HasLast = false;
            }
        }
    }

    private sealed class Watched(string name)
    {
        public string Name => name;

        public int Id { get; set; }

        public List<ProcessSample> Samples { get; } = [];

        public long LastAt { get; set; }

        public TimeSpan LastCpu { get; set; }

        public bool HasLast { get; set; }
    }
}
