using Dtao.Client;
using Dtao.Economics;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Chaos;
using Dtao.LoadTest.Driving;
using Dtao.LoadTest.Proofs;
using Dtao.LoadTest.Reports;

namespace Dtao.LoadTest.Runs;

/// <summary>A run on a network that runs somewhere: makes its stakers there, loads it through its gateways, and proves what clients were told.</summary>
/// <param name="fundFrom">As it was written.</param>
/// <param name="audit">Audits the network's store when the load is over; null where it cannot be reached.</param>
/// <param name="faults">Does a script of faults beside the load, until it is told that the load is over; null: none.</param>
internal sealed class LiveRun(LoadOptions options, LiveNetwork network, string fundFrom, int workers, LoadContext context, ILoadDisplay display, Func<CancellationToken, Task<AuditReport>>? audit, Func<CancellationToken, Task<IReadOnlyList<(long AtMilliseconds, string What)>>>? faults)
{
    public async Task<LoadReport> RunAsync(CancellationToken cancellationToken)
    {
        var started = DateTimeOffset.UtcNow;
        if (AccountName.Parse(fundFrom, out var rich) is var fault and not AddressFault.None) throw new LoadUsageException(AccountName.Explain(fault, fundFrom));
        var clients = await LiveNetwork.ConnectAsync(network.Gateways, cancellationToken);
        try
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            display.Tell($"{options.Population.Stakers} stakers are made, paid by {fundFrom}");
            var ((staged, struck), created) = workers > 1 ? await InProcesses(clients[0], clock, cancellationToken) : await Here(clients[0], rich, clock, cancellationToken);
            display.Tell("the load is over; what testers were told is held against the network");
            var proof = await new LiveProof(clients).RunAsync(staged.Result, rich, cancellationToken);
            foreach (var client in clients) await client.DisposeAsync();
            clients.Clear();
            var (audited, took) = await Audit(cancellationToken);
            return new LoadReport
            {
                Options = options,
                Machine = MachineFacts.OfThis(),
                Network = new NetworkFacts("live", network.Silos, [.. network.Gateways.Select(gateway => gateway.ToString())]) { CreationMilliseconds = created, AuditMilliseconds = took },
                StartedAt = started,
                Command = context.Command,
                Workers = workers,
                Result = staged.Result,
                Blocks = new BlockFacts(staged.Blocks.First, staged.Blocks.Head, staged.Blocks.Intervals, new Dictionary<string, LatencyHistogram>()),
                Processes = staged.Processes,
                Faults = struck,
                Proof = audited is null ? proof : [LoadProof.OfAudit(audited), .. proof],
            };
        }
        finally
        {
            foreach (var client in clients) await client.DisposeAsync();
        }
    }

    private async Task<((Staged, IReadOnlyList<(long, string)>), long)> Here(DtaoClient observer, AccountId rich, System.Diagnostics.Stopwatch clock, CancellationToken cancellationToken)
    {
        await using var worker = new LoadWorker(options, network.Gateways, rich, 0, 1);
        var run = await worker.PrepareAsync(cancellationToken);
        var created = clock.ElapsedMilliseconds;
        var stage = new LoadStage(options, display, observer, [.. network.Processes, new WatchedProcess("testers", Environment.ProcessId)]);
        return (await WithFaults(() => stage.RunAsync(run), cancellationToken), created);
    }

    private async Task<((Staged, IReadOnlyList<(long, string)>), long)> InProcesses(DtaoClient observer, System.Diagnostics.Stopwatch clock, CancellationToken cancellationToken)
    {
        using var pool = await WorkerPool.StartAsync(options, WorkerPool.OwnProgram(context.Prefix), network.Gateways, fundFrom, workers, cancellationToken);
        var created = clock.ElapsedMilliseconds;
        var stage = new LoadStage(options, display, observer, [.. network.Processes, .. pool.Processes]);
        return (await WithFaults(() => stage.RunAsync(pool, cancellationToken), cancellationToken), created);
    }

    private async Task<(Staged, IReadOnlyList<(long, string)>)> WithFaults(Func<Task<Staged>> load, CancellationToken cancellationToken)
    {
        if (faults is null) return (await load(), []);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var striking = faults(over.Token);
        var staged = await load();
        await over.CancelAsync();
        return (staged, await striking);
    }

    private async Task<(AuditReport?, long?)> Audit(CancellationToken cancellationToken)
    {
        if (audit is null) return (null, null);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var report = await audit(cancellationToken);
        return (report, clock.ElapsedMilliseconds);
    }
}
