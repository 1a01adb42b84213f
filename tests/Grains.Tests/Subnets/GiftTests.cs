using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Xunit;
using static Dtao.Grains.Tests.ModelBytes;

namespace Dtao.Grains.Tests.Subnets;

/// <summary>Plain transfers to the account of a subnet, also of one that does not exist.</summary>
public sealed class GiftTests
{
    private const ulong Deposit = 2_000_000;
    private static readonly NetworkParameters s_network = NetworkParameters.Default with { ExistentialDeposit = new Tao(Deposit) };

    [Theory]
    [InlineData(0, Deposit - 1, LedgerError.BelowMinimum)]
    [InlineData(0, Deposit, LedgerError.None)]
    [InlineData(1, Deposit - 1, LedgerError.None)]
    public void ReceiveGift_NetuidWithoutASubnet_GoesByTheNetworksDeposit(ulong unclaimed, ulong amount, LedgerError expected)
    {
        var state = new PoolState { UnclaimedTao = new Tao(unclaimed) };

        Assert.Equal(expected, PoolDecider.ReceiveGift(state, GiftOf(amount), s_network).Error);
    }

    [Fact]
    public void ReceiveGift_SubnetThatExists_GoesByWhatItWasTold()
    {
        var state = new PoolState { Books = new SubnetBooks { Netuid = new(7) }, Parameters = s_network };

        Assert.Equal(LedgerError.BelowMinimum, PoolDecider.ReceiveGift(state, GiftOf(Deposit - 1), NetworkParameters.Default).Error);
    }

    private static TaoCredit GiftOf(ulong amount) =>
        new(new MessageHead(Account(1), 1, 1, new BlockNumber(10), new BlockNumber(1), LogStamp.Durable), new Tao(amount), MustSucceed: false);
}
