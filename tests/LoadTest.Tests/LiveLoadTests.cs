using System.Net;
using System.Text.Json.Nodes;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Network;
using Dtao.LoadTest.Populations;
using Dtao.LoadTest.Proofs;
using Dtao.LoadTest.Reports;
using Dtao.LoadTest.Runs;

namespace Dtao.LoadTest.Tests;

/// <summary>A network of two silos with a gateway each, which takes signed operations only, began with stakers of its own, and where //Alice is rich.</summary>
public sealed class SignedNetwork : IAsyncLifetime
{
    /// <summary>Who began with it.</summary>
    internal static readonly PopulationOptions Begun = new() { Stakers = 24, Subnets = 2, Validators = 2, WealthTao = 20, Seed = 999 };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtao-load-tests-");

    private NetworkHost _host = null!;

    public IPEndPoint[] Gateways => [.. _host.GatewayPorts.Select(port => new IPEndPoint(IPAddress.Loopback, port))];

    internal NetworkFile Database => new(new FileInfo(Path.Combine(_folder.FullName, "network.db")));

    internal LiveNetwork Live => new(Gateways, static () => []);

    public async ValueTask InitializeAsync()
    {
        var genesis = PopulationGenesis.Of(new Population(Begun, signs: true), 1_000) with { NetworkId = PopulationGenesis.NetworkIdOf(Begun) };
        var state = genesis.State with { Balances = [.. genesis.State.Balances, (DevAccounts.Alice, new Tao(100_000 * Population.OneTao))] };
        _host = await NetworkHost.StartAsync(new NetworkHostOptions { DatabasePath = Path.Combine(_folder.FullName, "network.db"), Silos = 2, Genesis = genesis with { State = state, RequiresSignatures = true } });
    }

    public Task<AuditReport> Audit(CancellationToken cancellationToken)
    {
        using var view = _host.Log.OpenReadView();
        return Task.FromResult(LedgerAudit.Run(view, verifiesChains: false));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}

/// <summary>Runs on a network that runs, over sockets; by numbers of operations, whatever time they take.</summary>
public sealed class LiveLoadTests(SignedNetwork network) : IClassFixture<SignedNetwork>
{
    private const int Operations = 80;

    private static readonly LineDisplay s_silent = new(TextWriter.Null, TimeSpan.FromSeconds(1));

    /// <summary>Workers are processes of the program itself.</summary>
    private static readonly LoadContext s_context = new(TextWriter.Null, TextWriter.Null, false, "test") { Program = ["dotnet", Path.Combine(AppContext.BaseDirectory, "Dtao.LoadTest.dll")] };

    [Fact]
    public async Task Live_TwoWorkerProcessesOverTwoGateways_IsProved()
    {
        var told = new StringWriter();
        var live = new LiveOptions(network.Live, "//Alice", null, 2) { Database = network.Database, AuditBeside = network.Audit, AuditAtEnd = network.Database.ReadBooksAsync };

        var report = await new LiveRun(Options(11), live, s_context, new LineDisplay(told, TimeSpan.FromSeconds(1))).RunAsync(TestContext.Current.CancellationToken);

        Assert.True(report.IsPassed, string.Join('\n', report.Proof.SelectMany(check => check.Faults)));
        Assert.Equal(["effect", "audit", "outcomes", "receipts", "free_tao", "positions"], report.Proof.Select(check => check.Name).Where(name => name != LoadProof.AuditsBeside));
        Assert.Equal((Operations, Operations), (report.Tally.Sent, report.Tally.All.Ended));
        Assert.Equal(2, report.Result.PlanHashes.Count);
        Assert.NotEqual(report.Result.PlanHashes[0], report.Result.PlanHashes[1]);
        // Two payments and two hotkeys; each staker is paid and stakes twice; and the load. Workers were told as much.
        var all = 4 + (3 * report.Options.Population.Stakers) + Operations;
        Assert.Equal((all, all - Operations), (report.Result.Acknowledged.Count, report.Result.Making));
        Assert.True(report.Result.Signed.Count >= all, $"{report.Result.Signed.Count} signatures for {all} operations");
        Assert.Contains("every operation is signed", told.ToString(), StringComparison.Ordinal);
        var json = JsonNode.Parse(ReportJson.Text(report))!;
        Assert.Equal((true, 2, "live"), (json["network"]!["signatures"]!.GetValue<bool>(), json["workers"]!.GetValue<int>(), json["network"]!["kind"]!.GetValue<string>()));
        Assert.Contains("Every operation was signed", HtmlReport.Text(report), StringComparison.Ordinal);

        await ProofWithALostReceiptFails(report.Result);
    }

    [Fact]
    public async Task Live_OneWorkerWithFaults_TellsThemAndRefusesTheSameStakersAgain()
    {
        var live = new LiveOptions(network.Live, "//Alice", null, 1) { Faults = new FaultScript(1, StrikeUntil) };

        var report = await new LiveRun(Options(12), live, s_context, s_silent).RunAsync(TestContext.Current.CancellationToken);

        Assert.True(report.IsPassed, string.Join('\n', report.Proof.SelectMany(check => check.Faults)));
        Assert.Equal("it was over", Assert.Single(report.Faults).What);
        Assert.Equal("1 of 1 faults were done", report.Proof.Single(check => check.Name == LoadProof.Faults).Extent);
        var again = await Assert.ThrowsAsync<LoadUsageException>(() => new LiveRun(Options(12), live, s_context, s_silent).RunAsync(TestContext.Current.CancellationToken));
        Assert.Contains("another --seed", again.Message, StringComparison.Ordinal);

        static async Task StrikeUntil(Action<Strike> told, CancellationToken over)
        {
            await Task.Delay(Timeout.Infinite, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            told(new Strike(10, 20, "it was over"));
        }
    }

    /// <summary>Stakers of the genesis are found there and not made; a second load of them is refused, because they have not what they began with.</summary>
    [Fact]
    public async Task Live_StakersOfTheGenesis_AreNotMadeAndAreLoadedOnce()
    {
        var told = new StringWriter();
        var options = Options(SignedNetwork.Begun.Seed) with { Population = SignedNetwork.Begun, OperationsMax = long.MaxValue, Seconds = 1, Everyone = true };
        var live = new LiveOptions(network.Live, "//Alice", null, 1);

        var report = await new LiveRun(options, live, s_context, new LineDisplay(told, TimeSpan.FromSeconds(1))).RunAsync(TestContext.Current.CancellationToken);

        Assert.True(report.IsPassed, string.Join('\n', report.Proof.SelectMany(check => check.Faults)));
        Assert.Equal(["effect", "outcomes", "receipts", "free_tao", "positions", "everyone"], report.Proof.Select(check => check.Name));
        Assert.Equal((0, report.Tally.All.Ended), (report.Result.Making, report.Result.Acknowledged.Count));
        Assert.Null(report.Network.CreationMilliseconds);
        Assert.Contains("from the genesis on", told.ToString(), StringComparison.Ordinal);
        var again = await Assert.ThrowsAsync<LoadUsageException>(() => new LiveRun(options, live, s_context, s_silent).RunAsync(TestContext.Current.CancellationToken));
        Assert.Contains("not what they began with", again.Message, StringComparison.Ordinal);
    }

    /// <summary>Whoever ends a run gets the proof of what was done until then: workers settle what they have sent, and tell it.</summary>
    [Fact]
    public async Task Live_EndedByAPersonWhileWorkersSend_IsProvedAndSaysSo()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var live = new LiveOptions(network.Live, "//Alice", null, 2) { Database = network.Database, AuditAtEnd = network.Database.ReadBooksAsync };

        var report = await new LiveRun(Options(15) with { OperationsMax = long.MaxValue }, live, s_context, new StopsAtTheFirst(stop)).RunAsync(stop.Token);

        Assert.True(report.IsProved, string.Join('\n', report.Proof.SelectMany(check => check.Faults)));
        Assert.Equal((true, false, LoadExitCode.Unknown), (report.IsInterrupted, report.IsPassed, report.ExitCode));
        Assert.True(report.Tally.All.Applied > 0);
        Assert.Equal(["effect", "audit", "outcomes", "receipts", "free_tao", "positions"], report.Proof.Select(check => check.Name));
    }

    private sealed class StopsAtTheFirst(CancellationTokenSource stop) : ILoadDisplay
    {
        public void Tell(string line)
        {
        }

        public async Task RunAsync(Func<LoadProgress> read, LoadOptions options, CancellationToken over)
        {
            while (read().Applied == 0 && !over.IsCancellationRequested) await Task.Delay(20, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await stop.CancelAsync();
        }
    }

    [Fact]
    public async Task Live_PayerWhoCannotSign_IsRefused()
    {
        var bob = DevAccounts.Bob.ToString();

        var refused = await Assert.ThrowsAsync<LoadUsageException>(() => new LiveRun(Options(13), new LiveOptions(network.Live, "0x" + bob, null, 1), s_context, s_silent).RunAsync(TestContext.Current.CancellationToken));

        Assert.Contains("rao, and the stakers need", refused.Message, StringComparison.Ordinal);
        var alice = new LiveOptions(network.Live, "0x" + DevAccounts.Alice, null, 1);
        var unsigned = await Assert.ThrowsAsync<LoadUsageException>(() => new LiveRun(Options(13), alice, s_context, s_silent).RunAsync(TestContext.Current.CancellationToken));
        Assert.Contains("--fund-key", unsigned.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silos_AskedThroughAGateway_TellWhatTheyUse()
    {
        var clients = await LiveNetwork.ConnectAsync(network.Gateways, TestContext.Current.CancellationToken);
        try
        {
            var uses = await clients[1].GetSiloUsesAsync(TestContext.Current.CancellationToken);

            Assert.Equal(2, uses.Select(use => use.Address).Distinct().Count());
            Assert.All(uses, use => Assert.InRange(use.CpuPermille, 0, 1_000));
        }
        finally
        {
            foreach (var client in clients) await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task Curve_OfTwoPoints_IsProvedAndStartedAgain()
    {
        var options = Options(14) with { OperationsMax = 20, BlockIntervalMilliseconds = 200 };

        var curve = await new CurveRun(options, s_context, s_silent, 1).RunAsync([10, 20], TestContext.Current.CancellationToken);

        var reports = curve.Reports;
        Assert.Equal(LoadExitCode.Passed, curve.ExitCode);
        Assert.All(reports, report => Assert.True(report.IsPassed, string.Join('\n', report.Proof.SelectMany(check => check.Faults))));
        Assert.All(reports, report => Assert.NotNull(report.Network.RestartMilliseconds));
        Assert.Equal([10, 20], reports.Select(report => report.Options.Population.Stakers));
        using var table = new StringWriter();
        CurveRun.Write(table, curve);
        Assert.Equal(2, table.ToString().Split('\n').Count(line => line.TrimEnd().EndsWith("yes", StringComparison.Ordinal)));
        Assert.Equal(2, JsonNode.Parse(CurveRun.Json(curve))!["curve"]!.AsArray().Count);
    }

    private static LoadOptions Options(ulong seed) => new()
    {
        Population = new PopulationOptions { Stakers = 24, Subnets = 2, Validators = 2, WealthTao = 20, Seed = seed },
        Model = new LoadModel(null, 4, 0),
        Seconds = 600,
        OperationsMax = Operations,
        AuditSeconds = 1,
    };

    /// <summary>Of a purchase that nobody was told of, the account's TAO and its position are wrong.</summary>
    private async Task ProofWithALostReceiptFails(LoadResult result)
    {
        var clients = await LiveNetwork.ConnectAsync([network.Gateways[0]], TestContext.Current.CancellationToken);
        try
        {
            var lost = result.Acknowledged.Last(entry => entry.Receipt.IsApplied && entry.Operation.Call.Kind == CallKind.AddStake);

            var proof = await new LiveProof(clients).RunAsync(result with { Acknowledged = [.. result.Acknowledged.Where(entry => entry.Operation.Id != lost.Operation.Id)] }, DevAccounts.Alice, TestContext.Current.CancellationToken);

            Assert.Equal(["free_tao", "positions"], proof.Where(check => !check.IsPassed).Select(check => check.Name));
        }
        finally
        {
            foreach (var client in clients) await client.DisposeAsync();
        }
    }
}
