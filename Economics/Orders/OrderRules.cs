using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Orders;

/// <summary>When an order may be executed, within what price, and what becomes of it.</summary>
/// <remarks>Source: rule book 01, section 14; limit-orders/lib.rs :: is_order_valid, compute_effective_swap_limit, compute_order_status.</remarks>
public static class OrderRules
{
    private const ulong RaoPerToken = 1_000_000_000;

    /// <summary>TAO per alpha, in the unit of limits: floored to rao for one whole alpha.</summary>
    public static ulong SpotPrice(ILedgerSource source, NetUid netuid) => source.TryGetBooks(netuid, out var books)
        ? Market.Price(books).MultiplySaturating(U64F64.FromInteger(RaoPerToken)).ToUInt64Saturating()
        : RaoPerToken;

    /// <summary>The price that a swap for the order must not pass: the limit, widened by the slippage, which is floored.</summary>
    public static LimitPrice BoundOf(LimitOrder order)
    {
        var limit = order.Limit.RaoPerAlpha;
        if (order.MaxSlippage is not { } slippage) return new LimitPrice(order.IsBuy ? ulong.MaxValue : 0);
        var room = slippage.MultiplyFloor(limit);
        return new LimitPrice(order.IsBuy ? SaturatingMath.Add(limit, room) : SaturatingMath.Subtract(limit, room));
    }

    /// <summary>The order's fee of an amount of TAO, floored.</summary>
    public static Tao FeeOf(LimitOrder order, ulong tao) => new(order.FeeRate.MultiplyFloor(tao));

    /// <summary>The checks before anything is moved, in the chain's order.</summary>
    /// <remarks>
    /// No signature is looked at: an order is its owner's when he has placed it, and what he has not placed is told as the chain tells a signature
    /// that is not his.
    /// </remarks>
    /// <param name="spot">The subnet's price before the first order of the call touched it, or before this one.</param>
    public static LedgerError Check(LedgerScope scope, OrderFill fill, OrderId id, ulong spot, AccountId relayer)
    {
        var order = fill.Order;
        if (order.Netuid.IsRoot) return LedgerError.RootNetUidNotAllowed;
        if (order.ChainId != scope.Parameters.ChainId) return LedgerError.ChainIdMismatch;
        if (OrderBook.Find(scope, order.Netuid, id) is not { } record) return LedgerError.InvalidSignature;
        if (record.Status == OrderStatus.Fulfilled) return LedgerError.OrderAlreadyProcessed;
        if (record.Status == OrderStatus.Cancelled) return LedgerError.OrderCancelled;
        if (scope.Block > order.Expiry) return LedgerError.OrderExpired;
        if (!IsTriggered(order, spot)) return LedgerError.PriceConditionNotMet;
        if (order.Relayers is { } relayers && !relayers.Contains(relayer)) return LedgerError.RelayerMissMatch;
        return CheckPart(order, fill.Partial, record.Filled);
    }

    /// <summary>What is kept of an order after an execution.</summary>
    public static OrderRecord After(OrderRecord before, LimitOrder order, ulong? partial)
    {
        var filled = partial is { } part ? SaturatingMath.Add(before.Filled, part) : order.Amount;
        return filled >= order.Amount
            ? before with { Status = OrderStatus.Fulfilled, Filled = filled, Terms = null }
            : before with { Filled = filled };
    }

    private static bool IsTriggered(LimitOrder order, ulong spot) =>
        order.Type == OrderType.TakeProfit ? spot >= order.Limit.RaoPerAlpha : spot <= order.Limit.RaoPerAlpha;

    /// <summary>An order that was executed in part is completed in parts: without an amount it would be executed whole, once more.</summary>
    private static LedgerError CheckPart(LimitOrder order, ulong? partial, ulong filled)
    {
        if (partial is not { } part) return filled == 0 ? LedgerError.None : LedgerError.IncorrectPartialFillAmount;
        if (order.Relayers is null) return LedgerError.RelayerRequiredForPartialFill;
        if (!order.AllowsPartialFills) return LedgerError.PartialFillsNotEnabled;
        var rest = SaturatingMath.Subtract(order.Amount, filled);
        return part > 0 && part <= rest ? LedgerError.None : LedgerError.IncorrectPartialFillAmount;
    }
}
