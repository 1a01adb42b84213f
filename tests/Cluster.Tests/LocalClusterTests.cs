using System.Collections.Concurrent;
using System.Diagnostics;
using Dtao.Cli;
using Dtao.Cli.Clusters;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Hosting.Cluster;
using Dtao.Hosting.Genesis;
using Dtao.TestKit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Cluster.Tests;

/// <summary>A cluster of processes as a person starts it, and what is left when one of them is killed.</summary>
public sealed class LocalClusterTests(ITestOutputHelper output) : IAsyncDisposable
{
    private const string NetworkId = "processes";
    private const int Silos = 3;

    /// <summary>No bound of the product: only how long a test waits before it says that something hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>Silos that share two cores with other test programs stand still for seconds, and are not dead.</summary>
    private const string ProbeVariable = "DTAO_MEMBERSHIP__PROBEMILLISECONDS";
    private const string ProbeMilliseconds = "6000";

    private readonly string _root = Directory.CreateTempSubdirectory("dtao-local-cluster-").FullName;

    private string Folder => Path.Combine(_root, "cluster");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        Environment.SetEnvironmentVariable(ProbeVariable, null);

        // Whatever went wrong, no process stays.
        if (ClusterState.Read(Folder) is not null) await Run(CancellationToken.None, "cluster", "down", "--dir", Folder);
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task KilledSilo_UnderLoad_BlocksGoOnAndEveryAcknowledgedOperationIsThereOnce()
    {
        await EmulatorOrSkip.Check();
        Environment.SetEnvironmentVariable(ProbeVariable, ProbeMilliseconds);
        var genesis = Path.Combine(_root, "genesis.json");
        await File.WriteAllBytesAsync(genesis, GenesisWriter.Write(SmallDocument.Create(NetworkId, 300)), Cancel);
        await Done("cluster", "up", "--dir", Folder, "--silos", $"{Silos}", "--genesis", genesis);
        var processes = Processes();
        var acknowledged = new ConcurrentDictionary<OperationId, OperationResult>();

        await using (var client = await Connect())
        {
            await WaitForBlock(client, 3);
            await EachSiloTellsItsOwnMetrics();
            using var over = new CancellationTokenSource();
            var load = Enumerable.Range(0, SmallDocument.Stakers).Select(number => Stake(client, Staker(number), acknowledged, over.Token)).ToArray();
            await WaitUntil(() => Task.FromResult(acknowledged.Count >= 20), "No load came about.");

            var killedAt = (await Head(client), Stopwatch.GetTimestamp());
            await Done("cluster", "kill", $"{CoordinatorsSilo()}", "--dir", Folder);
            await WaitForBlock(client, killedAt.Item1 + 4);
            output.WriteLine($"Four blocks after the kill were closed {Stopwatch.GetElapsedTime(killedAt.Item2).TotalSeconds:F1} s after it.");
            var before = acknowledged.Count;
            await WaitUntil(() => Task.FromResult(acknowledged.Count >= before + 20), "No operation is answered after the kill.");
            await over.CancelAsync();
            await Task.WhenAll(load);

            foreach (var (_, first) in acknowledged)
            {
                var again = await client.SubmitAsync(first.Operation, Cancel);
                Assert.Equal(ReceiptText.Of(first.Receipt!), ReceiptText.Of(again.Receipt!));
            }
        }

        await Done("cluster", "add", "--dir", Folder);
        await WaitUntil(async () => (await Run(Cancel, "cluster", "status", "--dir", Folder)).ExitCode == ExitCode.Done, "The silo that was added is not ready.");
        processes = [.. processes, .. Processes()];
        var state = ClusterState.Read(Folder)!;
        foreach (var silo in state.Silos) await Done("cluster", "stop", $"{silo.Number}", "--dir", Folder);

        await using (var store = await ClusterStore.OpenAsync(state.Store, Cancel))
        {
            AuditAssert.IsClean(await store.AuditAsync(Cancel));
            var image = await store.ReadImageAsync(Cancel);
            Assert.All(image.Accounts.Values, account => Assert.False(account.HasUnfinished));
            Assert.All(acknowledged.Values, result =>
                Assert.Equal(ReceiptText.Of(result.Receipt!), ReceiptText.Of(image.Accounts[result.Operation.Signer].Settled.InOrder().Single(settled => settled.Id == result.Operation.Id).Receipt)));
        }

        await Done("cluster", "reset", "--dir", Folder);
        Assert.All(processes, process => Assert.False(process.IsAlive, $"process {process.Id} is left"));
        Assert.False(Directory.Exists(Folder));
    }

    private async Task EachSiloTellsItsOwnMetrics()
    {
        using var http = new HttpClient();
        var scraped = await Task.WhenAll(ClusterState.Read(Folder)!.Silos.Select(silo => http.GetStringAsync(new Uri(silo.Health + "/metrics"), Cancel)));

        Assert.All(scraped, metrics => Assert.Contains("# TYPE dtao_block_height gauge\n", metrics, StringComparison.Ordinal));
        Assert.Equal(Silos, scraped.Select(metrics => metrics.Split('\n').Single(line => line.StartsWith("target_info{", StringComparison.Ordinal))).Distinct().Count());
    }

    private LocalProcess[] Processes()
    {
        var state = ClusterState.Read(Folder)!;
        return [state.Storage!, .. state.Silos.Select(silo => silo.Process)];
    }

    /// <summary>The silo that has closed blocks: it logs each of them.</summary>
    private int CoordinatorsSilo() => ClusterState.Read(Folder)!.Silos.Select(silo => silo.Number).First(number =>
        Directory.GetFiles(Path.Combine(Folder, $"silo-{number}", "logs")).Any(log =>
        {
            using var reader = new StreamReader(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return reader.ReadToEnd().Contains("\"Id\":601", StringComparison.Ordinal);
        }));

    private async Task<DtaoClient> Connect()
    {
        var state = ClusterState.Read(Folder)!;
        return await DtaoClient.ConnectAsync(
            new() { Gateways = state.Gateways, ConnectMillisecondsMax = 120_000, ResponseMillisecondsMax = 10_000, Client = new() { TriesMax = 1_000, ValidityBlocks = 4_000 } }, Cancel);
    }

    private static async Task Stake(DtaoClient client, AccountId staker, ConcurrentDictionary<OperationId, OperationResult> acknowledged, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            var result = await Insist(() => client.SubmitAsync(staker, Calls.AddStake(Hot, One, new Tao(OneTao / 100)), cancellationToken: Cancel));
            Assert.True(result.Status == OperationStatus.Applied, $"{result.Status} {result.ErrorName} {result.Failure}");
            acknowledged[result.Operation.Id] = result;
        }
    }

    private static async Task<ulong> Head(DtaoClient client) => (await Insist(() => client.GetHeadAsync(Cancel))).Block.Value;

    /// <summary>Asks again while a silo is gone and the others have not heard of it yet. Nothing was sent then that would count twice.</summary>
    private static async Task<T> Insist<T>(Func<Task<T>> ask)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (Exception lost) when (lost is TimeoutException or OrleansException && Stopwatch.GetElapsedTime(began) < Patience)
            {
                await Task.Delay(100, Cancel);
            }
        }
    }

    private static Task WaitForBlock(DtaoClient client, ulong block) => WaitUntil(async () => await Head(client) >= block, $"Block {block} was never closed.");

    private static async Task WaitUntil(Func<Task<bool>> isSo, string told)
    {
        for (var began = Stopwatch.GetTimestamp(); !await isSo();)
        {
            if (Stopwatch.GetElapsedTime(began) > Patience) throw new TimeoutException(told);
            await Task.Delay(100, Cancel);
        }
    }

    private async Task Done(params string[] arguments)
    {
        var (exitCode, said) = await Run(Cancel, arguments);
        Assert.True(exitCode == ExitCode.Done, $"dtao {string.Join(' ', arguments)} ended with {exitCode}:\n{said}\n{Logs()}");
    }

    private static async Task<(int ExitCode, string Said)> Run(CancellationToken cancellation, params string[] arguments)
    {
        var said = new StringWriter();
        var context = CliContext.OfProcess() with { Output = said, Error = said, HasPerson = false, HasColour = false, Width = 200 };
        return (await DtaoCommand.RunAsync(arguments, context, cancellation), said.ToString());
    }

    private string Logs() => !Directory.Exists(Folder) ? string.Empty : string.Join('\n', Directory.GetFiles(Folder, "*.log").Select(log => $"{log}:\n{string.Join('\n', File.ReadLines(log).TakeLast(30))}"));
}
