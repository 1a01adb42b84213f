using System.Diagnostics;
using System.Globalization;
using Dtao.Cli.Clusters;
using Dtao.Client;
using Dtao.Hosting.Chaos;
using Dtao.Hosting.Cluster;
using Dtao.Hosting.Genesis;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Dtao.Cli.Chaos;

/// <summary>
/// A trial: a cluster of processes under load, to which a plan of faults is done. When all has come to rest, everything that clients were told is held
/// against what is stored.
/// </summary>
internal sealed class ChaosRun(ChaosOptions options, Action<string> tell)
{
    private const int ConnectionsCount = 3;
    private const ulong BlocksInPeace = 3;
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(200);

    private readonly List<ChaosCheck> _checks = [];
    private readonly BlockWatch _blocks = new();
    private ChaosLoad? _load;
    private ChaosFaults? _faults;

    /// <summary>Runs to its end and leaves no process behind. What fails is a check of the report.</summary>
    public async Task<ChaosReport> Run(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var network = new ChaosNetwork(Math.Max(2, options.Clients * 2 / 3), options.BlockIntervalMilliseconds);
        Directory.CreateDirectory(options.Folder);
        var storage = new ChaosStorage(options.Folder, options.Patience);
        using var cluster = LocalCluster.Open(options.Folder, TextWriter.Null);
        var silos = new ChaosSilos(cluster, options.Folder, options.Silos, tell);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(options.TimeMax);
        try
        {
            await Go(cluster, silos, storage, network, end.Token);
        }
        catch (Exception failed) when (failed is not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
        {
            var what = end.IsCancellationRequested ? $"The trial did not end within {options.TimeMax}." : $"{failed.GetType().Name}: {failed.Message}";
            _checks.Add(ChaosCheck.Of("course", "the trial runs to its end", [what]));
        }
        finally
        {
            await EndAll(cluster);
        }

        return Report(storage, silos, clock.ElapsedMilliseconds);
    }

    private async Task Go(LocalCluster cluster, ChaosSilos silos, ChaosStorage storage, ChaosNetwork network, CancellationToken cancellationToken)
    {
        var genesis = Path.Combine(options.Folder, "genesis.json");
        await File.WriteAllBytesAsync(genesis, GenesisWriter.Write(network.Document), cancellationToken);
        storage.SetRates(FaultRates.None);
        var state = await cluster.Up(options.Silos, options.SiloProgram, SiloArguments(genesis, storage.RatesFile), ChaosStorage.FreePorts(), cancellationToken);
        await silos.TakeOver(state.Silos, cancellationToken);
        tell($"{options.Silos} silos serve");
        var reading = state.Store;

        await UnderLoad(cluster, silos, storage, network, reading, cancellationToken);
        tell("all silos are stopped, and the store is read");
        await using var store = await ClusterStore.OpenAsync(reading, cancellationToken);
        _checks.AddRange(await ChaosChecks.RunAsync(store, network.Document, [.. _load!.Acknowledged], _blocks.Seen, cancellationToken));
        tell($"members: {await ClusterMembers.DescribeAsync(reading, cancellationToken)}");
    }

    private async Task UnderLoad(
        LocalCluster cluster, ChaosSilos silos, ChaosStorage storage, ChaosNetwork network, ClusterSiloOptions reading, CancellationToken cancellationToken)
    {
        using var noFaults = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var noLoad = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var clients = new List<DtaoClient>();
        var background = new List<Task>();
        try
        {
            for (var i = 0; i < ConnectionsCount; i++) clients.Add(await Connect(reading, cancellationToken));
            background.Add(_blocks.RunAsync(clients, abort.Token));
            await _blocks.WaitForAsync(BlocksInPeace, options.Patience, cancellationToken);
            _load = new ChaosLoad(network, clients, options.Clients, options.Seed, () => _blocks.Head);
            var load = _load.RunAsync(noLoad.Token, abort.Token);
            background.Add(load);
            var supervision = silos.Supervise(noFaults.Token);
            background.Add(supervision);

            _faults = new ChaosFaults(options, cluster, silos, storage, _blocks, reading, tell);
            await _faults.Run(options.Plan(), cancellationToken);
            await ComeToRest(silos, load, noLoad, cancellationToken);
            await Repeat(cancellationToken);
            await noFaults.CancelAsync();
            await supervision;
            foreach (var incident in silos.Serving().Where(slot => !slot.Entry!.Process.IsAlive)) tell($"silo {incident.Number} is gone");
            await Task.WhenAll(silos.Serving().Select(slot => cluster.Stop(slot.Number, cancellationToken)));
        }
        finally
        {
            await abort.CancelAsync();
            await noFaults.CancelAsync();
            await Task.WhenAll(background).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var client in clients) await client.DisposeAsync();
        }
    }

    /// <summary>No faults any more: all silos serve, every operation gets its outcome, and blocks go on.</summary>
    private async Task ComeToRest(ChaosSilos silos, Task load, CancellationTokenSource noLoad, CancellationToken cancellationToken)
    {
        tell("the faults are over");
        await WaitUntil(() => silos.AllServe, "Not all silos serve again.", cancellationToken);
        await noLoad.CancelAsync();
        var ended = await Task.WhenAny(load, Task.Delay(options.Patience, cancellationToken)) == load;
        var open = _load!.Open;
        _checks.Add(ChaosCheck.Of(
            "outcomes", $"{_load.AcknowledgedCount} operations of {_load.Workers} clients", ended && open.Count == 0 ? [] : [.. open.Select(operation => $"operation {operation.Id} ({operation.Call.Kind}) of {operation.Signer} has no outcome")]));
        var head = _blocks.Head;
        await _blocks.WaitForAsync(head + BlocksInPeace, options.Patience, cancellationToken);
    }

    /// <summary>Whatever was acknowledged is sent once more: the answer has to be the same.</summary>
    private async Task Repeat(CancellationToken cancellationToken)
    {
        var (sent, old) = await _load!.ResendAsync(_load.Workers, cancellationToken);
        _checks.Add(ChaosCheck.Of("repeats", string.Create(CultureInfo.InvariantCulture, $"{sent} sent again, {_load.Twins} sent by two clients at once, {old} too old to be remembered"), [.. _load.Faults, .. _blocks.Faults]));
    }

    private static Task<DtaoClient> Connect(ClusterSiloOptions reading, CancellationToken cancellationToken) => DtaoClient.ConnectAsync(
        new()
        {
            Clustering = client =>
            {
                client.UseAzureStorageClustering(gateways =>
                {
                    gateways.ConfigureTableServiceClient(reading.Account.ConnectionString!);
                    gateways.TableName = reading.MembershipTable;
                });
                client.Configure<GatewayOptions>(gateway => gateway.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5));
            },
            ConnectTriesMax = 100,
            ConnectMillisecondsMax = 120_000,
            ResponseMillisecondsMax = 10_000,
            NetworkId = ChaosNetwork.NetworkId,
            Client = new() { TriesMax = 1_000, RetryPauseMillisecondsMax = 1_000 },
        },
        cancellationToken);

    private string[] SiloArguments(string genesis, string ratesFile) =>
    [
        "--genesis", genesis,
        "--set", string.Create(CultureInfo.InvariantCulture, $"Membership:ProbeMilliseconds={ChaosOptions.ProbeMilliseconds}"),
        "--set", string.Create(CultureInfo.InvariantCulture, $"Membership:MissedProbesMax={ChaosOptions.MissedProbesMax}"),
        "--set", $"FaultInjection:RatesFile={ratesFile}",
        "--set", string.Create(CultureInfo.InvariantCulture, $"FaultInjection:Seed={options.Seed & long.MaxValue}"),
    ];

    /// <summary>Whatever went wrong, no process stays: neither one that stands still nor the emulator.</summary>
    private static async Task EndAll(LocalCluster cluster)
    {
        cluster.KillSilos();
        await cluster.Down(CancellationToken.None);
    }

    private ChaosReport Report(ChaosStorage storage, ChaosSilos silos, long milliseconds)
    {
        var plan = options.Plan();
        var struck = _faults?.Struck ?? [];
        var zombies = struck.Where(fault => fault.Planned.Kind == FaultKind.Pause).ToArray();
        _checks.Add(ChaosCheck.Of("faults", $"{struck.Count} of {plan.Count} planned", struck.Count == plan.Count ? [] : [$"{plan.Count - struck.Count} faults of the plan were not carried out"]));
        _checks.Add(ChaosCheck.Of("evictions", $"{zombies.Length} silos slept beyond the membership timeout", [.. zombies.Where(fault => fault.IsEvicted != true).Select(fault => fault.What)]));
        var operations = new Dictionary<string, long>(StringComparer.Ordinal) { ["tries"] = _load?.Tries ?? 0, ["sent_by_two_at_once"] = _load?.Twins ?? 0, ["not_accepted"] = _load?.NotAccepted ?? 0, ["without_outcome"] = _load?.Open.Count ?? 0 };
        foreach (var kind in (_load?.Acknowledged ?? []).GroupBy(entry => $"{(entry.Receipt.IsApplied ? "applied" : "refused")} {entry.Operation.Call.Kind}")) operations[kind.Key] = kind.Count();
        operations["applied"] = _load?.Acknowledged.Count(entry => entry.Receipt.IsApplied) ?? 0;
        operations["refused"] = (_load?.AcknowledgedCount ?? 0) - operations["applied"];
        return new(options, plan)
        {
            Faults = struck,
            Checks = _checks,
            Operations = operations,
            StorageCalls = storage.ReadCounts(),
            Incidents = [.. silos.Incidents],
            Blocks = _blocks.Head,
            SilenceMilliseconds = _blocks.Silence.Ticks / TimeSpan.TicksPerMillisecond,
            Milliseconds = milliseconds,
        };
    }

    private async Task WaitUntil(Func<bool> isSo, string told, CancellationToken cancellationToken)
    {
        for (var began = Stopwatch.GetTimestamp(); !isSo();)
        {
            if (Stopwatch.GetElapsedTime(began) > options.Patience) throw new TimeoutException(told);
            await Task.Delay(LookPause, cancellationToken);
        }
    }
}
