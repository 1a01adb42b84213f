using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Orders;
using Dtao.Grains;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.TestKit;
using Orleans.Runtime;
using static Dtao.Network.Tests.Orders.OrderBench;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Orders;

/// <summary>How calls whose orders are executed all or none go over several owners' accounts: once, all or none, and never waiting for one another.</summary>
public sealed class BatchRuleTests : IAsyncLifetime
{
    private static readonly (AccountId Ann, AccountId Bob, AccountId Cid, AccountId Dan) s_stakers = (Staker(0), Staker(1), Staker(2), Staker(3));

    private RuleNetwork? _network;

    private RuleNetwork Rules => _network!;

    private RunningNetwork Network => Rules.Network;

    public async ValueTask InitializeAsync() => _network = await RuleNetwork.StartAsync();

    public ValueTask DisposeAsync() => Rules.DisposeAsync();

    [Fact]
    public async Task ExecuteBatchedOrders_RepeatedInParallel_TakesEffectOnceAndInOneDecision()
    {
        var (ann, bob, cid, dan) = s_stakers;
        LimitOrder[] orders = [Buy(ann, 10 * OneTao).WithFee(10_000_000), Sell(cid, 10 * OneTao), Buy(ann, 5 * OneTao)];
        await Place(orders);
        var before = (await Network.Pool(Two).GetView()).Order;
        var operation = await Network.Prepare(dan, Whole(orders));

        var receipts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Network.Submit(operation)));

        Assert.All(receipts, receipt => Assert.Equal(ReceiptText.Of(receipts[0]), ReceiptText.Of(receipt)));
        Assert.Equal(orders.Select(OrderHash.Of), receipts[0].Outcome!.Orders.Select(result => result.Id));
        Assert.All(receipts[0].Outcome!.Orders, result => Assert.Equal(LedgerError.None, result.Error));
        Assert.Equal((StakerTao - (15 * OneTao), OneTao / 10, StakerTao), (await Network.Free(ann), await Network.Free(FeeTaker), await Network.Free(bob)));
        Assert.Equal(before + 1, (await Network.Pool(Two).GetView()).Order);
        Assert.Equal(nameof(LedgerError.OrderAlreadyProcessed), (await Network.Submit(dan, Whole(orders))).ErrorName);
    }

    /// <summary>An owner whose part waits for the others loses its journal: it ends without waiting for them, and its successor sends the part again.</summary>
    [Fact]
    public async Task ExecuteBatchedOrders_AnOwnerIsPoisonedWhileAPartIsMissing_ItsSuccessorAnswersBeforeThat()
    {
        var (ann, bob, cid, dan) = s_stakers;
        LimitOrder[] orders = [Buy(ann, 10 * OneTao), Buy(bob, 5 * OneTao), Sell(cid, 10 * OneTao)];
        await Place(orders);
        var operation = await Network.Prepare(dan, Whole(orders));
        var held = Rules.Calls.HoldNextRequest(Network.Account(bob), nameof(IStakerAccountGrain.FillOrder));
        var sent = Network.Submit(operation);
        await held.Reached;
        await Network.WaitForInFlight(ann, 1);

        Rules.Journals.FailNext(ActorKeys.Account(ann), JournalFault.AnswerLost);
        await Assert.ThrowsAsync<ActorPoisonedException>(() => Network.Account(ann).GetFree());
        var free = 0UL;
        await Patience.Until(
            async () =>
            {
                try
                {
                    free = await Network.Free(ann);
                    return true;
                }
                catch (Exception caught) when (caught is ActorPoisonedException or OrleansException or OperationCanceledException or TimeoutException)
                {
                    return false;
                }
            },
            "The owner's account never ended, or its successor never answered.");
        held.Release();
        var receipt = await sent;

        Assert.Equal(StakerTao, free);
        Assert.True(receipt.IsApplied, receipt.ErrorName);
        Assert.Equal((StakerTao - (10 * OneTao), StakerTao - (5 * OneTao)), (await Network.Free(ann), await Network.Free(bob)));
    }

    /// <summary>Whichever actor fails on the way, before or after its write, the next activation ends what was begun.</summary>
    [Theory]
    [InlineData("relayer", JournalFault.AppendRefused)]
    [InlineData("relayer", JournalFault.AnswerLost)]
    [InlineData("buyer", JournalFault.AppendRefused)]
    [InlineData("buyer", JournalFault.AnswerLost)]
    [InlineData("seller", JournalFault.AppendRefused)]
    [InlineData("seller", JournalFault.AnswerLost)]
    [InlineData("pool", JournalFault.AppendRefused)]
    [InlineData("recipient", JournalFault.AppendRefused)]
    public async Task ExecuteBatchedOrders_AnActorFailsOnTheWay_TakesEffectOnce(string who, JournalFault fault)
    {
        var (ann, bob, cid, dan) = s_stakers;
        LimitOrder[] orders = [Buy(ann, 40 * OneTao).WithFee(10_000_000), Buy(bob, 5 * OneTao), Sell(cid, 10 * OneTao)];
        await Place(orders);
        var operation = await Network.Prepare(dan, Whole(orders));
        Rules.Journals.FailNext(
            who switch
            {
                "relayer" => ActorKeys.Account(dan),
                "buyer" => ActorKeys.Account(ann),
                "seller" => ActorKeys.Account(cid),
                "recipient" => ActorKeys.Account(FeeTaker),
                _ => ActorKeys.Pool(Two.Value),
            },
            fault);

        var receipt = await Network.SubmitUntilDecided(operation);

        Assert.Equal(1, Rules.Journals.Happened);
        await AssertTookEffectOnce(receipt);
    }

    /// <summary>The first batch that spends all it collects leaves the existential deposit on the account that it passes through; a later one does not.</summary>
    [Theory]
    [InlineData(JournalFault.AppendRefused)]
    [InlineData(JournalFault.AnswerLost)]
    public async Task ExecuteBatchedOrders_OnlyBuys_LeaveTheDepositOnTheModulesAccountOnce(JournalFault fault)
    {
        var (ann, bob, _, dan) = s_stakers;
        LimitOrder[] orders = [Buy(ann, 40 * OneTao), Buy(bob, 5 * OneTao), Buy(ann, 7 * OneTao)];
        await Place(orders);
        Rules.Journals.FailNext(ActorKeys.Account(OrderBatch.Account), fault);

        var first = await Network.Submit(dan, Whole(orders[..2]));
        var second = await Network.Submit(dan, Whole(orders[2]));

        Assert.Equal((1, true, true), (Rules.Journals.Happened, first.IsApplied, second.IsApplied));
        Assert.Equal((500UL, StakerTao - (47 * OneTao)), (await Network.Free(OrderBatch.Account), await Network.Free(ann)));
    }

    /// <summary>An answer that is lost with the actor that gave it is asked for again.</summary>
    [Theory]
    [InlineData("buyer", nameof(IStakerAccountGrain.FillOrder))]
    [InlineData("seller", nameof(IStakerAccountGrain.FillOrder))]
    [InlineData("pool", nameof(ISubnetPoolGrain.Execute))]
    [InlineData("recipient", nameof(IStakerAccountGrain.Credit))]
    [InlineData("module", nameof(IStakerAccountGrain.Exists))]
    public async Task ExecuteBatchedOrders_AnAnswerIsLost_TakesEffectOnce(string who, string method)
    {
        var (ann, bob, cid, dan) = s_stakers;
        LimitOrder[] orders = [Buy(ann, 40 * OneTao).WithFee(10_000_000), Buy(bob, 5 * OneTao), Sell(cid, 10 * OneTao)];
        await Place(orders);
        var operation = await Network.Prepare(dan, Whole(orders));
        IAddressable actor = who switch
        {
            "buyer" => Network.Account(ann),
            "seller" => Network.Account(cid),
            "recipient" => Network.Account(FeeTaker),
            "module" => Network.Account(OrderBatch.Account),
            _ => Network.Pool(Two),
        };
        var lost = Rules.Calls.LoseNext(actor, method);

        var receipt = await Network.SubmitUntilDecided(operation);

        Assert.True(lost.IsReached);
        await AssertTookEffectOnce(receipt);
    }

    /// <summary>Each takes all that both owners have: whoever comes second finds nothing left, and neither waits for the other.</summary>
    [Fact]
    public async Task ExecuteBatchedOrders_CrossingOverTheSameOwnersLastRao_BothEnd()
    {
        var (ann, bob, cid, dan) = s_stakers;
        const ulong Limit = 90 * Spot;
        LimitOrder[] first = [Buy(ann, StakerTao, Limit), Buy(bob, StakerTao, Limit)];
        LimitOrder[] second = [Buy(bob, StakerTao, Limit - 1), Buy(ann, StakerTao, Limit - 1)];
        await Place([.. first, .. second]);

        var receipts = await Task.WhenAll(
            Network.Submit(cid, Whole(first)), Network.Submit(dan, Whole(second)), Network.Submit(ann, Calls.Transfer(bob, new Tao(OneTao), keepAlive: false)),
            Network.Submit(bob, Calls.Transfer(ann, new Tao(OneTao), keepAlive: false)));

        string[] errors = [.. receipts.Select(receipt => receipt.ErrorName)];
        Assert.Contains(string.Empty, errors);
        Assert.All(errors[..2], error => Assert.Contains(error, new[] { string.Empty, nameof(LedgerError.FundsUnavailable) }));
        Assert.Equal((0, 0), ((await Network.Account(ann).GetView()).InFlight, (await Network.Account(bob).GetView()).InFlight));
    }

    /// <summary>Many calls at once over the same few owners, in every order, with transfers that empty them between: all end, and nothing is lost.</summary>
    [Fact]
    public async Task ExecuteBatchedOrders_ManyAtOnceOverTheSameOwners_AllEnd()
    {
        var random = new Random(5);
        var orders = Enumerable.Range(0, 60)
            .Select(number => number % 3 == 0 ? Sell(Staker(number % 4), OneTao + (ulong)number, 1) : Buy(Staker(number % 4), (ulong)(300 + number) * OneTao, ulong.MaxValue))
            .ToArray();
        await Place(orders);
        var sent = new List<Task<Receipt>>();
        for (var number = 0; number < 15; number++)
        {
            random.Shuffle(orders);
            sent.Add(Network.Submit(Staker(number % 8), Whole(orders[..4])));
            if (number % 3 == 0) sent.Add(Network.Submit(Staker(number % 4), Calls.Transfer(Staker((number + 1) % 4), new Tao(StakerTao / 2), keepAlive: false)));
        }

        var receipts = await Task.WhenAll(sent);

        Assert.DoesNotContain(receipts, receipt => receipt.Status == ReceiptStatus.NotAccepted);
        Assert.Contains(receipts, receipt => receipt.IsApplied && receipt.Outcome!.Orders.Count == 4);
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Network.Account(Staker(number)).GetView())), view => Assert.Equal((0, Tao.Zero), (view.InFlight, view.Held)));
    }

    /// <summary>While one owner is busy elsewhere with all that he has, the others are free.</summary>
    [Fact]
    public async Task ExecuteBatchedOrders_AnOwnerIsBusy_TheOthersAreLetGoUntilHeIsNot()
    {
        var (ann, bob, cid, dan) = s_stakers;
        LimitOrder[] orders = [Buy(ann, 10 * OneTao), Buy(bob, StakerTao - OneTao, 9 * Spot)];
        await Place(orders);
        await using var hold = await Network.HoldPool(One);
        var busy = Network.Submit(ann, Calls.AddStake(Hot, One, new Tao(StakerTao)));
        await Network.WaitForInFlight(ann, 1);
        var batch = Network.Submit(dan, Whole(orders));
        await Network.WaitForInFlight(dan, 1);

        var given = await Network.Submit(bob, Calls.Transfer(cid, new Tao(OneTao), keepAlive: false));
        await hold.Open();
        var receipts = await Task.WhenAll(busy, batch);

        Assert.True(given.IsApplied, given.ErrorName);
        Assert.Equal((string.Empty, nameof(LedgerError.FundsUnavailable)), (receipts[0].ErrorName, receipts[1].ErrorName));
    }

    /// <summary>A part whose others never come holds its owner's TAO until the last valid block and no longer.</summary>
    [Fact]
    public async Task ExecuteBatchedOrders_APartNeverComes_TheOthersEndWithTheLastValidBlock()
    {
        var (ann, bob, _, dan) = s_stakers;
        LimitOrder[] orders = [Buy(ann, 10 * OneTao), Buy(bob, 10 * OneTao)];
        await Place(orders);
        var held = Rules.Calls.HoldNextRequest(Network.Account(bob), nameof(IStakerAccountGrain.FillOrder));
        var operation = await Network.Prepare(dan, Whole(orders));
        var sent = Network.Submit(operation with { LastValidBlock = await Network.Head() });
        await held.Reached;
        await Network.WaitForInFlight(ann, 1);

        await Network.Coordinator.CloseBlock();
        await Network.WaitForInFlight(ann, 0);
        var view = await Network.Account(ann).GetView();
        held.Release();
        var receipt = await sent;

        Assert.Equal((new Tao(StakerTao), Tao.Zero), (view.Free, view.Held));
        Assert.Equal(nameof(LedgerError.OrderNotReached), receipt.ErrorName);
        Assert.Equal(2, (await Network.Pool(Two).GetOrders(null, null)).Orders.Length);
    }

    [Fact]
    public async Task ExecuteOrders_SeveralThatMustAllSucceed_AreExecutedAllOrNone()
    {
        var (ann, bob, cid, _) = s_stakers;
        LimitOrder[] orders = [Buy(ann, 10 * OneTao), Sell(cid, 5 * OneTao), Buy(ann, StakerTao)];
        await Place(orders);

        var none = await Network.Submit(bob, AllOrNone(orders));
        var two = await Network.Submit(bob, AllOrNone(orders[..2]));
        var elsewhere = await Network.Submit(bob, AllOrNone(orders[2], Buy(ann, OneTao) with { Netuid = One }));

        Assert.Equal((ReceiptStatus.Refused, nameof(LedgerError.NotEnoughBalanceToStake)), (none.Status, none.ErrorName));
        Assert.Equal([LedgerError.None, LedgerError.None], two.Outcome!.Orders.Select(result => result.Error));
        Assert.Equal(RefusalCode.MalformedOperation, elsewhere.Code);
        Assert.Equal(StakerTao - (10 * OneTao), await Network.Free(ann));
    }

    [Fact]
    public async Task FillBatch_SubmittedByAClient_IsNotAccepted()
    {
        var ann = s_stakers.Ann;
        var part = OrderParts.Of(Whole(Buy(ann, OneTao)), Two, s_stakers.Bob, Guid.NewGuid()).Single().Call;

        Assert.Equal(RefusalCode.MalformedOperation, (await Network.Submit(ann, part)).Code);
        Assert.Equal(RefusalCode.MalformedOperation, (await Network.Submit(OrderBatch.Account, Calls.Transfer(ann, new Tao(1), keepAlive: false))).Code);
    }

    private static Call Whole(params LimitOrder[] orders) => Calls.ExecuteBatchedOrders(Two, orders.Select(order => new OrderFill(order)));

    private static Call AllOrNone(params LimitOrder[] orders) =>
        new() { Kind = CallKind.ExecuteOrders, Detail = new OrdersDetail([.. orders.Select(order => new OrderFill(order))], ShouldFail: true) };

    private async Task AssertTookEffectOnce(Receipt receipt)
    {
        var (ann, bob, cid, _) = s_stakers;
        Assert.Equal([LedgerError.None, LedgerError.None, LedgerError.None], receipt.Outcome!.Orders.Select(result => result.Error));
        Assert.Equal((StakerTao - (40 * OneTao), StakerTao - (5 * OneTao)), (await Network.Free(ann), await Network.Free(bob)));
        Assert.Equal((OneTao * 4 / 10, 0UL), (await Network.Free(FeeTaker), await Network.Free(OrderBatch.Account)));
        Assert.Equal(StakerTao + receipt.Outcome.Orders[2].AmountOut, await Network.Free(cid));
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
