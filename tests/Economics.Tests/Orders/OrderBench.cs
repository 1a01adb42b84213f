using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Tests.Staking;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Orders;

/// <summary>Orders of Ann and Bob on subnet 1, where a whole alpha costs 0.125 TAO, and short forms of the calls about them.</summary>
internal static class OrderBench
{
    public const ulong OneTao = 1_000_000_000;
    public const ulong Spot = 125_000_000;
    public const ulong Held = 50 * OneTao;

    public static readonly AccountId Relayer = Key(7);
    public static readonly AccountId FeeTaker = Key(8);
    public static readonly Perbill OnePercent = new(10_000_000);

    /// <summary>Ann and Bob hold 50 alpha each on Hot, beside their TAO.</summary>
    public static TestLedger Holders() => new TestLedger().Pool(One, 1_000 * OneTao, 8_000 * OneTao).Stake(Hot, Ann, One, Held).Stake(Hot, Bob, One, Held);

    public static LimitOrder Order(OrderType type, ulong amount, ulong limit = Spot, AccountId? owner = null) => new()
    {
        Owner = owner ?? Ann,
        Hotkey = Hot,
        Netuid = One,
        Type = type,
        Amount = amount,
        Limit = new LimitPrice(limit),
        Expiry = new BlockNumber(1_000),
        ChainId = NetworkParameters.Default.ChainId,
    };

    public static LimitOrder WithFee(this LimitOrder order, Perbill rate, AccountId? recipient = null) =>
        order with { FeeRate = rate, FeeRecipient = recipient ?? FeeTaker };

    public static Call Place(LimitOrder order) => new() { Kind = CallKind.PlaceOrder, Netuid = order.Netuid, Detail = new OrderDetail(order) };

    public static Call Cancel(LimitOrder order) => new() { Kind = CallKind.CancelOrder, Netuid = order.Netuid, Detail = new OrderDetail(order) };

    public static Call Execute(params OrderFill[] fills) => new() { Kind = CallKind.ExecuteOrders, Detail = new OrdersDetail([.. fills], false) };

    public static Call Batch(params OrderFill[] fills) =>
        new() { Kind = CallKind.ExecuteBatchedOrders, Netuid = One, Detail = new OrdersDetail([.. fills], false) };

    public static void PlaceAll(this SequentialNetwork network, params LimitOrder[] orders)
    {
        foreach (var order in orders)
        {
            var placed = network.Execute(order.Owner, Place(order));
            if (!placed.IsOk) throw new InvalidOperationException($"The order was not placed: {placed.Error}.");
        }
    }

    /// <summary>Executes one order that has been placed, and tells what became of it.</summary>
    public static OrderResult ExecuteOne(this SequentialNetwork network, LimitOrder order, ulong? partial = null, AccountId? relayer = null) =>
        network.Execute(relayer ?? Relayer, Execute(new OrderFill(order, partial))).Orders.Single();

    public static OrderRecord? Record(this SequentialNetwork network, LimitOrder order) =>
        network.GetMetagraph(order.Netuid).Orders.GetValueOrDefault(Economics.Orders.OrderHash.Of(order));

    /// <summary>All TAO of accounts and subnets.</summary>
    public static UInt128 AllTao(this SequentialNetwork network)
    {
        UInt128 sum = 0;
        foreach (var (_, free) in ((INetworkState)network).Balances) sum += free.Rao;
        foreach (var netuid in network.Subnets) sum += network.Books(netuid).AccountTao.Rao;
        return sum;
    }

    public static UInt128 AllAlpha(this SequentialNetwork network, NetUid netuid) =>
        (UInt128)network.Books(netuid).AlphaReserve.Rao + network.Books(netuid).AlphaOutstanding.Rao;
}
