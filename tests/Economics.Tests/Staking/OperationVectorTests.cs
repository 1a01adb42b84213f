using Dtao.Economics.Ledger;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestCalls;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Staking;

/// <summary>
/// The numeric vectors of tests/vectors/staking-operations.json whose set-up runs with this network's constants; numbers are the file's
/// <c>exact_by_rules</c> where it has them.
/// </summary>
public class OperationVectorTests
{
    [Fact]
    public void Vector001_AddStake_MovesTheReserves()
    {
        var network = new TestLedger().Pool(One, 10_000_000_000, 5_000_000_000).Build();
        var held = network.Books(One).AlphaOutstanding.Rao;

        var move = Assert.Single(network.Execute(Ann, Of(CallKind.AddStake, One, 1_000_000_000)).Moves);

        Assert.Equal((503_547UL, 454_337_367UL), (move.Fee, move.Alpha.Rao));
        var books = network.Books(One);
        Assert.Equal((10_999_496_453UL, 4_545_662_633UL), (books.TaoReserve.Rao, books.AlphaReserve.Rao));
        Assert.Equal(454_337_367UL, books.AlphaOutstanding.Rao - held);
    }

    [Fact]
    public void Vector002_AddStakeOnRoot_IsOneToOne()
    {
        var network = new TestLedger().Build();

        Assert.True(network.Execute(Ann, Of(CallKind.AddStake, Root, 1_000_000_000)).IsOk);

        var books = network.Books(Root);
        Assert.Equal((1_000_000_000UL, 0UL, 1_000_000_000UL), (books.TaoReserve.Rao, books.AlphaReserve.Rao, books.AlphaOutstanding.Rao));
        Assert.Equal(((Int128)1_000_000_000, (UInt128)1_000_000_000), (books.TotalStake, books.Volume));
        Assert.Equal(1_000_000_000UL, network.GetHotkeyPool(Root, Hot).Value.Rao);
    }

    [Theory]
    [InlineData(900_000_000_000UL, LedgerError.SlippageTooHigh, 0UL)]
    [InlineData(150_000_000_000UL, LedgerError.None, 49_987_408_136UL)]
    public void Vector010And011_AddStakeLimit_FitsOrDoesNot(ulong amount, LedgerError error, ulong alpha)
    {
        var network = new TestLedger().Pool(One, 150_000_000_000, 100_000_000_000).Build();

        var outcome = network.Execute(Ann, Of(CallKind.AddStakeLimit, One, amount) with { Limit = 24_000_000_000 });

        Assert.Equal(error, outcome.Error);
        Assert.Equal(alpha, outcome.Moves.Count == 0 ? 0 : outcome.Moves[0].Alpha.Rao);
    }

    [Fact]
    public void Vector013_AddStakeLimit_PriceAboveTheLimit_IsExceeded()
    {
        var network = new TestLedger().Pool(One, 5_032_494_439_940, 186_268_425_402_874).Build();
        var call = Of(CallKind.AddStakeLimit, One, 19_980_000_000) with { Limit = 26_953_618, AllowPartial = true };

        Assert.Equal(LedgerError.PriceLimitExceeded, network.Execute(Ann, call).Error);
    }

    [Fact]
    public void Vector014_RemoveStakeLimit_Partially_TakesTheExactPart()
    {
        var network = new TestLedger().Pool(One, 100_000_000_000, 100_000_000_000).Build();
        Assert.True(network.Execute(Ann, Of(CallKind.AddStake, One, 300_000_000_000)).IsOk);
        var staked = network.Position(Hot, Ann, One);

        var call = Of(CallKind.RemoveStakeLimit, One, staked / 2) with { Limit = 15_828_037_965, AllowPartial = true };
        Assert.True(network.Execute(Ann, call).IsOk);

        Assert.Equal(74_990_554_913UL, staked);
        Assert.Equal(126_056_439UL, staked - network.Position(Hot, Ann, One));
    }

    [Fact]
    public void Vector016_RemoveStakeLimit_Fits_PaysTheExactTao()
    {
        var network = new TestLedger().Pool(One, 150_000_000_000, 100_000_000_000).Stake(Hot, Ann, One, 300_000_000_000).Build();

        var outcome = network.Execute(Ann, Of(CallKind.RemoveStakeLimit, One, 1_500_000_000) with { Limit = 1_350_000_000 });

        Assert.Equal((2_215_649_018UL, 755_321UL), (outcome.Moves[0].Tao.Rao, outcome.Moves[0].Fee));
    }

    [Fact]
    public void Vector017_SwapStakeLimit_Partially_MovesTheApproximateMaximum()
    {
        var network = new TestLedger().Pool(One, 150_000_000_000, 100_000_000_000).Pool(Two, 15_000_000_000_000_000, 10_000_000_000_000_000)
            .Stake(Hot, Ann, One, 150_000_000_000).Build();

        var call = Move(CallKind.SwapStakeLimit, One, Two, 150_000_000_000) with { Limit = 990_000_000, AllowPartial = true };
        Assert.True(network.Execute(Ann, call).IsOk);

        Assert.Equal(148_989_909_091UL, network.Position(Hot, Ann, One));
    }

    [Fact]
    public void Vector019And020_RemoveStakeFullLimit_WithAndWithoutALimit()
    {
        var network = new TestLedger().Pool(One, 100_000_000_000, 100_000_000_000).Stake(Hot, Ann, One, 10_000_000_000).Build();
        var before = network.Free(Ann);

        Assert.Equal(LedgerError.SlippageTooHigh, network.Execute(Ann, Of(CallKind.RemoveStakeFullLimit, One) with { Limit = 910_000_000 }).Error);
        var outcome = network.Execute(Ann, Of(CallKind.RemoveStakeFullLimit, One));

        Assert.Equal((9_086_747_349UL, 5_035_477UL), (network.Free(Ann) - before, outcome.Moves[0].Fee));
        Assert.Equal(0UL, network.Position(Hot, Ann, One));
    }

    [Fact]
    public void Vector031_AddStake_ExactlyAThousandTimesTheReserve_Passes()
    {
        var network = new TestLedger().Pool(One, 100_000_000_000, 1_000_000_000_000_000).Balance(Ann, 200_000_000_000_000).Build();

        var move = Assert.Single(network.Execute(Ann, Of(CallKind.AddStake, One, 100_000_000_000_000)).Moves);

        Assert.Equal((999_000_496_205_934UL, 50_354_772_259UL), (move.Alpha.Rao, move.Fee));
        Assert.Equal(99_949_645_227_741UL, network.Books(One).TaoReserve.Rao - 100_000_000_000);
    }

    [Fact]
    public void Vector032_StakeAndUnstakeWithAnAuthor_NetsTheFlow()
    {
        var network = new TestLedger().With(ledger => ledger.Parameters = ledger.Parameters with { Author = Author })
            .Balance(Author, 1_000).Pool(One, 100_000_000_000, 1_000_000_000_000).Build();

        Assert.True(network.Execute(Ann, Of(CallKind.AddStake, One, 100_000_000)).IsOk);
        Assert.Equal(99_949_646L, network.Books(One).FlowUser);
        var author = network.Free(Author);
        var move = Assert.Single(network.Execute(Ann, Of(CallKind.RemoveStake, One, ulong.MaxValue)).Moves);

        Assert.Equal(1L, network.Books(One).FlowUser);
        Assert.Equal((99_899_366UL, 502_791UL, 50_279UL), (move.Tao.Rao, move.Fee, network.Free(Author) - author));
    }
}
