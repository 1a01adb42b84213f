using CsCheck;
using Dtao.Economics.Ledger;
using Dtao.Economics.Orders;
using Dtao.Economics.Tests.Model;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Orders.OrderBench;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Orders;

public class OrderBatchTests
{
    /// <summary>A buy of 2.5 TAO and a sale of 20 alpha at 0.125 meet exactly: the pool is not touched, and nobody pays its fee.</summary>
    [Fact]
    public void Batch_ThatMeetsExactly_LeavesThePoolAlone()
    {
        var network = Holders().Build();
        var (buy, sell) = (Order(OrderType.LimitBuy, 5 * OneTao / 2), Order(OrderType.TakeProfit, 20 * OneTao, owner: Bob));
        network.PlaceAll(buy, sell);
        var before = network.Books(One).Copy();

        var outcome = network.Execute(Relayer, Batch(new(sell), new(buy)));

        Assert.Equal([5 * OneTao / 2, 20 * OneTao], outcome.Orders.Select(result => result.AmountOut));
        Assert.Equal((Held + (20 * OneTao), 1_995 * OneTao / 2), (network.Position(Hot, Ann, One), network.Free(Ann)));
        Assert.Equal((Held - (20 * OneTao), 25 * OneTao / 2), (network.Position(Hot, Bob, One), network.Free(Bob)));
        var after = network.Books(One);
        Assert.Equal((before.TaoReserve, before.AlphaReserve, before.AlphaOutstanding), (after.TaoReserve, after.AlphaReserve, after.AlphaOutstanding));
        Assert.Equal([OrderStatus.Fulfilled, OrderStatus.Fulfilled], new[] { buy, sell }.Select(order => network.Record(order)!.Status));
    }

    [Fact]
    public void Batch_MoreIsBought_TradesTheDifferenceAndSharesItByWhatEachPaid()
    {
        var (network, twin) = (Holders().Build(), Holders().Build());
        var (one, three) = (Order(OrderType.LimitBuy, OneTao), Order(OrderType.LimitBuy, 3 * OneTao) with { Hotkey = Warm });
        var sell = Order(OrderType.StopLoss, 10 * OneTao, owner: Bob).WithFee(OnePercent);
        network.PlaceAll(one, three, sell);

        var outcome = network.Execute(Relayer, Batch(new(one), new(three), new(sell)));

        // The sale meets 1.25 of the 4 TAO, and the rest trades.
        var bought = twin.Execute(Ann, TestCalls.Of(CallKind.AddStake, One, 11 * OneTao / 4)).Moves.Single().Alpha.Rao + (10 * OneTao);
        Assert.Equal([bought / 4, bought * 3 / 4, 99 * OneTao / 80], outcome.Orders.Select(result => result.AmountOut));
        Assert.Equal(bought * 3 / 4, network.Position(Warm, Ann, One));
        Assert.Equal(OneTao / 80, network.Free(FeeTaker));
    }

    [Fact]
    public void Batch_MoreIsSold_BuyersGetTheSpotPrice()
    {
        var network = Holders().Build();
        var buy = Order(OrderType.LimitBuy, OneTao).WithFee(OnePercent);
        var (first, second) = (Order(OrderType.TakeProfit, 10 * OneTao, owner: Bob), Order(OrderType.TakeProfit, 30 * OneTao, owner: Bob));
        network.PlaceAll(buy, first, second);

        var outcome = network.Execute(Relayer, Batch(new(first), new(buy), new(second)));

        Assert.Equal((OneTao, 7_920_000_000UL), (outcome.Orders[1].AmountIn, outcome.Orders[1].AmountOut));
        Assert.InRange(outcome.Orders[2].AmountOut, 3 * outcome.Orders[0].AmountOut, (3 * outcome.Orders[0].AmountOut) + 3);
        Assert.InRange(outcome.Orders[0].AmountOut + outcome.Orders[2].AmountOut, (5 * OneTao) - (OneTao / 20), 5 * OneTao);
    }

    private sealed class Case
    {
        public NetUid Netuid { get; set; } = One;
        public List<LimitOrder> Orders { get; } = [Order(OrderType.LimitBuy, OneTao, 2 * Spot), Order(OrderType.TakeProfit, 5 * OneTao, Spot / 2, Bob)];
        public bool Repeats { get; set; }
    }

    [Fact]
    public void Batch_SeveralChecksFail_TheEarliestIsTold() => new Ladder<Case>(() => new Case(), Executed)
        .Rung(LedgerError.RootNetUidNotAllowed, spoiled => spoiled.Netuid = Root)
        .Rung(LedgerError.OrderNetUidMismatch, spoiled => spoiled.Orders[0] = spoiled.Orders[0] with { Netuid = Two, Limit = new LimitPrice(10 * Spot) })
        .Rung(LedgerError.OrderExpired, spoiled => spoiled.Orders[0] = spoiled.Orders[0] with { Expiry = BlockNumber.Genesis })
        .Rung(LedgerError.PriceConditionNotMet, spoiled => spoiled.Orders[1] = spoiled.Orders[1] with { Limit = new LimitPrice(4 * Spot) })
        .Rung(LedgerError.DuplicateOrderInBatch, spoiled => spoiled.Repeats = true)
        .Rung(LedgerError.FundsUnavailable, spoiled => spoiled.Orders.Add(Order(OrderType.LimitBuy, 2_000 * OneTao, 2 * Spot)))
        .Rung(LedgerError.NotEnoughStakeToWithdraw, spoiled => spoiled.Orders.Add(Order(OrderType.TakeProfit, 60 * OneTao, Spot / 2)))
        .Rung(LedgerError.SlippageTooHigh, spoiled => spoiled.Orders.Add(Order(OrderType.LimitBuy, 900 * OneTao, 2 * Spot) with { MaxSlippage = new Perbill(1) }))
        .Rung(LedgerError.HotKeyAccountNotExists, spoiled => spoiled.Orders.Add(Order(OrderType.LimitBuy, 2 * OneTao, 2 * Spot) with { Hotkey = Ghost }))
        .AssertInOrder();

    [Fact]
    public void Batch_ShareOfNothing_RefusesAllOfIt()
    {
        var (dust, buy) = (Order(OrderType.LimitBuy, 1, 100 * OneTao), Order(OrderType.LimitBuy, OneTao, 100 * OneTao));
        var pricey = Holders().Pool(One, 10_000 * OneTao, 1_000 * OneTao).Build();
        pricey.PlaceAll(dust, buy);
        var before = StateDigest.Of(pricey);

        Assert.Equal(LedgerError.ZeroShareInBatch, pricey.Execute(Relayer, Batch(new(buy), new(dust))).Error);
        Assert.Equal(before, StateDigest.Of(pricey));
    }

    [Fact]
    public void Batch_OfNothing_DoesNothing()
    {
        var network = Holders().Build();
        var before = StateDigest.Of(network);

        Assert.True(network.Execute(Relayer, Batch()).IsOk);
        Assert.Equal(before, StateDigest.Of(network));
    }

    /// <summary>Whatever meets in a batch: every rao is somewhere, floors stay with the module, and the pool sees one trade or none.</summary>
    [Fact]
    public void Batch_AnyOrders_KeepsEveryRaoBooked()
    {
        var (done, netted) = (0, 0);
        var order = Gen.Select(Gen.Bool, Gen.Bool, Gen.ULong[20_000_000, 9 * OneTao], Gen.UInt[0, 300_000_000]);
        order.Array[1, 8].Sample(
            drawn =>
            {
                var network = Holders().Build();
                LimitOrder[] orders = [.. drawn.Select((one, number) => Of(one.Item1, one.Item2, one.Item3, one.Item4, number))];
                network.PlaceAll(orders);
                var (tao, alpha, volume) = (network.AllTao(), network.AllAlpha(One), network.Books(One).Volume);

                var outcome = network.Execute(Relayer, Batch([.. orders.Select(one => new OrderFill(one))]));

                Assert.Equal((tao, alpha), (network.AllTao() + DustOf(network, tao), network.AllAlpha(One)));
                if (!outcome.IsOk) return;
                done++;
                if (network.Books(One).Volume - volume < orders.Aggregate(UInt128.Zero, (sum, one) => sum + (one.IsBuy ? one.Amount : one.Amount / 8))) netted++;
                Assert.All(orders, one => Assert.Equal(OrderStatus.Fulfilled, network.Record(one)!.Status));
                Assert.All(outcome.Orders, result => Assert.True(result.AmountOut > 0));
                Assert.InRange(network.Position(OrderBatch.Hotkey, OrderBatch.Account, One), 0UL, 10UL * OneTao / 1_000_000);
            },
            iter: 400,
            threads: 1,
            seed: "0N0XIzNsQ0O2");
        Assert.True(done > 200 && netted > 150, $"{done} were done, {netted} were netted.");
    }

    /// <summary>What the balances' issuance fell by: TAO that a transfer left under the existential deposit.</summary>
    private static UInt128 DustOf(Economics.Model.SequentialNetwork network, UInt128 before)
    {
        var dust = before - network.AllTao();
        Assert.True(dust < 1_000, $"{dust} rao were destroyed.");
        return dust;
    }

    private static LimitOrder Of(bool isBuy, bool isOfBob, ulong amount, uint rate, int number) =>
        Order(isBuy ? OrderType.LimitBuy : OrderType.TakeProfit, (isBuy ? amount / 8 : amount) + (ulong)number, isBuy ? 2 * Spot : Spot / 2, isOfBob ? Bob : Ann)
            .WithFee(new Perbill(rate));

    private static LedgerError Executed(Case made)
    {
        var network = Holders().Build();
        foreach (var order in made.Orders) network.Execute(order.Owner, Place(order));
        network.MakeBlock();
        var fills = made.Orders.Select(order => new OrderFill(order)).ToList();
        if (made.Repeats) fills.Add(fills[1]);
        return network.Execute(Relayer, Batch([.. fills]) with { Netuid = made.Netuid }).Error;
    }
}
