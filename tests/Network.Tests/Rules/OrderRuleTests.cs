using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Subnets;
using Dtao.TestKit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Rules;

/// <summary>The order of blocks, of batches of the lane, and of messages that slept.</summary>
public sealed class OrderRuleTests : IAsyncLifetime
{
    private RuleNetwork? _network;

    private RuleNetwork Rules => _network!;

    private RunningNetwork Network => Rules.Network;

    public async ValueTask InitializeAsync() => _network = await RuleNetwork.StartAsync(Genesis(stakers: 12));

    public ValueTask DisposeAsync() => Rules.DisposeAsync();

    /// <summary>A setting and a destroyed amount that callers were told of while pools were already closed belong to the block before.</summary>
    [Fact]
    public async Task Block_ChangedWhilePoolsAreClosed_ReadsParametersAndDustLast()
    {
        const ulong Dust = 300;
        var before = await Network.Coordinator.CloseBlock();
        var balances = (await Network.Coordinator.GetHead()).BalancesIssuance;
        var cut = (await Network.Pool(One).GetView()).Books!.PendingOwnerCut;
        var held = Rules.Calls.HoldNext(Network.Pool(One), nameof(ISubnetPoolGrain.CloseForBlock));
        var closing = Network.Coordinator.CloseBlock();
        await held.Reached;

        var set = await Rules.Administer("owner_cut", "0");
        var emptied = await Network.Submit(Staker(0), Calls.Transfer(Staker(1), new Tao(StakerTao - Dust), keepAlive: false));
        held.Release();
        var header = await closing;

        Assert.True(set.IsApplied && emptied.IsApplied, set.ErrorName + emptied.ErrorName);
        Assert.True(cut > Alpha.Zero);
        Assert.Equal(cut, (await Network.Pool(One).GetView()).Books!.PendingOwnerCut);
        Assert.Equal(before.Number.Next, header.Number);
        Assert.Equal(
            balances + header.Emission - header.Recycled - new Tao(Dust), (await Network.Coordinator.GetHead()).BalancesIssuance);
    }

    /// <summary>A sender who has seen a block that the pool has not applied waits for it.</summary>
    [Fact]
    public async Task Colour_SenderHasSeenANewerBlock_IsDecidedInThatBlock()
    {
        var head = await Network.Head();
        var message = new MessageHead(Staker(1), 1_000, 1, new BlockNumber(head.Value + 64), head.Next, LogStamp.Durable);
        var sent = Network.Pool(One).Execute(new PoolCommand(message, Calls.AddStake(Hot, One, new Tao(5)), new Tao(StakerTao)));

        await Network.Coordinator.CloseBlock();

        Assert.Equal((DeliveryStatus.Decided, head.Next), ((await sent).Status, (await sent).Block));
    }

    [Fact]
    public async Task Refusal_RepeatedAfterItWouldPass_IsTheFirstRefusal()
    {
        var operation = await Network.Prepare(Staker(2), Calls.AddStake(Hot, One, new Tao(StakerTao + OneTao)));
        var refused = await Network.Submit(operation);
        var given = await Network.Submit(Staker(3), Calls.Transfer(Staker(2), new Tao(10 * OneTao), keepAlive: true));

        var again = await Network.Submit(operation);

        Assert.True(given.IsApplied, given.ErrorName);
        Assert.Equal(ReceiptStatus.Refused, refused.Status);
        Assert.Equal(ReceiptText.Of(refused), ReceiptText.Of(again));
        Assert.Equal(StakerTao + (10 * OneTao), await Network.Free(Staker(2)));
    }

    /// <summary>Waiting only goes upwards: whatever the call names first, the lane closes pools in ascending netuid. It asks again where an answer is late.</summary>
    [Fact]
    public async Task Lane_SwapDownwards_ClosesPoolsInAscendingNetuid()
    {
        var receipt = await Network.Submit(Staker(4), Calls.SwapStake(Warm, Two, One, new Alpha(OneTao)));

        Assert.True(receipt.IsApplied, receipt.ErrorName);
        Assert.Equal(
            [Network.Pool(One).GetGrainId(), Network.Pool(Two).GetGrainId()],
            Rules.Calls.Seen.Where(call => call.Method == nameof(ISubnetPoolGrain.CloseForLane)).Select(call => call.Grain).Distinct());
    }

    /// <summary>Messages of a batch that is over close nothing and change nothing, however late they come.</summary>
    [Fact]
    public async Task Lane_MessagesOfABatchThatIsOver_HaveNoEffect()
    {
        await Network.Submit(Staker(4), Calls.SwapStake(Hot, One, Two, new Alpha(OneTao)));
        var before = await Network.Pool(One).GetView();
        var batch = Rules.ReadImage().Pools[One].LastLaneBatch;
        var altered = before.Books!.Copy();
        altered.TaoReserve += new Tao(OneTao);

        await Network.Pool(One).ApplyLane(new LanePart(batch, One, altered, [], [], [], Tao.Zero, [], LogStamp.Durable));
        await Assert.ThrowsAnyAsync<Exception>(() => Network.Pool(One).CloseForLane(new LaneInterest(batch, [Hot], [Staker(4)])));
        var after = await Network.Pool(One).GetView();
        var receipt = await Network.Submit(Staker(5), Calls.AddStake(Hot, One, new Tao(OneTao)));

        Assert.True(batch > 0);
        Assert.Equal((before.Books!.TaoReserve, before.Order), (after.Books!.TaoReserve, after.Order));
        Assert.True(receipt.IsApplied, receipt.ErrorName);
    }

    /// <summary>Below what its sender has settled, a message that slept is answered as stale and does nothing.</summary>
    [Fact]
    public async Task Once_MessageSleptBelowTheSettledFloor_IsStale()
    {
        await Network.Submit(Staker(6), Calls.AddStake(Hot, One, new Tao(OneTao)));
        await Network.Submit(Staker(6), Calls.AddStake(Hot, One, new Tao(OneTao)));
        var order = (await Network.Pool(One).GetView()).Order;
        var head = await Network.Head();
        var slept = new MessageHead(Staker(6), 1, 1, new BlockNumber(head.Value + 64), head, LogStamp.Durable);

        var reply = await Network.Pool(One).Execute(new PoolCommand(slept, Calls.AddStake(Hot, One, new Tao(OneTao)), new Tao(StakerTao)));

        Assert.Equal(DeliveryStatus.Stale, reply.Status);
        Assert.Equal(order, (await Network.Pool(One).GetView()).Order);
    }

    /// <summary>A message whose cause stands in another log is not acted on until its sender has made that durable.</summary>
    [Fact]
    public async Task Stamp_OfAnotherLog_IsSentBackToWait()
    {
        var head = await Network.Head();
        var message = new MessageHead(Staker(7), 1, 1, new BlockNumber(head.Value + 64), head, new LogStamp(Guid.NewGuid(), 1));

        var reply = await Network.Pool(One).Execute(new PoolCommand(message, Calls.AddStake(Hot, One, new Tao(OneTao)), new Tao(StakerTao)));
        var credit = await Network.Account(Staker(8)).Credit(new Grains.Stakers.TaoCredit(message, new Tao(OneTao), MustSucceed: true));

        Assert.Equal((DeliveryStatus.SendWhenDurable, DeliveryStatus.SendWhenDurable), (reply.Status, credit.Status));
        Assert.Equal(StakerTao, await Network.Free(Staker(8)));
        Assert.Equal(0UL, (await Network.Pool(One).GetView()).Order);
    }
}
