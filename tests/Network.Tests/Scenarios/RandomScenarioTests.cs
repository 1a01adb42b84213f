using CsCheck;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;

namespace Dtao.Network.Tests.Scenarios;

public sealed class RandomScenarioTests
{
    private static readonly int s_networks = LongRun.IsOn ? 200 : 8;
    private const int StepsMax = 80;

    [Fact]
    public async Task Cluster_RandomCallsAndBlocks_AgreesWithTheModelToTheRao()
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);

        await RandomScenarios.Scenario(StepsMax).SampleAsync(
            async scenario =>
            {
                await using var cluster = await ClusterNetwork.StartAsync(scenario.Genesis);
                var onModel = await ScenarioRunner.Run(scenario, new ModelNetwork(scenario.Genesis));
                var onCluster = await ScenarioRunner.Run(scenario, new RestartingNetwork(cluster, scenario.Steps.Count * 2 / 3));

                Count(onModel, counts);
                Assert.Equal(Text(onModel), Text(onCluster));
                AuditAssert.IsClean(cluster.Host);
            },
            iter: s_networks,
            threads: 1,
            print: scenario => string.Join('\n', scenario.Steps));

        Assert.True(counts.GetValueOrDefault("ok") >= s_networks * 8, $"Only {counts.GetValueOrDefault("ok")} calls were done.");
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

    private static string Text(ScenarioRun run) => System.Text.Encoding.ASCII.GetString(CanonicalJson.Write(run.State));
}
