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
    private const int HistoriesToFindMax = 100_000;

    [Theory]
    [InlineData(Scene.Market, HistoriesOrdinary)]
    [InlineData(Scene.Network, NetworkHistoriesOrdinary)]
    public void Histories_Unplanted_BreakNoRule(Scene scene, int ordinary)
    {
        if (AskedScene is { } asked && asked != scene) return;
        if (ReadNumber("DTAO_SIM_SEED") is { } seed)
        {
            Assert.Fail(Story.Tell(seed, PlantedBug, scene, (int)(ReadNumber("DTAO_SIM_LINES") ?? Story.LinesMax)));
            return;
        }

        var count = ReadNumber("DTAO_SIM_HISTORIES") ?? (ulong)ordinary;
        var began = Stopwatch.GetTimestamp();
        var found = Search.FirstBroken(Bug.None, scene, count);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{scene}: {count} histories, {count / seconds:F0} a second"));
        Assert.True(found is null, found is { } broken ? Story.Tell(broken, Bug.None, scene) : string.Empty);
    }

    public static TheoryData<Bug> Planted => [.. Enum.GetValues<Bug>().Where(bug => bug != Bug.None)];

    [Theory]
    [MemberData(nameof(Planted))]
    public void Histories_BugPlanted_SomeSeedFindsIt(Bug bug)
    {
        if (AskedScene is { } asked && asked != SceneOf(bug)) return;
        var found = Search.FirstBroken(bug, SceneOf(bug), HistoriesToFindMax);
        Assert.True(found is not null, $"{HistoriesToFindMax} histories did not find {bug}.");
        output.WriteLine($"{bug}: {Story.Tell(found.Value, bug, SceneOf(bug), linesMax: 0)}");
    }

    [Theory]
    [InlineData(Scene.Market)]
    [InlineData(Scene.Network)]
    public void History_SeedRepeated_TellsTheSame(Scene scene)
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            Assert.Equal(Story.Tell(seed, Bug.None, scene, int.MaxValue), Story.Tell(seed, Bug.None, scene, int.MaxValue));
        }
    }

    private static Scene SceneOf(Bug bug) => bug >= Bug.EpochPaidBeforeBlock ? Scene.Network : Scene.Market;

    /// <summary>Null when both scenes are asked for.</summary>
    private static Scene? AskedScene =>
        Enum.TryParse<Scene>(Environment.GetEnvironmentVariable("DTAO_SIM_SCENE"), out var scene) ? scene
        : ReadNumber("DTAO_SIM_SEED") is null ? null : SceneOf(PlantedBug);

    private static Bug PlantedBug => Enum.TryParse<Bug>(Environment.GetEnvironmentVariable("DTAO_SIM_BUG"), out var bug) ? bug : Bug.None;

    private static ulong? ReadNumber(string variable) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
