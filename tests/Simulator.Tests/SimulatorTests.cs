using System.Diagnostics;
using System.Globalization;
using Dtao.Simulator.Tests.Simulation;
using Xunit;

namespace Dtao.Simulator.Tests;

/// <summary>Seeded histories of the actors' deciders under faults.</summary>
/// <remarks>DTAO_SIM_SEED=n tells one history (DTAO_SIM_SCENE=Network: of the networks), and DTAO_SIM_LINES=n how much of its end; DTAO_SIM_HISTORIES=n runs so many instead of the ordinary number.</remarks>
public class SimulatorTests(ITestOutputHelper output)
{
    private const int HistoriesOrdinary = 100_000;
    private const int NetworkHistoriesOrdinary = 8_000;
    private const int HistoriesToFindMax = 3_000;

    [Theory]
    [InlineData(Scene.Market, HistoriesOrdinary)]
    [InlineData(Scene.Network, NetworkHistoriesOrdinary)]
    public void Histories_Unplanted_BreakNoRule(Scene scene, int ordinary)
    {
        if (AskedScene is { } asked && asked != scene) return;
        if (ReadNumber("DTAO_SIM_SEED") is { } seed)
        {
            Assert.Fail(Story.Tell(seed, PlantedBug, World(scene), (int)(ReadNumber("DTAO_SIM_LINES") ?? Story.LinesMax)));
            return;
        }

        var count = ReadNumber("DTAO_SIM_HISTORIES") ?? (ulong)ordinary;
        var began = Stopwatch.GetTimestamp();
        var found = Search.FirstBroken(Bug.None, new Focus(scene), After, count);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{scene}: {count} histories, {count / seconds:F0} a second"));
        Assert.True(found is null, found is { } broken ? Story.Tell(broken, Bug.None, new Focus(scene)) : string.Empty);
    }

    public static TheoryData<Bug> Planted => [.. Enum.GetValues<Bug>().Where(bug => bug != Bug.None)];

    [Theory]
    [MemberData(nameof(Planted))]
    public void Histories_BugPlanted_SomeSeedFindsIt(Bug bug)
    {
        if (AskedScene is { } asked && asked != SceneOf(bug)) return;
        if (Environment.GetEnvironmentVariable("ONLY") is { Length: > 0 } only && !only.Split(',').Contains(bug.ToString())) return;
        var line = "";
        ulong? found = null;
        string first = "";
        foreach (var after in new ulong[] { 0, 1_000_000, 2_000_000 })
        {
            var cpu = Environment.CpuUsage.TotalTime;
            line += $" {Search.Count(bug, Focus.Of(bug), after, (int)(ReadNumber("FIND") ?? 500))} ({(Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds:F0} ms)";
        }

        var c0 = Environment.CpuUsage.TotalTime;
        var n = ReadNumber("CONTROL") ?? 150;
        if (Search.FirstBroken(Bug.None, Focus.Of(bug), 5_000_000, n) is { } bad) output.WriteLine($"MEASURE {bug} CONTROL BREAKS " + Story.Tell(bad, Bug.None, Focus.Of(bug), linesMax: 0).ReplaceLineEndings(" "));
        line += $" each {(Environment.CpuUsage.TotalTime - c0).TotalMilliseconds / n:F1} ms";
        output.WriteLine($"MEASURE {bug} {line} {first}");
        Assert.True(found is not null, $"{HistoriesToFindMax} histories did not find {bug}.");
        output.WriteLine($"{bug}: {Story.Tell(found.Value, bug, Focus.Of(bug), linesMax: 0)}");
    }

    [Theory]
    [InlineData(Scene.Market)]
    [InlineData(Scene.Network)]
    public void History_SeedRepeated_TellsTheSame(Scene scene)
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            Assert.Equal(Story.Tell(seed, Bug.None, new Focus(scene), int.MaxValue), Story.Tell(seed, Bug.None, new Focus(scene), int.MaxValue));
        }
    }

    private static Focus World(Scene scene) =>
        Enum.TryParse<Bug>(Environment.GetEnvironmentVariable("DTAO_SIM_WORLD"), out var bug) || (bug = PlantedBug) != Bug.None ? Focus.Of(bug) : new Focus(scene);

    private static ulong After => ReadNumber("DTAO_SIM_AFTER") ?? 0;

    private static Scene SceneOf(Bug bug) => bug >= Bug.EpochPaidBeforeBlock ? Scene.Network : Scene.Market;

    /// <summary>Null when both scenes are asked for.</summary>
    private static Scene? AskedScene =>
        Enum.TryParse<Scene>(Environment.GetEnvironmentVariable("DTAO_SIM_SCENE"), out var scene) ? scene
        : ReadNumber("DTAO_SIM_SEED") is null ? null : SceneOf(PlantedBug);

    private static Bug PlantedBug => Enum.TryParse<Bug>(Environment.GetEnvironmentVariable("DTAO_SIM_BUG"), out var bug) ? bug : Bug.None;

    private static ulong? ReadNumber(string variable) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
