using System.Diagnostics;
using Dtao.LoadTest.Driving;

namespace Dtao.LoadTest.Runs;

/// <summary>One look at a process.</summary>
/// <param name="AtMicroseconds">From the beginning of the run.</param>
/// <param name="CpuPermille">Of one processor, since the look before.</param>
public readonly record struct ProcessSample(long AtMicroseconds, long CpuPermille, long ResidentBytes);

/// <summary>Looks at processes once in a while: what processor time they used, and what memory they have.</summary>
internal sealed class ProcessWatch(ILoadClock clock)
{
    private readonly List<Watched> _processes = [];

    /// <summary>By name, in the order in which they were added.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<ProcessSample> Samples)> Samples => [.. _processes.Select(process => (process.Name, (IReadOnlyList<ProcessSample>)process.Samples))];

    /// <summary>The most memory that any of them had.</summary>
    public long ResidentBytesMax => _processes.SelectMany(process => process.Samples).Select(sample => sample.ResidentBytes).DefaultIfEmpty().Max();

    public void Add(string name, int processId) => _processes.Add(new(name, processId));

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

    private void Look()
    {
        foreach (var watched in _processes)
        {
            try
            {
                using var process = Process.GetProcessById(watched.Id);
                var (now, cpu) = (clock.Now, process.TotalProcessorTime);
                var elapsed = now - watched.LastAt;
                if (watched.HasLast && elapsed > 0) watched.Samples.Add(new(now, (cpu - watched.LastCpu).Ticks / TimeSpan.TicksPerMicrosecond * 1_000 / elapsed, process.WorkingSet64));
                (watched.LastAt, watched.LastCpu, watched.HasLast) = (now, cpu, true);
            }
            catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
            {
                // A process that has ended has no more samples.
                watched.HasLast = false;
            }
        }
    }

    private sealed class Watched(string name, int id)
    {
        public string Name => name;

        public int Id => id;

        public List<ProcessSample> Samples { get; } = [];

        public long LastAt { get; set; }

        public TimeSpan LastCpu { get; set; }

        public bool HasLast { get; set; }
    }
}
