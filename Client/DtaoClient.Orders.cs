using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Client;

/// <summary>An order that is open on a subnet.</summary>
/// <param name="Id">Its hash, 64 hexadecimal digits.</param>
/// <param name="Filled">Rao of its input that are executed.</param>
/// <param name="Spot">The subnet's price when it was read, in rao of TAO for one whole alpha.</param>
public sealed record PlacedOrder(string Id, LimitOrder Order, ulong Filled, LimitPrice Spot);

/// <content>Reads of limit orders.</content>
public sealed partial class DtaoClient
{
    /// <summary>The open orders of a subnet, in ascending order of their hashes; of one coldkey when it is given. Empty where there is no such subnet.</summary>
    public async Task<IReadOnlyList<PlacedOrder>> GetOrdersAsync(NetUid netuid, AccountId? owner = null, CancellationToken cancellationToken = default)
    {
        var network = await GetNetworkAsync(cancellationToken).ConfigureAwait(false);
        if (Array.Find(network.Subnets, subnet => subnet.Netuid == netuid) is not { } entry) return [];
        var orders = new List<PlacedOrder>();
        while (true)
        {
            var page = await Pool(entry.PoolKey).GetOrders(owner, orders.Count == 0 ? null : orders[^1].Id).WaitAsync(cancellationToken).ConfigureAwait(false);
            orders.AddRange(page.Orders.Select(open => new PlacedOrder(open.Id, ((OrderDetail)open.Placed.Detail!).Order, open.Filled, new LimitPrice(page.Spot))));
            if (!page.HasMore) return orders;
        }
    }
}
