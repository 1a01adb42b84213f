using Dtao.Economics.Ledger;

namespace Dtao.Economics.Orders;

/// <summary>The orders that a subnet keeps, by their hash.</summary>
internal static class OrderBook
{
    public static OrderRecord? Find(LedgerScope scope, NetUid netuid, OrderId id) => scope.GetMetagraph(netuid).Orders.GetValueOrDefault(id);

    public static void Set(LedgerScope scope, NetUid netuid, OrderId id, OrderRecord record)
    {
        var metagraph = scope.GetMetagraph(netuid);
        scope.SetMetagraph(netuid, metagraph with { Orders = metagraph.Orders.SetItem(id, record) });
    }

    /// <summary>How many orders of a coldkey are open on a subnet.</summary>
    public static int OpenOf(LedgerScope scope, NetUid netuid, AccountId owner) =>
        scope.GetMetagraph(netuid).Orders.Values.Count(record => record.IsOpen && record.Owner == owner);
}
