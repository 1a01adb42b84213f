using Dtao.Client;
using Dtao.LoadTest.Driving;

namespace Dtao.LoadTest.Runs;

/// <summary>A load that is ready: what it sees, and what runs it from the beginning of a clock on.</summary>
/// <param name="Planned">How many stakers had their turn.</param>
internal sealed record PreparedLoad(Recorder Recorder, Func<long> Planned, Func<ILoadClock, Task<LoadResult>> Run)
{
    public LoadProgress Progress() => Recorder.Read(LoadProgress.Of) with { Acted = Planned() };
}

/// <summary>What was seen of the network while a load ran.</summary>
internal sealed record Staged(
    LoadResult Result, BlockFollower Blocks, IReadOnlyList<(string Name, IReadOnlyList<ProcessSample> Samples)> Processes, IReadOnlyList<AuditNote> Audits,
    IReadOnlyList<(string Name, IReadOnlyList<SiloSample> Samples)> Silos);

/// <summary>Runs a load, and follows blocks, processes, audits, and how far it has come beside it.</summary>
/// <param name="processes">Which processes belong to the network now.</param>
/// <param name="audit">Audits the books of one instant while the network goes on; null where that cannot be done.</param>
internal sealed class LoadStage(
    LoadOptions options, ILoadDisplay display, DtaoClient observer, Func<IReadOnlyList<WatchedProcess>> processes, Func<CancellationToken, Task<Hosting.Audit.AuditReport>>? audit)
{
    /// <summary>Whether silos are asked for what they use, because their processes cannot be watched.</summary>
    public bool AsksSilos { get; init; }

    /// <summary>A load in this process.</summary>
    public Task<Staged> RunAsync(PreparedLoad load) => RunAsync(load.Run, load.Progress);

    /// <summary>A load in processes of its own.</summary>
    public Task<Staged> RunAsync(WorkerPool pool, CancellationToken cancellationToken) => RunAsync(_ => pool.RunAsync(cancellationToken), pool.Progress);

    private async Task<Staged> RunAsync(Func<ILoadClock, Task<LoadResult>> run, Func<LoadProgress> progress)
    {
        using var over = new CancellationTokenSource();
        // From here on time counts: everything is ready.
        var clock = new LoadClock();
        var blocks = new BlockFollower(observer, clock);
        var watch = new ProcessWatch(clock, processes);
        var silos = new SiloWatch(observer, clock);
        var audits = audit is null || options.AuditSeconds == 0 ? null : new AuditsBeside(audit, options.AuditSeconds, clock);
        var load = run(clock);
        var interval = TimeSpan.FromMicroseconds(options.IntervalMicroseconds);
        Task[] besides =
        [
            blocks.RunAsync(over.Token), watch.RunAsync(interval, over.Token), AsksSilos ? silos.RunAsync(interval, over.Token) : Task.CompletedTask, audits?.RunAsync(over.Token) ?? Task.CompletedTask,
            display.RunAsync(() => progress().At(clock.Now, options, blocks.Head, audits is not null, audits?.Last), options, over.Token),
        ];
        try
        {
            var result = await load;
            await over.CancelAsync();
            await Task.WhenAll(besides).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return new Staged(result, blocks, watch.Samples, audits?.Notes ?? [], silos.Samples);
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(besides).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
