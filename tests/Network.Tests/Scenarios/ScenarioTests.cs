using Dtao.Hosting.Scenarios;
using Dtao.TestKit;

namespace Dtao.Network.Tests.Scenarios;

/// <summary>Whole networks on real actors over the embedded store, with every checkpoint on the way, to the rao.</summary>
public sealed class ScenarioTests
{
    /// <summary>Every file on one silo and on two that share the store, straight through and stopped and started in the middle.</summary>
    public static TheoryData<string, int, bool> Matrix => new(
        from isRestarted in new[] { false, true }
        from silos in new[] { 1, 2 }
        from name in ScenarioFiles.Short.Concat(ScenarioFiles.Long)
        where LongRun.IsOn || IsInOrdinaryRun(name, silos, isRestarted)
        select (name, silos, isRestarted));

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Cluster_Scenario_EndsInTheExpectedState(string name, int silos, bool isRestarted)
    {
        var scenario = ScenarioFiles.Read(name);
        await using var network = new OrderedLogNetwork(await ClusterNetwork.StartAsync(scenario.Genesis, silos));

        await ScenarioFiles.AssertPasses(scenario, network, isRestarted);
    }

    /// <summary>All four take minutes together; the ordinary run has the hardest of every file, and the plain one of a few: on grain storage it has that of all short ones.</summary>
    private static bool IsInOrdinaryRun(string name, int silos, bool isRestarted) =>
        (silos, isRestarted) is (2, true) || ((silos, isRestarted) is (1, false) && name is "three-subnets-1" or "root-claims-auto-1" or "random-everything-1");
}
