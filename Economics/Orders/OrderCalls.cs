using Dtao.Economics.Ledger;

namespace Dtao.Economics.Orders;

/// <summary>place_order and cancel_order: what only an order's owner does.</summary>
/// <remarks>
/// Source of cancel_order: limit-orders/lib.rs :: cancel_order. There is no place_order on the chain, where an order is signed and never stored; here
/// it stands for the signature. See docs/decisions/0025-orders-are-placed.md.
/// </remarks>
internal static class OrderCalls
{
    /// <summary>How many orders a coldkey may have open on one subnet.</summary>
    public const int OpenMax = 100;

    public static LedgerError Place(LedgerScope scope, AccountId signer, LimitOrder order)
    {
        if (order.Owner != signer) return LedgerError.Unauthorized;
        if (order.Netuid.IsRoot) return LedgerError.RootNetUidNotAllowed;
        if (order.ChainId != scope.Parameters.ChainId) return LedgerError.ChainIdMismatch;
        if (!scope.TryGetBooks(order.Netuid, out _)) return LedgerError.SubnetNotExists;
        if (order.FeeRecipient.IsSubnetAccount) return LedgerError.CannotUseSystemAccount;
        var id = OrderHash.Of(order);
        if (OrderBook.Find(scope, order.Netuid, id) is not null) return LedgerError.OrderAlreadyProcessed;
        if (scope.Block > order.Expiry) return LedgerError.OrderExpired;
        if (OrderBook.OpenOf(scope, order.Netuid, signer) >= OpenMax) return LedgerError.TooManyOrders;
        OrderBook.Set(scope, order.Netuid, id, new OrderRecord(signer, OrderStatus.Open, 0, order));
        return LedgerError.None;
    }

    /// <summary>Whatever is known of the hash but an order that waits untouched refuses: also one that was executed in part, as on the chain.</summary>
    /// <remarks>An order that was never placed can be cancelled, too, and can then not be placed any more.</remarks>
    public static LedgerError Cancel(LedgerScope scope, AccountId signer, LimitOrder order)
    {
        if (order.Owner != signer) return LedgerError.Unauthorized;
        if (!scope.TryGetBooks(order.Netuid, out _)) return LedgerError.SubnetNotExists;
        var id = OrderHash.Of(order);
        if (OrderBook.Find(scope, order.Netuid, id) is { } record && record is not { IsOpen: true, Filled: 0 }) return LedgerError.OrderAlreadyProcessed;
        OrderBook.Set(scope, order.Netuid, id, new OrderRecord(signer, OrderStatus.Cancelled, 0, null));
        return LedgerError.None;
    }
}
