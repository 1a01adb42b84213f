using System.Diagnostics;
using System.Runtime;
using HdrHistogram;

namespace Dtao.Benchmarks.Loads;

/// <summary>How one step of a load ended.</summary>
internal enum StepEnd
{
    Done = 0,
    /// <summary>A typed refusal of the ledger.</summary>
    Refused = 1,
    /// <summary>An exception, such as an aborted transaction.</summary>
    Failed = 2,
}

/// <summary>What a phase came to, within its measured time.</summary>
/// <param name="Cpu">Processor time of the whole process, load generator included.</param>
/// <param name="Allocated">Bytes that the process allocated, load generator included.</param>
/// <param name="Collecting">Time for which collections held all threads up.</param>
/// <param name="Compiling">Time that was spent on compiling methods, all threads together.</param>
/// <param name="Collections">How many collections there were, of the youngest and of the oldest generation.</param>
/// <param name="Latency">Microseconds of each step that was done.</param>
internal sealed record PhaseResult(
    string Name, int InFlight, TimeSpan Length, TimeSpan Cpu, long Allocated, TimeSpan Collecting, TimeSpan Compiling, (int Young, int Old) Collections, long Done, long Refused, long Failed, HistogramBase Latency)
{
    public double BytesPerStep => (double)Allocated / Math.Max(1, Done);

    public double PerSecond => Done / Length.TotalSeconds;

    public double PerCpuSecond => Done / Cpu.TotalSeconds;
}

/// <summary>Drives a step from many loops at once; each loop begins its next step when the last has ended.</summary>
/// <remarks>
/// A loop goes to the end of the queue before each step. Without that, a loop whose answer comes at once would begin again on the same thread while the
/// others wait: a few would run hot, and the number in flight would be a fiction.
/// Measuring begins when the time for it has passed and each loop has taken a few steps, so that the first calls to a grain, which activate it, are not
/// counted on a busy machine either; and when the runtime has all but ceased to compile, within a bound: code of the framework is compiled once more when it
/// is seen to be hot, beside the load and at its cost, and the first phase of a process would pay for what the later ones find done.
/// </remarks>
internal static class ClosedLoop
{
    /// <summary>For so long at most it is waited for the runtime to cease to compile; it is looked at once a second.</summary>
    public const int CompilingPatienceSeconds = 20;

    private const int WarmingUp = 0;
    private const int Measuring = 1;
    private const int Ended = 2;
    private const int WarmUpSteps = 3;
    private static readonly TimeSpan s_warmUpMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_compilingWatch = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_compilingMax = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_compilingPatience = TimeSpan.FromSeconds(CompilingPatienceSeconds);
    private const long LatencyMaxMicroseconds = 120_000_000;

    /// <param name="stalls">Told of each step that is done, within the measured time.</param>
    public static Task<PhaseResult> RunAsync(string name, int loops, TimeSpan warmUp, TimeSpan length, Func<int, Task<StepEnd>> step, StallWatch? stalls = null)
    {
        var run = new Run(step, stalls);
        var all = Task.WhenAll(Enumerable.Range(0, loops).Select(loop => Task.Run(() => run.LoopAsync(loop))));

        // A thread of its own keeps the clock: the pool that the load saturates would be late.
        return Task.Factory.StartNew(
            () =>
            {
                var begun = Stopwatch.GetTimestamp();
                Thread.Sleep(warmUp);
                while (run.WarmLoops < loops && Stopwatch.GetElapsedTime(begun) < s_warmUpMax) Thread.Sleep(10);
                WaitForCompiler();
                var (cpu, start) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
                var (allocated, collecting, compiling) = (GC.GetTotalAllocatedBytes(), GC.GetTotalPauseDuration(), JitInfo.GetCompilationTime());
                var (young, old) = (GC.CollectionCount(0), GC.CollectionCount(2));
                stalls?.Begin();
                run.Stage = Measuring;
                Thread.Sleep(length);
                run.Stage = Ended;
                stalls?.End();
                var (used, elapsed) = (Environment.CpuUsage.TotalTime - cpu, Stopwatch.GetElapsedTime(start));
                (allocated, collecting, compiling) = (GC.GetTotalAllocatedBytes() - allocated, GC.GetTotalPauseDuration() - collecting, JitInfo.GetCompilationTime() - compiling);
                (young, old) = (GC.CollectionCount(0) - young, GC.CollectionCount(2) - old);
                all.GetAwaiter().GetResult();
                return new PhaseResult(
                    name, loops, elapsed, used, allocated, collecting, compiling, (young, old), run.Count(StepEnd.Done), run.Count(StepEnd.Refused), run.Count(StepEnd.Failed), run.Latency);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private static void WaitForCompiler()
    {
        var begun = Stopwatch.GetTimestamp();
        TimeSpan before;
        do
        {
            before = JitInfo.GetCompilationTime();
            Thread.Sleep(s_compilingWatch);
        }
        while (JitInfo.GetCompilationTime() - before > s_compilingMax && Stopwatch.GetElapsedTime(begun) < s_compilingPatience);
    }

    private sealed class Run(Func<int, Task<StepEnd>> step, StallWatch? stalls)
    {
        private readonly long[] _counts = new long[3];
        private volatile int _stage = WarmingUp;
        private volatile int _warmLoops;

        public int WarmLoops => _warmLoops;

        public int Stage
        {
            set => _stage = value;
        }

        public LongConcurrentHistogram Latency { get; } = new(1, LatencyMaxMicroseconds, 3);

        public long Count(StepEnd end) => _counts[(int)end];

        public async Task LoopAsync(int loop)
        {
            var counts = new long[3];
            for (var taken = 1; _stage != Ended; taken++)
            {
                await Task.Yield();
                var start = Stopwatch.GetTimestamp();
                var end = await step(loop);
                if (taken == WarmUpSteps) Interlocked.Increment(ref _warmLoops);
                if (_stage != Measuring) continue;
                counts[(int)end]++;
                if (end != StepEnd.Done) continue;
                stalls?.Count();
                var microseconds = (long)Stopwatch.GetElapsedTime(start).TotalMicroseconds;
                Latency.RecordValue(Math.Clamp(microseconds, 1, LatencyMaxMicroseconds));
            }

            for (var i = 0; i < counts.Length; i++) Interlocked.Add(ref _counts[i], counts[i]);
        }
    }
}
