using System.CommandLine;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Grains.Shell;
using Dtao.Hosting.Genesis;
using Dtao.Hosting.Network;
using Dtao.LoadTest.Populations;
using Dtao.LoadTest.Reports;
using Dtao.LoadTest.Runs;

namespace Dtao.LoadTest.Tests;

public sealed class CommandTests
{
    [Theory]
    [InlineData("--stakers 10", "either --embedded")]
    [InlineData("--embedded --gateway 127.0.0.1:30000", "either --embedded")]
    [InlineData("--gateway somewhere", "no gateway")]
    [InlineData("--embedded --workers 0", "--workers")]
    [InlineData("--embedded --workers 3 --concurrency 2", "to share")]
    [InlineData("--embedded --workers 3 --rate 9 --spike 2@1+1", "to share")]
    [InlineData("--embedded --workers 3 --operations 2", "to share")]
    [InlineData("--gateway 127.0.0.1:1 --workers 3 --validators 2", "at least as many --validators")]
    [InlineData("--embedded --fund-from //Bob", "--fund-from has no effect")]
    [InlineData("--embedded --database load.db", "--database has no effect")]
    [InlineData("--gateway 127.0.0.1:1 --silos 3", "--silos has no effect")]
    [InlineData("--gateway 127.0.0.1:1 --dir here", "--dir has no effect")]
    [InlineData("--gateway 127.0.0.1:1 --curve 10,20", "give --embedded")]
    [InlineData("--embedded --curve 10,20 --html load.html", "leave out --html")]
    [InlineData("--embedded --curve 10,10", "is no curve")]
    [InlineData("--embedded --curve 10,20 --stakers 5", "leave out --stakers")]
    [InlineData("--embedded --rate 10 --operations 5", "--operations belongs")]
    [InlineData("--embedded --all --rate 10", "everyone has acted")]
    [InlineData("--embedded --all --operations 10", "everyone has acted")]
    [InlineData("--embedded --idle 1", "--idle is")]
    [InlineData("--gateway 127.0.0.1:1 --idle 2", "--idle has no effect")]
    [InlineData("--embedded --audit-every -1", "--audit-every")]
    [InlineData("--embedded --stakers 0", "Stakers")]
    [InlineData("--embedded --rate 10 --concurrency 5", "either --rate")]
    [InlineData("--embedded --ramp 3", "--rate")]
    [InlineData("--embedded --rate 10 --spike 5x", "RATE@FROM+SECONDS")]
    [InlineData("--embedded --seconds 0", "--seconds")]
    [InlineData("--embedded --threshold p99<soon", "no number")]
    [InlineData("--embedded --population /does/not/exist.json", "does not exist")]
    [InlineData("--embedded --threshold p99<50", "no unit of p99")]
    [InlineData("--embedded --threshold p99<8GiB", "no unit of p99")]
    [InlineData("--gateway 127.0.0.1:1 --audit-every 5", "--audit-every has no effect")]
    [InlineData("--embedded --in-flight 5", "--in-flight has no effect")]
    [InlineData("--embedded --late 5", "--late has no effect")]
    [InlineData("--embedded --rate 10 --seconds 5 --spike 50@5+2", "--spike has no effect")]
    [InlineData("--embedded --rate 10 --ramp 5 --spike 50@1+4", "--spike has no effect")]
    [InlineData("--embedded --rate 10 --in-flight 0", "--in-flight is")]
    [InlineData("--embedded --rate 10 --late -1", "--late is")]
    [InlineData("--embedded --rate 100 --in-flight 2 --workers 4", "to share")]
    [InlineData("--embedded --think -1", "--think is")]
    [InlineData("--embedded --silos 20", "--silos is")]
    [InlineData("--embedded --block-interval -2", "--block-interval is")]
    [InlineData("--embedded --json /does/not/exist/report.json", "cannot be written")]
    [InlineData("--embedded --html /", "cannot be written")]
    [InlineData("--write-genesis people.json --embedded", "--embedded has no effect where a document is written")]
    [InlineData("--write-genesis people.json --gateway 127.0.0.1:1", "--gateway has no effect where a document is written")]
    [InlineData("--write-genesis people.json --seconds 5", "--seconds has no effect where a document is written")]
    [InlineData("--write-genesis people.json --block-interval -1", "of a document")]
    [InlineData("--write-genesis /does/not/exist/people.json", "cannot be written")]
    public async Task Load_WrongCommandLine_SaysWhyAndStartsNothing(string arguments, string why)
    {
        using var error = new StringWriter();
        var command = LoadCommand.AddTo(new RootCommand("load"), new LoadContext(TextWriter.Null, error, false, arguments));

        var code = await command.Parse(arguments.Split(' ')).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(LoadExitCode.Usage, code);
        Assert.Contains(why, error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>It is the genesis of an embedded load with the same options, but for names and //Alice; and it is not written over.</summary>
    [Fact]
    public async Task WriteGenesis_OfAPopulation_IsADocumentOfTheSameNetwork()
    {
        var folder = Directory.CreateTempSubdirectory("dtao-load-genesis-");
        try
        {
            var file = Path.Combine(folder.FullName, "people.json");
            var (output, error) = (new StringWriter(), new StringWriter());
            var command = LoadCommand.AddTo(new RootCommand("load"), new LoadContext(output, error, false, "test"));
            string[] line = ["--write-genesis", file, "--stakers", "40", "--subnets", "3", "--validators", "2", "--seed", "7", "--block-interval", "250"];

            var (first, second) = (await command.Parse(line).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken), await command.Parse(line).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken));

            Assert.Equal((LoadExitCode.Passed, LoadExitCode.Usage), (first, second));
            Assert.Contains("not overwritten", error.ToString(), StringComparison.Ordinal);
            var options = new PopulationOptions { Stakers = 40, Subnets = 3, Validators = 2, Seed = 7 };
            Assert.Contains(PopulationGenesis.NetworkIdOf(options), output.ToString(), StringComparison.Ordinal);
            var written = (await GenesisDocumentReader.ReadFile(file, TestContext.Current.CancellationToken)).Document!.ToNetworkGenesis();
            Assert.Equal((PopulationGenesis.NetworkIdOf(options), 250L), (written.NetworkId, written.BlockIntervalMilliseconds));
            var embedded = PopulationGenesis.Of(new Population(options), 250);
            embedded = embedded with { State = embedded.State with { Balances = [.. embedded.State.Balances, (DevAccounts.Alice, new Tao(PopulationGenesis.AliceTao * Population.OneTao))] } };
            Assert.Equal(ActorsOf(embedded), ActorsOf(written));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        // The registry has the names.
        static IEnumerable<(string, string)> ActorsOf(NetworkGenesis genesis) =>
            GenesisLoader.Actors(genesis).Where(actor => actor.ActorKey != ActorKeys.Registry).Select(actor => (actor.ActorKey, Convert.ToHexString(actor.Snapshot.Span)));
    }

    /// <summary>Options that another program adds are asked for their faults before anything is started, of an embedded network too.</summary>
    [Fact]
    public async Task Load_FaultsWithoutACluster_AreRefused()
    {
        using var error = new StringWriter();
        var context = new LoadContext(TextWriter.Null, error, false, "test") { Faults = (gateways, _, _, _) => throw new LoadUsageException($"{gateways.Count} gateways are no cluster.") };
        var command = LoadCommand.AddTo(new RootCommand("load"), context);

        var code = await command.Parse(["--embedded", "--stakers", "10"]).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((LoadExitCode.Usage, "0 gateways are no cluster."), (code, error.ToString().TrimEnd()));
    }

    /// <summary>Whether a report can be written is known before the run, and the run leaves what was there until it has another.</summary>
    [Fact]
    public async Task Files_Checked_AreLeftAsTheyWere()
    {
        var folder = Directory.CreateTempSubdirectory("dtao-load-tests-");
        try
        {
            var (old, fresh) = (new FileInfo(Path.Combine(folder.FullName, "old.json")), new FileInfo(Path.Combine(folder.FullName, "new.json")));
            await File.WriteAllTextAsync(old.FullName, "old", TestContext.Current.CancellationToken);

            ReportFiles.Check(old);
            ReportFiles.Check(fresh);

            Assert.Equal(("old", false), (await File.ReadAllTextAsync(old.FullName, TestContext.Current.CancellationToken), File.Exists(fresh.FullName)));
            await ReportFiles.WriteAsync(old, () => "new");
            Assert.Equal("new", await File.ReadAllTextAsync(old.FullName, TestContext.Current.CancellationToken));
            await Assert.ThrowsAsync<LoadBrokenException>(() => ReportFiles.WriteAsync(new FileInfo(folder.FullName), () => "nowhere"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Curve_FolderOfALaterPointHasANetwork_IsRefusedBeforeTheFirst()
    {
        var folder = Directory.CreateTempSubdirectory("dtao-load-tests-");
        try
        {
            var options = new LoadOptions { Population = new(), Model = new LoadModel(null, 1, 0), Folder = folder.FullName };
            Directory.CreateDirectory(Path.Combine(folder.FullName, "stakers-20"));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "stakers-20", "load.db"), "a network", TestContext.Current.CancellationToken);
            var curve = new CurveRun(options, new LoadContext(TextWriter.Null, TextWriter.Null, false, "test"), new LineDisplay(TextWriter.Null, TimeSpan.Zero), 1);

            await Assert.ThrowsAsync<LoadUsageException>(() => curve.RunAsync([10, 20], TestContext.Current.CancellationToken));

            Assert.False(Directory.Exists(Path.Combine(folder.FullName, "stakers-10")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Curve_InAFolder_HasOneForEachPoint()
    {
        var options = new LoadOptions { Population = new() { Seed = 3 }, Model = new LoadModel(null, 1, 0), Folder = "all" };
        var curve = new CurveRun(options, new LoadContext(TextWriter.Null, TextWriter.Null, false, "test"), new LineDisplay(TextWriter.Null, TimeSpan.Zero), 1);

        Assert.Equal([Path.Combine("all", "stakers-10"), Path.Combine("all", "stakers-20")], new[] { 10, 20 }.Select(stakers => curve.PointOf(stakers).Folder));
        Assert.Equal((10, 3UL), (curve.PointOf(10).Population.Stakers, curve.PointOf(10).Population.Seed));
    }
}
