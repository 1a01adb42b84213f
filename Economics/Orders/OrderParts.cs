using Dtao.Economics.Ledger;

namespace Dtao.Economics.Orders;

/// <summary>Calls whose orders are executed all or none, in parts: one for each owner, since each of them pays from his own account.</summary>
public static class OrderParts
{
    /// <summary>Whether the orders of a call are executed all or none.</summary>
    public static bool IsWhole(Call call) => call.Kind == CallKind.ExecuteBatchedOrders || call.Detail is OrdersDetail { ShouldFail: true };

    /// <summary>The one subnet that all orders of a call are for; null when they are for several, or when there are none.</summary>
    public static NetUid? SubnetOf(OrdersDetail detail)
    {
        if (detail.Orders.IsEmpty) return null;
        var first = detail.Orders[0].Order.Netuid;
        return detail.Orders.All(fill => fill.Order.Netuid == first) ? first : null;
    }

    /// <summary>The parts of a call that is executed as a whole, by owner in ascending order; of each the orders in the call's order.</summary>
    /// <param name="netuid">The subnet of all of them.</param>
    /// <param name="batch">Names this try of the call.</param>
    public static IReadOnlyList<(AccountId Owner, Call Call)> Of(Call call, NetUid netuid, AccountId relayer, Guid batch)
    {
        var detail = (OrdersDetail)call.Detail!;
        var owners = detail.Orders.Select((fill, place) => new PlacedFill(place, fill))
            .GroupBy(placed => placed.Fill.Order.Owner)
            .OrderBy(owner => owner.Key)
            .ToArray();
        return [.. owners.Select(owner => (owner.Key, new Call
        {
            Kind = CallKind.FillBatch,
            Netuid = netuid,
            Detail = new FillBatchDetail(relayer, batch, call.Kind == CallKind.ExecuteBatchedOrders, owners.Length, detail.Orders.Length, [.. owner]),
        }))];
    }

    /// <summary>The call that parts are of, once all of them are there; null when they do not make a whole.</summary>
    public static Call? Join(NetUid netuid, IReadOnlyList<FillBatchDetail> parts)
    {
        var first = parts[0];
        var fills = new OrderFill?[first.Orders];
        foreach (var part in parts)
        {
            if (part.Batch != first.Batch || part.Relayer != first.Relayer || part.IsNetted != first.IsNetted || part.Orders != first.Orders) return null;
            foreach (var (place, fill) in part.Fills)
            {
                if (fills[place] is not null) return null;
                fills[place] = fill;
            }
        }

        if (parts.Count != first.Owners || fills.Contains(null)) return null;
        return new Call
        {
            Kind = first.IsNetted ? CallKind.ExecuteBatchedOrders : CallKind.ExecuteOrders,
            Netuid = first.IsNetted ? netuid : default,
            Detail = new OrdersDetail([.. fills.Select(fill => fill!)], ShouldFail: !first.IsNetted),
        };
    }

    /// <summary>TAO that an owner needs for a part before anything is paid to him: what his buys spend, their fees included.</summary>
    public static Tao SpentBy(FillBatchDetail part)
    {
        var spent = Tao.Zero;
        foreach (var (_, fill) in part.Fills)
        {
            if (fill.Order.IsBuy) spent = spent.AddSaturating(new Tao(fill.Partial ?? fill.Order.Amount));
        }

        return spent;
    }

    internal static bool IsWellFormed(NetUid netuid, FillBatchDetail part)
    {
        if (part.Fills.IsDefaultOrEmpty || part.Orders is < 1 or > OrderExecution.OrdersMax || part.Owners < 1 || part.Owners > part.Orders) return false;
        var (before, owner) = (-1, part.Fills[0].Fill.Order.Owner);
        foreach (var (place, fill) in part.Fills)
        {
            if (place <= before || place >= part.Orders || !fill.IsWellFormed || fill.Order.Netuid != netuid || fill.Order.Owner != owner) return false;
            before = place;
        }

        return true;
    }
}
