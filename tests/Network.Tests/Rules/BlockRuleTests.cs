using Dtao.Client;
using Dtao.Economics;
using Dtao.Grains.Blocks;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;
using Orleans.Core.Internal;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Rules;

/// <summary>The rules of blocks and of fee accounts, each on a network of its own.</summary>
public sealed class BlockRuleTests
{
    /// <summary>Whoever asks for blocks may be told that one failed; the chain has no gap and no block twice, and the state is the model's.</summary>
    [Fact]
    public async Task Block_CoordinatorDeactivatedInTheMiddle_IsAppliedExactlyOnce()
    {
        const int Asked = 40;
        var genesis = Genesis();
        await using var cluster = await ClusterNetwork.StartAsync(genesis, silos: 2);
        var network = RunningNetwork.Of(cluster.Host);

        for (var i = 0; i < Asked; i++)
        {
            var closing = network.Coordinator.CloseBlock();
            await Deactivate(network.Coordinator);
            await Ended(closing, TestContext.Current.CancellationToken);
        }

        var last = await network.CloseBlock();
        await AssertChain(network, last);
        await using var model = new ModelNetwork(genesis);
        await model.MakeBlocks(last.Number.Value);
        Assert.Equal(await Text(model), await Text(cluster));
        AuditAssert.IsClean(cluster.Host);
    }

    [Fact]
    public async Task Headers_OfAllBlocks_AreLinkedByParentHash()
    {
        // More than the coordinator keeps in memory.
        const int Blocks = CoordinatorState.HeadersMax + 20;
        await using var cluster = await ClusterNetwork.StartAsync(Genesis(stakers: 1));
        await cluster.MakeBlocks(Blocks - 1);
        var network = RunningNetwork.Of(cluster.Host);

        var last = await network.Coordinator.CloseBlock();

        Assert.Equal((ulong)Blocks, last.Number.Value);
        await AssertChain(network, last);
        Assert.Null(await network.Coordinator.GetHeader(last.Number.Next));
    }

    /// <summary>Both pools believe that the fee account does not exist when they book its first fee.</summary>
    [Fact]
    public async Task FeeAccount_FirstFeesFromTwoPoolsAtOnce_BeginsToExistAndHoldsTheirSum()
    {
        await using var cluster = await ClusterNetwork.StartAsync(Genesis(author: Author));
        var network = RunningNetwork.Of(cluster.Host);

        var receipts = await Task.WhenAll(Enumerable.Range(0, 8).Select(number =>
            network.Submit(Staker(number), Calls.AddStake(number % 2 == 0 ? Hot : Warm, number % 2 == 0 ? One : Two, new Tao(OneTao)))));

        Assert.All(receipts, receipt => Assert.True(receipt.IsApplied, receipt.ErrorName));
        var fees = receipts.Aggregate(0UL, (sum, receipt) => sum + receipt.Outcome!.Moves[0].Fee);
        Assert.True(fees > 500);
        Assert.Equal(fees, await network.Free(Author));
        var spent = await network.Submit(Author, Calls.TransferAll(Staker(0), keepAlive: false));
        Assert.True(spent.IsApplied, spent.ErrorName);
        Assert.Equal(0UL, await network.Free(Author));
        AuditAssert.IsClean(cluster.Host);
    }

    private static async Task Deactivate(IGrain grain) => await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();

    /// <summary>However it ended.</summary>
    private static async Task Ended(Task task, CancellationToken token) => await Task.WhenAny(task).WaitAsync(token);

    private static async Task AssertChain(RunningNetwork network, BlockHeader last)
    {
        var parent = new byte[32];
        for (var number = new BlockNumber(1); number <= last.Number; number = number.Next)
        {
            var header = await network.Coordinator.GetHeader(number);
            Assert.Equal(number, header!.Number);
            Assert.Equal(parent, header.ParentHash);
            parent = header.Hash;
        }

        Assert.Equal(parent, last.Hash);
        foreach (var netuid in new[] { Root, One, Two, Stable }) Assert.Equal(last.Number, (await network.Pool(netuid).GetView()).Block);
    }

    private static async Task<string> Text(IScenarioNetwork network) =>
        System.Text.Encoding.ASCII.GetString(CanonicalJson.Write(CanonicalState.Of(await network.Read(), "blocks", SmallNetwork.Aliases, results: null)));
}
