using Dtao.Economics.Ledger;
using Dtao.Hosting.Generated;
using Dtao.Hosting.Scenarios;
using Xunit;

namespace Dtao.Hosting.Tests.Generated;

public class GeneratedScenarioTests
{
    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(1, 1, 30)]
    [InlineData(2, 50, 7)]
    [InlineData(5, 120, 400)]
    [InlineData(64, 3, 10)]
    public void Create_AnySize_HasThatManyBlocksOperationsAndSubnets(int subnets, ulong blocks, int operations)
    {
        var scenario = GeneratedScenario.Create(new() { Subnets = subnets, Blocks = blocks, Operations = operations });

        Assert.Equal(blocks, scenario.Steps.Aggregate(0UL, (sum, step) => sum + step.Blocks));
        Assert.Equal(subnets + 1, scenario.Genesis.Subnets.Count);
        var weights = subnets * 3;
        Assert.Equal(operations + weights, scenario.Steps.Count(step => step.Call is not null));
        Assert.All(scenario.Steps.Skip(1).Take(weights), step => Assert.Equal(CallKind.SetWeights, step.Call!.Kind));
    }

    [Fact]
    public async Task Create_SameSeed_EndsTheSameAndAnotherSeedDoesNot()
    {
        var first = await Sha256Of(seed: 7);

        Assert.Equal(first, await Sha256Of(seed: 7));
        Assert.NotEqual(first, await Sha256Of(seed: 8));
    }

    [Fact]
    public void Create_ManyOperations_AreOfEveryKindThatIsDrawn()
    {
        var scenario = GeneratedScenario.Create(new() { Operations = 2_000 });

        var kinds = scenario.Steps.Where(step => step.Call is not null).Select(step => step.Call!.Kind).ToHashSet();
        Assert.Equal(
            [
                CallKind.AddStake, CallKind.AddStakeLimit, CallKind.RemoveStake, CallKind.TransferStake, CallKind.SwapStake, CallKind.Transfer, CallKind.SetWeights,
                CallKind.ClaimRoot,
            ],
            kinds.Order());
    }

    private static async Task<string> Sha256Of(ulong seed)
    {
        var scenario = GeneratedScenario.Create(new() { Subnets = 2, Blocks = 120, Operations = 60, Seed = seed });
        return (await ScenarioRunner.Run(scenario, new ModelNetwork(scenario.Genesis))).Sha256;
    }
}
