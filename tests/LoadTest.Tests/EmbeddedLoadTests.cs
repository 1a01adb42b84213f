using System.CommandLine;
using System.Text.Json.Nodes;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Chaos;
using Dtao.Hosting.Network;
using Dtao.LoadTest.Driving;
using Dtao.LoadTest.Populations;
using Dtao.LoadTest.Proofs;
using Dtao.LoadTest.Reports;
using Dtao.LoadTest.Runs;
using Dtao.Storage;
using Dtao.TestKit;

namespace Dtao.LoadTest.Tests;

/// <summary>A small network that was loaded by one loop, without blocks, and has closed some since; its store is kept.</summary>
public sealed class LoadedNetwork : IAsyncLifetime
{
    public const int Operations = 300;
    public const int Blocks = 3;

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
        await using var network = await NetworkHost.StartAsync(new NetworkHostOptions { DatabasePath = Database, DrivesBlocks = false });
        for (var block = 0; block < Blocks; block++) await RunningNetwork.Of(network).CloseBlock();
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
        Assert.Equal(["effect", "audit", "outcomes", "operations", "blocks", "free_tao", "positions"], report.Proof.Select(check => check.Name));
        Assert.Equal(LoadedNetwork.Operations, report.Tally.Sent);
        Assert.Equal(LoadedNetwork.Operations, report.Tally.All.Applied + report.Tally.All.Refused);
        Assert.Equal(LoadedNetwork.Operations, report.Result.Acknowledged.Count);
        Assert.True(report.Network.ProofResidentBytes > 0);
        Assert.Equal((report.Tally.LastSentMicroseconds, 0, false), (report.SendingMicroseconds, report.Result.Making, report.IsInterrupted));
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
    public void Proof_AcknowledgedOperationIsNotThere_Fails()
    {
        var acknowledged = network.Report.Result.Acknowledged.ToList();
        var transfer = acknowledged.First(entry => entry.Operation.Call.Kind == CallKind.Transfer && entry.Receipt.IsApplied);
        var id = OperationId.Create();
        acknowledged.Add(new Acknowledged(transfer.Operation with { Id = id }, transfer.Receipt with { Id = id }));

        var proof = Prove(acknowledged);

        Assert.Equal(["operations", "free_tao"], proof.Where(check => !check.IsPassed).Select(check => check.Name));
        Assert.Contains(proof.Single(check => check.Name == LoadProof.Operations).Faults, fault => fault.Contains(id.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void Proof_OperationTookPlaceThatNobodyWasToldOf_Fails()
    {
        var acknowledged = network.Report.Result.Acknowledged.ToList();
        var lost = acknowledged.First(entry => entry.Operation.Call.Kind == CallKind.AddStake && entry.Receipt.IsApplied);
        acknowledged.Remove(lost);

        var proof = Prove(acknowledged);

        Assert.Equal(["operations", "free_tao", "positions"], proof.Where(check => !check.IsPassed).Select(check => check.Name));
    }

    [Fact]
    public void Proof_ReceiptSaysOtherThanWasStored_Fails()
    {
        var acknowledged = network.Report.Result.Acknowledged.ToList();
        var place = acknowledged.FindIndex(entry => entry.Receipt.IsApplied);
        acknowledged[place] = acknowledged[place] with { Receipt = acknowledged[place].Receipt with { Order = 9_999_999 } };

        var proof = Prove(acknowledged);

        Assert.Equal(["operations"], proof.Where(check => !check.IsPassed).Select(check => check.Name));
    }

    [Fact]
    public void Proof_OfWhatIsThere_Holds()
    {
        var proof = Prove(network.Report.Result.Acknowledged, everyone: true);

        Assert.StartsWith($"{LoadedNetwork.Population.Stakers} of", proof.Single(check => check.Name == LoadProof.Everyone).Extent, StringComparison.Ordinal);
        Assert.All(proof, check => Assert.Empty(check.Faults));
        Assert.StartsWith($"{LoadedNetwork.Blocks} headers", proof.Single(check => check.Name == LoadProof.Blocks).Extent, StringComparison.Ordinal);
    }

    /// <summary>What a cluster has stored is held against receipts without its journals.</summary>
    [Fact]
    public async Task Proof_OfStoredBooks_HoldsUnlessSomebodyWasNotTold()
    {
        var (population, acknowledged) = (new Population(LoadedNetwork.Population), network.Report.Result.Acknowledged);
        var books = await new NetworkFile(new FileInfo(network.Database)).ReadBooksAsync(TestContext.Current.CancellationToken);
        var lost = acknowledged.First(entry => entry.Operation.Call.Kind == CallKind.AddStake && entry.Receipt.IsApplied);

        var (all, less) = (LoadProof.OfStored(books.Image, population, acknowledged), LoadProof.OfStored(books.Image, population, [.. acknowledged.Where(entry => entry.Operation.Id != lost.Operation.Id)]));

        Assert.True(books.Audit.IsClean);
        Assert.Equal([("stored_free_tao", true, false), ("stored_positions", true, false)], all.Zip(less, (one, other) => (one.Name, one.IsPassed, other.IsPassed)));
        Assert.Empty(LoadProof.OfEveryone(population, acknowledged).Faults);
        var silent = population.Staker(7);
        Assert.Contains($"{silent}", Assert.Single(LoadProof.OfEveryone(population, [.. acknowledged.Where(entry => entry.Operation.Signer != silent)]).Faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Proof_PoolSkippedOrDoubledABlock_Fails(int times)
    {
        var pool = ActorKeys.Pool(2);

        var proof = Prove(network.Report.Result.Acknowledged, (key, reader) => key != pool
            ? reader
            : new Altered(reader, bytes => PoolModel.Instance.ReadOne(bytes) is BlockApplied { Block.Value: 2 } ? times : 1));

        Assert.Equal(["blocks"], proof.Where(check => !check.IsPassed).Select(check => check.Name));
        Assert.Contains(proof.Single(check => check.Name == LoadProof.Blocks).Faults, fault => fault.Contains(pool, StringComparison.Ordinal));
    }

    [Fact]
    public void Proof_OneStakerDidNothing_IsFound()
    {
        var staker = new Population(LoadedNetwork.Population).Staker(7);

        var proof = Prove([.. network.Report.Result.Acknowledged.Where(entry => entry.Operation.Signer != staker)], (key, reader) => key == ActorKeys.Account(staker) ? new Altered(reader, _ => 0) : reader, everyone: true);

        Assert.Contains($"{staker}", Assert.Single(proof.Single(check => check.Name == LoadProof.Everyone).Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Proof_PositionOfWhichNobodyWasTold_IsFound()
    {
        var population = new Population(LoadedNetwork.Population);
        var begun = Enumerable.Range(0, LoadedNetwork.Population.Stakers).SelectMany(staker => Enumerable.Range(0, LoadedNetwork.Population.Positions).Select(place => population.PositionOf(staker, place) is var start
            ? new PositionKey(start.Netuid, population.ValidatorHotkey(start.Validator), population.Staker(staker)) : default)).ToHashSet();
        var fresh = network.Report.Result.Acknowledged.Where(entry => entry.Receipt.IsApplied && entry.Operation.Call.Kind == CallKind.AddStake)
            .First(entry => !begun.Contains(new PositionKey(entry.Operation.Call.Netuid, entry.Operation.Call.Hotkey, entry.Operation.Signer)));
        var untold = new PositionKey(fresh.Operation.Call.Netuid, fresh.Operation.Call.Hotkey, fresh.Operation.Signer);

        var proof = Prove([.. network.Report.Result.Acknowledged.Where(entry => !(entry.Receipt.Outcome?.Moves ?? []).Any(move => new PositionKey(move.Netuid, move.Hotkey, move.Coldkey) == untold))]);

        Assert.Contains(proof.Single(check => check.Name == LoadProof.Positions).Faults, fault => fault.Contains("nobody was told", StringComparison.Ordinal) && fault.Contains($"{untold.Coldkey}", StringComparison.Ordinal));
    }

    [Fact]
    public void Proof_NothingTookEffectOrSomethingWasNotKept_Fails()
    {
        var result = network.Report.Result;

        Assert.True(LoadProof.OfEffect(result).IsPassed);
        Assert.Contains("nothing was proved", Assert.Single(LoadProof.OfEffect(result with { Tally = new LoadTally(1_000_000), Acknowledged = [] }).Faults), StringComparison.Ordinal);
        Assert.False(LoadProof.OfEffect(result with { Acknowledged = [.. result.Acknowledged.Skip(1)] }).IsPassed);
    }

    [Fact]
    public async Task File_OfAnotherNetworkOrOfNone_IsRefused()
    {
        var other = Assert.Throws<LoadUsageException>(() => new NetworkFile(new FileInfo(network.Database)).CheckIsOf("another"));
        var text = network.File("text.db");
        await File.WriteAllTextAsync(text, "no database", TestContext.Current.CancellationToken);

        Assert.Contains("and 'another' is loaded", other.Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Throws<LoadUsageException>(() => new NetworkFile(new FileInfo(text)).CheckIsOf("another")).Message, StringComparison.Ordinal);
        Assert.True((await new NetworkFile(new FileInfo(network.Database)).AuditAsync(TestContext.Current.CancellationToken)).IsClean);
    }

    [Fact]
    public async Task Load_FolderWithANetwork_IsRefused()
    {
        var options = network.Report.Options;
        var run = new EmbeddedRun(options, new LoadContext(TextWriter.Null, TextWriter.Null, false, "test"), new LineDisplay(TextWriter.Null, TimeSpan.FromSeconds(1)));

        var refused = await Assert.ThrowsAsync<LoadUsageException>(() => run.RunAsync(TestContext.Current.CancellationToken));

        Assert.Contains("is there already", refused.Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<ChaosCheck> Prove(IReadOnlyCollection<Acknowledged> acknowledged, Func<string, IJournalReader, IJournalReader>? between = null, bool everyone = false)
    {
        using var log = OrderedLog.Open(network.Database);
        using var view = log.OpenReadView();
        var image = NetworkImage.Read(view);
        return LoadProof.Run(
            view, image, LedgerAudit.Run(view, image), new Population(LoadedNetwork.Population), acknowledged, [], [], new Dictionary<ulong, byte[]>(), everyone, between);
    }

    private delegate int Times(ReadOnlySpan<byte> canonicalEvent);

    /// <summary>Tells a journal with some events left out, or more than once.</summary>
    private sealed class Altered(IJournalReader reader, Times times) : IJournalReader
    {
        public void Begin(ReadOnlyMemory<byte>? snapshot) => reader.Begin(snapshot);

        public void Take(ReadOnlySpan<byte> canonicalEvent)
        {
            for (var left = times(canonicalEvent); left > 0; left--) reader.Take(canonicalEvent);
        }
    }
}
