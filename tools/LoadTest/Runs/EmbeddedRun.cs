using System.Diagnostics;
using System.Net;
using Dtao.Client;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Chaos;
using Dtao.Hosting.Network;
using Dtao.LoadTest.Driving;
using Dtao.LoadTest.Plans;
using Dtao.LoadTest.Populations;
using Dtao.LoadTest.Proofs;
using Dtao.LoadTest.Reports;
using Dtao.Storage;

namespace Dtao.LoadTest.Runs;

/// <summary>A run on a network of its own, in this process: makes it, loads it, and proves it.</summary>
/// <param name="workers">More than one: processes that send through the network's gateway.</param>
internal sealed class EmbeddedRun(LoadOptions options, LoadContext context, ILoadDisplay display, int workers = 1)
{
    /// <summary>The first word of the name of the network's process in reports.</summary>
    public const string SiloName = "silo";

    private const string DatabaseName = "load.db";
    private static readonly TimeSpan FirstBlockMax = TimeSpan.FromMinutes(2);

    private readonly Stopwatch _clock = new();

    /// <exception cref="LoadUsageException">There is a network already.</exception>
    public static void CheckFolder(string? folder)
    {
        if (folder is not null && File.Exists(Path.Combine(folder, DatabaseName))) throw new LoadUsageException($"{Path.Combine(folder, DatabaseName)} is there already: give another --dir, or none.");
    }

    /// <exception cref="LoadUsageException">The folder has a network already.</exception>
    /// <exception cref="LoadBrokenException">The network closed no block, or a worker ended before it was done.</exception>
    public async Task<LoadReport> RunAsync(CancellationToken cancellationToken)
    {
        CheckFolder(options.Folder);
        var folder = options.Folder ?? Directory.CreateTempSubdirectory("dtao-load-").FullName;
        Directory.CreateDirectory(folder);
        try
        {
            return await RunIn(Path.Combine(folder, DatabaseName), cancellationToken);
        }
        finally
        {
            if (options.Folder is null) Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<LoadReport> RunIn(string database, CancellationToken cancellationToken)
    {
        var started = DateTimeOffset.UtcNow;
        var population = new Population(options.Population);
        display.Tell($"{options.Population.Stakers} stakers are made, with {options.Population.Positions} positions each, on {options.Population.Subnets} subnets");
        var created = CreateStore(database, population);
        var storeBytes = FileBytes(database);
        using var phases = new BlockPhases();
        LoadReport report;
        await using (var network = await Start(database, cancellationToken)) report = await LoadAndProve(network, population, phases, created, storeBytes, started, cancellationToken);
        report = report with { Network = report.Network with { StoreBytesAfter = FileBytes(database) } };
        return options.Restarts && options.BlockIntervalMilliseconds >= 0 && !report.IsInterrupted ? await Restart(report, database, cancellationToken) : report;
    }

    private async Task<LoadReport> LoadAndProve(NetworkHost network, Population population, BlockPhases phases, long created, long storeBytes, DateTimeOffset started, CancellationToken cancellationToken)
    {
        var client = new DtaoClient(network.Grains, new DtaoClientOptions { OperationsMax = 1_000_000 });
        var facts = new NetworkFacts("embedded", options.Silos, [])
        {
            CreationMilliseconds = created,
            StoreBytes = storeBytes,
            FirstBlockMilliseconds = await FirstBlock(client, 1, cancellationToken),
            ResidentBytes = ProcessWatch.ResidentBytes(Environment.ProcessId),
        };
        display.Tell($"the network serves; its first block came {facts.FirstBlockMilliseconds?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "not"} ms after the start");

        phases.Reset();
        var (result, blocks, processes, audits, _) = await Load(network, client, population, cancellationToken);
        var measured = phases.Read();
        var memory = new MemoryPeak();
        if (options.IdleMinutes > 0 && !result.IsInterrupted)
        {
            display.Tell($"nobody trades any more: accounts that are idle for {options.IdleMinutes} minutes go");
            var idle = await new IdleWatch(network, options.IdleMinutes).RunAsync(cancellationToken);
            if (idle is null) result = result with { IsInterrupted = true };
            facts = facts with { Idle = idle };
        }

        display.Tell("the load is over; what testers were told is held against the ledger");
        var (proof, audited) = Prove(network, population, result, blocks);
        return new LoadReport
        {
            Options = options,
            Machine = MachineFacts.OfThis(),
            Network = facts with { AuditMilliseconds = audited, ProofResidentBytes = await memory.EndAsync() },
            StartedAt = started,
            Command = context.Command,
            Workers = workers,
            Result = result,
            Blocks = blocks.Facts(measured),
            Processes = processes,
            Audits = audits,
            Proof = [LoadProof.OfEffect(result), .. LoadProof.OfAuditsBeside(audits), .. proof],
        };
    }

    /// <summary>Writes block 0 and lets go of all that it took, so that the network starts as on any stored one.</summary>
    private long CreateStore(string database, Population population)
    {
        var clock = Stopwatch.StartNew();
        using (var log = OrderedLog.Open(database))
        {
            GenesisLoader.Load(log, PopulationGenesis.Of(population, options.BlockIntervalMilliseconds < 0 ? NetworkGenesis.Manual : options.BlockIntervalMilliseconds));
        }

        var milliseconds = clock.ElapsedMilliseconds;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return milliseconds;
    }

    private Task<NetworkHost> Start(string database, CancellationToken cancellationToken)
    {
        _clock.Restart();
        return NetworkHost.StartAsync(
            new NetworkHostOptions
            {
                DatabasePath = database,
                Silos = options.Silos,
                DrivesBlocks = options.BlockIntervalMilliseconds >= 0,
                Limits = options.IdleMinutes > 0 ? new SiloLimits { IdleMinutesMax = options.IdleMinutes } : new SiloLimits(),
            },
            cancellationToken);
    }

    /// <summary>From the start until a block is closed; null where none is to be.</summary>
    /// <exception cref="LoadBrokenException">It was not closed in time.</exception>
    private async Task<long?> FirstBlock(DtaoClient client, ulong block, CancellationToken cancellationToken)
    {
        if (options.BlockIntervalMilliseconds < 0) return null;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(FirstBlockMax);
        try
        {
            await foreach (var header in client.Blocks(new Economics.BlockNumber(block), patience.Token)) return _clock.ElapsedMilliseconds;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Told below.
        }

        throw new LoadBrokenException($"Block {block} was not closed within {FirstBlockMax.Ticks / TimeSpan.TicksPerSecond} seconds of the network's start.");
    }

    /// <summary>The load is over and proved: whatever goes wrong here belongs into its report.</summary>
    private async Task<LoadReport> Restart(LoadReport report, string database, CancellationToken cancellationToken)
    {
        display.Tell("the network is started again");
        try
        {
            await using var network = await Start(database, cancellationToken);
            var client = new DtaoClient(network.Grains);
            var head = await client.GetHeadAsync(cancellationToken);
            var milliseconds = await FirstBlock(client, Math.Max(head.Block.Value, report.Blocks.Last) + 1, cancellationToken);
            return report with { Network = report.Network with { RestartMilliseconds = milliseconds } };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return report with { Result = report.Result with { IsInterrupted = true } };
        }
        catch (Exception caught) when (caught is not OutOfMemoryException)
        {
            return report with { Proof = [.. report.Proof, ChaosCheck.Of(LoadProof.Restart, "the network, on what the load has stored", [caught.Message])] };
        }
    }

    private async Task<Staged> Load(NetworkHost network, DtaoClient client, Population population, CancellationToken cancellationToken)
    {
        var silo = new WatchedProcess(workers > 1 ? SiloName : SiloName + " and testers", Environment.ProcessId);
        if (workers > 1)
        {
            using var pool = await WorkerPool.StartAsync(options, context.Program ?? WorkerPool.OwnProgram(context.Prefix), [new IPEndPoint(IPAddress.Loopback, network.GatewayPort)], makes: false, workers, static _ => { }, cancellationToken);
            return await new LoadStage(options, display, client, () => [silo, .. pool.Processes], AuditOf(network)).RunAsync(pool, cancellationToken);
        }

        var hotkeys = Enumerable.Range(0, options.Population.Validators).Select(population.ValidatorHotkey).ToArray();
        await using var session = await LoadSession.CreateAsync(options, [client], population, StakerBooks.OfGenesis(population), hotkeys, 0, 1, cancellationToken);
        return await new LoadStage(options, display, client, () => [silo], AuditOf(network)).RunAsync(new PreparedLoad(session.Recorder, () => session.Planned, clock => session.RunAsync(clock, cancellationToken)));
    }

    /// <summary>The books alone: digest chains are computed again at the end.</summary>
    private static Func<CancellationToken, Task<AuditReport>> AuditOf(NetworkHost network) => _ =>
    {
        using var view = network.Log.OpenReadView();
        return Task.FromResult(LedgerAudit.Run(view, verifiesChains: false));
    };

    private (IReadOnlyList<ChaosCheck> Proof, long AuditMilliseconds) Prove(NetworkHost network, Population population, LoadResult result, BlockFollower blocks)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            using var view = network.Log.OpenReadView();
            var image = NetworkImage.Read(view);
            var audit = LedgerAudit.Run(view, image);
            var audited = clock.ElapsedMilliseconds;
            return (LoadProof.Run(view, image, audit, population, result.Acknowledged, result.Open, result.Faults, blocks.Seen, options.Everyone && !result.IsInterrupted), audited);
        }
        catch (StoreException corrupt)
        {
            return ([ChaosCheck.Of(LoadProof.Audit, "the store", [$"it could not be read: {corrupt.Message}"])], clock.ElapsedMilliseconds);
        }
    }

    private static long FileBytes(string database) => new[] { database, database + "-wal" }.Where(File.Exists).Sum(file => new FileInfo(file).Length);
}
