using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Lanes;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;
using Dtao.Hosting.Scenarios;
using Dtao.Network.Tests.Scenarios;
using Dtao.TestKit;

namespace Dtao.Network.Tests.Rules;

/// <summary>An actor that ends in the middle of a block with an epoch, after it has answered and before its answer arrives.</summary>
public sealed class EpochRuleTests
{
    private static readonly Aliases s_noNames = new([]);

    /// <summary>Metagraph, hotkey, root, the pool itself, and the lane: each in every block, so that all epochs, accruals, and claims are met.</summary>
    [Theory]
    [InlineData(nameof(IMetagraphGrain), nameof(IMetagraphGrain.RunEpoch))]
    [InlineData(nameof(IValidatorGrain), nameof(IValidatorGrain.GetRecordAtStart))]
    [InlineData(nameof(NetUid.Root), nameof(ISubnetPoolGrain.GetStakesForEpoch))]
    [InlineData(nameof(NetUid.Root), nameof(ISubnetPoolGrain.ApplyBlock))]
    [InlineData(nameof(NetUid.Root), nameof(ISubnetPoolGrain.EndHold))]
    [InlineData(nameof(ISubnetPoolGrain), nameof(ISubnetPoolGrain.ApplyBlock))]
    [InlineData(nameof(ISubnetPoolGrain), nameof(ISubnetPoolGrain.CloseForLane))]
    [InlineData(nameof(ILaneGrain), nameof(ILaneGrain.ClaimForBlock))]
    [InlineData(nameof(ILaneGrain), nameof(ILaneGrain.PauseForBlock))]
    public async Task Epoch_ActorEndsAndItsAnswerIsLost_BlockEndsAndPaysWhatTheModelPays(string actor, string method)
    {
        var whole = new WholeNetwork(2, 3, 2, 3);
        await using var rules = await RuleNetwork.StartAsync(whole.Genesis);
        var cluster = new OrderedLogNetwork(rules.Cluster);
        await using var model = new ModelNetwork(whole.Genesis);
        var reached = 0;

        for (var block = 1; block <= whole.Blocks; block++)
        {
            await model.MakeBlocks(1);
            var lost = rules.Calls.LoseNext(Victim(rules.Grains, actor, whole), method);
            await cluster.MakeBlocks(1);
            if (lost.IsReached) reached++;
            foreach (var (signer, call) in whole.CallsOf(block))
            {
                Assert.Equal((await model.Execute(signer, call)).Error, (await cluster.Execute(signer, call)).Error);
            }

            await cluster.AssertClean();
        }

        Assert.True(reached > 1, $"{method} was asked in {reached} blocks.");
        Assert.Equal(await Describe(model), await Describe(cluster));
        var state = await cluster.Read();
        Assert.All(state.Subnets.Where(books => books is { IsRoot: false, Generation: 0 }), books => Assert.True(books.EpochIndex > 1));
        Assert.NotEmpty(state.ClaimRates);
    }

    private static IGrain Victim(IGrainFactory grains, string actor, WholeNetwork whole) => actor switch
    {
        nameof(IMetagraphGrain) => grains.Metagraph(1),
        nameof(IValidatorGrain) => grains.Validator(whole.Genesis.Hotkeys[1].Hotkey),
        nameof(ISubnetPoolGrain) => grains.Pool(new NetUid(1)),
        nameof(ILaneGrain) => grains.Lane(),
        _ => grains.Pool(NetUid.Root),
    };

    private static async Task<string> Describe(IScenarioNetwork network) =>
        System.Text.Encoding.ASCII.GetString(CanonicalJson.Write(CanonicalState.Of(await network.Read(), "epochs", s_noNames, null)));
}
