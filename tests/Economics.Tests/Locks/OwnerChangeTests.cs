using Dtao.Economics.Emission;
using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;
using Dtao.Economics.Locks;
using Dtao.Economics.Staking;
using Dtao.Economics.Tests.Neurons;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Locks.LockBench;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Locks;

/// <summary>When a subnet goes over to whom its stakers have most conviction in. A tenth of subnet 1's alpha outstanding is 650 alpha.</summary>
public class OwnerChangeTests
{
    private const ulong Year = 2_629_800;
    private const ulong Tenth = 650 * Whole;

    private static readonly Dictionary<string, (Action<Bench> Spoil, bool IsChanged)> s_rows = new()
    {
        ["a year old, a tenth of the alpha, another's hotkey ahead"] = (_ => { }, true),
        ["one block too young"] = (bench => bench.Books.RegisteredAt = new BlockNumber(2), false),
        ["no alpha outstanding"] = (bench => bench.Books.AlphaOutstanding = Alpha.Zero, false),
        ["a rao more outstanding than ten times the conviction"] = (bench => bench.Books.AlphaOutstanding = new Alpha((10 * Tenth) + 1), false),
        ["the hotkey ahead is the owner's own"] = (bench => bench.Books.Owner = Bob, false),
        ["nobody owns the hotkey ahead"] = (bench => Replace(bench, BobsHot, Ghost), false),
        ["no locks at all"] = (bench => bench.Metagraph = bench.Metagraph with { LockTotals = Metagraph.Empty.LockTotals }, false),
        ["its hotkey is a neuron already"] = (bench => bench.Spoil(3, neuron => neuron with { Hotkey = BobsHot }), true),
        ["the subnet is full and a neuron can leave"] = (bench => bench.Hyper = bench.Hyper with { MaxUids = 4, MinNonImmuneUids = 0 }, true),
        ["the subnet is full and nobody can leave"] = (bench =>
        {
            bench.Metagraph = bench.Metagraph with { Neurons = [bench.Metagraph.Neurons[0]] };
            bench.Hyper = bench.Hyper with { MaxUids = 1 };
        }, false),
    };

    public static TheoryData<string> Rows => [.. s_rows.Keys];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Apply_OneConditionAlone_ChangesTheOwnerOrNothing(string row)
    {
        var bench = Ripe();
        s_rows[row].Spoil(bench);
        var (owner, metagraph) = (bench.Books.Owner, bench.Metagraph);

        OwnerChange.Apply(bench.Scope, One);

        Assert.Equal(s_rows[row].IsChanged ? Bob : owner, bench.Books.Owner);
        Assert.Equal(s_rows[row].IsChanged ? BobsHot : Hot, bench.Books.OwnerHotkey);
        if (s_rows[row].IsChanged) Assert.NotNull(bench.Metagraph.UidOf(BobsHot));
        else Assert.Same(metagraph, bench.Metagraph);
    }

    [Fact]
    public void Apply_OwnerChanges_SumsFollowTheRole()
    {
        var bench = Ripe();
        bench.Set(Ann, Hot, 5_000, 5_000, LockKind.DecayingOfOwner);
        bench.Set(Owner, Hot, 7_000, 7_000, LockKind.PerpetualOfOwner);
        bench.Set(Nobody, BobsHot, 3_000, 1_000, LockKind.Perpetual);

        OwnerChange.Apply(bench.Scope, One);

        Assert.Equal((5_000UL, U64F64.FromInteger(5_000)), Of(bench.TotalOf(LockKind.Decaying, Hot)));
        Assert.Equal((7_000UL, U64F64.FromInteger(7_000)), Of(bench.TotalOf(LockKind.Perpetual, Hot)));
        Assert.Equal((Tenth, U64F64.FromInteger(Tenth)), Of(bench.TotalOf(LockKind.DecayingOfOwner)));
        Assert.Equal((3_000UL, U64F64.FromInteger(3_000)), Of(bench.TotalOf(LockKind.PerpetualOfOwner)));
        Assert.Equal(4, bench.Metagraph.LockTotals.Count);
    }

    [Fact]
    public void Apply_TwoHotkeysWithEqualConviction_TheLargerKeyWins()
    {
        var bench = Ripe();
        bench.Set(Ann, Ann, Tenth, Tenth);

        OwnerChange.Apply(bench.Scope, One);

        Assert.True(BobsHot > Ann);
        Assert.Equal(BobsHot, bench.Books.OwnerHotkey);
    }

    [Fact]
    public void Apply_BothModesOfAHotkey_CountTogether()
    {
        var bench = Make(ledger => ledger.Hotkeys[Ann] = new HotkeyRecord(Ann)).At(Year + 1);
        bench.Books.RegisteredAt = new BlockNumber(1);
        bench.Set(Bob, BobsHot, 300 * Whole, 300 * Whole);
        bench.Set(Nobody, BobsHot, 300 * Whole, 300 * Whole, LockKind.Perpetual);
        bench.Set(Ann, Ann, 500 * Whole, 500 * Whole);

        OwnerChange.Apply(bench.Scope, One);

        Assert.Equal(Bob, bench.Books.Owner);
    }

    [Fact]
    public void SubnetEpoch_OfARipeSubnet_PaysTheNewOwner()
    {
        var bench = Ripe();

        SubnetEpoch.Run(bench.Scope, One, new EpochPot(Alpha.Zero, Alpha.Zero, Alpha.Zero, new Alpha(100 * Whole)), new EpochWorkspace());

        Assert.Equal((Bob, BobsHot), (bench.Books.Owner, bench.Books.OwnerHotkey));
        Assert.Equal(100 * Whole, ShareLedger.Position(bench.Scope, new PositionKey(One, BobsHot, Bob)).Rao);
        Assert.Equal(BobsHot, bench.Metagraph.Neurons[4].Hotkey);
    }

    /// <summary>Who gathers beforehand what an epoch reads has the keys of the locks among it.</summary>
    [Fact]
    public void EpochNeeds_OfASubnetWithLocks_NameTheHotkeysThatMayBecomeTheOwners()
    {
        var bench = Ripe();
        bench.Set(Owner, Warm, 5_000, 0);

        var needs = EpochNeeds.Of(bench.Metagraph with { Neurons = [] }, bench.Books);

        Assert.Equal([Hot, Warm, BobsHot], needs.Order());
    }

    /// <summary>Subnet 1 after exactly a year, with Bob's hotkey ahead by exactly a tenth.</summary>
    private static Bench Ripe()
    {
        var bench = Make(ledger => ledger.Hotkeys[Ann] = new HotkeyRecord(Ann)).At(Year + 1);
        bench.Books.RegisteredAt = new BlockNumber(1);
        bench.Books.AlphaOutstanding = new Alpha(10 * Tenth);
        bench.Set(Bob, BobsHot, Tenth, Tenth);
        return bench;
    }

    private static void Replace(Bench bench, AccountId hotkey, AccountId other)
    {
        var total = bench.TotalOf(LockKind.Decaying, hotkey)!.Value;
        bench.Metagraph = bench.Metagraph with { LockTotals = Metagraph.Empty.LockTotals.Add(new LockBucket(LockKind.Decaying, other), total) };
    }

    private static (ulong, U64F64) Of(LockState? total) => (total!.Value.Mass.Rao, total.Value.Conviction);
}
