using System.Collections.Immutable;
using Dtao.Economics.Emission;
using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;
using Dtao.Economics.Tests.Neurons;
using Xunit;
using static Dtao.Economics.Tests.Locks.LockBench;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Locks;

/// <summary>What becomes of the owner's cut when an epoch pays it out. The owner's hotkey of subnet 1 is Hot.</summary>
public class OwnerCutTests
{
    private const ulong Cut = 100 * Whole;

    private static readonly AccountId s_leaser = Key(21);
    private static readonly AccountId s_beneficiary = Key(22);

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, Cut)]
    public void OwnerCut_Paid_IsLockedForTheOwnersHotkeyOnlyWhereTheSubnetSaysSo(bool isOn, ulong expected)
    {
        var bench = Make();
        bench.Hyper = bench.Hyper with { OwnerCutAutoLock = isOn };

        Pay(bench, Cut);

        Assert.Equal(expected, bench.LockOf(Owner)?.Mass.Rao ?? 0);
        Assert.Equal(expected, bench.TotalOf(LockKind.DecayingOfOwner)?.Mass.Rao ?? 0);
        Assert.Equal((5_000_000_000_000 + Cut), Stake(bench, Hot, Owner));
    }

    [Fact]
    public void OwnerCut_OwnerLockedForAnotherHotkey_JoinsThatLock()
    {
        var bench = Make();
        bench.Hyper = bench.Hyper with { OwnerCutAutoLock = true };
        bench.Set(Owner, BobsHot, 5_000, 0);

        Pay(bench, Cut);

        Assert.Equal(BobsHot, bench.Metagraph.Locks[Owner].Hotkey);
        Assert.Equal(Cut + 5_000, bench.TotalOf(LockKind.Decaying, BobsHot)!.Value.Mass.Rao);
    }

    [Fact]
    public void OwnerCut_OfNothing_LocksNothing()
    {
        var bench = Make();
        bench.Hyper = bench.Hyper with { OwnerCutAutoLock = true };

        Pay(bench, 0);

        Assert.Empty(bench.Metagraph.Locks);
    }

    /// <summary>30 % of the cut, in a block for it, by shares rounded up; the beneficiary gets the rest of the 30 %.</summary>
    [Fact]
    public void Lease_InABlockOfDistribution_SharesOutWhatHasComeTogether()
    {
        var bench = Leased(1_000, accrued: 10 * Whole + 1);

        Pay(bench, Cut);

        // 40 alpha and a rao: half and a quarter of it, rounded up.
        var (half, quarter) = ((20 * Whole) + 1, (10 * Whole) + 1);
        Assert.Equal(((1_000 * Whole) + half, (500 * Whole) + quarter), (Stake(bench, Hot, Ann) + (600 * Whole), Stake(bench, Hot, Bob) + (500 * Whole)));
        Assert.Equal((40 * Whole) + 1 - half - quarter, Stake(bench, Hot, s_beneficiary));
        Assert.Equal((60 * Whole) - 1, Stake(bench, Hot, s_leaser));
        Assert.Equal(Alpha.Zero, bench.Metagraph.Lease!.Accrued);
    }

    [Theory]
    [InlineData(1_001, 30, 100_000_000_000, 30_000_000_001)]
    [InlineData(1_099, 30, 101, 32)]
    [InlineData(1_099, 30, 100, 31)]
    [InlineData(1_099, 0, 100, 1)]
    public void Lease_InAnotherBlock_OnlyPutsItsPartAside(ulong block, byte percent, ulong cut, ulong accrued)
    {
        var bench = Leased(block, accrued: 1, percent);

        Pay(bench, cut);

        Assert.Equal(accrued, bench.Metagraph.Lease!.Accrued.Rao);
        Assert.Equal(cut, Stake(bench, Hot, s_leaser));
    }

    [Theory]
    [InlineData(1_000, true)]
    [InlineData(1_001, false)]
    public void Lease_FromItsEndBlockOn_TakesNothing(ulong end, bool isOver)
    {
        var bench = Leased(1_000, accrued: 7);
        bench.Metagraph = bench.Metagraph with { Lease = bench.Metagraph.Lease! with { EndBlock = new BlockNumber(end) } };

        Pay(bench, Cut);

        Assert.Equal(isOver ? 7UL : 0, bench.Metagraph.Lease!.Accrued.Rao);
        Assert.Equal(isOver, Stake(bench, Hot, s_beneficiary) == 0);
    }

    /// <summary>The last part is worth less than 0.002 TAO, after the others have been given.</summary>
    [Fact]
    public void Lease_OnePartCannotBeGiven_NobodyGetsAnythingAndAllIsKept()
    {
        var bench = Leased(1_000, accrued: 0);
        bench.Metagraph = bench.Metagraph with
        {
            Lease = bench.Metagraph.Lease! with { Shares = bench.Metagraph.Lease.Shares.SetItem(Bob, new U64F64(U64F64.One.Bits >> 1)) },
        };

        Pay(bench, Cut);

        Assert.Equal(30 * Whole, bench.Metagraph.Lease!.Accrued.Rao);
        Assert.Equal((400 * Whole, 0UL, Cut), (Stake(bench, Hot, Ann), Stake(bench, Hot, Bob), Stake(bench, Hot, s_leaser)));
    }

    [Fact]
    public void Lease_WithoutContributors_AllOfThePartIsTheBeneficiarys()
    {
        var bench = Leased(1_000, accrued: 0);
        bench.Metagraph = bench.Metagraph with
        {
            Lease = bench.Metagraph.Lease! with { Shares = ImmutableSortedDictionary<AccountId, U64F64>.Empty },
        };

        Pay(bench, Cut);

        Assert.Equal((30 * Whole, 70 * Whole), (Stake(bench, Hot, s_beneficiary), Stake(bench, Hot, s_leaser)));
    }

    private static void Pay(Bench bench, ulong cut) => EpochPayout.Apply(
        bench.Scope, One, new EpochPot(Alpha.Zero, Alpha.Zero, Alpha.Zero, new Alpha(cut)),
        EpochFindings.Of(EpochGather.Inputs(bench.Scope, One, default), Alpha.Zero, new EpochWorkspace()));

    /// <summary>Half of the contributors' part is Ann's, a quarter Bob's; the leaser owns the subnet and has staked nothing.</summary>
    private static Bench Leased(ulong block, ulong accrued, byte percent = 30)
    {
        var bench = Make(ledger => ledger.Books(One).Owner = s_leaser).At(block);
        bench.Metagraph = bench.Metagraph with
        {
            Lease = new SubnetLease(
                s_beneficiary, s_leaser, Hot, percent, null,
                ImmutableSortedDictionary<AccountId, U64F64>.Empty
                    .Add(Ann, new U64F64(U64F64.One.Bits >> 1))
                    .Add(Bob, new U64F64(U64F64.One.Bits >> 2)),
                new Alpha(accrued)),
        };
        return bench;
    }

    private static ulong Stake(Bench bench, AccountId hotkey, AccountId coldkey) =>
        ShareLedger.Position(bench.Scope, new PositionKey(One, hotkey, coldkey)).Rao;
}
