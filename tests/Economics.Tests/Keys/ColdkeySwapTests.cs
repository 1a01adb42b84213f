using Dtao.Economics.Keys;
using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Tests.Model;
using Dtao.Economics.Tests.Registration;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Keys.KeyBench;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Keys;

public class ColdkeySwapTests
{
    /// <summary>A signer and a call that is refused, on the network after some calls and blocks.</summary>
    public static TheoryData<string, AccountId, Call, LedgerError> Refusals => new()
    {
        { "", Bob, Execute(Fresh), LedgerError.ColdkeySwapAnnouncementNotFound },
        { "", Bob, Dispute, LedgerError.ColdkeySwapAnnouncementNotFound },
        { "", Bob, Clear, LedgerError.ColdkeySwapAnnouncementNotFound },
        { "", Key(9), Announce(Fresh), LedgerError.NotEnoughBalanceToPaySwapColdKey },
        { "", Bob, ByRoot(Ann, Fresh), LedgerError.BadOrigin },
        { "", Bob, Reset(Ann), LedgerError.BadOrigin },
        { "", Nobody, ByRoot(Ann, Fresh, 2_000_000_000_000), LedgerError.NotEnoughBalanceToPaySwapColdKey },
        { "", Nobody, ByRoot(Ann, Bob), LedgerError.ColdKeyAlreadyAssociated },
        { "", Nobody, ByRoot(Ann, AccountId.OfSubnet(new NetUid(44))), LedgerError.CannotUseSystemAccount },
        { "taken", Nobody, ByRoot(Ann, Fresh), LedgerError.NewColdKeyIsHotkey },
        { "announced", Bob, Execute(Ghost), LedgerError.AnnouncedColdkeyHashDoesNotMatch },
        { "announced", Bob, Execute(Fresh), LedgerError.ColdkeySwapTooEarly },
        { "announced", Bob, Announce(Ghost), LedgerError.ColdkeySwapReannouncedTooEarly },
        { "announced", Bob, Clear, LedgerError.ColdkeySwapClearTooEarly },
        { "announced", Bob, TestCalls.Of(CallKind.AddStake, One, 3_000_000), LedgerError.ColdkeySwapAnnounced },
        { "announced", Bob, new Call { Kind = CallKind.Transfer, ToColdkey = Ann, Amount = 1_000 }, LedgerError.ColdkeySwapAnnounced },
        { "ready", Bob, Announce(Ghost), LedgerError.ColdkeySwapReannouncedTooEarly },
        { "ready", Bob, Clear, LedgerError.ColdkeySwapClearTooEarly },
        { "disputed", Bob, Execute(Fresh), LedgerError.ColdkeySwapDisputed },
        { "disputed", Bob, Dispute, LedgerError.ColdkeySwapDisputed },
        { "disputed", Bob, Announce(Ghost), LedgerError.ColdkeySwapDisputed },
        { "disputed", Bob, Clear, LedgerError.ColdkeySwapDisputed },
        { "disputed", Bob, TestCalls.Of(CallKind.AddStake, One, 3_000_000), LedgerError.ColdkeySwapDisputed },
    };

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public void Execute_NotAllowed_IsRefusedAndLeavesNoTrace(string stage, AccountId signer, Call call, LedgerError error)
    {
        var network = Stage(stage);
        var before = StateDigest.Of(network);

        Assert.Equal(error, network.Execute(signer, call).Error);
        Assert.Equal(before, StateDigest.Of(network));
    }

    /// <summary>The first block of the swap, and the first in which it may be announced anew or called off.</summary>
    [Theory]
    [InlineData(CallKind.SwapColdkeyAnnounced, Delay)]
    [InlineData(CallKind.AnnounceColdkeySwap, Delay + Again)]
    [InlineData(CallKind.ClearColdkeySwapAnnouncement, Delay + Again)]
    public void Execute_OneBlockBeforeAndAtItsTime_WaitsAndPasses(CallKind kind, ulong blocks)
    {
        var network = Stage("announced");
        var call = kind switch
        {
            CallKind.SwapColdkeyAnnounced => Execute(Fresh),
            CallKind.AnnounceColdkeySwap => Announce(Ghost),
            _ => Clear,
        };
        network.At(network.Block.Value + blocks - 1);

        Assert.NotEqual(LedgerError.None, network.Execute(Bob, call).Error);
        network.MakeBlock();
        Assert.Equal(LedgerError.None, network.Execute(Bob, call).Error);
    }

    [Fact]
    public void Announce_First_CostsAndAgainDoesNot()
    {
        var network = Stage("");
        var (free, issuance) = (network.Free(Bob), network.TotalIssuance);

        Assert.Equal(new Tao(100_000_000), network.Execute(Bob, Announce(Fresh)).Paid);
        Assert.Equal(free - 100_000_000, network.Free(Bob));
        Assert.Equal(issuance - new Tao(100_000_000), network.TotalIssuance);
        network.At(network.Block.Value + Delay + Again);

        Assert.Null(network.Execute(Bob, Announce(Ghost)).Paid);
        Assert.Equal(free - 100_000_000, network.Free(Bob));
        Assert.Equal(new ColdkeySwap(new BlockNumber(network.Block.Value + Delay), ColdkeyHash.Of(Ghost), null), network.GetColdkeySwap(Bob));
    }

    [Fact]
    public void Reset_ByTheSudoKey_EndsAnnouncementAndDispute()
    {
        var network = Stage("disputed");

        Assert.Equal(LedgerError.None, network.Execute(Nobody, Reset(Bob)).Error);

        Assert.Null(network.GetColdkeySwap(Bob));
        Assert.Equal(LedgerError.None, network.Execute(Bob, TestCalls.Of(CallKind.AddStake, One, 3_000_000)).Error);
    }

    /// <summary>The digest of BLAKE2b with 32 bytes over a key of 32 bytes of 1, by another implementation.</summary>
    [Fact]
    public void Hash_OfAKey_IsItsPlainBlake2() =>
        Assert.Equal("f40ceaf86e5776923332b8d8fd3bef849cadb19c6996bc272af1f648d9566a4c", Convert.ToHexStringLower(ColdkeyHash.Of(Key(1)).AsSpan()));

    [Fact]
    public void Swap_Announced_TakesEverythingAlong()
    {
        var bench = new KeyBench();
        bench.Change(One, one => one with { AutoStake = one.AutoStake.Add(Owner, Warm) });
        var network = bench.Build();
        Assert.True(network.Execute(Owner, Announce(Fresh)).IsOk);
        network.At(network.Block.Value + Delay);
        var (free, position) = (network.Free(Owner), network.Position(Hot, Owner, One));

        Assert.True(network.Execute(Owner, Execute(Fresh)).IsOk);

        Assert.Equal((0UL, free), (network.Free(Owner), network.Free(Fresh)));
        Assert.InRange(network.Position(Hot, Fresh, One), position - 1, position);
        Assert.All(network.Subnets, netuid => Assert.Equal(Fresh, network.Books(netuid).Owner));
        Assert.Equal((Fresh, Fresh), (network.GetHotkey(Hot)!.Owner, network.GetHotkey(Warm)!.Owner));
        Assert.Equal(Warm, network.GetMetagraph(One).AutoStake[Fresh]);
        Assert.Empty(network.StakingHotkeys(Owner));
        Assert.Equal([Hot, Warm], network.StakingHotkeys(Fresh));
        Assert.Null(network.GetColdkeySwap(Owner));
        Assert.Equal(network.Block.Value, network.GetMetagraph(Root).KeysSwappedAt[Fresh]);
    }

    [Fact]
    public void Swap_RootStaker_TakesMarksAndPlaceAlongAndLeavesItsChoice()
    {
        var network = new KeyBench().Build();
        var scope = new LedgerScope(network);
        scope.SetClaimRates(Hot, new ClaimRates(ClaimRates.None.BySubnet.Add(Two, new I96F32((Int128)1 << 32))));
        scope.SetClaimed(new PositionKey(Two, Hot, Ann), 1_234);
        scope.SetClaimType(Ann, RootClaimType.Keep);
        Assert.True(scope.IsClaimIndexed(Ann));
        var owed = Economics.Claims.OwedDividends.Whole(scope, new PositionKey(Two, Hot, Ann));

        Assert.True(Dtao.Economics.Staking.StakingCalls.Execute(scope, Nobody, ByRoot(Ann, Fresh)).IsOk);

        Assert.Equal(owed, Economics.Claims.OwedDividends.Whole(scope, new PositionKey(Two, Hot, Fresh)));
        Assert.Equal((false, true), (scope.IsClaimIndexed(Ann), scope.IsClaimIndexed(Fresh)));
        Assert.Equal((RootClaimType.Keep, null), (scope.GetClaimType(Ann), scope.GetClaimType(Fresh)));
    }

    [Fact]
    public void Swap_LocksAndChoices_AreTheNewColdkeys()
    {
        var network = new KeyBench().Build();
        Assert.True(network.Execute(Ann, TestCalls.Of(CallKind.LockStake, One, 500_000_000_000, Warm)).IsOk);
        Assert.True(network.Execute(Ann, new Call { Kind = CallKind.SetPerpetualLock, Netuid = One, Detail = new SwitchDetail(true) }).IsOk);
        Assert.True(network.Execute(Fresh, new Call { Kind = CallKind.SetRejectLockedAlpha, Netuid = One, Detail = new SwitchDetail(false) }).IsOk);
        var total = network.GetMetagraph(One).LockTotals.Single();

        Assert.True(network.Execute(Nobody, ByRoot(Ann, Fresh)).IsOk);

        var after = network.GetMetagraph(One);
        Assert.Equal([Fresh], after.Locks.Keys);
        Assert.Equal(LockChoices.Perpetual, after.LockChoices[Fresh]);
        Assert.DoesNotContain(Ann, after.LockChoices.Keys);
        Assert.Equal(total, after.LockTotals.Single());
    }

    [Fact]
    public void Swap_CostSaidByRoot_IsRecycledFromTheFormerColdkey()
    {
        var network = new KeyBench().Build();
        var (free, issuance) = (network.Free(Bob), network.TotalIssuance);

        var outcome = network.Execute(Nobody, ByRoot(Bob, Fresh, 123));

        Assert.Equal(new Tao(123), outcome.Paid);
        Assert.Equal(free - 123, network.Free(Fresh));
        Assert.Equal(issuance - new Tao(123), network.TotalIssuance);
    }

    private static SequentialNetwork Stage(string stage)
    {
        var bench = new KeyBench { Block = 1 };
        if (stage == "taken") bench.Ledger.Hotkeys[Fresh] = new HotkeyRecord(Bob);
        var network = bench.Build();
        if (stage is "" or "taken") return network;
        Assert.True(network.Execute(Bob, Announce(Fresh)).IsOk);
        if (stage == "ready") network.At(network.Block.Value + Delay);
        if (stage == "disputed") Assert.True(network.Execute(Bob, Dispute).IsOk);
        return network;
    }
}
