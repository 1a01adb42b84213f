using Dtao.Economics.Ledger;
using Dtao.Economics.Locks;
using Dtao.Economics.Tests.Neurons;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Locks.LockBench;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Locks;

public class LockCallsTests
{
    private static readonly NetUid s_missing = new(9);

    [Fact]
    public void LockStake_SeveralChecksFail_TheEarliestIsTold() =>
        new Ladder<(Bench Bench, Call[] Call)>(() => (Make(), [Lock(Whole)]), made => made.Bench.Call(Ann, made.Call[0]))
        .Rung(LedgerError.AmountTooLow, made => made.Call[0] = made.Call[0] with { Amount = 0 })
        .Rung(LedgerError.HotKeyAccountNotExists, made => made.Call[0] = made.Call[0] with { Hotkey = Ghost })
        .Rung(LedgerError.LockHotkeyMismatch, made => made.Bench.Set(Ann, Hot, 5_000, 0, LockKind.DecayingOfOwner))
        .Rung(LedgerError.InsufficientStakeForLock, made => made.Call[0] = made.Call[0] with { Amount = made.Call[0].Amount == 0 ? 0 : OfAnn + 1 })
        .AssertInOrder();

    [Fact]
    public void MoveLock_SeveralChecksFail_TheEarliestIsTold() =>
        new Ladder<(Bench Bench, Call[] Call)>(() => (Locked(Whole), [MoveTo(Hot)]), made => made.Bench.Call(Ann, made.Call[0]))
        .Rung(LedgerError.HotKeyAccountNotExists, made => made.Call[0] = MoveTo(Ghost))
        .Rung(LedgerError.NoExistingLock, made => made.Bench.Metagraph = Metagraph.Empty)
        .AssertInOrder();

    [Fact]
    public void Locks_OnASubnetThatIsNotThere_AreRefusedByName()
    {
        var bench = Make();

        Assert.Equal(LedgerError.InsufficientStakeForLock, bench.Call(Ann, Lock(Whole, netuid: s_missing)));
        Assert.Equal(LedgerError.NoExistingLock, bench.Call(Ann, MoveTo(Hot, s_missing)));
        Assert.Equal(LedgerError.SubnetNotExists, bench.Call(Ann, Perpetual(true, s_missing)));
        Assert.Equal(LedgerError.SubnetNotExists, bench.Call(Ann, Reject(false, s_missing)));
    }

    [Fact]
    public void LockStake_WithoutDetailWhereOneIsNeeded_IsMalformed()
    {
        Assert.Equal(LedgerError.MalformedCall, Make().Call(Ann, Perpetual(true) with { Detail = null }));
        Assert.Equal(LedgerError.MalformedCall, Make().Call(Ann, Reject(true) with { Detail = null }));
    }

    [Fact]
    public void LockStake_First_LocksAndCountsForTheHotkey()
    {
        var bench = Locked(5_000);

        var expected = new LockState(new Alpha(5_000), U64F64.Zero, bench.Scope.Block);
        Assert.Equal(new StakeLock(Warm, expected), bench.Metagraph.Locks[Ann]);
        Assert.Equal(expected, bench.TotalOf(LockKind.Decaying, Warm));
        Assert.Single(bench.Metagraph.LockTotals);
    }

    [Fact]
    public void LockStake_EverythingOnAllHotkeys_IsTheMost()
    {
        var bench = Locked(OfAnn);

        Assert.Equal(OfAnn, bench.LockOf(Ann)!.Value.Mass.Rao);
        Assert.Equal(LedgerError.InsufficientStakeForLock, bench.Call(Ann, Lock(1)));
    }

    [Fact]
    public void LockStake_MoreInTheSameBlock_AddsUp()
    {
        var bench = Locked(5_000);

        Assert.Equal(LedgerError.None, bench.Call(Ann, Lock(700)));

        Assert.Equal((5_700UL, 5_700UL), (bench.LockOf(Ann)!.Value.Mass.Rao, bench.TotalOf(LockKind.Decaying, Warm)!.Value.Mass.Rao));
    }

    [Fact]
    public void LockStake_MoreLater_AgesWhatWasLockedFirst()
    {
        var bench = Locked(Whole).At(11_000);

        Assert.Equal(LedgerError.None, bench.Call(Ann, Lock(700)));

        // The figures of LockDecayTests for 10,000 blocks. The sum loses the mass, and its conviction stays until it is aged by itself.
        var state = bench.LockOf(Ann)!.Value;
        Assert.Equal((989_360_986UL, UInt128.Parse("195220234750505093000000000", null)), (state.Mass.Rao, state.Conviction.Bits));
        Assert.Equal(new LockState(new Alpha(989_360_986), U64F64.Zero, new BlockNumber(11_000)), bench.TotalOf(LockKind.Decaying, Warm));
    }

    [Fact]
    public void LockStake_ForTheOwnersHotkey_ConvictionIsTheMassAtOnce()
    {
        var bench = Make();
        Assert.Equal(LedgerError.None, bench.Call(Ann, Lock(5_000, Hot)));

        Assert.Equal(U64F64.FromInteger(5_000), bench.LockOf(Ann)!.Value.Conviction);
        Assert.Equal(U64F64.FromInteger(5_000), bench.TotalOf(LockKind.DecayingOfOwner)!.Value.Conviction);
        Assert.Null(bench.TotalOf(LockKind.Decaying, Hot));
    }

    [Fact]
    public void LockStake_TwoColdkeysForOneHotkey_AreOneSum()
    {
        var bench = Locked(5_000);

        Assert.Equal(LedgerError.None, bench.Call(Bob, Lock(4_000)));

        Assert.Equal(9_000UL, bench.TotalOf(LockKind.Decaying, Warm)!.Value.Mass.Rao);
    }

    [Fact]
    public void LockStake_Dust_IsNotKept()
    {
        var bench = Locked(99);

        Assert.Null(bench.LockOf(Ann));
        Assert.Empty(bench.Metagraph.LockTotals);
    }

    [Fact]
    public void MoveLock_BetweenHotkeysOfOneOwner_KeepsTheConviction()
    {
        var bench = Make(ledger => ledger.Hotkeys[BobsHot] = new HotkeyRecord(Owner));
        bench.Set(Ann, Warm, 5_000, 1_234);

        Assert.Equal(LedgerError.None, bench.Call(Ann, MoveTo(BobsHot)));

        var expected = new LockState(new Alpha(5_000), U64F64.FromInteger(1_234), bench.Scope.Block);
        Assert.Equal(new StakeLock(BobsHot, expected), bench.Metagraph.Locks[Ann]);
        Assert.Equal(expected, bench.TotalOf(LockKind.Decaying, BobsHot));
        Assert.Null(bench.TotalOf(LockKind.Decaying, Warm));
    }

    [Fact]
    public void MoveLock_ToAHotkeyOfAnotherOwner_BeginsAnew()
    {
        var bench = Make();
        bench.Set(Bob, Warm, 4_000, 1_000);
        bench.Set(Ann, Warm, 5_000, 1_234);

        Assert.Equal(LedgerError.None, bench.Call(Ann, MoveTo(BobsHot)));

        Assert.Equal(U64F64.Zero, bench.LockOf(Ann)!.Value.Conviction);
        Assert.Equal(U64F64.Zero, bench.TotalOf(LockKind.Decaying, BobsHot)!.Value.Conviction);
        Assert.Equal(new LockState(new Alpha(4_000), U64F64.FromInteger(1_000), bench.Scope.Block), bench.TotalOf(LockKind.Decaying, Warm));
    }

    [Fact]
    public void MoveLock_ToTheOwnersHotkey_ConvictionIsTheMassAtOnce()
    {
        var bench = Make();
        bench.Set(Ann, BobsHot, 5_000, 1_234);

        Assert.Equal(LedgerError.None, bench.Call(Ann, MoveTo(Hot)));

        Assert.Equal(U64F64.FromInteger(5_000), bench.LockOf(Ann)!.Value.Conviction);
        Assert.Equal(U64F64.FromInteger(5_000), bench.TotalOf(LockKind.DecayingOfOwner)!.Value.Conviction);
        Assert.Null(bench.TotalOf(LockKind.Decaying, BobsHot));
    }

    [Fact]
    public void SetPerpetualLock_OnAndOff_MovesTheLockBetweenTheSums()
    {
        var bench = Locked(5_000);

        Assert.Equal(LedgerError.None, bench.Call(Ann, Perpetual(true)));
        Assert.Equal((5_000UL, (LockState?)null), (bench.TotalOf(LockKind.Perpetual, Warm)!.Value.Mass.Rao, bench.TotalOf(LockKind.Decaying, Warm)));
        Assert.Equal(LockChoices.Perpetual, bench.Metagraph.LockChoices[Ann]);

        Assert.Equal(LedgerError.None, bench.Call(Ann, Perpetual(false)));
        Assert.Equal((5_000UL, (LockState?)null), (bench.TotalOf(LockKind.Decaying, Warm)!.Value.Mass.Rao, bench.TotalOf(LockKind.Perpetual, Warm)));
        Assert.Empty(bench.Metagraph.LockChoices);
    }

    [Fact]
    public void SetPerpetualLock_Later_TheLockStopsMeltingFromThenOn()
    {
        var bench = Locked(Whole).At(11_000);

        Assert.Equal(LedgerError.None, bench.Call(Ann, Perpetual(true)));
        var later = bench.At(1_000_000);
        Assert.Equal(LedgerError.None, later.Call(Ann, Perpetual(true)));

        Assert.Equal(989_360_286UL, bench.LockOf(Ann)!.Value.Mass.Rao);
        Assert.Equal((989_360_286UL, 1_000_000UL), (later.LockOf(Ann)!.Value.Mass.Rao, later.LockOf(Ann)!.Value.LastBlock.Value));
        Assert.True(later.LockOf(Ann)!.Value.Conviction > bench.LockOf(Ann)!.Value.Conviction);
    }

    [Fact]
    public void SetPerpetualLock_WithoutALock_HoldsForTheNextOne()
    {
        var bench = Make();
        Assert.Equal(LedgerError.None, bench.Call(Ann, Perpetual(true)));

        Assert.Equal(LedgerError.None, bench.Call(Ann, Lock(5_000)));

        Assert.NotNull(bench.TotalOf(LockKind.Perpetual, Warm));
        Assert.Equal(5_000UL, Held(bench.At(1_000_000)));
    }

    [Fact]
    public void Choices_OfOneColdkey_DoNotDisturbEachOther()
    {
        var bench = Make();
        Assert.Equal(LedgerError.None, bench.Call(Ann, Perpetual(true)));
        Assert.Equal(LedgerError.None, bench.Call(Ann, Reject(false)));
        Assert.Equal(LockChoices.Perpetual | LockChoices.AcceptsLocked, bench.Metagraph.LockChoices[Ann]);

        Assert.Equal(LedgerError.None, bench.Call(Ann, Reject(true)));

        Assert.Equal(LockChoices.Perpetual, bench.Metagraph.LockChoices[Ann]);
    }

    private static Bench Locked(ulong amount)
    {
        var bench = Make();
        Assert.Equal(LedgerError.None, bench.Call(Ann, Lock(amount)));
        return bench;
    }

    /// <summary>What is locked of Ann's, aged to the bench's block.</summary>
    private static ulong Held(Bench bench) => LockedStake.AvailabilityOf(bench.Scope, One, Ann).Locked.Rao;
}
