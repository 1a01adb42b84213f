using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Orders;

namespace Dtao.Grains.Subnets;

/// <content>Limit orders as readers see them.</content>
public sealed partial class SubnetPoolGrain
{
    private const int OrderPageMax = 1_000;

    public async Task<OrderPage> GetOrders(AccountId? owner, string? after)
    {
        var page = new List<OpenOrder>();
        var hasMore = false;
        foreach (var (id, record) in State.Metagraph.Orders)
        {
            if (record.Terms is not { } terms || (owner is { } only && record.Owner != only)) continue;
            if (after is not null && string.CompareOrdinal(id.ToString(), after) <= 0) continue;
            hasMore = page.Count == OrderPageMax;
            if (hasMore) break;
            page.Add(new OpenOrder(id.ToString(), new Call { Kind = CallKind.PlaceOrder, Netuid = terms.Netuid, Detail = new OrderDetail(terms) }, record.Filled));
        }

        var source = new PoolSource(State, State.LastBlock, default, Tao.Zero, beneficiaryExists: false, _hotkeys.Records);
        var result = new OrderPage([.. page], hasMore, OrderRules.SpotPrice(source, Netuid), State.LastBlock);
        await Durable();
        return result;
    }
}
