using Dtao.Economics.Ledger;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;

namespace Dtao.Network.Tests.Scenarios;

/// <summary>Everything that a network does, over several tempos, on actors and on the sequential model: the same to the rao, and clean books at every block.</summary>
public sealed class WholeNetworkTests
{
    private static readonly Aliases s_noNames = new([]);

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public async Task Cluster_WholeNetworkOverThreeTempos_IsTheModelToTheRaoWithCleanBooksAtEveryBlock(int silos, bool withFees)
    {
        var whole = LongRun.IsOn ? new WholeNetwork(8, 64, 256, 12) : new WholeNetwork(3, 6, 12, 7);
        var genesis = whole.Genesis;
        if (withFees) genesis = genesis with { Parameters = genesis.Parameters with { TransactionFees = true, Author = SmallNetwork.Author } };
        await using var model = new ModelNetwork(genesis);
        await using var cluster = new OrderedLogNetwork(await ClusterNetwork.StartAsync(genesis, silos));
        var done = new Dictionary<CallKind, int>();

        for (var block = 1; block <= whole.Blocks; block++)
        {
            await model.MakeBlocks(1);
            await cluster.MakeBlocks(1);
            foreach (var (signer, call) in whole.CallsOf(block))
            {
                var expected = await model.Execute(signer, call);
                var outcome = await cluster.Execute(signer, call);
                Assert.Equal(Text(expected), Text(outcome));
                if (outcome.IsOk) done[call.Kind] = done.GetValueOrDefault(call.Kind) + 1;
            }

            await cluster.AssertClean();
        }

        Assert.Equal(await Describe(model), await Describe(cluster));
        CallKind[] expectedKinds =
        [
            CallKind.SetWeights, CallKind.SetChildren, CallKind.SetChildkeyTake, CallKind.ClaimRoot, CallKind.SetRootClaimType, CallKind.AddStake,
            CallKind.RemoveStake, CallKind.SwapStake, CallKind.RegisterNetwork, CallKind.RegisterNeuron, CallKind.SetHyperparameter,
        ];
        Assert.Empty(expectedKinds.Except(done.Keys));
        var state = await cluster.Read();
        Assert.Contains(state.Subnets, books => books.Generation > 0);
        Assert.All(state.Subnets.Where(books => !books.IsRoot && books.Generation == 0), books => Assert.True(books.EpochIndex >= 3));
        Assert.NotEmpty(state.ClaimRates);
    }

    private static string Text(CallOutcome outcome) =>
        System.Text.Encoding.ASCII.GetString(CanonicalJson.Write(CanonicalResults.Of(outcome, s_noNames)));

    private static async Task<string> Describe(IScenarioNetwork network) =>
        System.Text.Encoding.ASCII.GetString(CanonicalJson.Write(CanonicalState.Of(await network.Read(), "whole", s_noNames, null)));
}
