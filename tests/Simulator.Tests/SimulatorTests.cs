using System.Diagnostics;
using System.Globalization;
using Dtao.Simulator.Tests.Simulation;
using Xunit;

namespace Dtao.Simulator.Tests;

/// <summary>Seeded histories of the actors' deciders under faults. DTAO_LONG=1 runs twenty times as many, and finds each planted bug from three starts.</summary>
/// <remarks>
/// DTAO_SIM_SEED=n tells one history (DTAO_SIM_SCENE=Network: of the networks; DTAO_SIM_BUG=name: with that bug, in its world; DTAO_SIM_WORLD=name: in its
/// world without it), and DTAO_SIM_LINES=n how much of its end. DTAO_SIM_HISTORIES=n runs so many instead of the ordinary number, after the seed DTAO_SIM_AFTER=n.
/// </remarks>
public class SimulatorTests(ITestOutputHelper output)
{
    private const int MarketHistoriesOrdinary = 30_000;
    private const int NetworkHistoriesOrdinary = 4_000;
    private const int HistoriesInAWorldOrdinary = 100;
    private const int HistoriesToFindMax = 100_000;

    private static readonly bool s_isLong = Environment.GetEnvironmentVariable("DTAO_LONG") == "1";
    private static readonly ulong[] s_starts = s_isLong ? [0, 1_000_000, 2_000_000] : [0];

    [Theory]
    [InlineData(Scene.Market, MarketHistoriesOrdinary)]
    [InlineData(Scene.Network, NetworkHistoriesOrdinary)]
    public void Histories_Unplanted_BreakNoRule(Scene scene, int ordinary)
    {
        if (AskedScene is { } asked && asked != scene) return;
        if (ReadNumber("DTAO_SIM_SEED") is { } seed)
        {
            Assert.Fail(Story.Tell(seed, PlantedBug, World(scene), (int)(ReadNumber("DTAO_SIM_LINES") ?? Story.LinesMax)));
            return;
        }

        var count = Count(ordinary);
        var began = Stopwatch.GetTimestamp();
        var found = Search.FirstBroken(Bug.None, new Focus(scene), After, count);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{scene}: {count} histories, {count / seconds:F0} a second"));
        Assert.True(found is null, found is { } broken ? Story.Tell(broken, Bug.None, new Focus(scene)) : string.Empty);
    }

    /// <summary>Histories of networks that the checker once misplaced something in: a credit of a batch, and calls on a netuid without a subnet.</summary>
    [Theory]
    [InlineData(54_992UL)]
    [InlineData(60_498UL)]
    public void History_OnceMisplaced_BreaksNoRule(ulong seed)
    {
        var focus = new Focus(Scene.Network);

        var broken = Search.FirstBroken(Bug.None, focus, seed - 1, 1);

        Assert.True(broken is null, broken is { } found ? Story.Tell(found, Bug.None, focus) : string.Empty);
    }

    public static TheoryData<Bug> Planted => [.. Enum.GetValues<Bug>().Where(bug => bug != Bug.None)];

    /// <summary>Also that it is the bug which breaks the rule: without it, no history of its world does.</summary>
    [Theory]
    [MemberData(nameof(Planted))]
    public void Histories_BugPlanted_SomeSeedFindsItAndNoneWithoutIt(Bug bug)
    {
        var focus = Focus.Of(bug);
        if (AskedScene is { } asked && asked != focus.Scene) return;
        foreach (var after in s_starts)
        {
            var began = Stopwatch.GetTimestamp();
            var found = Search.FirstBroken(bug, focus, after, HistoriesToFindMax);
            Assert.True(found is not null, $"{HistoriesToFindMax} histories after {after} did not find {bug}.");
            var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bug}: {found - after} in {seconds:F1} s: {Story.Tell(found.Value, bug, focus, linesMax: 0)}"));
        }

        var broken = Search.FirstBroken(Bug.None, focus, After, Count(HistoriesInAWorldOrdinary));
        Assert.True(broken is null, broken is { } seed ? Story.Tell(seed, Bug.None, focus) : string.Empty);
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

    private static ulong Count(int ordinary) => ReadNumber("DTAO_SIM_HISTORIES") ?? (s_isLong ? 20UL : 1UL) * (ulong)ordinary;

    /// <summary>Null when both scenes are asked for.</summary>
    private static Scene? AskedScene =>
        Enum.TryParse<Scene>(Environment.GetEnvironmentVariable("DTAO_SIM_SCENE"), out var scene) ? scene
        : ReadNumber("DTAO_SIM_SEED") is null ? null : World(Scene.Market).Scene;

    private static Focus World(Scene scene) => ReadBug("DTAO_SIM_WORLD") is var bug && bug != Bug.None ? Focus.Of(bug)
        : PlantedBug != Bug.None ? Focus.Of(PlantedBug) : new Focus(scene);

    private static Bug PlantedBug => ReadBug("DTAO_SIM_BUG");

    private static ulong After => ReadNumber("DTAO_SIM_AFTER") ?? 0;

    private static Bug ReadBug(string variable) => Enum.TryParse<Bug>(Environment.GetEnvironmentVariable(variable), out var bug) ? bug : Bug.None;

    private static ulong? ReadNumber(string variable) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
