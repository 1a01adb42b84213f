using Dtao.Hosting.Scenarios;
using Dtao.TestKit;

namespace Dtao.Network.Tests.Scenarios;

/// <summary>Whole networks on real actors over the embedded store, with every checkpoint on the way, to the rao.</summary>
public sealed class ScenarioTests
{
    private static readonly string[] s_short =
    [
        "one-subnet-basic-1", "three-subnets-1", "general-weights-1", "fee-account-1", "existential-deposit-1", "refusals-1", "emission-switches-1",
        "stable-subnet-1", "halving-1", "supply-end-1",
    ];

    private static readonly string[] s_long = ["hot-subnet-1", "random-long-1"];

    public static TheoryData<string> All => new(s_short.Concat(s_long));

    public static TheoryData<string> OnTwoSilos => new(LongRun.IsOn ? s_short.Concat(s_long) : s_short);

    public static TheoryData<string> Restarted => new(LongRun.IsOn ? s_short.Concat(s_long) : s_short);

    [Theory]
    [MemberData(nameof(All))]
    public async Task Cluster_Scenario_EndsInTheExpectedState(string name)
    {
        var scenario = Read(name);
        await using var cluster = await ClusterNetwork.StartAsync(scenario.Genesis);

        await AssertPasses(scenario, cluster, cluster);
    }

    [Theory]
    [MemberData(nameof(OnTwoSilos))]
    public async Task Cluster_ScenarioOnTwoSilos_EndsInTheExpectedState(string name)
    {
        var scenario = Read(name);
        await using var cluster = await ClusterNetwork.StartAsync(scenario.Genesis, silos: 2);

        await AssertPasses(scenario, cluster, cluster);
    }

    [Theory]
    [MemberData(nameof(Restarted))]
    public async Task Cluster_TwoSilosStoppedAndStartedInTheMiddle_EndsInTheExpectedState(string name)
    {
        var scenario = Read(name);
        await using var cluster = await ClusterNetwork.StartAsync(scenario.Genesis, silos: 2);

        await AssertPasses(scenario, new RestartingNetwork(cluster, scenario.Steps.Count / 2), cluster);
    }

    [Theory]
    [MemberData(nameof(Restarted))]
    public async Task Cluster_StoppedAndStartedInTheMiddle_EndsInTheExpectedState(string name)
    {
        var scenario = Read(name);
        await using var cluster = await ClusterNetwork.StartAsync(scenario.Genesis);

        await AssertPasses(scenario, new RestartingNetwork(cluster, scenario.Steps.Count / 2), cluster);
    }

    private static async Task AssertPasses(Scenario scenario, IScenarioNetwork network, ClusterNetwork cluster)
    {
        var run = await ScenarioRunner.Run(scenario, network);

        Assert.True(run.IsPassed, string.Join('\n', run.Differences.Take(3)));
        Assert.Equal(scenario.Expect.Sha256, run.Sha256);
        AuditAssert.IsClean(cluster.Host);
    }

    private static Scenario Read(string name) => ScenarioReader.ReadFile(Path.Combine(AppContext.BaseDirectory, "scenarios", name + ".json"));
}
