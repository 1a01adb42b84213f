using System.Diagnostics;
using System.Globalization;
using Dtao.Simulator.Tests.Simulation;
using Xunit;

namespace Dtao.Simulator.Tests;

/// <summary>Seeded histories of the actors' deciders under faults.</summary>
/// <remarks>DTAO_SIM_SEED=n tells one history, and DTAO_SIM_LINES=n how much of its end; DTAO_SIM_HISTORIES=n runs so many instead of the ordinary number.</remarks>
public class SimulatorTests(ITestOutputHelper output)
{
    private const int HistoriesOrdinary = 100_000;
    private const int HistoriesToFindMax = 100_000;

    [Fact]
    public void Histories_Unplanted_BreakNoRule()
    {
        if (ReadNumber("DTAO_SIM_SEED") is { } seed)
        {
            Assert.Fail(Story.Tell(seed, PlantedBug, (int)(ReadNumber("DTAO_SIM_LINES") ?? Story.LinesMax)));
            return;
        }

        var count = ReadNumber("DTAO_SIM_HISTORIES") ?? HistoriesOrdinary;
        var began = Stopwatch.GetTimestamp();
        var found = Search.FirstBroken(Bug.None, count);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} histories, {count / seconds:F0} a second"));
        Assert.True(found is null, found is { } broken ? Story.Tell(broken, Bug.None) : string.Empty);
    }

    public static TheoryData<Bug> Planted => [.. Enum.GetValues<Bug>().Where(bug => bug != Bug.None)];

    [Theory]
    [MemberData(nameof(Planted))]
    public void Histories_BugPlanted_SomeSeedFindsIt(Bug bug)
    {
        var found = Search.FirstBroken(bug, HistoriesToFindMax);
        Assert.True(found is not null, $"{HistoriesToFindMax} histories did not find {bug}.");
        output.WriteLine($"{bug}: {Story.Tell(found.Value, bug, linesMax: 0)}");
    }

    [Fact]
    public void History_SeedRepeated_TellsTheSame()
    {
        for (ulong seed = 1; seed <= 20; seed++) Assert.Equal(Story.Tell(seed, Bug.None, int.MaxValue), Story.Tell(seed, Bug.None, int.MaxValue));
    }

    private static Bug PlantedBug => Enum.TryParse<Bug>(Environment.GetEnvironmentVariable("DTAO_SIM_BUG"), out var bug) ? bug : Bug.None;

    private static ulong? ReadNumber(string variable) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
