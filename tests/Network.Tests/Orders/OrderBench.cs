using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Orders;

/// <summary>Orders on subnet 2, where a whole alpha costs half a TAO, and where every staker holds 50 alpha on Warm.</summary>
internal static class OrderBench
{
    public const ulong Spot = OneTao / 2;

    public static readonly AccountId FeeTaker = Key(70);

    public static LimitOrder Order(AccountId owner, OrderType type, ulong amount, ulong limit = Spot) => new()
    {
        Owner = owner,
        Hotkey = Warm,
        Netuid = Two,
        Type = type,
        Amount = amount,
        Limit = new LimitPrice(limit),
        Expiry = new BlockNumber(50),
        ChainId = NetworkParameters.Default.ChainId,
    };

    public static LimitOrder Buy(AccountId owner, ulong tao, ulong limit = 2 * Spot) => Order(owner, OrderType.LimitBuy, tao, limit);

    public static LimitOrder Sell(AccountId owner, ulong alpha, ulong limit = Spot / 2) => Order(owner, OrderType.TakeProfit, alpha, limit);

    public static LimitOrder WithFee(this LimitOrder order, uint parts, AccountId? recipient = null) =>
        order with { FeeRate = new Perbill(parts), FeeRecipient = recipient ?? FeeTaker };

    public static Call Execute(params LimitOrder[] orders) => Calls.ExecuteOrders(orders.Select(order => new OrderFill(order)));
}
