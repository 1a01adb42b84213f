using System.CommandLine;
using System.Text.Json.Nodes;
using Dtao.Economics;
using Dtao.Grains;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Chaos;
using Dtao.Hosting.Network;
using Dtao.LoadTest.Driving;
using Dtao.LoadTest.Populations;
using Dtao.LoadTest.Proofs;
using Dtao.LoadTest.Reports;
using Dtao.LoadTest.Runs;
using Dtao.Storage;

namespace Dtao.LoadTest.Tests;

/// <summary>A small network that was loaded by one loop, without blocks; its store is kept.</summary>
public sealed class LoadedNetwork : IAsyncLifetime
{
    public const int Operations = 300;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtao-load-tests-");

    public static PopulationOptions Population { get; } = new() { Stakers = 150, Subnets = 3, Validators = 2, Seed = 5 };

    internal LoadReport Report { get; private set; } = null!;

    public string Database => Path.Combine(_folder.FullName, "load.db");

    public string File(string name) => Path.Combine(_folder.FullName, name);

    public async ValueTask InitializeAsync()
    {
        var options = new LoadOptions
        {
            Population = Population,
            Model = new LoadModel(null, 1, 0),
            Seconds = 600,
            OperationsMax = Operations,
            BlockIntervalMilliseconds = -1,
            Folder = _folder.FullName,
        };
        Report = await new EmbeddedRun(options, new LoadContext(TextWriter.Null, TextWriter.Null, false, "test"), new LineDisplay(TextWriter.Null, TimeSpan.FromSeconds(1))).RunAsync(CancellationToken.None);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}

public sealed class EmbeddedLoadTests(LoadedNetwork network) : IClassFixture<LoadedNetwork>
{
    [Fact]
    public void Load_OneLoop_IsProvedAndCounted()
    {
        var report = network.Report;

        Assert.True(report.IsPassed, string.Join('\n', report.Proof.SelectMany(check => check.Faults)));
        Assert.Equal(["audit", "outcomes", "operations", "blocks", "free_tao", "positions"], report.Proof.Select(check => check.Name));
        Assert.Equal(LoadedNetwork.Operations, report.Tally.Sent);
        Assert.Equal(LoadedNetwork.Operations, report.Tally.All.Applied + report.Tally.All.Refused);
        Assert.Equal(LoadedNetwork.Operations, report.Result.Acknowledged.Count);
        Assert.Equal(150, report.Result.StakersSeen);
        Assert.True(report.Tally.Operations.Count >= 4, string.Join(' ', report.Tally.Operations.Keys));
    }

    [Fact]
    public async Task Load_SameSeedAgainThroughTheCommand_IsTheSameSequence()
    {
        var json = network.File("report.json");
        var population = network.File("population.json");
        await File.WriteAllTextAsync(population, """{ "stakers": 150, "subnets": 3, "validators": 2, "seed": 5 }""", TestContext.Current.CancellationToken);
        using var output = new StringWriter();
        var command = LoadCommand.AddTo(new RootCommand("load"), new LoadContext(output, output, false, "test"));

        var code = await command.Parse(
        [
            "--embedded", "--population", population, "--concurrency", "1", "--operations", "300", "--seconds", "600", "--block-interval", "-1", "--json", json,
            "--threshold", "failed=0", "audit=clean", "--threshold", "p50<=1us",
        ]).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);

        // A run that does not keep a threshold says so by its exit code, whatever its proof.
        var report = JsonNode.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken))!;
        Assert.Equal(LoadExitCode.Failed, code);
        Assert.False(report["passed"]!.GetValue<bool>());
        Assert.True(report["proof"]!["passed"]!.GetValue<bool>(), output.ToString());
        Assert.Equal([true, true, false], report["thresholds"]!.AsArray().Select(threshold => threshold!["passed"]!.GetValue<bool>()));
        Assert.Equal(network.Report.Result.PlanHashes, report["plan"]!["hashes"]!.AsArray().Select(hash => hash!.GetValue<string>()));
        Assert.Contains("FAILED", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proof_AcknowledgedOperationIsNotThere_Fails()
    {
        var acknowledged = network.Report.Result.Acknowledged.ToList();
        var transfer = acknowledged.First(entry => entry.Operation.Call.Kind == Economics.Ledger.CallKind.Transfer && entry.Receipt.IsApplied);
        var id = OperationId.Create();
        acknowledged.Add(new Acknowledged(transfer.Operation with { Id = id }, transfer.Receipt with { Id = id }));

        var proof = await Prove(acknowledged);

        Assert.Equal(["operations", "free_tao"], proof.Where(check => !check.IsPassed).Select(check => check.Name));
        Assert.Contains(proof.Single(check => check.Name == LoadProof.Operations).Faults, fault => fault.Contains(id.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Proof_OperationTookPlaceThatNobodyWasToldOf_Fails()
    {
        var acknowledged = network.Report.Result.Acknowledged.ToList();
        var lost = acknowledged.First(entry => entry.Operation.Call.Kind == Economics.Ledger.CallKind.AddStake && entry.Receipt.IsApplied);
        acknowledged.Remove(lost);

        var proof = await Prove(acknowledged);

        Assert.Equal(["operations", "free_tao", "positions"], proof.Where(check => !check.IsPassed).Select(check => check.Name));
    }

    [Fact]
    public async Task Proof_ReceiptSaysOtherThanWasStored_Fails()
    {
        var acknowledged = network.Report.Result.Acknowledged.ToList();
        var place = acknowledged.FindIndex(entry => entry.Receipt.IsApplied);
        acknowledged[place] = acknowledged[place] with { Receipt = acknowledged[place].Receipt with { Order = 9_999_999 } };

        var proof = await Prove(acknowledged);

        Assert.Equal(["operations"], proof.Where(check => !check.IsPassed).Select(check => check.Name));
    }

    private async Task<IReadOnlyList<ChaosCheck>> Prove(IReadOnlyCollection<Acknowledged> acknowledged)
    {
        await using var log = OrderedLog.Open(network.Database);
        using var view = log.OpenReadView();
        return await LoadProof.RunAsync(
            view, new OrderedLogJournals(log), LedgerAudit.Run(view), new Population(LoadedNetwork.Population), acknowledged, [], [], new Dictionary<ulong, byte[]>(), TestContext.Current.CancellationToken);
    }
}
