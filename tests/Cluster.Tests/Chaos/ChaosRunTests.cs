using System.Text.Json.Nodes;
using Dtao.Cli;
using Dtao.Cli.Clusters;
using Dtao.TestKit;

namespace Dtao.Cluster.Tests.Chaos;

/// <summary>What a cluster promises, tried: silos and storage are hit again and again under load, and nothing is lost, doubled, or made.</summary>
/// <remarks>The number of faults is fixed by the plan and no time decides anything: a slow machine only takes longer.</remarks>
public sealed class ChaosRunTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>Each kind is among them, and those of the storage and kills several times.</summary>
    private static readonly int s_faults = LongRun.IsOn ? 200 : 15;

    private readonly string _root = Directory.CreateTempSubdirectory("dtao-chaos-").FullName;

    private string Folder => Path.Combine(_root, "cluster");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Run_FaultsOfEveryKindUnderMixedLoad_LosesNothing()
    {
        await EmulatorOrSkip.Check();
        var file = Path.Combine(_root, "report.json");
        using var said = new StringWriter();
        var context = CliContext.OfProcess() with { Output = TextWriter.Synchronized(said), Error = said, HasPerson = false, HasColour = false, Width = 200 };

        var exitCode = await DtaoCommand.RunAsync(
            ["chaos", "--silos", "3", "--seed", "20261130", "--minutes", $"{(s_faults + 14) / 15}", "--faults", $"{s_faults}", "--dir", Folder, "--report", file],
            context, TestContext.Current.CancellationToken);

        output.WriteLine(said.ToString());
        Assert.True(exitCode == ExitCode.Done, $"dtao chaos ended with {exitCode}:\n{said}\n{Logs()}");
        var report = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        Assert.True((bool)report["passed"]!);
        Assert.Equal(s_faults, (int)report["faults_total"]!);
        Assert.All(report["faults_by_kind"]!.AsObject(), kind => Assert.True((int)kind.Value! > 0, $"no {kind.Key}"));
        foreach (var check in (string[])["outcomes", "repeats", "audit", "operations", "blocks", "tallies", "faults", "evictions"])
        {
            Assert.True((bool)report["checks"]!.AsArray().Single(entry => (string?)entry!["name"] == check)!["passed"]!, check);
        }

        // It was a trial of something: operations of every route took effect, some were refused, and storage requests met every kind of fault.
        var operations = report["operations"]!.AsObject();
        foreach (var kind in (string[])["AddStake", "RemoveStake", "SwapStake", "MoveStake", "TransferStake", "Transfer", "ClaimRoot"]) Assert.True((int?)operations[$"applied {kind}"] > 0, $"no {kind} was applied");
        Assert.True((int)operations["refused"]! > 0);
        Assert.All(report["storage_calls"]!.AsObject(), fault => Assert.True((int)fault.Value! > 0, $"no request met {fault.Key}"));
        Assert.DoesNotContain(ClusterState.Read(Folder)!.Silos, silo => silo.Process.IsAlive);
        Assert.Null(ClusterState.Read(Folder)!.Storage);
    }

    [Theory]
    [InlineData("--silos", "1")]
    [InlineData("--silos", "9")]
    [InlineData("--minutes", "0")]
    [InlineData("--clients", "1")]
    [InlineData("--seed", "-1")]
    public async Task Run_BadArgument_IsRefusedBeforeAnythingStarts(string name, string value)
    {
        using var said = new StringWriter();

        var exitCode = await DtaoCommand.RunAsync(
            ["chaos", name, value, "--dir", Folder], CliContext.OfProcess() with { Output = said, Error = said }, TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.False(Directory.Exists(Folder));
    }

    private string Logs() => !Directory.Exists(Folder) ? string.Empty : string.Join('\n', Directory.GetFiles(Folder, "*.log").Select(log => $"{log}:\n{string.Join('\n', File.ReadLines(log).TakeLast(30))}"));
}
