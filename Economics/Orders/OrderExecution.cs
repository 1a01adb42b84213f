using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Orders;

/// <summary>Executes orders one by one: each trades with the pool, pays its fee, and is booked, or leaves no trace.</summary>
/// <remarks>
/// Source: rule book 01, section 14; limit-orders/lib.rs :: execute_orders, try_execute_order; staking/order_swap.rs :: buy_alpha, sell_alpha.
/// Rounding: the fee is floored, in favour of the owner.
/// </remarks>
internal static class OrderExecution
{
    /// <summary>How many orders a call may have.</summary>
    public const int OrdersMax = 100;

    /// <summary>Each order by itself; those that fail are passed over, or refuse the whole call where it says so.</summary>
    public static CallOutcome Execute(CallRun run, OrdersDetail detail)
    {
        if (!run.Scope.Parameters.LimitOrders) return CallOutcome.Refused(LedgerError.LimitOrdersDisabled);
        var results = new List<OrderResult>(detail.Orders.Length);
        foreach (var fill in detail.Orders)
        {
            var scope = new LedgerScope(run.Scope);
            var error = Fill(new CallRun(scope, fill.Order.Owner), fill, run.Signer, out var result);
            if (error == LedgerError.None) run.Scope.Merge(scope);
            else if (detail.ShouldFail) return CallOutcome.Refused(error);
            results.Add(result);
        }

        return CallOutcome.Done with { Orders = results };
    }

    /// <summary>One order, as an operation of its owner that a relayer has caused.</summary>
    public static CallOutcome ExecuteOne(CallRun run, FillDetail detail)
    {
        if (!run.Scope.Parameters.LimitOrders) return CallOutcome.Refused(LedgerError.LimitOrdersDisabled);
        if (detail.Fill.Order.Owner != run.Signer) return CallOutcome.Refused(LedgerError.Unauthorized);
        var outcome = run.End(Fill(run, detail.Fill, detail.Relayer, out var result));
        return outcome.IsOk ? outcome with { Orders = [result] } : outcome;
    }

    private static LedgerError Fill(CallRun run, OrderFill fill, AccountId relayer, out OrderResult result)
    {
        var (scope, order, id) = (run.Scope, fill.Order, OrderHash.Of(fill.Order));
        var error = OrderRules.Check(scope, fill, id, OrderRules.SpotPrice(scope, order.Netuid), relayer);
        result = OrderResult.Refused(id, error);
        if (error != LedgerError.None) return error;

        var amount = fill.Partial ?? order.Amount;
        error = order.IsBuy ? Buy(run, order, amount, ref result) : Sell(run, order, amount, ref result);
        if (error == LedgerError.None) error = TaoLedger.TransferPlain(scope, order.Owner, order.FeeRecipient, result.Fee, keepAlive: false);
        if (error != LedgerError.None)
        {
            result = OrderResult.Refused(id, error);
            return error;
        }

        OrderBook.Set(scope, order.Netuid, id, OrderRules.After(OrderBook.Find(scope, order.Netuid, id)!, order, fill.Partial));
        return LedgerError.None;
    }

    private static LedgerError Buy(CallRun run, LimitOrder order, ulong amount, ref OrderResult result)
    {
        var scope = run.Scope;
        var fee = OrderRules.FeeOf(order, amount);
        var tao = new Tao(amount) - fee;
        if (!scope.TryGetBooks(order.Netuid, out var books)) return LedgerError.SubnetNotExists;
        if (!books.SubtokenEnabled) return LedgerError.SubtokenDisabled;
        if (scope.GetHotkey(order.Hotkey) is null) return LedgerError.HotKeyAccountNotExists;
        if (tao < NetworkParameters.MinStake) return LedgerError.AmountTooLow;
        if (tao > TaoLedger.Balance(scope, order.Owner)) return LedgerError.NotEnoughBalanceToStake;

        var bound = OrderRules.BoundOf(order);
        var error = CheckBound(books, SwapSide.Buy, tao.Rao, bound);
        if (error != LedgerError.None) return error;
        error = StakeOperations.StakeInto(run, PositionOf(order), tao, bound, dropFees: false, out var bought);
        result = result with { AmountIn = tao.Rao, AmountOut = bought.Rao, Fee = fee };
        return error;
    }

    private static LedgerError Sell(CallRun run, LimitOrder order, ulong amount, ref OrderResult result)
    {
        var (scope, alpha) = (run.Scope, new Alpha(amount));
        if (!scope.TryGetBooks(order.Netuid, out var books)) return LedgerError.SubnetNotExists;
        if (!books.SubtokenEnabled) return LedgerError.SubtokenDisabled;
        var error = RemoveStake.Validate(scope, PositionOf(order), alpha, alpha, allowPartial: false);
        if (error != LedgerError.None) return error;

        var bound = OrderRules.BoundOf(order);
        error = CheckBound(books, SwapSide.Sell, amount, bound);
        if (error != LedgerError.None) return error;
        error = StakeOperations.UnstakeFrom(run, PositionOf(order), order.Owner, alpha, bound, dropFees: false, out var paid);
        var fee = OrderRules.FeeOf(order, paid.Rao);
        result = result with { AmountIn = amount, AmountOut = (paid - fee).Rao, Fee = fee };
        return error;
    }

    /// <summary>All of the amount must be traded before the price passes the bound. Where there is no curve, nothing moves the price.</summary>
    internal static LedgerError CheckBound(SubnetBooks books, SwapSide side, ulong amount, LimitPrice bound)
    {
        if (!PoolState.Of(books).IsDynamic) return LedgerError.None;
        var swap = Swap.Execute(new SwapInput(PoolState.Of(books), side, amount, PoolPrices.FromLimit(bound), Simulate: true));
        if (!swap.IsOk) return swap.Error;
        return SaturatingMath.Add(swap.PaidIn, swap.Fee) >= amount ? LedgerError.None : LedgerError.SlippageTooHigh;
    }

    private static PositionKey PositionOf(LimitOrder order) => new(order.Netuid, order.Hotkey, order.Owner);
}
