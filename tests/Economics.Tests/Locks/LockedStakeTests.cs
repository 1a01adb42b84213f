using CsCheck;
using Dtao.Economics.Ledger;
using Dtao.Economics.Locks;
using Dtao.Economics.Staking;
using Dtao.Economics.Tests.Neurons;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Locks.LockBench;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Locks;

/// <summary>What a lock forbids, and how it goes along with the alpha that it is on.</summary>
public class LockedStakeTests
{
    private const ulong Free = 300 * Whole;

    private static readonly Dictionary<string, Func<ulong, Call>> s_takingOut = new()
    {
        ["remove_stake"] = amount => TestCalls.Of(CallKind.RemoveStake, One, amount, Warm),
        ["remove_stake_limit"] = amount => TestCalls.Of(CallKind.RemoveStakeLimit, One, amount, Warm) with { Limit = 1 },
        ["move_stake to another subnet"] = amount => TestCalls.Of(CallKind.MoveStake, One, amount, Warm) with { ToHotkey = Warm, ToNetuid = Two },
        ["transfer_stake to another subnet"] = amount => TestCalls.Of(CallKind.TransferStake, One, amount, Warm) with { ToColdkey = Bob, ToNetuid = Two },
        ["swap_stake"] = amount => TestCalls.Of(CallKind.SwapStake, One, amount, Warm) with { ToNetuid = Two },
        ["swap_stake_limit"] = amount => TestCalls.Of(CallKind.SwapStakeLimit, One, amount, Warm) with { ToNetuid = Two, Limit = 1_000_000 },
        ["recycle_alpha"] = amount => TestCalls.Of(CallKind.RecycleAlpha, One, amount, Warm),
        ["burn_alpha"] = amount => TestCalls.Of(CallKind.BurnAlpha, One, amount, Warm),
    };

    private static readonly Gen<(int Kind, ulong Amount, int Blocks)[]> s_histories =
        Gen.Select(Gen.Int[0, 9], Gen.ULong[1, 700 * Whole], Gen.Int[0, 200_000]).Array[1, 25];

    public static TheoryData<string> TakingOut => [.. s_takingOut.Keys];

    /// <summary>700 of 1,000 alpha are locked, for a hotkey that the coldkey has nothing on.</summary>
    [Theory]
    [MemberData(nameof(TakingOut))]
    public void TakeOut_OfALockedColdkey_IsTheFreePartAtMostWhateverTheHotkey(string name)
    {
        Assert.Equal(LedgerError.None, Locked().Call(Ann, s_takingOut[name](Free)));
        Assert.Equal(LedgerError.StakeUnavailable, Locked().Call(Ann, s_takingOut[name](Free + 1)));
    }

    [Theory]
    [MemberData(nameof(TakingOut))]
    public void TakeOut_OfOthersOrOnOtherSubnets_IsAsEver(string name)
    {
        var bench = Locked();

        Assert.Equal(LedgerError.None, bench.Call(Bob, s_takingOut[name](500 * Whole) with { ToColdkey = Ann }));
        Assert.Empty(bench.Scope.GetMetagraph(Two).Locks);
    }

    [Fact]
    public void RemoveStake_SeveralChecksFail_TheLockIsToldLast()
    {
        var call = s_takingOut["remove_stake"](600 * Whole);

        Assert.Equal(LedgerError.StakeUnavailable, Locked().Call(Ann, call));
        Assert.Equal(LedgerError.HotKeyAccountNotExists, Locked(ledger => ledger.Stake(Ghost, Ann, One, Whole)).Call(Ann, call with { Hotkey = Ghost }));
        Assert.Equal(LedgerError.SubtokenDisabled, Locked(ledger => ledger.Books(One).SubtokenEnabled = false).Call(Ann, call));
    }

    [Fact]
    public void TransferStake_ToAnotherSubnet_TheSwitchIsToldBeforeTheLock() => Assert.Equal(
        LedgerError.TransferDisallowed,
        Locked(ledger => ledger.Books(One).TransferEnabled = false).Call(Ann, s_takingOut["transfer_stake to another subnet"](600 * Whole)));

    [Fact]
    public void RecycleAlpha_MoreThanIsOutstanding_IsToldBeforeTheLock() => Assert.Equal(
        LedgerError.InsufficientLiquidity,
        Locked(ledger => ledger.AlphaOutstanding[One] = new Alpha(Whole)).Call(Ann, s_takingOut["recycle_alpha"](600 * Whole)));

    [Fact]
    public void UnstakeAll_OfALockedColdkey_PassesOverWhatIsNotFree()
    {
        var bench = Locked(ledger => ledger.Stake(Warm, Ann, Two, 10 * Whole));

        Assert.Equal(LedgerError.None, bench.Call(Ann, TestCalls.Of(CallKind.UnstakeAll, hotkey: Warm)));

        Assert.Equal((600 * Whole, 0UL), (Position(bench, Warm, Ann), ShareLedger.Position(bench.Scope, new(Two, Warm, Ann)).Rao));
    }

    [Fact]
    public void MoveStake_WithinTheSubnet_IsFreeAndLeavesTheLock()
    {
        var bench = Locked();
        var before = bench.Metagraph;

        Assert.Equal(LedgerError.None, bench.Call(Ann, TestCalls.Of(CallKind.MoveStake, One, 600 * Whole, Warm) with { ToHotkey = BobsHot, ToNetuid = One }));

        Assert.Same(before, bench.Metagraph);
        Assert.Equal(600 * Whole, Position(bench, BobsHot, Ann));
    }

    [Fact]
    public void TransferStake_OfFreeAlpha_TakesNoLockAlong()
    {
        var bench = Locked();

        Assert.Equal(LedgerError.None, bench.Call(Ann, Give(Bob, Free)));

        Assert.Equal((700 * Whole, (LockState?)null), (bench.LockOf(Ann)!.Value.Mass.Rao, bench.LockOf(Bob)));
    }

    [Fact]
    public void TransferStake_OfLockedAlpha_NeedsTheReceiversConsent()
    {
        var bench = Locked();

        Assert.Equal(LedgerError.AccountRejectsLockedAlpha, bench.Call(Ann, Give(Bob, Free + 1)));
        Assert.Equal(LedgerError.None, bench.Call(Bob, Reject(false)));
        Assert.Equal(LedgerError.None, bench.Call(Ann, Give(Bob, Free + 1)));
        Assert.Equal(LedgerError.None, bench.Call(Bob, Reject(true)));
        Assert.Equal(LedgerError.AccountRejectsLockedAlpha, bench.Call(Ann, Give(Bob, 100 * Whole)));
    }

    [Fact]
    public void TransferStake_OfLockedAlpha_TakesMassAndConvictionInProportion()
    {
        var bench = Consenting();
        bench.Set(Ann, BobsHot, 1_000 * Whole, 500 * Whole);

        Assert.Equal(LedgerError.None, bench.Call(Ann, Give(Bob, 250 * Whole)));

        Assert.Equal((750 * Whole, U64F64.FromInteger(375 * Whole)), (bench.LockOf(Ann)!.Value.Mass.Rao, bench.LockOf(Ann)!.Value.Conviction));
        Assert.Equal((250 * Whole, U64F64.FromInteger(125 * Whole)), (bench.LockOf(Bob)!.Value.Mass.Rao, bench.LockOf(Bob)!.Value.Conviction));
        Assert.Equal(BobsHot, bench.Metagraph.Locks[Bob].Hotkey);
        Assert.Equal((1_000 * Whole, U64F64.FromInteger(500 * Whole)),
            (bench.TotalOf(LockKind.Decaying, BobsHot)!.Value.Mass.Rao, bench.TotalOf(LockKind.Decaying, BobsHot)!.Value.Conviction));
    }

    [Fact]
    public void TransferStake_ToAColdkeyLockedForAnotherHotkey_IsRefusedOnlyWhereALockWouldMove()
    {
        var bench = Consenting();
        bench.Set(Ann, BobsHot, 700 * Whole, 0);
        bench.Set(Bob, Warm, 100 * Whole, 0);

        Assert.Equal(LedgerError.LockHotkeyMismatch, bench.Call(Ann, Give(Bob, Free + 1)));
        Assert.Equal(LedgerError.None, bench.Call(Ann, Give(Bob, Free)));
    }

    [Fact]
    public void TransferStake_MismatchAndNoConsentAndTooLittle_TheMismatchIsToldFirst()
    {
        var bench = Make();
        bench.Set(Ann, BobsHot, OfAnn, 0);
        Assert.Equal(LedgerError.AccountRejectsLockedAlpha, bench.Call(Ann, Give(Bob, 1_000)));

        bench.Set(Bob, Warm, 100 * Whole, 0);

        Assert.Equal(LedgerError.LockHotkeyMismatch, bench.Call(Ann, Give(Bob, 1_000)));
    }

    [Fact]
    public void TransferStake_ToAPerpetualReceiver_JoinsItsSum()
    {
        var bench = Consenting();
        bench.Set(Ann, BobsHot, 1_000 * Whole, 0);
        Assert.Equal(LedgerError.None, bench.Call(Bob, Perpetual(true)));

        Assert.Equal(LedgerError.None, bench.Call(Ann, Give(Bob, 250 * Whole)));

        Assert.Equal((750 * Whole, 250 * Whole),
            (bench.TotalOf(LockKind.Decaying, BobsHot)!.Value.Mass.Rao, bench.TotalOf(LockKind.Perpetual, BobsHot)!.Value.Mass.Rao));
    }

    [Fact]
    public void RemoveStake_OfALockedColdkey_BringsItsLockUpToDate()
    {
        var bench = Make();
        bench.Set(Ann, Warm, Whole, 0);
        bench = bench.At(11_000);

        Assert.Equal(LedgerError.None, bench.Call(Ann, s_takingOut["remove_stake"](Whole)));

        Assert.Equal((989_360_286UL, 11_000UL), (bench.LockOf(Ann)!.Value.Mass.Rao, bench.LockOf(Ann)!.Value.LastBlock.Value));
        Assert.Equal(989_360_286UL, bench.TotalOf(LockKind.Decaying, Warm)!.Value.Mass.Rao);
    }

    [Fact]
    public void AddStake_OfAColdkeyWhoseLockHasMelted_ForgetsIt()
    {
        var bench = Make();
        bench.Set(Ann, Warm, 1_000, 0);
        bench = bench.At(40_000_000);

        Assert.Equal(LedgerError.None, bench.Call(Ann, TestCalls.Of(CallKind.AddStake, One, Whole, Warm)));

        Assert.Empty(bench.Metagraph.Locks);
        Assert.Empty(bench.Metagraph.LockTotals);
    }

    [Fact]
    public void Reduce_ByAPart_TakesThePartOfTheConviction()
    {
        var bench = Make();
        bench.Set(Bob, Warm, 4_000, 1_000);
        bench.Set(Ann, Warm, 10_000, 4_000);

        LockedStake.Reduce(bench.Scope, One, Ann, new Alpha(2_500));

        Assert.Equal(new LockState(new Alpha(7_500), U64F64.FromInteger(3_000), bench.Scope.Block), bench.LockOf(Ann));
        Assert.Equal(new LockState(new Alpha(11_500), U64F64.FromInteger(4_000), bench.Scope.Block), bench.TotalOf(LockKind.Decaying, Warm));
    }

    [Fact]
    public void Reduce_ByMoreThanIsLocked_LeavesNothingOfItAndAllOfTheOthers()
    {
        var bench = Make();
        bench.Set(Bob, Warm, 4_000, 1_000);
        bench.Set(Ann, Warm, 10_000, 4_000);

        LockedStake.Reduce(bench.Scope, One, Ann, new Alpha(20_000));

        Assert.Null(bench.LockOf(Ann));
        Assert.Equal(new LockState(new Alpha(4_000), U64F64.FromInteger(1_000), bench.Scope.Block), bench.TotalOf(LockKind.Decaying, Warm));
    }

    /// <summary>A sale leaves a nomination under the minimum: it is sold, locked or not, and the lock falls with it.</summary>
    [Fact]
    public void RemoveStake_LeavesASmallLockedNomination_LowersTheLockByIt()
    {
        var bench = Make(ledger => ledger.Parameters = ledger.Parameters with { NominatorMinRequiredStake = 1_000_000_000 });
        bench.Set(Ann, Warm, 410 * Whole, 0);

        Assert.Equal(LedgerError.None, bench.Call(Ann, s_takingOut["remove_stake"](585 * Whole)));

        Assert.Equal((0UL, 395 * Whole), (Position(bench, Warm, Ann), bench.LockOf(Ann)!.Value.Mass.Rao));
    }

    /// <summary>Whatever two coldkeys do, what is locked is held (up to the rounding of a share at each step), and what is free and locked is not more.</summary>
    [Fact]
    public void AnyHistory_WhatIsFreeAndWhatIsLocked_IsNeverMoreThanWhatIsHeld() => s_histories.Sample(history =>
    {
        var bench = Consenting();
        foreach (var (kind, amount, blocks) in history)
        {
            bench = bench.At(bench.Scope.Block.Value + (ulong)blocks);
            var (who, other) = kind % 2 == 0 ? (Ann, Bob) : (Bob, Ann);
            _ = bench.Call(who, CallOf(kind / 2, other, amount));
            AssertBounds(bench, Ann, history.Length);
            AssertBounds(bench, Bob, history.Length);
        }
    }, iter: 200);

    /// <summary>Of two coldkeys, mass is neither made nor lost by a transfer, but for dust.</summary>
    [Fact]
    public void Transfer_AnyAmount_KeepsTheMass() => Gen.Select(Gen.ULong[1_000, OfAnn], Gen.ULong[0, OfAnn], Gen.ULong[1, 600 * Whole], Gen.Int[0, 1_000_000])
        .Sample((mass, conviction, amount, blocks) =>
        {
            var bench = Consenting();
            bench.Set(Ann, BobsHot, mass, conviction % mass);
            bench = bench.At(1_000 + (ulong)blocks);
            var before = MassOf(bench, Ann);

            Assert.Equal(LedgerError.None, LockedStake.Transfer(bench.Scope, One, Ann, Bob, new Alpha(amount)));

            Assert.InRange(MassOf(bench, Ann) + MassOf(bench, Bob), before < 200 ? 0 : before - 200, before);
            if (MassOf(bench, Ann) > 0 && MassOf(bench, Bob) > 0) Assert.Equal(before, MassOf(bench, Ann) + MassOf(bench, Bob));
        }, iter: 300);

    private static Call CallOf(int kind, AccountId other, ulong amount) => kind switch
    {
        0 => Lock(amount),
        1 => s_takingOut["remove_stake"](amount),
        2 => Give(other, amount),
        3 => s_takingOut["burn_alpha"](amount),
        _ => Perpetual(amount % 2 == 0),
    };

    private static void AssertBounds(Bench bench, AccountId coldkey, int steps)
    {
        var available = LockedStake.AvailabilityOf(bench.Scope, One, coldkey);
        var (held, locked, free) = (available.Held.Rao, available.Locked.Rao, available.Free.Rao);
        Assert.True(locked <= held + (ulong)steps, $"{locked} is locked of {held}.");
        Assert.Equal(LedgerError.None, LockedStake.CheckAvailable(bench.Scope, One, coldkey, new Alpha(free)));
        if (locked > 0) Assert.Equal(LedgerError.StakeUnavailable, LockedStake.CheckAvailable(bench.Scope, One, coldkey, new Alpha(free + 1)));
    }

    private static ulong MassOf(Bench bench, AccountId coldkey) => LockedStake.AvailabilityOf(bench.Scope, One, coldkey).Locked.Rao;

    private static Bench Locked(Action<TestLedger>? change = null)
    {
        var bench = Make(change);
        bench.Set(Ann, BobsHot, 700 * Whole, 0);
        return bench;
    }

    private static Bench Consenting()
    {
        var bench = Make();
        Assert.Equal(LedgerError.None, bench.Call(Ann, Reject(false)));
        Assert.Equal(LedgerError.None, bench.Call(Bob, Reject(false)));
        return bench;
    }

    private static ulong Position(Bench bench, AccountId hotkey, AccountId coldkey) =>
        ShareLedger.Position(bench.Scope, new PositionKey(One, hotkey, coldkey)).Rao;
}
