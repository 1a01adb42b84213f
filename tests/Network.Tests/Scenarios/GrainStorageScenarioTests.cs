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

    /// <summary>The plain one of every short file, and the hardest of those that bring the most different records to be read again.</summary>
    private static bool IsInOrdinaryRun(string name, JournalStore store, int silos, bool isRestarted) => (store, silos, isRestarted) switch
    {
        (JournalStore.OrleansMemory, 1, false) => ScenarioFiles.Short.Contains(name),
        (JournalStore.Sqlite, 2, true) => name is "three-subnets-1" or "refusals-1" or "epochs-liquid-alpha-1" or "root-claims-auto-1" or "parents-children-1" or "subnet-registration-1",
        _ => false,
    };
}
