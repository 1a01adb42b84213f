using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Orders;
using Dtao.Grains;
using Dtao.Grains.Shell;
using Dtao.TestKit;
using static Dtao.Network.Tests.Orders.OrderBench;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Orders;

/// <summary>How orders go from a relayer's account over their owners' accounts to a pool: once, in time, and by nobody else's leave than the owner's.</summary>
public sealed class OrderRuleTests : IAsyncLifetime
{
    private static readonly (AccountId Ann, AccountId Bob, AccountId Cid) s_stakers = (Staker(0), Staker(1), Staker(2));

    private RuleNetwork? _network;

    private RuleNetwork Rules => _network!;

    private RunningNetwork Network => Rules.Network;

    public async ValueTask InitializeAsync() => _network = await RuleNetwork.StartAsync();

    public ValueTask DisposeAsync() => Rules.DisposeAsync();

    [Fact]
    public async Task ExecuteOrders_RepeatedInParallel_TakesEffectOnce()
    {
        var (ann, bob, _) = s_stakers;
        var order = Buy(ann, 10 * OneTao).WithFee(10_000_000);
        await Place(order);
        var operation = await Network.Prepare(bob, Execute(order));

        var receipts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Network.Submit(operation)));

        Assert.All(receipts, receipt => Assert.Equal(ReceiptText.Of(receipts[0]), ReceiptText.Of(receipt)));
        Assert.Equal(LedgerError.None, receipts[0].Outcome!.Orders.Single().Error);
        Assert.Equal((StakerTao - (10 * OneTao), OneTao / 10, StakerTao), (await Network.Free(ann), await Network.Free(FeeTaker), await Network.Free(bob)));
        Assert.Equal(LedgerError.OrderAlreadyProcessed, (await Network.Submit(bob, Execute(order))).Outcome!.Orders.Single().Error);
    }

    /// <summary>Where any of the three actors fails on the way, before or after its write, the next activation ends what was begun.</summary>
    [Theory]
    [InlineData("relayer", JournalFault.AppendRefused)]
    [InlineData("relayer", JournalFault.AnswerLost)]
    [InlineData("owner", JournalFault.AppendRefused)]
    [InlineData("owner", JournalFault.AnswerLost)]
    [InlineData("pool", JournalFault.AppendRefused)]
    [InlineData("recipient", JournalFault.AppendRefused)]
    public async Task ExecuteOrders_AnActorFailsOnTheWay_TakesEffectOnce(string who, JournalFault fault)
    {
        var (ann, bob, cid) = s_stakers;
        LimitOrder[] orders = [Buy(ann, 10 * OneTao).WithFee(10_000_000), Sell(cid, 10 * OneTao)];
        await Place(orders);
        var operation = await Network.Prepare(bob, Execute(orders));
        Rules.Journals.FailNext(
            who switch
            {
                "relayer" => ActorKeys.Account(bob),
                "owner" => ActorKeys.Account(ann),
                "recipient" => ActorKeys.Account(FeeTaker),
                _ => ActorKeys.Pool(Two.Value),
            },
            fault);

        var receipt = await Network.SubmitUntilDecided(operation);

        Assert.Equal(1, Rules.Journals.Happened);
        Assert.Equal([LedgerError.None, LedgerError.None], receipt.Outcome!.Orders.Select(result => result.Error));
        Assert.Equal((StakerTao - (10 * OneTao), OneTao / 10), (await Network.Free(ann), await Network.Free(FeeTaker)));
        Assert.Equal(StakerTao + receipt.Outcome.Orders[1].AmountOut, await Network.Free(cid));
    }

    /// <summary>Orders that take an account's last rao run alone there; that must not wait for what waits for them.</summary>
    [Fact]
    public async Task ExecuteOrders_EachRelaysTheOthersLastRao_BothEnd()
    {
        var (ann, bob, _) = s_stakers;
        var (ofAnn, ofBob) = (Buy(ann, StakerTao).WithFee(1_000_000, bob), Buy(bob, StakerTao, 9 * Spot).WithFee(1_000_000, ann));
        await Place(ofAnn with { Limit = new LimitPrice(9 * Spot) }, ofBob);

        var receipts = await Task.WhenAll(
            Network.Submit(bob, Execute(ofAnn with { Limit = new LimitPrice(9 * Spot) })), Network.Submit(ann, Execute(ofBob)), Network.Submit(ann, Execute(ofBob)));

        var results = receipts.Select(receipt => receipt.Outcome!.Orders.Single().Error).ToArray();
        Assert.Equal(LedgerError.None, results[0]);
        Assert.Equal([LedgerError.None, LedgerError.OrderAlreadyProcessed], results[1..].Order());
    }

    [Fact]
    public async Task ExecuteOrders_OwnOrders_AreExecutedBesideTheCallThatAsksForThem()
    {
        var ann = s_stakers.Ann;
        var order = Buy(ann, StakerTao);
        await Place(order);

        var receipt = await Network.Submit(ann, Execute(order));

        Assert.Equal(LedgerError.None, receipt.Outcome!.Orders.Single().Error);
        Assert.Equal(500UL, await Network.Free(ann));
    }

    [Fact]
    public async Task ExecuteOrders_LastValidBlockPassesAtThePool_TellsThatTheOwnerWasNotReached()
    {
        var (ann, bob, _) = s_stakers;
        var order = Buy(ann, 10 * OneTao);
        await Place(order);
        await Network.HoldPool(Two);
        var operation = await Network.Prepare(bob, Execute(order));
        var sent = Network.Submit(operation with { LastValidBlock = await Network.Head() });
        await Network.WaitForInFlight(ann, 1);

        await Network.Coordinator.CloseBlock();
        var receipt = await sent;

        Assert.Equal(LedgerError.OrderNotReached, receipt.Outcome!.Orders.Single().Error);
        Assert.Equal((StakerTao, 0), (await Network.Free(ann), (await Network.Account(ann).GetView()).InFlight));
        Assert.Single((await Network.Pool(Two).GetOrders(ann, null)).Orders);
    }

    [Fact]
    public async Task FillOrder_SubmittedByAClient_IsNotAccepted()
    {
        var (ann, bob, _) = s_stakers;
        var order = Buy(ann, 10 * OneTao);
        await Place(order);

        var receipt = await Network.Submit(ann, OrderShapes.FillOf(new OrderFill(order), bob));

        Assert.Equal((ReceiptStatus.NotAccepted, RefusalCode.MalformedOperation), (receipt.Status, receipt.Code));
        Assert.Equal(StakerTao, await Network.Free(ann));
    }

    [Fact]
    public async Task LimitOrders_SwitchedOff_RefuseRelayersAtTheirAccount()
    {
        var (ann, bob, _) = s_stakers;
        var order = Buy(ann, 10 * OneTao);
        await Place(order);
        Assert.True((await Rules.Administer("limit_orders", "false")).IsApplied);

        Assert.Equal(nameof(LedgerError.LimitOrdersDisabled), (await Network.Submit(bob, Execute(order))).ErrorName);
        Assert.Equal(LedgerError.LimitOrdersDisabled, (await Network.Account(bob).Quote(Execute(order))).Error);
        Assert.True((await Rules.Administer("limit_orders", "true")).IsApplied);
        Assert.Equal(LedgerError.None, (await Network.Submit(bob, Execute(order))).Outcome!.Orders.Single().Error);
    }

    /// <summary>TAO of a subnet's account is in its pool's books, or waits at the pool where there is no subnet: an order's fee never goes there, as the model has it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(99)]
    public async Task PlaceOrder_FeeForTheAccountOfANetuid_IsRefusedAndNothingIsExecutedOrPaid(ushort netuid)
    {
        var (ann, bob, _) = s_stakers;
        var order = Buy(ann, 10 * OneTao).WithFee(10_000_000, AccountId.OfSubnet(new NetUid(netuid)));
        var held = await Held(new NetUid(netuid));

        var quote = await Network.Account(ann).Quote(Calls.PlaceOrder(order));
        var placed = await Network.Submit(ann, Calls.PlaceOrder(order));
        var executed = await Network.Submit(bob, Execute(order));
        var whole = await Network.Submit(bob, Calls.ExecuteBatchedOrders(Two, [new OrderFill(order)]));

        Assert.Equal((LedgerError.CannotUseSystemAccount, nameof(LedgerError.CannotUseSystemAccount)), (quote.Error, placed.ErrorName));
        Assert.Equal((LedgerError.InvalidSignature, nameof(LedgerError.InvalidSignature)), (executed.Outcome!.Orders.Single().Error, whole.ErrorName));
        Assert.Equal((held, StakerTao), (await Held(new NetUid(netuid)), await Network.Free(ann)));
        Assert.Empty((await Network.Pool(Two).GetOrders(ann, null)).Orders);
    }

    /// <summary>TAO of a netuid's account, wherever it is.</summary>
    private async Task<ulong> Held(NetUid netuid)
    {
        var view = await Network.Pool(netuid).GetView();
        return (view.Books?.AccountTao ?? view.UnclaimedTao).Rao;
    }

    [Fact]
    public async Task GetOrders_OfOneOwnerAndOfAll_ListsWhatIsOpenInTheOrderOfHashes()
    {
        var (ann, bob, cid) = s_stakers;
        LimitOrder[] orders = [Buy(ann, OneTao), Buy(ann, 2 * OneTao), Buy(bob, 3 * OneTao), Sell(cid, OneTao)];
        await Place(orders);
        Assert.True((await Network.Submit(bob, Calls.CancelOrder(orders[2]))).IsApplied);

        var all = await Network.Pool(Two).GetOrders(null, null);
        var after = await Network.Pool(Two).GetOrders(null, all.Orders[0].Id);
        var ofAnn = await Network.Pool(Two).GetOrders(ann, null);

        var expected = new[] { orders[0], orders[1], orders[3] }.Select(order => OrderHash.Of(order).ToString()).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(expected, all.Orders.Select(open => open.Id));
        Assert.Equal(expected[1..], after.Orders.Select(open => open.Id));
        Assert.Equal(2, ofAnn.Orders.Length);
        Assert.Equal(Spot, all.Spot);
    }

    [Fact]
    public async Task Quote_OfAnOrder_IsWhatItsExecutionWouldComeTo()
    {
        var (ann, bob, _) = s_stakers;
        var order = Buy(ann, 10 * OneTao).WithFee(10_000_000);
        await Place(order);

        var quote = await Network.Account(ann).Quote(OrderShapes.FillOf(new OrderFill(order), bob));
        var result = (await Network.Submit(bob, Execute(order))).Outcome!.Orders.Single();

        Assert.Equal((LedgerError.None, result.AmountIn, result.AmountOut), (quote.Error, quote.AmountIn, quote.AmountOut));
    }

    private async Task Place(params LimitOrder[] orders)
    {
        foreach (var order in orders)
        {
            var receipt = await Network.Submit(order.Owner, Calls.PlaceOrder(order));
            Assert.True(receipt.IsApplied, receipt.ErrorName);
        }
    }
}
