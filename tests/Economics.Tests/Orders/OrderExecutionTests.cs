using Dtao.Economics.Fees;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;
using Dtao.Economics.Tests.Model;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Orders.OrderBench;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Orders;

public class OrderExecutionTests
{
    [Fact]
    public void Buy_WithAFee_TakesItFromTheTaoAndStakesTheRest()
    {
        var (network, twin) = (Holders().Build(), Holders().Build());
        var order = Order(OrderType.LimitBuy, 100 * OneTao).WithFee(OnePercent);
        network.PlaceAll(order);

        var result = network.ExecuteOne(order);

        Assert.True(twin.Execute(Ann, TestCalls.Of(CallKind.AddStake, One, 99 * OneTao)).IsOk);
        Assert.Equal((99 * OneTao, OneTao), (result.AmountIn, result.Fee.Rao));
        Assert.Equal(twin.Position(Hot, Ann, One), network.Position(Hot, Ann, One));
        Assert.Equal(result.AmountOut, network.Position(Hot, Ann, One) - Held);
        Assert.Equal((twin.Free(Ann) - OneTao, OneTao), (network.Free(Ann), network.Free(FeeTaker)));
    }

    [Theory]
    [InlineData(OrderType.TakeProfit)]
    [InlineData(OrderType.StopLoss)]
    public void Sell_WithAFee_TakesItFromTheTaoThatComesOut(OrderType type)
    {
        var (network, twin) = (Holders().Build(), Holders().Build());
        var order = Order(type, 20 * OneTao).WithFee(OnePercent);
        network.PlaceAll(order);

        var result = network.ExecuteOne(order);

        Assert.True(twin.Execute(Ann, TestCalls.Of(CallKind.RemoveStake, One, 20 * OneTao)).IsOk);
        var paid = twin.Free(Ann) - 1_000 * OneTao;
        Assert.Equal((20 * OneTao, paid - (paid / 100), paid / 100), (result.AmountIn, result.AmountOut, result.Fee.Rao));
        Assert.Equal((twin.Free(Ann) - (paid / 100), paid / 100), (network.Free(Ann), network.Free(FeeTaker)));
        Assert.Equal(twin.Position(Hot, Ann, One), network.Position(Hot, Ann, One));
    }

    [Fact]
    public void Buy_ThatWouldPassTheBound_IsRefusedWhole()
    {
        var network = Holders().Build();
        var order = Order(OrderType.LimitBuy, 100 * OneTao) with { MaxSlippage = new Perbill(1_000_000) };
        network.PlaceAll(order);
        var before = StateDigest.Of(network);

        Assert.Equal(LedgerError.SlippageTooHigh, network.ExecuteOne(order).Error);

        Assert.Equal(before, StateDigest.Of(network));
        var smaller = order with { Amount = OneTao / 10 };
        network.PlaceAll(smaller);
        Assert.Equal(LedgerError.None, network.ExecuteOne(smaller).Error);
    }

    [Fact]
    public void Buy_OnAStableSubnet_HasNoBound()
    {
        var network = Holders().Build();
        var order = Order(OrderType.LimitBuy, 100 * OneTao, OneTao) with { Netuid = StableSubnet, MaxSlippage = new Perbill(0) };
        network.PlaceAll(order);

        Assert.Equal((LedgerError.None, 100 * OneTao), (network.ExecuteOne(order).Error, network.Position(Hot, Ann, StableSubnet)));
    }

    [Theory]
    [InlineData(1_000UL, 1_000_000_000u, LedgerError.AmountTooLow)]
    [InlineData(2_000UL, 10_000_000u, LedgerError.NotEnoughBalanceToStake)]
    [InlineData(1_005UL, 10_000_000u, LedgerError.FundsUnavailable)]
    public void Buy_ThatCannotBePaid_IsRefused(ulong tao, uint rate, LedgerError error)
    {
        var network = Holders().Build();
        var order = Order(OrderType.LimitBuy, tao * OneTao, 10 * Spot).WithFee(new Perbill(rate));
        network.PlaceAll(order);

        Assert.Equal(error, network.ExecuteOne(order).Error);
        Assert.Equal((1_000 * OneTao, 0UL), (network.Free(Ann), network.Free(FeeTaker)));
    }

    [Theory]
    [InlineData(OrderType.LimitBuy, 1UL, LedgerError.HotKeyAccountNotExists)]
    [InlineData(OrderType.TakeProfit, 1UL, LedgerError.NotEnoughStakeToWithdraw)]
    public void Execute_OnAHotkeyThatNobodyOwns_IsRefused(OrderType type, ulong amount, LedgerError error)
    {
        var network = Holders().Build();
        var order = Order(type, amount) with { Hotkey = Ghost };
        network.PlaceAll(order);

        Assert.Equal(error, network.ExecuteOne(order).Error);
    }

    /// <summary>The whole account is spent: the stake leaves the existential deposit, and what the fee leaves of that is dust.</summary>
    [Fact]
    public void Buy_OfEverythingWithASmallFee_DestroysTheDust()
    {
        var network = Holders().Balance(Bob, 10 * OneTao).Build();
        var order = Order(OrderType.LimitBuy, 10 * OneTao, 10 * Spot, Bob).WithFee(new Perbill(30), Owner);
        network.PlaceAll(order);
        var (issued, owner) = (network.BalancesIssuance, network.Free(Owner));

        Assert.Equal((LedgerError.None, 300UL), (network.ExecuteOne(order).Error, network.ExecuteOne(order).Fee.Rao + 300));

        Assert.Equal((0UL, owner + 300), (network.Free(Bob), network.Free(Owner)));
        Assert.Equal(issued - new Tao(200), network.BalancesIssuance);
    }

    [Theory]
    [InlineData(400UL, LedgerError.BelowMinimum)]
    [InlineData(500UL, LedgerError.None)]
    public void Fee_ToAnAccountThatDoesNotExist_MustBringTheExistentialDeposit(ulong fee, LedgerError error)
    {
        var network = Holders().Build();
        var order = Order(OrderType.LimitBuy, OneTao).WithFee(new Perbill((uint)fee));
        network.PlaceAll(order);

        Assert.Equal(error, network.ExecuteOne(order).Error);
        Assert.Equal(error == LedgerError.None ? fee : 0, network.Free(FeeTaker));
    }

    [Theory]
    [InlineData(51, LedgerError.NotEnoughStakeToWithdraw)]
    [InlineData(0, LedgerError.AmountTooLow)]
    public void Sell_OfWhatIsNotThere_IsRefused(ulong alpha, LedgerError error)
    {
        var network = Holders().Build();
        var order = Order(OrderType.TakeProfit, alpha * OneTao);
        network.PlaceAll(order);

        Assert.Equal(error, network.ExecuteOne(order).Error);
    }

    [Fact]
    public void Sell_OfLockedAlpha_IsUnavailable()
    {
        var network = Holders().Build();
        Assert.True(network.Execute(Ann, TestCalls.Of(CallKind.LockStake, One, 40 * OneTao)).IsOk);
        var order = Order(OrderType.TakeProfit, 11 * OneTao);
        network.PlaceAll(order);

        Assert.Equal(LedgerError.StakeUnavailable, network.ExecuteOne(order).Error);
    }

    [Fact]
    public void Execute_SomeFail_TheOthersAreExecutedEachAfterTheOneBefore()
    {
        var network = Holders().Build();
        var (first, second, late) = (Order(OrderType.LimitBuy, 50 * OneTao), Order(OrderType.LimitBuy, 40 * OneTao), Order(OrderType.LimitBuy, OneTao, 10 * Spot, Bob));
        network.PlaceAll(first, second, late);

        var outcome = network.Execute(Relayer, Execute([new(first), new(second), new(first), new(Order(OrderType.StopLoss, OneTao)), new(late)]));

        Assert.Equal(
            [LedgerError.None, LedgerError.PriceConditionNotMet, LedgerError.OrderAlreadyProcessed, LedgerError.InvalidSignature, LedgerError.None],
            outcome.Orders.Select(result => result.Error));
        Assert.True(outcome.IsOk);
        Assert.Empty(outcome.Moves);
        Assert.Equal((0UL, 0UL), (outcome.Orders[1].AmountIn, outcome.Orders[1].AmountOut));
    }

    [Fact]
    public void Execute_ShouldFailAndOneFails_UndoesAllOfThem()
    {
        var network = Holders().Build();
        var order = Order(OrderType.LimitBuy, 50 * OneTao);
        network.PlaceAll(order);
        var before = StateDigest.Of(network);

        var call = new Call { Kind = CallKind.ExecuteOrders, Detail = new OrdersDetail([new(order), new(order)], ShouldFail: true) };

        Assert.Equal(LedgerError.OrderAlreadyProcessed, network.Execute(Relayer, call).Error);
        Assert.Equal(before, StateDigest.Of(network));
        Assert.True(network.Execute(Relayer, call with { Detail = new OrdersDetail([new(order)], ShouldFail: true) }).IsOk);
    }

    /// <summary>What a relayer causes at an owner's account is what execute_orders does with that order.</summary>
    [Fact]
    public void FillOrder_OfAnOrder_IsWhatExecuteOrdersDoes()
    {
        var order = Order(OrderType.LimitBuy, 50 * OneTao).WithFee(OnePercent);
        var (network, twin) = (Holders().Build(), Holders().Build());
        network.PlaceAll(order);
        twin.PlaceAll(order);

        var outcome = network.Execute(Ann, Economics.Orders.OrderShapes.FillOf(new OrderFill(order), Relayer));

        Assert.Equal(twin.ExecuteOne(order), outcome.Orders.Single());
        Assert.Single(outcome.Moves);
        Assert.Equal(StateDigest.Of(twin), StateDigest.Of(network));
        Assert.Equal(LedgerError.Unauthorized, network.Execute(Bob, Economics.Orders.OrderShapes.FillOf(new OrderFill(order), Relayer)).Error);
    }

    /// <summary>The relayer pays for his call, by the number of its orders; the owners pay nothing but their orders' fees.</summary>
    [Fact]
    public void FeeOf_ACallWithOrders_GrowsWithEachOfThem()
    {
        var order = Order(OrderType.LimitBuy, OneTao);
        var (one, two) = (TransactionFees.FeeOf(Execute(new OrderFill(order))), TransactionFees.FeeOf(Execute(new OrderFill(order), new OrderFill(order, 5))));

        // 61.8 + 520.2 million, 28 reads, and 17 writes; 105 + 2 bytes, and the order with its signature.
        Assert.Equal(((61_768_457UL + 520_180_782 + (28 * 25_000_000) + (17 * 100_000_000) + 999) / 2_000) + 105 + 2 + 139 + 65 + 1, one.Rao);
        Assert.Equal(((520_180_782UL + (11 * 25_000_000) + (7 * 100_000_000)) / 2_000) + 139 + 65 + 9, (two - one).Rao);
        Assert.True(TransactionFees.FeeOf(Economics.Orders.OrderShapes.FillOf(new OrderFill(order), Relayer)).IsZero);
    }

    [Fact]
    public void CallShape_OfTheCalls_NamesWhatTheyTouch()
    {
        var order = Order(OrderType.LimitBuy, OneTao).WithFee(OnePercent);
        var fill = CallShape.Of(Ann, Economics.Orders.OrderShapes.FillOf(new OrderFill(order), Relayer));
        var relay = CallShape.Of(Relayer, Execute(new(order), new(order with { Netuid = Two, Hotkey = Warm })));

        Assert.Equal((CallReach.OnePool, FeeTaker), (fill.Reach, fill.OtherColdkey));
        Assert.Equal([Hot], fill.Hotkeys);
        Assert.Equal(CallReach.Owners, relay.Reach);
        Assert.Equal([One, Two], relay.Netuids);
        Assert.Equal(CallReach.OnePool, CallShape.Of(Ann, Place(order)).Reach);
    }
}
