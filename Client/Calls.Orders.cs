using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Client;

/// <content>Limit orders. Rule book 01, section 14.</content>
public static partial class Calls
{
    /// <summary>Puts an order of the signer's where relayers may have it executed; it holds nothing until then.</summary>
    public static Call PlaceOrder(LimitOrder order) => new() { Kind = CallKind.PlaceOrder, Netuid = order.Netuid, Detail = new OrderDetail(order) };

    /// <summary>Makes sure that an order of the signer's is never executed; refused when a part of it was.</summary>
    public static Call CancelOrder(LimitOrder order) => new() { Kind = CallKind.CancelOrder, Netuid = order.Netuid, Detail = new OrderDetail(order) };

    /// <summary>Has orders executed that their owners have placed, each by itself, in this order; the signer is the relayer. At most 100.</summary>
    public static Call ExecuteOrders(IEnumerable<OrderFill> orders) => new() { Kind = CallKind.ExecuteOrders, Detail = new OrdersDetail([.. orders], false) };

    /// <summary>Has orders of one subnet executed, all or none: buys and sells are netted, and the difference trades with the pool. At most 100.</summary>
    public static Call ExecuteBatchedOrders(NetUid netuid, IEnumerable<OrderFill> orders) =>
        new() { Kind = CallKind.ExecuteBatchedOrders, Netuid = netuid, Detail = new OrdersDetail([.. orders], false) };
}
