using Dtao.Economics.Ledger;
using Dtao.Economics.Orders;
using Xunit;

namespace Dtao.Economics.Tests.Orders;

/// <summary>A relayer's call in parts, one for each owner, and whole again.</summary>
public class OrderPartsTests
{
    private static readonly Guid s_batch = new(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    private static readonly AccountId s_relayer = Key(90);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Join_AllPartsInAnyOrder_IsTheCall(bool isNetted)
    {
        var call = Whole(isNetted, Of(1, 10), Of(2, 20), Of(1, 30), Of(3, 40), Of(2, 50));

        var parts = Parts(call);
        var joined = OrderParts.Join(s_netuid, [.. parts.Reverse()])!;

        Assert.Equal([1, 2, 2], parts.Select(part => part.Fills.Length).Order());
        Assert.Equal((call.Kind, call.Netuid, !isNetted), (joined.Kind, joined.Netuid, ((OrdersDetail)joined.Detail!).ShouldFail));
        Assert.Equal(((OrdersDetail)call.Detail!).Orders, ((OrdersDetail)joined.Detail!).Orders);
    }

    [Fact]
    public void Join_PartsOfNoWhole_IsNothing()
    {
        var call = Whole(true, Of(1, 10), Of(2, 20));
        var parts = Parts(call);

        Assert.Null(OrderParts.Join(s_netuid, [parts[0]]));
        Assert.Null(OrderParts.Join(s_netuid, [parts[0], parts[0]]));
        Assert.Null(OrderParts.Join(s_netuid, [parts[0], parts[1] with { Batch = Guid.Empty }]));
        Assert.Null(OrderParts.Join(s_netuid, [parts[0], parts[1] with { IsNetted = false }]));
        Assert.Null(OrderParts.Join(s_netuid, [parts[0], parts[1] with { Relayer = Key(91) }]));
        Assert.NotNull(OrderParts.Join(s_netuid, parts));
    }

    /// <summary>Only a part as accounts make it is well formed.</summary>
    [Fact]
    public void IsWellFormed_AnythingOutOfPlace_IsNot()
    {
        var part = Parts(Whole(true, Of(1, 10), Of(1, 20), Of(2, 30)))[0];

        Assert.True(IsWellFormed(part));
        Assert.False(IsWellFormed(part with { Fills = [] }));
        Assert.False(IsWellFormed(part with { Orders = 1 }));
        Assert.False(IsWellFormed(part with { Orders = 101 }));
        Assert.False(IsWellFormed(part with { Owners = 0 }));
        Assert.False(IsWellFormed(part with { Owners = 4 }));
        Assert.False(IsWellFormed(part with { Fills = [part.Fills[1], part.Fills[0]] }));
        Assert.False(IsWellFormed(part with { Fills = [part.Fills[0], new PlacedFill(1, new OrderFill(Of(2, 20)))] }));
        Assert.False(IsWellFormed(part with { Fills = [new PlacedFill(0, new OrderFill(Of(1, 10) with { Netuid = new NetUid(9) }))] }));
        Assert.Equal(LedgerError.MalformedCall, OrderBench.Holders().Build().Execute(Key(1), Call(part)).Error);
    }

    [Fact]
    public void SpentBy_BuysAndSales_CountsWhatBuysSpend()
    {
        var sale = Of(1, 40) with { Type = OrderType.StopLoss };
        var detail = new FillBatchDetail(
            s_relayer, s_batch, true, 1, 4, [new(0, new OrderFill(Of(1, 10))), new(1, new OrderFill(sale)), new(2, new OrderFill(Of(1, 20), 5)), new(3, new OrderFill(Of(1, ulong.MaxValue)))]);

        Assert.Equal(new Tao(ulong.MaxValue), OrderParts.SpentBy(detail));
        Assert.Equal(new Tao(15), OrderParts.SpentBy(detail with { Fills = detail.Fills[..3] }));
    }

    private static readonly NetUid s_netuid = new(2);

    private static bool IsWellFormed(FillBatchDetail part) => OrderShapes.IsWellFormed(Call(part));

    private static Call Call(FillBatchDetail part) => new() { Kind = CallKind.FillBatch, Netuid = s_netuid, Detail = part };

    private static FillBatchDetail[] Parts(Call call) => [.. OrderParts.Of(call, s_netuid, s_relayer, s_batch).Select(part => (FillBatchDetail)part.Call.Detail!)];

    private static Call Whole(bool isNetted, params LimitOrder[] orders) => new()
    {
        Kind = isNetted ? CallKind.ExecuteBatchedOrders : CallKind.ExecuteOrders,
        Netuid = isNetted ? s_netuid : default,
        Detail = new OrdersDetail([.. orders.Select(order => new OrderFill(order))], !isNetted),
    };

    private static LimitOrder Of(byte owner, ulong amount) => new()
    {
        Owner = Key(owner),
        Hotkey = Key(50),
        Netuid = s_netuid,
        Type = OrderType.LimitBuy,
        Amount = amount,
        Limit = new LimitPrice(5),
        Expiry = new BlockNumber(9),
        ChainId = 1,
    };

    private static AccountId Key(byte number)
    {
        var bytes = new byte[AccountId.Length];
        bytes.AsSpan().Fill(number);
        return new AccountId(bytes);
    }
}
