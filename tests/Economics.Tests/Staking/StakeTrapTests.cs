using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestCalls;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Staking;

/// <summary>What the reference does where one would expect something else.</summary>
public class StakeTrapTests
{
    [Fact]
    public void AddStake_LeastAmount_IsMinStakeAndItsFee()
    {
        var network = new TestLedger().Build();

        var outcome = network.Execute(Ann, Of(CallKind.AddStake, One, 2_001_007));

        Assert.Equal(LedgerError.None, outcome.Error);
        Assert.Equal(1_007UL, Assert.Single(outcome.Moves).Fee);
        Assert.Equal(1_007UL, network.Free(AccountId.Burn));
    }

    [Fact]
    public void AddStake_WholeBalance_KeepsTheDepositAndStakesTheRest()
    {
        var network = new TestLedger().Build();

        var outcome = network.Execute(Bob, Of(CallKind.AddStake, One, 10_000_000_000));

        Assert.Equal(new Tao(9_999_999_500), outcome.Moves[0].Tao);
        Assert.Equal(500UL, network.Free(Bob));
    }

    /// <summary>With an author the fee must reach him; without one a refused burn is passed over and stays on the account.</summary>
    [Fact]
    public void AddStake_FeeBelowTheDeposit_RefusesForAnAbsentAuthorAndStaysStrayForAnAbsentBurnAccount()
    {
        var call = Of(CallKind.AddStake, One, 10_000_000);
        var toAuthor = new TestLedger().With(CheapFee).With(SetAuthor).Build();
        var toBurn = new TestLedger().With(CheapFee).Build();

        Assert.Equal(LedgerError.BelowMinimum, toAuthor.Execute(Ann, call).Error);
        var outcome = toBurn.Execute(Ann, call);

        Assert.Equal(152UL, outcome.Moves[0].Fee);
        Assert.Equal(0UL, toBurn.Free(AccountId.Burn));
        Assert.Equal(152UL, Stray(toBurn, One));
    }

    [Fact]
    public void AddStake_CutAtTheHighestPrice_LeavesTheRestOnTheAccount()
    {
        var network = new TestLedger().Pool(One, 900_000_000_000, 1_000_000).Balance(Ann, 10_000_000_000_000).Build();

        var outcome = network.Execute(Ann, Of(CallKind.AddStake, One, 900_000_000_000));

        var move = Assert.Single(outcome.Moves);
        var paidIn = network.Books(One).TaoReserve.Rao - 900_000_000_000;
        Assert.InRange(paidIn, 1UL, 100_000_000_000UL);
        Assert.Equal(new Tao(900_000_000_000), move.Tao);
        Assert.Equal(900_000_000_000 - paidIn - move.Fee, Stray(network, One));
        Assert.Equal((Int128)1_800_000_000_000, network.Books(One).TotalStake);
        Assert.Equal((long)paidIn, network.Books(One).FlowUser);
    }

    [Fact]
    public void AddStakeLimit_SomebodyElsesHotkey_BecomesADelegateButNotTheOwnersOwn()
    {
        var network = new TestLedger().Build();
        var call = Of(CallKind.AddStakeLimit, One, 100_000_000) with { Limit = 1_000_000_000 };

        Assert.True(network.Execute(Owner, call).IsOk);
        Assert.False(network.GetHotkey(Hot)!.IsDelegate);
        Assert.True(network.Execute(Ann, call with { Kind = CallKind.AddStake }).IsOk);
        Assert.False(network.GetHotkey(Hot)!.IsDelegate);
        Assert.True(network.Execute(Ann, call).IsOk);

        Assert.Equal(Take.Default, network.GetHotkey(Hot)!.StoredTake);
    }

    [Fact]
    public void AddStake_PoolWithSharesButWithoutValue_IsTooImprecise()
    {
        var genesis = new TestLedger().Genesis();
        var network = new SequentialNetwork(genesis with
        {
            HotkeyPools = [(One, Warm, new HotkeyPool(Alpha.Zero, SafeFloat.FromUInt64(1)))],
        });

        Assert.Equal(LedgerError.InsufficientLiquidity, network.Execute(Ann, Of(CallKind.AddStake, One, ManyTao, Warm)).Error);
    }

    [Fact]
    public void RemoveStake_RestOnTheSubnetsAccountBelowTheDeposit_IsDestroyed()
    {
        var network = new TestLedger().Pool(StableSubnet, 2_000_300, 0).Stake(Hot, Ann, StableSubnet, 2_000_000).Build();
        var (total, balances) = (network.TotalIssuance, network.BalancesIssuance);

        var outcome = network.Execute(Ann, Of(CallKind.RemoveStake, StableSubnet, 2_000_000));

        Assert.True(outcome.IsOk);
        Assert.Equal(Tao.Zero, network.Books(StableSubnet).AccountTao);
        Assert.Equal(new Tao(300), network.Books(StableSubnet).TaoReserve);
        Assert.Equal(new Tao(300), total - network.TotalIssuance);
        Assert.Equal(new Tao(300), balances - network.BalancesIssuance);
    }

    /// <summary>The fee in alpha is worth less than a rao of TAO, so its sale for the author fails and everything with it.</summary>
    [Fact]
    public void RemoveStake_AuthorsFeeWorthNothing_FailsTheWholeUnstake()
    {
        var ledger = new TestLedger().Pool(One, 1_000_000_000, 1_000_000_000_000).Stake(Hot, Bob, One, 1_000_000);
        var withAuthor = new TestLedger().With(SetAuthor).Balance(Author, 1_000).Pool(One, 1_000_000_000, 1_000_000_000_000)
            .Stake(Hot, Bob, One, 1_000_000).Build();

        Assert.Equal(LedgerError.ReservesTooLow, withAuthor.Execute(Bob, Of(CallKind.RemoveStake, One, 1_000_000)).Error);
        Assert.True(ledger.Build().Execute(Bob, Of(CallKind.RemoveStake, One, 1_000_000)).IsOk);
    }

    /// <summary>The first sale takes the reserve below the minimum; the author's empty second one still looks at it.</summary>
    [Fact]
    public void RemoveStake_NoFeeButAnAuthor_StillChecksTheReserveForTheEmptySale()
    {
        var withAuthor = new TestLedger().With(SetAuthor).Pool(One, 1_000_000, 1_000_000).Stake(Hot, Bob, One, 1_000).Build();
        var without = new TestLedger().Pool(One, 1_000_000, 1_000_000).Stake(Hot, Bob, One, 1_000).Build();

        Assert.Equal(LedgerError.ReservesTooLow, withAuthor.Execute(Bob, Of(CallKind.RemoveStake, One, 1_000)).Error);
        Assert.Equal(0UL, Assert.Single(without.Execute(Bob, Of(CallKind.RemoveStake, One, 1_000)).Moves).Fee);
    }

    [Fact]
    public void RemoveStakeLimit_TradingOffAndPartial_SellsWhatFitsAndKeepsTheRest()
    {
        var network = new TestLedger().With(ledger => ledger.Books(One).SubtokenEnabled = false).Build();
        var call = Of(CallKind.RemoveStakeLimit, One, 1_000_000_000_000) with { Limit = 99_000_000, AllowPartial = true };

        var move = Assert.Single(network.Execute(Owner, call).Moves);

        Assert.InRange(move.Alpha.Rao, 50_000_000_000UL, 50_500_000_000UL);
        Assert.Equal(5_000_000_000_000 - move.Alpha.Rao - move.Fee, network.Position(Hot, Owner, One));
    }

    [Fact]
    public void RemoveStake_MoreThanThePosition_SellsThePosition()
    {
        var network = new TestLedger().Build();

        Assert.True(network.Execute(Owner, Of(CallKind.RemoveStake, One, ulong.MaxValue)).IsOk);

        Assert.Equal(0UL, network.Position(Hot, Owner, One));
        Assert.True(network.GetHotkeyPool(One, Hot).IsEmpty);
    }

    [Fact]
    public void RemoveStake_SmallNominationLeft_IsSweptUnlessItIsTheOwnersOwn()
    {
        var swept = new TestLedger().With(SweepBelowMinStake).Stake(Hot, Bob, One, 1_010_000_000).Build();
        var owned = new TestLedger().With(SweepBelowMinStake).Build();

        var outcome = swept.Execute(Bob, Of(CallKind.RemoveStake, One, 1_000_000_000));
        Assert.True(owned.Execute(Owner, Of(CallKind.RemoveStake, One, 4_999_990_000_000)).IsOk);

        Assert.Equal(2, outcome.Moves.Count);
        Assert.Equal(0UL, swept.Position(Hot, Bob, One));
        Assert.InRange(owned.Position(Hot, Owner, One), 9_999_999UL, 10_000_000UL);
    }

    [Fact]
    public void RemoveStake_SweepThatFails_KeepsWhatItDidAndClearsThePosition()
    {
        var network = new TestLedger().With(SweepBelowMinStake).With(SetAuthor).Balance(Author, 1_000)
            .Pool(One, 1_000_000_000_000, 1_000_000_000_000_000).Stake(Hot, Bob, One, 3_001_000_000).Build();

        var outcome = network.Execute(Bob, Of(CallKind.RemoveStake, One, 3_000_000_000));

        var move = Assert.Single(outcome.Moves);
        var paidByTheSweep = network.Free(Bob) - 10_000_000_000 - move.Tao.Rao;
        Assert.InRange(paidByTheSweep, 900UL, 1_000UL);
        Assert.Equal(0UL, network.Position(Hot, Bob, One));
    }

    [Fact]
    public void UnstakeAll_SwitchedOffAndWorthlessPositions_ArePassedOver()
    {
        var network = new TestLedger().With(ledger => ledger.Books(Two).SubtokenEnabled = false)
            .Stake(Hot, Ann, One, 1_000_000_000).Stake(Hot, Ann, Two, 1_000_000_000).Stake(Hot, Ann, Root, 7_000_000).Build();

        var outcome = network.Execute(Ann, Of(CallKind.UnstakeAll));

        Assert.Equal([Root, One], outcome.Moves.Select(move => move.Netuid));
        Assert.Equal(1_000_000_000UL, network.Position(Hot, Ann, Two));
        Assert.True(network.Execute(Bob, Of(CallKind.UnstakeAll)).IsOk);
    }

    [Fact]
    public void SwapStakeLimit_PartialAndNothingFits_SucceedsWithAnEmptyMove()
    {
        var network = new TestLedger().Stake(Hot, Ann, Root, 50_000_000).Build();
        var call = Move(CallKind.SwapStakeLimit, Root, StableSubnet, 50_000_000) with { Limit = 1_000_000_001, AllowPartial = true };

        var outcome = network.Execute(Ann, call);

        Assert.Equal(new StakeMove(StakeMoveKind.Out, Root, Hot, Ann, Tao.Zero, Alpha.Zero, 0), Assert.Single(outcome.Moves));
        Assert.Equal(50_000_000UL, network.Position(Hot, Ann, Root));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SwapStake_AcrossSubnets_PaysExactlyOneFee(bool fromRoot)
    {
        var network = new TestLedger().Stake(Hot, Ann, Root, 5_000_000_000).Stake(Hot, Ann, One, 5_000_000_000).Build();

        var outcome = network.Execute(Ann, Move(CallKind.SwapStake, fromRoot ? Root : One, Two, 5_000_000_000));

        Assert.Equal(fromRoot, outcome.Moves[0].Fee == 0);
        Assert.Equal(!fromRoot, outcome.Moves[1].Fee == 0);
    }

    [Fact]
    public void TransferStake_ToAnotherColdkey_RestakesAllButTheDepositAndMakesADelegate()
    {
        var network = new TestLedger().Stake(Hot, Ann, One, 1_000_000_000).Build();
        var call = Move(CallKind.TransferStake, One, Two, 1_000_000_000) with { ToColdkey = Nobody };

        var outcome = network.Execute(Ann, call);

        Assert.Equal(500UL, network.Free(Nobody));
        Assert.Equal(outcome.Moves[0].Tao.Rao - 500, outcome.Moves[1].Tao.Rao);
        Assert.Equal(Nobody, outcome.Moves[1].Coldkey);
        Assert.True(network.GetHotkey(Hot)!.IsDelegate);
    }

    [Fact]
    public void TransferStake_WithinASubnet_MovesAlphaWithoutTouchingThePool()
    {
        var network = new TestLedger().Build();
        var before = network.Books(One);

        var outcome = network.Execute(Owner, Move(CallKind.TransferStake, One, One, 1_000_000_000));

        Assert.Equal([StakeMoveKind.Out, StakeMoveKind.In], outcome.Moves.Select(move => move.Kind));
        Assert.All(outcome.Moves, move => Assert.Equal((new Tao(99_999_999), 0UL), (move.Tao, move.Fee)));
        Assert.Equal(1_000_000_000UL, network.Position(Hot, Bob, One));
        Assert.Same(before, network.Books(One));
        Assert.False(network.GetHotkey(Hot)!.IsDelegate);
    }

    [Fact]
    public void RecycleAndBurn_Alpha_DifferInWhatStaysOutstanding()
    {
        var recycled = new TestLedger().Build();
        var burned = new TestLedger().Build();

        Assert.Equal(1_000UL, recycled.Execute(Owner, Of(CallKind.RecycleAlpha, One, 1_000)).Amount);
        Assert.Equal(1_000UL, burned.Execute(Owner, Of(CallKind.BurnAlpha, One, 1_000)).Amount);
        Assert.Equal(0UL, burned.Execute(Bob, Of(CallKind.BurnAlpha, One, 1_000)).Amount);

        Assert.Equal(4_999_999_999_000UL, recycled.Books(One).AlphaOutstanding.Rao);
        Assert.Equal(new Alpha(1_000), recycled.Books(One).RecycledAlpha);
        Assert.Equal(5_000_000_000_000UL, burned.Books(One).AlphaOutstanding.Rao);
        Assert.Equal(new Alpha(1_000), burned.Books(One).BurnedAlpha);
    }

    private static void SetAuthor(TestLedger ledger) => ledger.Parameters = ledger.Parameters with { Author = Author };

    private static void CheapFee(TestLedger ledger) => ledger.Books(One).FeeRate = new FeeRate(1);

    private static void SweepBelowMinStake(TestLedger ledger) =>
        ledger.Parameters = ledger.Parameters with { NominatorMinRequiredStake = 1_000_000 };

    private static ulong Stray(SequentialNetwork network, NetUid netuid) =>
        (network.Books(netuid).AccountTao - network.Books(netuid).TaoReserve).Rao;
}
