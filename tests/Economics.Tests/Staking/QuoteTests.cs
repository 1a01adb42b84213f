using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestCalls;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Staking;

public class QuoteTests
{
    [Theory]
    [InlineData(CallKind.AddStake, 10_000_000_000UL)]
    [InlineData(CallKind.RemoveStake, 100_000_000_000UL)]
    [InlineData(CallKind.AddStakeBurn, 10_000_000_000UL)]
    public void Of_CallThatPasses_SaysWhatTheCallThenDoes(CallKind kind, ulong amount)
    {
        var network = new TestLedger().Stake(Hot, Ann, One, 1_000_000_000_000).Build();
        var call = Of(kind, One, amount);

        var quote = Quotes.Of(network, Ann, call);
        var outcome = network.Execute(Ann, call);

        var received = kind == CallKind.RemoveStake ? outcome.Moves[0].Tao.Rao : outcome.Moves[0].Alpha.Rao;
        Assert.False(quote.IsRefused);
        Assert.Equal(received, quote.AmountOut);
        Assert.Equal(outcome.Moves[0].Fee, quote.Fee);
        Assert.Equal(new U64F64(1_844_674_407_370_955_161), quote.PriceBefore);
        Assert.Equal(kind == CallKind.RemoveStake, quote.PriceAfter < quote.PriceBefore);
        Assert.InRange(quote.SlippageParts, 9_800U, 10_100U);
    }

    [Fact]
    public void Of_CallThatIsRefused_SaysWhyAndChangesNothing()
    {
        var network = new TestLedger().Build();

        var quote = Quotes.Of(network, Ann, Of(CallKind.RemoveStake, One, 1));

        Assert.Equal(LedgerError.AmountTooLow, quote.Error);
        Assert.Equal(0UL, quote.AmountOut);
        Assert.Equal(1_000_000_000_000UL, network.Free(Ann));
    }
}
