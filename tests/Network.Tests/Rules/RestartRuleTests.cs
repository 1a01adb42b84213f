using Dtao.Client;
using Dtao.Economics;
using Dtao.Grains;
using Dtao.TestKit;
using Orleans.Core.Internal;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Rules;

/// <summary>What a network knows after it was stopped, and what its actors may forget while it runs.</summary>
public sealed class RestartRuleTests
{
    /// <summary>The process that answered by block 3 is gone; the next does not take for valid what had expired.</summary>
    [Fact]
    public async Task Clock_AfterRestart_StandsAtTheLastClosedBlock()
    {
        await using var rules = await RuleNetwork.StartAsync();
        await rules.Cluster.MakeBlocks(3);
        var operation = await rules.Network.Prepare(Staker(0), Calls.AddStake(Hot, One, new Tao(OneTao)));
        var expired = operation with { LastValidBlock = new BlockNumber(2) };

        await rules.Cluster.RestartAsync();
        var receipt = await rules.Network.Submit(expired);

        Assert.Equal((RefusalCode.Expired, new BlockNumber(3)), (receipt.Code, receipt.Block));
        Assert.Equal(StakerTao, await rules.Network.Free(Staker(0)));
    }

    [Fact]
    public async Task Receipts_AfterRestart_AreTheFirstOnes()
    {
        await using var rules = await RuleNetwork.StartAsync();
        var operation = await rules.Network.Prepare(Staker(0), Calls.SwapStake(Hot, One, Two, new Alpha(OneTao)));
        var receipt = await rules.Network.Submit(operation);

        await rules.Cluster.RestartAsync();

        Assert.True(receipt.IsApplied, receipt.ErrorName);
        Assert.Equal(ReceiptText.Of(receipt), ReceiptText.Of(await rules.Network.Submit(operation)));
    }

    /// <summary>An account that received from many remembers each credit only until its sender has settled it and its last valid block has passed.</summary>
    [Fact]
    public async Task Memory_OfAPopularReceiver_IsSweptWhenItsCreditsAreOld()
    {
        const int Senders = 40, Blocks = 70;
        await using var rules = await RuleNetwork.StartAsync(Genesis(stakers: Senders + 2));
        var network = rules.Network;
        var receiver = Staker(Senders);
        for (var sender = 0; sender < Senders; sender++)
        {
            var operation = await network.Prepare(Staker(sender), Calls.Transfer(receiver, new Tao(OneTao), keepAlive: true));
            var receipt = await network.Submit(operation with { LastValidBlock = (await network.Head()).Next });
            Assert.True(receipt.IsApplied, receipt.ErrorName);
        }

        Assert.Equal(Senders, Remembered());
        await rules.Cluster.MakeBlocks(Blocks);

        // Every credit looks at a few senders, and an activation that ends stores what it still remembers.
        for (var rounds = 0; Remembered() > 1 && rounds < 10; rounds++)
        {
            for (var credits = 0; credits < 70; credits++)
            {
                await network.Submit(Staker(Senders + 1), Calls.Transfer(receiver, new Tao(1_000_000), keepAlive: true));
            }

            await Deactivate(network.Account(receiver));
            await network.Free(receiver);
        }

        Assert.Equal(1, Remembered());

        int Remembered() => rules.ReadImage().Accounts[receiver].Incoming.SenderCount;
    }

    private static async Task Deactivate(IGrain grain) => await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
}
