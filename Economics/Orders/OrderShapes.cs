using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Orders;

/// <summary>Which parts of a network calls about orders can touch, and whether they have what they need.</summary>
public static class OrderShapes
{
    /// <summary>Orders name subnet and hotkey themselves; the call repeats them, for who routes it.</summary>
    public static bool IsWellFormed(Call call) => call switch
    {
        { Kind: CallKind.PlaceOrder or CallKind.CancelOrder, Detail: OrderDetail { Order: var order } } => order.IsWellFormed && call.Netuid == order.Netuid,
        { Kind: CallKind.ExecuteOrders or CallKind.ExecuteBatchedOrders, Detail: OrdersDetail { Orders: { IsDefault: false } orders } detail } =>
            orders.Length <= OrderExecution.OrdersMax && orders.All(fill => fill.IsWellFormed)
            && (call.Kind == CallKind.ExecuteOrders || !detail.ShouldFail),
        { Kind: CallKind.FillOrder, Detail: FillDetail { Fill: var fill } } =>
            fill.IsWellFormed && call.Netuid == fill.Order.Netuid && call.Hotkey == fill.Order.Hotkey,
        { Kind: CallKind.FillBatch, Detail: FillBatchDetail detail } => OrderParts.IsWellFormed(call.Netuid, detail),
        _ => false,
    };

    /// <summary>The operation of an order's owner that a relayer causes.</summary>
    public static Call FillOf(OrderFill fill, AccountId relayer) => new()
    {
        Kind = CallKind.FillOrder,
        Netuid = fill.Order.Netuid,
        Hotkey = fill.Order.Hotkey,
        Detail = new FillDetail(fill, relayer),
    };

    /// <summary>Who besides the signer and the fee account may get TAO of an execution; null when nobody does.</summary>
    public static AccountId? RecipientOf(AccountId signer, Call call) =>
        call.Detail is FillDetail { Fill.Order: { FeeRate.Parts: > 0 } order } && order.FeeRecipient != signer ? order.FeeRecipient : null;

    internal static CallShape OfRelay(Call call)
    {
        var orders = ((OrdersDetail)call.Detail!).Orders;
        return new(
            CallReach.Owners, [.. orders.Select(fill => fill.Order.Netuid).Distinct()], false, null, [.. orders.Select(fill => fill.Order.Hotkey).Distinct()], false);
    }
}
