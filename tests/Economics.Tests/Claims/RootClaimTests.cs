using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using Dtao.Economics.Staking;
using Dtao.Economics.Tests.Model;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestCalls;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Claims;

public class RootClaimTests
{
    private const ulong OneTao = 1_000_000_000;

    private static readonly NetUid s_missing = new(99);

    [Fact]
    public void Claim_Keep_StakesTheAlphaAndMovesNoTao()
    {
        var bench = new ClaimBench().Accrue(Hot, One, 5 * OneTao);
        Assert.Equal(LedgerError.None, bench.Choose(Bob, RootClaimKind.Keep));
        var before = bench.Books(One).Copy();
        var onHotkey = bench.Scope.GetHotkeyPool(One, Hot).Value;

        Assert.Equal(LedgerError.None, bench.Claim(Bob, One));

        var after = bench.Books(One);
        Assert.Equal(2 * OneTao, bench.Position(Hot, Bob, One));
        Assert.Equal(new Alpha(2 * OneTao), bench.Scope.GetHotkeyPool(One, Hot).Value - onHotkey);
        Assert.Equal(2 * OneTao, bench.Mark(Hot, Bob, One));
        Assert.Equal(0UL, bench.Owed(Hot, Bob, One));
        Assert.Equal(new Alpha(3 * OneTao), after.RootUnclaimed);
        Assert.Equal((before.AlphaOutstanding, before.TaoReserve, before.AccountTao, before.TotalStake), (after.AlphaOutstanding, after.TaoReserve, after.AccountTao, after.TotalStake));
    }

    [Fact]
    public void Claim_Swap_SellsWithoutAFeeAndStakesTheTaoOnRoot()
    {
        var bench = new ClaimBench().Accrue(Hot, One, 5 * OneTao).Accrue(Hot, Two, OneTao);
        var (one, root) = (bench.Books(One).Copy(), bench.Books(Root).Copy());
        var sale = Swap.Execute(new SwapInput(PoolState.Of(one), SwapSide.Sell, 2 * OneTao, PoolPrices.FromLimit(LimitPrice.Lowest), DropFees: true));
        var (tao, alpha) = (sale.PaidOut, new Alpha(2 * OneTao));

        Assert.Equal(LedgerError.None, bench.Claim(Bob, One));

        Assert.Equal(199_960_007UL, tao);
        var (oneAfter, rootAfter) = (bench.Books(One), bench.Books(Root));
        Assert.Equal((one.TaoReserve - new Tao(tao), one.AlphaReserve + alpha), (oneAfter.TaoReserve, oneAfter.AlphaReserve));
        Assert.Equal((one.AlphaOutstanding - alpha, one.RootUnclaimed - alpha), (oneAfter.AlphaOutstanding, oneAfter.RootUnclaimed));
        Assert.Equal(one.AccountTao - new Tao(tao), oneAfter.AccountTao);
        Assert.Equal(root.AccountTao + new Tao(tao), rootAfter.AccountTao);
        Assert.Equal((new Tao(tao), -(long)tao, 0L), (oneAfter.RootSellTao, oneAfter.FlowProtocol, oneAfter.FlowUser));
        Assert.Equal((root.TaoReserve + new Tao(tao), root.AlphaOutstanding + new Alpha(tao)), (rootAfter.TaoReserve, rootAfter.AlphaOutstanding));
        Assert.Equal(one.TotalStake + root.TotalStake, oneAfter.TotalStake + rootAfter.TotalStake);
        Assert.Equal(4 * OneTao + tao, bench.Position(Hot, Bob, Root));
        Assert.Equal(0UL, bench.Position(Hot, Bob, One));

        // The new root stake earns nothing of what was there before, on no subnet.
        Assert.Equal(2 * OneTao + (tao / 2), bench.Mark(Hot, Bob, One));
        Assert.Equal(19_996_000UL, bench.Mark(Hot, Bob, Two));
        Assert.Equal((0UL, 400_000_000UL), (bench.Owed(Hot, Bob, One), bench.Owed(Hot, Bob, Two)));
        Assert.Equal(10 * OneTao, bench.Scope.GetFree(Bob).Rao);
    }

    [Fact]
    public void Claim_KeepSubnets_KeepsTheNamedOnesAndSellsTheOthers()
    {
        var bench = new ClaimBench().Accrue(Hot, One, 5 * OneTao).Accrue(Hot, Two, OneTao);
        Assert.Equal(LedgerError.None, bench.Choose(Bob, RootClaimKind.KeepSubnets, Two, Two));
        Assert.Equal([Two], bench.Scope.GetClaimType(Bob)!.Subnets);

        Assert.Equal(LedgerError.None, bench.Claim(Bob, Two, One, Two));

        Assert.Equal((0UL, 400_000_000UL), (bench.Position(Hot, Bob, One), bench.Position(Hot, Bob, Two)));
        Assert.True(bench.Position(Hot, Bob, Root) > 4 * OneTao);
        Assert.True(bench.Books(One).RootSellTao > Tao.Zero);
        Assert.Equal(Tao.Zero, bench.Books(Two).RootSellTao);
    }

    /// <summary>Exactly the threshold is paid, a rao less is not.</summary>
    [Theory]
    [InlineData(2_000_000_000, true)]
    [InlineData(2_000_000_001, false)]
    public void Claim_AtTheThreshold_IsPaid(ulong threshold, bool isPaid)
    {
        var bench = new ClaimBench().Accrue(Hot, One, 5 * OneTao);
        bench.Books(One).Hyper = bench.Books(One).Hyper with { RootClaimThreshold = threshold };
        Assert.Equal(LedgerError.None, bench.Choose(Bob, RootClaimKind.Keep));

        Assert.Equal(LedgerError.None, bench.Claim(Bob, One));

        Assert.Equal(isPaid ? 2 * OneTao : 0, bench.Position(Hot, Bob, One));
        Assert.Equal(isPaid ? 2 * OneTao : 0, bench.Mark(Hot, Bob, One));
    }

    [Fact]
    public void Claim_OtherSubnetsThanTheNamed_StayOwed()
    {
        var bench = new ClaimBench().Accrue(Hot, One, 5 * OneTao).Accrue(Hot, Two, 5 * OneTao);

        Assert.Equal(LedgerError.None, bench.Claim(Bob, Two, s_missing));

        Assert.Equal((2 * OneTao, 0UL), (bench.Owed(Hot, Bob, One), bench.Owed(Hot, Bob, Two)));
    }

    [Fact]
    public void Claim_OneSubnetCannotSell_LeavesNoTraceOfTheOthers()
    {
        var bench = new ClaimBench(ClaimBench.WithRootStakes().Pool(Two, 999_999, 2_000_000)).Accrue(Hot, One, 5 * OneTao).Accrue(Hot, Two, 5 * OneTao);

        Assert.Equal(LedgerError.ReservesTooLow, bench.Claim(Bob, One, Two));

        Assert.Equal((2 * OneTao, 2 * OneTao), (bench.Owed(Hot, Bob, One), bench.Owed(Hot, Bob, Two)));
        Assert.Equal(Tao.Zero, bench.Books(One).RootSellTao);
    }

    [Fact]
    public void Claim_OfSomebodyWithoutStake_SucceedsAndIndexesTheSigner()
    {
        var network = ClaimBench.WithRootStakes().Build();

        Assert.True(network.Execute(Nobody, ClaimBench.ClaimOf(One)).IsOk);

        Assert.Equal([Ann, Bob, Nobody], network.ClaimIndex);
    }

    public static TheoryData<string, Call, LedgerError> Refusals => new()
    {
        { "claim: no subnet", ClaimBench.ClaimOf(), LedgerError.InvalidSubnetNumber },
        { "claim: six subnets", ClaimBench.ClaimOf(One, Two, StableSubnet, new(4), new(5), new(6)), LedgerError.InvalidSubnetNumber },
        { "claim: nothing said", ClaimBench.ClaimOf() with { Detail = null }, LedgerError.MalformedCall },
        { "claim: no list at all", ClaimBench.ClaimOf() with { Detail = new ClaimDetail(default) }, LedgerError.MalformedCall },
        { "type: keeps no subnet", ClaimBench.ChoiceOf(RootClaimKind.KeepSubnets), LedgerError.InvalidSubnetNumber },
        { "type: unknown", ClaimBench.ChoiceOf((RootClaimKind)9), LedgerError.MalformedCall },
        { "type: nothing said", ClaimBench.ChoiceOf(RootClaimKind.Keep) with { Detail = new ClaimTypeDetail(null!) }, LedgerError.MalformedCall },
        { "number: above 50", Of(CallKind.SetNumRootClaims, amount: 51), LedgerError.InvalidNumRootClaim },
        { "threshold: not the owner, before the bound", Of(CallKind.SetRootClaimThreshold, One, 10_000_001), LedgerError.BadOrigin },
        { "threshold: no subnet", Of(CallKind.SetRootClaimThreshold, s_missing, 1), LedgerError.BadOrigin },
    };

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public void Execute_Refused_LeavesNoTrace(string name, Call call, LedgerError expected)
    {
        var network = ClaimBench.WithRootStakes().Build();
        var before = StateDigest.Of(network);

        Assert.True(expected == network.Execute(Nobody, call).Error, name);

        Assert.Equal(before, StateDigest.Of(network));
        Assert.Equal([Ann, Bob], network.ClaimIndex);
    }

    [Fact]
    public void Claim_FiveSubnetsNamedTwice_AreFive()
    {
        var network = ClaimBench.WithRootStakes().Build();
        NetUid[] five = [One, Two, StableSubnet, new(4), new(5)];

        Assert.True(network.Execute(Bob, ClaimBench.ClaimOf([.. five, .. five])).IsOk);
    }

    [Fact]
    public void Settings_WithinBounds_Hold()
    {
        var network = ClaimBench.WithRootStakes().Build();

        Assert.True(network.Execute(Owner, Of(CallKind.SetRootClaimThreshold, One, 10_000_000)).IsOk);
        Assert.True(network.Execute(default, Of(CallKind.SetNumRootClaims, amount: 50)).IsOk);

        Assert.Equal(10_000_000UL, network.Books(One).Hyper.RootClaimThreshold);
        Assert.Equal(50UL, network.Parameters.NumRootClaim);
        Assert.Equal(LedgerError.InvalidRootClaimThreshold, network.Execute(Owner, Of(CallKind.SetRootClaimThreshold, One, 10_000_001)).Error);
    }

    [Fact]
    public void Quote_OfAClaim_ChangesNothing()
    {
        var network = ClaimBench.WithRootStakes().Build();
        var before = StateDigest.Of(network);

        var quote = Quotes.Of(network, Bob, ClaimBench.ClaimOf(One));

        Assert.False(quote.IsRefused);
        Assert.Equal(before, StateDigest.Of(network));
    }
}
