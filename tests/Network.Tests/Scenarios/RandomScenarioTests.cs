using Dtao.Economics.Ledger;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;

namespace Dtao.Network.Tests.Scenarios;

/// <summary>Random networks with random calls, on the cluster and on the sequential model, to the rao.</summary>
public sealed class RandomScenarioTests
{
    private const int StepsMax = 80;

    [Fact]
    public Task Cluster_RandomCallsAndBlocks_AgreesWithTheModelToTheRao() => AssertAgrees(
        LongRun.IsOn ? 200 : 8,
        async genesis => new OrderedLogNetwork(await ClusterNetwork.StartAsync(genesis)));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task ClusterOnGrainStorage_RandomCallsAndBlocks_AgreesWithTheModelToTheRao(int silos) => AssertAgrees(
        LongRun.IsOn ? 40 : 4,
        async genesis => await GrainStorageNetwork.StartAsync(genesis, silos == 1 ? JournalStore.RecordMemory : JournalStore.Sqlite, silos));

    private static async Task AssertAgrees(int networks, Func<GenesisState, Task<IRestartable>> start)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);

        await RandomRuns.AssertAgree(
            RandomScenarios.Scenario(StepsMax), networks, start, genesis => new ModelNetwork(genesis), run => Count(run, counts));

        Assert.True(counts.GetValueOrDefault("ok") >= networks * 8, $"Only {counts.GetValueOrDefault("ok")} calls were done.");
        Assert.True(counts.Count > 10, "Refusals that occurred: " + string.Join(", ", counts.Keys));
    }

    private static void Count(ScenarioRun run, Dictionary<string, int> counts)
    {
        foreach (var result in (IReadOnlyList<object?>)run.State["results"]!)
        {
            var name = ((CanonicalObject)result!).TryGetValue("error", out var error) ? (string)error! : "ok";
            counts[name] = counts.GetValueOrDefault(name) + 1;
        }
    }
}
