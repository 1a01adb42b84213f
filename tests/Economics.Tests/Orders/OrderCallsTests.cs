using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Orders;
using Dtao.Economics.Tests.Model;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Orders.OrderBench;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Orders;

public class OrderCallsTests
{
    private sealed class Case
    {
        public LimitOrder Order { get; set; } = OrderBench.Order(OrderType.LimitBuy, 10 * OneTao) with { Relayers = [Relayer], AllowsPartialFills = true };
        public AccountId Signer { get; set; } = Ann;
        public ulong? Partial { get; set; }
        public bool IsPlaced { get; set; } = true;
        public bool IsCancelled { get; set; }
        public bool IsExecuted { get; set; }
        public bool HasRisen { get; set; }
        public bool IsTradingOff { get; set; }
        public int Blocks { get; set; }
    }

    [Fact]
    public void ExecuteOrders_SeveralChecksFail_TheEarliestIsTold() => new Ladder<Case>(() => new Case { Partial = OneTao }, Executed)
        .Rung(LedgerError.RootNetUidNotAllowed, spoiled => spoiled.Order = spoiled.Order with { Netuid = Root })
        .Rung(LedgerError.ChainIdMismatch, spoiled => spoiled.Order = spoiled.Order with { ChainId = 7 })
        .Rung(LedgerError.InvalidSignature, spoiled => spoiled.IsPlaced = false)
        .Rung(LedgerError.OrderAlreadyProcessed, spoiled => spoiled.IsExecuted = true)
        .Rung(LedgerError.OrderCancelled, spoiled => spoiled.IsCancelled = spoiled.IsPlaced && !spoiled.IsExecuted)
        .Rung(LedgerError.OrderExpired, spoiled => (spoiled.Order, spoiled.Blocks) = (spoiled.Order with { Expiry = new BlockNumber(1) }, 2))
        .Rung(LedgerError.PriceConditionNotMet, spoiled => spoiled.HasRisen = true)
        .Rung(LedgerError.RelayerMissMatch, spoiled => spoiled.Order = spoiled.Order with { Relayers = spoiled.Order.Relayers is null ? null : [Bob] })
        .Rung(LedgerError.PartialFillsNotEnabled, spoiled => spoiled.Order = spoiled.Order with { AllowsPartialFills = false })
        .Rung(LedgerError.IncorrectPartialFillAmount, spoiled => spoiled.Partial = spoiled.Order.Amount + 1)
        .Rung(LedgerError.SubtokenDisabled, spoiled => spoiled.IsTradingOff = true)
        .Rung(LedgerError.AmountTooLow, spoiled => spoiled.Partial = spoiled.Partial > spoiled.Order.Amount ? spoiled.Partial : 1_999_999)
        .AssertInOrder();

    [Fact]
    public void PlaceOrder_SeveralChecksFail_TheEarliestIsTold() => new Ladder<Case>(() => new Case(), placed => Placed(placed))
        .Rung(LedgerError.Unauthorized, spoiled => spoiled.Signer = Bob)
        .Rung(LedgerError.RootNetUidNotAllowed, spoiled => spoiled.Order = spoiled.Order with { Netuid = Root })
        .Rung(LedgerError.ChainIdMismatch, spoiled => spoiled.Order = spoiled.Order with { ChainId = 7 })
        .Rung(LedgerError.SubnetNotExists, spoiled => spoiled.Order = spoiled.Order.Netuid.IsRoot ? spoiled.Order : spoiled.Order with { Netuid = new NetUid(9) })
        .Rung(LedgerError.CannotUseSystemAccount, spoiled => spoiled.Order = spoiled.Order with { FeeRecipient = AccountId.OfSubnet(Two) })
        .Rung(LedgerError.OrderExpired, spoiled => (spoiled.Order, spoiled.Blocks) = (spoiled.Order with { Expiry = new BlockNumber(1) }, 2))
        .AssertInOrder();

    /// <summary>Whether the netuid has a subnet or not.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(9)]
    [InlineData(ushort.MaxValue)]
    public void PlaceOrder_FeeForTheAccountOfANetuid_IsRefused(ushort netuid) => Assert.Equal(
        LedgerError.CannotUseSystemAccount, Placed(new Case { Order = Buy(10) with { FeeRecipient = AccountId.OfSubnet(new NetUid(netuid)) } }));

    [Theory]
    [InlineData(false, false, LedgerError.RelayerRequiredForPartialFill)]
    [InlineData(true, false, LedgerError.PartialFillsNotEnabled)]
    [InlineData(true, true, LedgerError.None)]
    public void ExecuteOrders_PartOfAnOrder_NeedsRelayersAndLeave(bool namesRelayers, bool allows, LedgerError error)
    {
        var order = Buy(10) with { Relayers = namesRelayers ? [Relayer] : null, AllowsPartialFills = allows };
        var network = Holders().Build();
        network.PlaceAll(order);

        Assert.Equal(error, network.ExecuteOne(order, OneTao).Error);
    }

    [Fact]
    public void PlaceOrder_Again_IsRefusedWhateverBecameOfIt()
    {
        var (network, waiting, executed, cancelled) = (Holders().Build(), Buy(1), Buy(2), Buy(3));
        network.PlaceAll(waiting, executed, cancelled);
        Assert.Equal(LedgerError.None, network.ExecuteOne(executed).Error);
        Assert.True(network.Execute(Ann, Cancel(cancelled)).IsOk);

        Assert.All([waiting, executed, cancelled], order => Assert.Equal(LedgerError.OrderAlreadyProcessed, network.Execute(Ann, Place(order)).Error));
    }

    [Fact]
    public void PlaceOrder_AsManyAsMayBeOpen_MakesRoomWhenOneIsDone()
    {
        var network = Holders().Build();
        network.PlaceAll([.. Enumerable.Range(1, 100).Select(number => Buy((ulong)number))]);

        Assert.Equal(LedgerError.TooManyOrders, network.Execute(Ann, Place(Buy(101))).Error);
        Assert.True(network.Execute(Bob, Place(Buy(101) with { Owner = Bob })).IsOk);
        Assert.True(network.Execute(Ann, Place(Buy(101) with { Netuid = Two })).IsOk);
        Assert.Equal(LedgerError.None, network.ExecuteOne(Buy(7)).Error);
        Assert.True(network.Execute(Ann, Place(Buy(101))).IsOk);
    }

    [Fact]
    public void CancelOrder_BySomebodyElse_IsUnauthorized()
    {
        var network = Holders().Build();
        network.PlaceAll(Buy(1));

        Assert.Equal(LedgerError.Unauthorized, network.Execute(Bob, Cancel(Buy(1))).Error);
        Assert.Equal(OrderStatus.Open, network.Record(Buy(1))!.Status);
    }

    /// <summary>Kept from the reference: only an order of which nothing is known, or nothing but that it waits, can be cancelled.</summary>
    [Fact]
    public void CancelOrder_ExecutedInPartOrWhole_IsRefused()
    {
        var order = Buy(10) with { Relayers = [Relayer], AllowsPartialFills = true };
        var network = Holders().Build();
        network.PlaceAll(order, Buy(1));
        Assert.Equal(LedgerError.None, network.ExecuteOne(order, OneTao).Error);
        Assert.Equal(LedgerError.None, network.ExecuteOne(Buy(1)).Error);

        Assert.Equal(LedgerError.OrderAlreadyProcessed, network.Execute(Ann, Cancel(order)).Error);
        Assert.Equal(LedgerError.OrderAlreadyProcessed, network.Execute(Ann, Cancel(Buy(1))).Error);
    }

    [Fact]
    public void CancelOrder_NeverPlaced_CannotBePlacedAnyMore()
    {
        var network = Holders().Build();

        Assert.True(network.Execute(Ann, Cancel(Buy(1))).IsOk);

        Assert.Equal(LedgerError.OrderAlreadyProcessed, network.Execute(Ann, Place(Buy(1))).Error);
        Assert.Equal(LedgerError.OrderCancelled, network.ExecuteOne(Buy(1)).Error);
    }

    /// <summary>Nobody can spend another's TAO by naming him: what the owner has not placed is nobody's order.</summary>
    [Fact]
    public void ExecuteOrders_InTheNameOfSomebodyWhoPlacedNothing_ChangesNothing()
    {
        var network = Holders().Build();
        var before = StateDigest.Of(network);

        Assert.Equal(LedgerError.InvalidSignature, network.ExecuteOne(Buy(1).WithFee(OnePercent, Relayer)).Error);

        Assert.Equal(before, StateDigest.Of(network));
    }

    [Fact]
    public void ExecuteOrders_SwitchedOff_RefusesAllAtOnce()
    {
        var network = Holders().With(ledger => ledger.Parameters = ledger.Parameters with { LimitOrders = false }).Build();
        network.PlaceAll(Buy(1));

        Assert.Equal(LedgerError.LimitOrdersDisabled, network.Execute(Relayer, Execute(new OrderFill(Buy(1)))).Error);
        Assert.Equal(LedgerError.LimitOrdersDisabled, network.Execute(Relayer, Batch(new OrderFill(Buy(1)))).Error);
        Assert.Equal(LedgerError.LimitOrdersDisabled, network.Execute(Ann, OrderShapes.FillOf(new OrderFill(Buy(1)), Relayer)).Error);
    }

    [Fact]
    public void Calls_WithoutWhatTheyNeed_AreMalformed()
    {
        var order = Buy(1);
        Call[] malformed =
        [
            Place(order) with { Detail = null }, Place(order) with { Netuid = Two }, Place(order with { FeeRate = new Perbill(Perbill.One + 1) }),
            Place(order with { MaxSlippage = new Perbill(Perbill.One + 1) }), Place(order with { Type = (OrderType)3 }),
            Place(order with { Relayers = [.. Enumerable.Repeat(Bob, 11)] }), Execute([.. Enumerable.Repeat(new OrderFill(order), 101)]),
            Execute(new OrderFill(order, null, [.. new byte[67]])), Batch(new OrderFill(order)) with { Detail = new OrdersDetail([new OrderFill(order)], true) },
            OrderShapes.FillOf(new OrderFill(order), Relayer) with { Hotkey = Warm },
        ];

        Assert.All(malformed, call => Assert.Equal(LedgerError.MalformedCall, Holders().Build().Execute(Ann, call).Error));
    }

    private static LimitOrder Buy(ulong tao) => Order(OrderType.LimitBuy, tao * OneTao, 2 * Spot);

    private static LedgerError Placed(Case made)
    {
        var network = Holders().Build();
        for (var block = 0; block < made.Blocks; block++) network.MakeBlock();
        return network.Execute(made.Signer, Place(made.Order)).Error;
    }

    private static LedgerError Executed(Case made)
    {
        var network = Holders().Build();
        if (made.IsPlaced) network.Execute(Ann, Place(made.Order));
        if (made.IsCancelled) network.Execute(Ann, Cancel(made.Order));
        if (made.IsExecuted && made.IsPlaced)
        {
            var record = network.Record(made.Order);
            if (record is not null) network.Execute(made.Order.Relayers?[0] ?? Relayer, Execute(new OrderFill(made.Order, made.Order.AllowsPartialFills ? made.Order.Amount : null)));
        }

        if (made.HasRisen) network.Execute(Bob, TestCalls.Of(CallKind.AddStake, One, 9 * OneTao));
        if (made.IsTradingOff) network.Execute(default, TestCalls.Setting("subtoken_enabled", "false", One));
        for (var block = 0; block < made.Blocks; block++) network.MakeBlock();
        return network.ExecuteOne(made.Order, made.Partial).Error;
    }
}
