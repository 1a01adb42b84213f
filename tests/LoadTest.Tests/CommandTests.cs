using System.CommandLine;
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
    public async Task Load_WrongCommandLine_SaysWhyAndStartsNothing(string arguments, string why)
    {
        using var error = new StringWriter();
        var command = LoadCommand.AddTo(new RootCommand("load"), new LoadContext(TextWriter.Null, error, false, arguments));

        var code = await command.Parse(arguments.Split(' ')).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(LoadExitCode.Usage, code);
        Assert.Contains(why, error.ToString(), StringComparison.Ordinal);
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

    [Fact]
    public void Curve_InAFolder_HasOneForEachPoint()
    {
        var options = new LoadOptions { Population = new() { Seed = 3 }, Model = new LoadModel(null, 1, 0), Folder = "all" };
        var curve = new CurveRun(options, new LoadContext(TextWriter.Null, TextWriter.Null, false, "test"), new LineDisplay(TextWriter.Null, TimeSpan.Zero), 1);

        Assert.Equal([Path.Combine("all", "stakers-10"), Path.Combine("all", "stakers-20")], new[] { 10, 20 }.Select(stakers => curve.PointOf(stakers).Folder));
        Assert.Equal((10, 3UL), (curve.PointOf(10).Population.Stakers, curve.PointOf(10).Population.Seed));
    }
}
