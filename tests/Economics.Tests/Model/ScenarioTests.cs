using Dtao.Hosting.Scenarios;
using Xunit;

namespace Dtao.Economics.Tests.Model;

public class ScenarioTests
{
    /// <summary>Whole networks, with every checkpoint on the way, to the rao.</summary>
    [Theory]
    [InlineData("one-subnet-basic-1")]
    [InlineData("three-subnets-1")]
    [InlineData("general-weights-1")]
    [InlineData("fee-account-1")]
    [InlineData("existential-deposit-1")]
    [InlineData("refusals-1")]
    [InlineData("emission-switches-1")]
    [InlineData("stable-subnet-1")]
    [InlineData("halving-1")]
    [InlineData("supply-end-1")]
    [InlineData("hot-subnet-1")]
    [InlineData("random-long-1")]
    [InlineData("epochs-no-weights-1")]
    [InlineData("epochs-yuma2-1")]
    [InlineData("epochs-yuma3-1")]
    [InlineData("epochs-liquid-alpha-1")]
    [InlineData("tempos-and-deferral-1")]
    [InlineData("parents-children-1")]
    [InlineData("child-burn-1")]
    [InlineData("root-claims-1")]
    [InlineData("root-claims-auto-1")]
    [InlineData("neuron-registration-1")]
    [InlineData("subnet-registration-1")]
    [InlineData("random-everything-1")]
    public async Task SequentialNetwork_Scenario_EndsInTheExpectedState(string name)
    {
        var scenario = ScenarioReader.ReadFile(Path.Combine(AppContext.BaseDirectory, "scenarios", name + ".json"));

        var run = await ScenarioRunner.Run(scenario, new ModelNetwork(scenario.Genesis));

        Assert.True(run.IsPassed, string.Join('\n', run.Differences.Take(3)));
        Assert.Equal(scenario.Expect.Sha256, run.Sha256);
    }
}
