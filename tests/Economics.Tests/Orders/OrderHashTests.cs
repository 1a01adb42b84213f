using Dtao.Economics.Ledger;
using Dtao.Economics.Orders;
using Xunit;
using static Dtao.Economics.Tests.Orders.OrderBench;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Orders;

public class OrderHashTests
{
    private static readonly LimitOrder s_full = Order(OrderType.StopLoss, 7, ulong.MaxValue) with
    {
        Netuid = new NetUid(300),
        Expiry = new BlockNumber(1UL << 40),
        FeeRecipient = default,
        Relayers = [Key(7), Key(8)],
        MaxSlippage = new Perbill(50_000_000),
        ChainId = 964,
        AllowsPartialFills = true,
    };

    private static readonly LimitOrder s_plain = Order(OrderType.LimitBuy, OneTao, 100_000_000) with
    {
        Expiry = new BlockNumber(50),
        FeeRate = OnePercent,
        FeeRecipient = Author,
        ChainId = 42,
    };

    /// <summary>The digests were computed by another implementation of BLAKE2b over the encoding that the source states.</summary>
    [Fact]
    public void Of_TwoOrders_AreTheStatedDigests()
    {
        Assert.Equal("e13486f6ac8ff5e8db95998f7d3384d3ef0b8a91f7452e406f7c4c8be1fc536b", OrderHash.Of(s_plain).ToString());
        Assert.Equal("8671e1a6b223e0b50e461e27d64e0011bba0474a48084b73484bb05b97a85d14", OrderHash.Of(s_full).ToString());
        Assert.Equal((139, 208), (OrderHash.Encode(s_plain).Length, OrderHash.Encode(s_full).Length));
    }

    [Fact]
    public void Of_AnyFieldChanged_IsAnother()
    {
        LimitOrder[] changed =
        [
            s_full, s_full with { Owner = Bob }, s_full with { Hotkey = Warm }, s_full with { Netuid = Two }, s_full with { Type = OrderType.LimitBuy },
            s_full with { Amount = 8 }, s_full with { Limit = default }, s_full with { Expiry = default }, s_full with { FeeRate = OnePercent },
            s_full with { FeeRecipient = Bob }, s_full with { Relayers = null }, s_full with { Relayers = [] }, s_full with { Relayers = [Key(8), Key(7)] },
            s_full with { MaxSlippage = null }, s_full with { MaxSlippage = default(Perbill) }, s_full with { ChainId = 42 },
            s_full with { AllowsPartialFills = false },
        ];

        Assert.Equal(changed.Length, changed.Select(OrderHash.Of).Distinct().Count());
    }

    [Fact]
    public void OrderId_BytesAndOrder_AreThoseOfItsDigits()
    {
        var (one, other) = (OrderHash.Of(s_full), OrderHash.Of(s_plain));

        Assert.Equal(one, new OrderId(Convert.FromHexString(one.ToString())));
        Assert.Equal(string.CompareOrdinal(one.ToString(), other.ToString()) < 0, one < other);
    }
}
