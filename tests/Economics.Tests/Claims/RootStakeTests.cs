using Dtao.Economics.Ledger;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestCalls;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Claims;

public class RootStakeTests
{
    private const ulong OneTao = 1_000_000_000;

    [Fact]
    public void AddStake_OnRoot_HasNoPartInWhatWasEarnedBefore()
    {
        var bench = new ClaimBench().Accrue(Hot, One, 5 * OneTao).Accrue(Hot, Two, OneTao);

        Assert.Equal(LedgerError.None, bench.Execute(Bob, Of(CallKind.AddStake, Root, 3 * OneTao)));

        Assert.Equal((2 * OneTao, 400_000_000UL), (bench.Owed(Hot, Bob, One), bench.Owed(Hot, Bob, Two)));
        Assert.Equal((1_500_000_000UL, 299_999_999UL), (bench.Mark(Hot, Bob, One), bench.Mark(Hot, Bob, Two)));
    }

    [Fact]
    public void RemoveStake_OnRoot_LeavesWhatIsOwed()
    {
        var bench = new ClaimBench().Accrue(Hot, One, 5 * OneTao);
        Assert.Equal(LedgerError.None, bench.Execute(Bob, Of(CallKind.AddStake, Root, 2 * OneTao)));

        Assert.Equal(LedgerError.None, bench.Execute(Bob, Of(CallKind.RemoveStake, Root, OneTao)));

        Assert.Equal(2 * OneTao, bench.Owed(Hot, Bob, One));
        Assert.Equal(500_000_000UL, bench.Mark(Hot, Bob, One));
    }

    /// <summary>The mark cannot fall under 0, so what was earned on stake that goes without ever having been claimed goes with it.</summary>
    [Fact]
    public void RemoveStake_BeforeAnythingWasClaimed_StopsTheMarkAtZero()
    {
        var bench = new ClaimBench().Accrue(Hot, One, 5 * OneTao);

        Assert.Equal(LedgerError.None, bench.Execute(Bob, Of(CallKind.RemoveStake, Root, OneTao)));

        Assert.Equal(0UL, bench.Mark(Hot, Bob, One));
        Assert.Equal(1_500_000_000UL, bench.Owed(Hot, Bob, One));
    }

    [Fact]
    public void RemoveStake_RateOfRootItself_IsLeftAlone()
    {
        var bench = new ClaimBench().Accrue(Hot, Root, OneTao);
        Assert.Equal(LedgerError.None, bench.Execute(Bob, Of(CallKind.AddStake, Root, 5 * OneTao)));
        Assert.Equal(499_999_999UL, bench.Mark(Hot, Bob, Root));

        Assert.Equal(LedgerError.None, bench.Execute(Bob, Of(CallKind.RemoveStake, Root, 5 * OneTao)));

        Assert.Equal(499_999_999UL, bench.Mark(Hot, Bob, Root));
    }

    [Fact]
    public void AddStake_OnAnotherSubnet_TouchesNoClaim()
    {
        var bench = new ClaimBench().Accrue(Hot, One, 5 * OneTao);

        Assert.Equal(LedgerError.None, bench.Execute(Owner, Of(CallKind.AddStake, One, 500_000_000)));

        Assert.Empty(bench.Scope.ChangedClaimed);
        Assert.Empty(bench.Scope.ChangedClaimIndex);
    }

    [Fact]
    public void TransferStake_WithinRoot_ShiftsBothMarksAndNobodyEntersOrLeavesTheIndex()
    {
        var bench = new ClaimBench().Accrue(Hot, One, 5 * OneTao);
        Assert.Equal(LedgerError.None, bench.Claim(Ann, One));
        var markOfAnn = bench.Mark(Hot, Ann, One);
        var stakeOfAnn = bench.Position(Hot, Ann, Root);

        var give = Move(CallKind.TransferStake, Root, Root, stakeOfAnn) with { ToColdkey = Nobody };
        Assert.Equal(LedgerError.None, bench.Execute(Ann, give));

        Assert.True(bench.Mark(Hot, Ann, One) < markOfAnn);
        Assert.Equal(0UL, bench.Owed(Hot, Nobody, One));
        Assert.Equal([Hot], bench.Scope.StakingHotkeys(Nobody));
        Assert.True(bench.Scope.IsClaimIndexed(Ann));
        Assert.False(bench.Scope.IsClaimIndexed(Nobody));
    }

    [Fact]
    public void Index_LastRootStakeSold_IsLeftAndTheLastEntryTakesThePlace()
    {
        var network = ClaimBench.WithRootStakes().Stake(Warm, Ann, Root, 3 * OneTao).Build();
        Assert.Equal([Ann, Bob], network.ClaimIndex);
        Assert.True(network.Execute(Owner, Of(CallKind.AddStake, Root, 500_000_000)).IsOk);
        Assert.Equal([Ann, Bob, Owner], network.ClaimIndex);

        Assert.True(network.Execute(Ann, Of(CallKind.RemoveStake, Root, 6 * OneTao)).IsOk);
        Assert.Equal([Ann, Bob, Owner], network.ClaimIndex);

        Assert.True(network.Execute(Ann, Of(CallKind.RemoveStake, Root, 3 * OneTao, Warm)).IsOk);
        Assert.Equal([Owner, Bob], network.ClaimIndex);
        Assert.False(network.IsClaimIndexed(Ann));

        Assert.True(network.Execute(Bob, Of(CallKind.RemoveStake, Root, 4 * OneTao)).IsOk);
        Assert.Equal([Owner], network.ClaimIndex);

        Assert.True(network.Execute(Ann, Of(CallKind.AddStake, Root, 3 * OneTao)).IsOk);
        Assert.Equal([Owner, Ann], network.ClaimIndex);
    }

    [Fact]
    public void Index_RootStakeOnAnotherHotkeyInTheSameScope_KeepsTheColdkeyIn()
    {
        var bench = new ClaimBench();
        Assert.Equal(LedgerError.None, bench.Execute(Bob, Of(CallKind.AddStake, Root, OneTao, Warm)));

        Assert.Equal(LedgerError.None, bench.Execute(Bob, Of(CallKind.RemoveStake, Root, 4 * OneTao)));

        Assert.True(bench.Scope.IsClaimIndexed(Bob));
    }

    [Fact]
    public void StakingHotkeys_StakedTransferredAndAssociated_ComeInThatOrderAndStay()
    {
        var network = new TestLedger().Stake(Hot, Bob, One, 100 * OneTao).Build();

        Assert.True(network.Execute(Nobody, Of(CallKind.TryAssociateHotkey, hotkey: Ghost)).IsOk);
        Assert.True(network.Execute(Bob, Move(CallKind.TransferStake, One, One, 100 * OneTao) with { ToColdkey = Nobody }).IsOk);
        Assert.True(network.Execute(Bob, Of(CallKind.AddStake, Two, OneTao, Warm)).IsOk);

        Assert.Equal([Ghost, Hot], network.StakingHotkeys(Nobody));
        Assert.Equal([Hot, Warm], network.StakingHotkeys(Bob));
        Assert.Equal([Hot, Warm], network.StakingHotkeys(Owner));
    }
}
