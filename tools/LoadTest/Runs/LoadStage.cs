using Dtao.Client;
using Dtao.LoadTest.Driving;

namespace Dtao.LoadTest.Runs;

/// <summary>What was seen of the network while a load ran.</summary>
internal sealed record Staged(LoadResult Result, BlockFollower Blocks, IReadOnlyList<(string Name, IReadOnlyList<ProcessSample> Samples)> Processes);

/// <summary>Runs a load, and follows blocks, processes, and how far it has come beside it.</summary>
internal sealed class LoadStage(LoadOptions options, ILoadDisplay display, DtaoClient observer, IReadOnlyList<WatchedProcess> processes)
{
    /// <summary>A load in this process.</summary>
    public Task<Staged> RunAsync(Func<ILoadClock, Action<Recorder>, Task<LoadResult>> run)
    {
        Recorder? recorder = null;
        return RunAsync(
            clock => run(clock, begun => recorder = begun),
            (second, head) => recorder?.Read(tally => LoadProgress.Of(tally, second, head)) ?? new LoadProgress(second, head, 0, 0, 0, 0, 0, 0, 0, []));
    }

    /// <summary>A load in processes of its own.</summary>
    public Task<Staged> RunAsync(WorkerPool pool, CancellationToken cancellationToken) => RunAsync(_ => pool.RunAsync(cancellationToken), (second, head) =>
    {
        var told = pool.Progress();
        return new LoadProgress(second, head, told[0], told[1], told[2], told[3], told[4], told[5], told[6], []);
    });

    private async Task<Staged> RunAsync(Func<ILoadClock, Task<LoadResult>> run, Func<long, ulong, LoadProgress> progress)
    {
        var clock = new LoadClock();
        var blocks = new BlockFollower(observer, clock);
        var watch = new ProcessWatch(clock);
        foreach (var process in processes) watch.Add(process.Name, process.ProcessId);
        using var over = new CancellationTokenSource();
        Task[] besides =
        [
            blocks.RunAsync(over.Token), watch.RunAsync(TimeSpan.FromMicroseconds(options.IntervalMicroseconds), over.Token),
            display.RunAsync(() => progress(clock.Now / LoadOptions.MicrosecondsPerSecond, blocks.Head), options.Seconds, over.Token),
        ];
        try
        {
            return new Staged(await run(clock), blocks, watch.Samples);
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(besides).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
