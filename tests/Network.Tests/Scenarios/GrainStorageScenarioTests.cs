using Dtao.TestKit;

namespace Dtao.Network.Tests.Scenarios;

/// <summary>The same networks with their journals in Orleans grain storage, where nothing orders the writes of different actors.</summary>
public sealed class GrainStorageScenarioTests
{
    public static TheoryData<string, JournalStore, int, bool> Matrix => new(
        from isRestarted in new[] { false, true }
        from silos in new[] { 1, 2 }
        from store in Enum.GetValues<JournalStore>()
        from name in ScenarioFiles.Short.Concat(ScenarioFiles.Long)
        where store != JournalStore.None && !(store == JournalStore.OrleansMemory && isRestarted)
        where LongRun.IsOn || IsInOrdinaryRun(name, store, silos, isRestarted)
        select (name, store, silos, isRestarted));

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task ClusterOnGrainStorage_Scenario_EndsInTheExpectedState(string name, JournalStore store, int silos, bool isRestarted)
    {
        var scenario = ScenarioFiles.Read(name);
        await using var network = await GrainStorageNetwork.StartAsync(scenario.Genesis, store, silos);

        await ScenarioFiles.AssertPasses(scenario, network, isRestarted);
    }

    private static bool IsInOrdinaryRun(string name, JournalStore store, int silos, bool isRestarted) =>
        ScenarioFiles.Short.Contains(name)
        && (store, silos, isRestarted) is (JournalStore.OrleansMemory, 1, false) or (JournalStore.Sqlite, 2, true);
}
