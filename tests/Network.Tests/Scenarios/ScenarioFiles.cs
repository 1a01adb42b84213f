using Dtao.Hosting.Scenarios;
using Dtao.TestKit;

namespace Dtao.Network.Tests.Scenarios;

/// <summary>The scenario files that this version runs, and how a run is judged.</summary>
internal static class ScenarioFiles
{
    public static readonly string[] Short =
    [
        "one-subnet-basic-1", "three-subnets-1", "general-weights-1", "fee-account-1", "existential-deposit-1", "refusals-1", "emission-switches-1",
        "stable-subnet-1", "halving-1", "supply-end-1", "epochs-no-weights-1", "epochs-yuma2-1", "epochs-yuma3-1", "epochs-liquid-alpha-1",
        "tempos-and-deferral-1", "parents-children-1", "child-burn-1", "root-claims-1", "root-claims-auto-1", "neuron-registration-1", "subnet-registration-1",
    ];

    /// <summary>Thousands of steps each.</summary>
    public static readonly string[] Long = ["hot-subnet-1", "random-everything-1", "random-long-1"];

    public static Scenario Read(string name) => ScenarioReader.ReadFile(Path.Combine(AppContext.BaseDirectory, "scenarios", name + ".json"));

    /// <summary>Runs a scenario, stopped and started in the middle where asked, and asserts the expected state and clean books.</summary>
    public static async Task AssertPasses(Scenario scenario, IRestartable network, bool isRestarted)
    {
        var run = await ScenarioRunner.Run(scenario, isRestarted ? new RestartingNetwork(network, scenario.Steps.Count / 2) : network);

        Assert.True(run.IsPassed, string.Join('\n', run.Differences.Take(3)));
        Assert.Equal(scenario.Expect.Sha256, run.Sha256);
        await network.AssertClean();
    }
}
