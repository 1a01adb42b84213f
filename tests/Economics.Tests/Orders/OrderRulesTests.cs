using CsCheck;
using Dtao.Economics.Ledger;
using Dtao.Economics.Orders;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Orders.OrderBench;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Orders;

public class OrderRulesTests
{
    [Theory]
    [InlineData(OrderType.LimitBuy, 100, null, ulong.MaxValue)]
    [InlineData(OrderType.TakeProfit, 100, null, 0)]
    [InlineData(OrderType.StopLoss, 100, null, 0)]
    [InlineData(OrderType.LimitBuy, 100, 0u, 100)]
    [InlineData(OrderType.LimitBuy, 199, 10_000_000u, 200)]
    [InlineData(OrderType.TakeProfit, 199, 10_000_000u, 198)]
    [InlineData(OrderType.LimitBuy, 99, 10_000_000u, 99)]
    [InlineData(OrderType.StopLoss, 100, 1_000_000_000u, 0)]
    [InlineData(OrderType.LimitBuy, ulong.MaxValue, 1_000_000_000u, ulong.MaxValue)]
    public void BoundOf_LimitAndSlippage_IsFlooredAndStaysInRange(OrderType type, ulong limit, uint? slippage, ulong bound) =>
        Assert.Equal(bound, OrderRules.BoundOf(Order(type, 1, limit) with { MaxSlippage = slippage is { } parts ? new Perbill(parts) : null }).RaoPerAlpha);

    [Theory]
    [InlineData(0u, 1_000UL, 0UL)]
    [InlineData(10_000_000u, 199UL, 1UL)]
    [InlineData(999_999_999u, 1_000_000_000UL, 999_999_999UL)]
    [InlineData(1_000_000_000u, ulong.MaxValue, ulong.MaxValue)]
    public void FeeOf_RateAndAmount_IsFloored(uint rate, ulong tao, ulong fee) =>
        Assert.Equal(fee, OrderRules.FeeOf(Order(OrderType.LimitBuy, tao).WithFee(new Perbill(rate)), tao).Rao);

    [Theory]
    [InlineData(OrderType.LimitBuy, Spot - 1, false)]
    [InlineData(OrderType.LimitBuy, Spot, true)]
    [InlineData(OrderType.TakeProfit, Spot, true)]
    [InlineData(OrderType.TakeProfit, Spot + 1, false)]
    [InlineData(OrderType.StopLoss, Spot - 1, false)]
    [InlineData(OrderType.StopLoss, Spot, true)]
    public void Execute_PriceOnEitherSideOfTheLimit_TriggersAtTheLimitItself(OrderType type, ulong limit, bool isExecuted)
    {
        var (network, order) = (Holders().Build(), Order(type, 10 * OneTao, limit));
        network.PlaceAll(order);

        var result = network.ExecuteOne(order);

        Assert.Equal(isExecuted ? LedgerError.None : LedgerError.PriceConditionNotMet, result.Error);
        Assert.Equal(isExecuted ? OrderStatus.Fulfilled : OrderStatus.Open, network.Record(order)!.Status);
    }

    [Theory]
    [InlineData(0, null, 100, true)]
    [InlineData(0, 99, 99, false)]
    [InlineData(40, 60, 100, true)]
    [InlineData(40, 59, 99, false)]
    public void After_AnExecution_IsDoneWhenAllIsFilled(ulong before, int? partial, ulong filled, bool isDone)
    {
        var order = Order(OrderType.LimitBuy, 100);

        var after = OrderRules.After(new OrderRecord(Ann, OrderStatus.Open, before, order), order, (ulong?)partial);

        Assert.Equal(
            isDone ? new OrderRecord(Ann, OrderStatus.Fulfilled, filled, null) : new OrderRecord(Ann, OrderStatus.Open, filled, order), after);
    }

    /// <summary>What an owner gets is never worse than the bound says: the mean price of a trade lies within it, the pool's fee apart.</summary>
    [Fact]
    public void Execute_AnyOrderWithSlippage_TradesWithinTheBound()
    {
        var (executed, cut) = (0, 0);
        Gen.Select(Gen.Enum<OrderType>(), Gen.ULong[3_000_000, 40 * OneTao], Gen.UInt[0, 400_000_000], Gen.ULong[Spot / 2, 2 * Spot], Gen.UInt[0, Perbill.One / 2]).Sample(
            (type, amount, slippage, limit, rate) =>
            {
                var network = Holders().Pool(One, 10 * OneTao, 80 * OneTao).Build();
                var order = Order(type, amount, limit).WithFee(new Perbill(rate)) with { MaxSlippage = new Perbill(slippage) };
                network.PlaceAll(order);
                var (tao, alpha) = (network.AllTao(), network.AllAlpha(One));

                var result = network.ExecuteOne(order);

                Assert.Equal((tao, alpha), (network.AllTao(), network.AllAlpha(One)));
                if (result.Error == LedgerError.SlippageTooHigh) cut++;
                if (result.Error != LedgerError.None)
                {
                    Assert.Equal(OrderStatus.Open, network.Record(order)!.Status);
                    return;
                }

                executed++;
                var bound = OrderRules.BoundOf(order).RaoPerAlpha;
                var (paidTao, gotAlpha) = order.IsBuy ? (result.AmountIn, result.AmountOut) : (result.AmountOut + result.Fee.Rao, result.AmountIn);
                var worth = (UInt128)gotAlpha * bound / OneTao;
                var poolFee = (UInt128)(order.IsBuy ? paidTao : worth) * 34 / 65_535;
                if (order.IsBuy) Assert.True(paidTao - poolFee <= worth + 2, $"{paidTao} for {gotAlpha} at {bound}");
                else Assert.True(paidTao + poolFee + 2 >= worth, $"{paidTao} for {gotAlpha} at {bound}");
            },
            iter: 2_000,
            threads: 1,
            seed: "0N0XIzNsQ0O2");
        Assert.True(executed > 100 && cut > 50, $"{executed} were executed, {cut} were cut.");
    }

    /// <summary>However an order is filled: the parts never come to more than its amount, and it is done exactly when they come to it.</summary>
    [Fact]
    public void Execute_AnyPartialFills_NeverExceedTheAmount()
    {
        var done = 0;
        Gen.Select(Gen.ULong[10_000_000, 100_000_000], Gen.ULong[0, 60_000_000].Array[1, 12], Gen.Bool).Sample(
            (amount, parts, isBuy) =>
            {
                var network = Holders().Build();
                var order = Order(isBuy ? OrderType.LimitBuy : OrderType.TakeProfit, amount, isBuy ? 2 * Spot : 1) with { Relayers = [Relayer], AllowsPartialFills = true };
                network.PlaceAll(order);
                UInt128 filled = 0;
                foreach (var part in parts)
                {
                    if (network.ExecuteOne(order, part).Error == LedgerError.None) filled += part;
                    var record = network.Record(order)!;
                    Assert.True(filled <= amount);
                    Assert.Equal(filled, record.Filled);
                    Assert.Equal(filled == amount ? OrderStatus.Fulfilled : OrderStatus.Open, record.Status);
                }

                if (network.Record(order) is { Status: OrderStatus.Open, Filled: > 0 } open)
                {
                    Assert.Equal(LedgerError.IncorrectPartialFillAmount, network.ExecuteOne(order).Error);
                    if (amount - open.Filled < 25_000_000) return;
                    Assert.Equal(LedgerError.None, network.ExecuteOne(order, amount - open.Filled).Error);
                    done++;
                }
            },
            iter: 300,
            threads: 1,
            seed: "0N0XIzNsQ0O2");
        Assert.True(done > 10, $"Only {done} orders were completed.");
    }
}
