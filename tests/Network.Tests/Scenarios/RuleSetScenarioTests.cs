using Dtao.Economics;
using Dtao.Economics.Rules;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;

namespace Dtao.Network.Tests.Scenarios;

/// <summary>The scenarios' networks under other rules, and under rules that change: the cluster ends as the model does, to the rao.</summary>
public sealed class RuleSetScenarioTests
{
    private static readonly RuleSchedule s_changing = RuleSchedule.Of(
        RuleSets.June2026, [new(new BlockNumber(12), RuleSets.February2025), new(new BlockNumber(30), RuleSets.June2026Flow)]);

    [Theory]
    [InlineData("root-claims-1", "2025-02")]
    [InlineData("root-claims-1", "2026-06-flow")]
    [InlineData("root-claims-auto-1", "changing")]
    [InlineData("epochs-yuma3-1", "changing")]
    [InlineData("three-subnets-1", "2026-06-flow")]
    public async Task Cluster_ScenarioUnderOtherRules_AgreesWithTheModelToTheRao(string name, string rules)
    {
        var scenario = Under(ScenarioFiles.Read(name), rules == "changing" ? s_changing : RuleSchedule.Of(RuleSets.All.Single(set => set.Name == rules)));
        await using var cluster = new OrderedLogNetwork(await ClusterNetwork.StartAsync(scenario.Genesis));

        var onModel = await ScenarioRunner.Run(scenario, new ModelNetwork(scenario.Genesis));
        var onCluster = await ScenarioRunner.Run(scenario, new RestartingNetwork(cluster, scenario.Steps.Count / 2));

        Assert.NotEmpty(onModel.Differences);
        Assert.Equal(onModel.Sha256, onCluster.Sha256);
        await cluster.AssertClean();
        await AssertHeaders(cluster, scenario.Genesis.Parameters.Rules);
    }

    private static async Task AssertHeaders(OrderedLogNetwork cluster, RuleSchedule rules)
    {
        var image = await cluster.ReadImage();

        Assert.True(image.Coordinator.Headers.Count > 1);
        Assert.All(image.Coordinator.Headers, header => Assert.Equal(rules.At(header.Number).Name, header.RuleSet));
    }

    private static Scenario Under(Scenario scenario, RuleSchedule rules) =>
        scenario with { Genesis = scenario.Genesis with { Parameters = scenario.Genesis.Parameters with { Rules = rules } } };
}
