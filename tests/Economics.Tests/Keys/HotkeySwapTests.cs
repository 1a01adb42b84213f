using System.Collections.Immutable;
using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Tests.Registration;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Keys.KeyBench;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Keys;

public class HotkeySwapTests
{
    [Fact]
    public void OnAll_Stakes_GoOverAtTheirValue()
    {
        var network = new KeyBench().Build();
        var before = PositionsOf(network);

        var outcome = network.Execute(Owner, Swap(Hot, Ghost));

        Assert.Equal(new Tao(100_000_000), outcome.Paid);
        var after = PositionsOf(network);
        foreach (var (position, alpha) in before.Where(entry => entry.Key.Hotkey == Hot))
        {
            var there = after[position with { Hotkey = Ghost }];
            Assert.InRange(there.Rao, alpha.Rao - 1, alpha.Rao);
        }

        Assert.All(after.Where(entry => entry.Key.Hotkey == Hot), entry => Assert.True(entry.Value.Rao <= 1));
        Assert.Equal(before[new(One, Warm, Ann)], after[new(One, Warm, Ann)]);
    }

    [Fact]
    public void OnAll_Cost_IsRecycled()
    {
        var network = new KeyBench().Build();
        var (free, total, balances) = (network.Free(Owner), network.TotalIssuance, network.BalancesIssuance);

        network.Execute(Owner, Swap(Hot, Ghost));

        Assert.Equal(free - 100_000_000, network.Free(Owner));
        Assert.Equal(total - new Tao(100_000_000), network.TotalIssuance);
        Assert.Equal(balances - new Tao(100_000_000), network.BalancesIssuance);
    }

    [Fact]
    public void OnAll_Record_GoesOverAndTheFormerHotkeyIsNobodys()
    {
        var bench = new KeyBench();
        bench.Ledger.Hotkeys[Hot] = new HotkeyRecord(Owner) { StoredTake = new Take(500), LastTakeChange = new BlockNumber(3) };
        bench.Ledger.Hotkeys[Ghost] = new HotkeyRecord(Owner) { StoredTake = new Take(900), LastTakeChange = new BlockNumber(9) };
        var network = bench.Build();

        Assert.True(network.Execute(Owner, Swap(Hot, Ghost)).IsOk);

        Assert.Null(network.GetHotkey(Hot));
        Assert.Equal(new HotkeyRecord(Owner) { StoredTake = new Take(500), LastTakeChange = new BlockNumber(3) }, network.GetHotkey(Ghost));
        Assert.All(network.Subnets, netuid => Assert.Equal(Ghost, network.Books(netuid).OwnerHotkey));
        Assert.Equal([Ghost, Warm], network.GetMetagraph(One).Neurons.Select(neuron => neuron.Hotkey));
        Assert.Equal(bench.Block, network.GetMetagraph(Root).KeysSwappedAt[Owner]);
        Assert.Equal([One, Root], network.Subnets.Where(netuid => network.GetMetagraph(netuid).HotkeysSwappedAt.ContainsKey(Owner)).OrderByDescending(netuid => netuid));
    }

    [Fact]
    public void OnAll_ListsOfStakers_EndWithTheOtherHotkey()
    {
        var network = new KeyBench().Build();
        Assert.Equal([Hot, Warm], network.StakingHotkeys(Ann));

        network.Execute(Owner, Swap(Hot, Ghost));

        Assert.Equal([Warm, Ghost], network.StakingHotkeys(Ann));
        Assert.Equal([Ghost], network.StakingHotkeys(Bob));
        Assert.Equal([Warm, Ghost], network.StakingHotkeys(Owner));
    }

    [Fact]
    public void OnAll_KeepingStake_LeavesStakesClaimsAndListsWhereTheyWere()
    {
        var network = new KeyBench().Build();
        var before = PositionsOf(network);

        Assert.True(network.Execute(Owner, Swap(Hot, Ghost, keepsStake: true)).IsOk);

        Assert.Equal(before.OrderBy(entry => entry.ToString()), PositionsOf(network).OrderBy(entry => entry.ToString()));
        Assert.Equal([Hot, Warm], network.StakingHotkeys(Ann));
        Assert.Null(network.GetHotkey(Hot));
        Assert.Equal(Ghost, network.GetMetagraph(One).Neurons[0].Hotkey);
        Assert.Equal(LedgerError.HotKeyAccountNotExists, network.Execute(Ann, TestCalls.Of(CallKind.RemoveStake, One, 1_000_000_000)).Error);
    }

    [Fact]
    public void OnOne_Everything_StaysElsewhere()
    {
        var bench = new KeyBench();
        bench.Ledger.Hotkeys[Hot] = new HotkeyRecord(Owner) { StoredTake = new Take(500), LastTakeChange = new BlockNumber(3) };
        var network = bench.Build();

        var outcome = network.Execute(Owner, Swap(Hot, Ghost, One));

        Assert.Equal(new Tao(1_000_000), outcome.Paid);
        Assert.Equal(Owner, network.GetHotkey(Hot)!.Owner);
        Assert.Equal(new HotkeyRecord(Owner) { LastTakeChange = new BlockNumber(3) }, network.GetHotkey(Ghost));
        Assert.InRange(network.Position(Ghost, Bob, One), 333_333_333_332UL, 333_333_333_333UL);
        Assert.Equal(77_777_777_777UL, network.Position(Hot, Bob, Two));
        Assert.Equal(6_000_000_000UL, network.Position(Hot, Ann, Root));
        Assert.Equal([Hot, Warm, Ghost], network.StakingHotkeys(Ann));
        Assert.Equal(Hot, network.GetMetagraph(Root).Neurons[0].Hotkey);
        Assert.Equal((Ghost, Hot), (network.Books(One).OwnerHotkey, network.Books(Two).OwnerHotkey));
    }

    [Fact]
    public void Swap_HotkeyWithoutAUid_MarksTheOtherAsNamedUntilItIsRegistered()
    {
        var network = new KeyBench().Build();

        network.Execute(Owner, Swap(Hot, Ghost, Two));

        Assert.Equal([Ghost], network.GetMetagraph(Two).Unseated.Keys);
        Assert.True(network.Execute(Owner, TestCalls.Of(CallKind.RegisterNeuron, Two, hotkey: Ghost)).IsOk);
        Assert.Empty(network.GetMetagraph(Two).Unseated);
    }

    [Fact]
    public void Swap_WhatIsFiledUnderTheHotkey_GoesOver()
    {
        var commit = new WeightCommit([1], 1, 2, null, 0);
        var sealedCommit = new WeightCommit([], 1, 2, new WeightsDetail([0], [1], 0, 0, []), 7);
        var bench = new KeyBench();
        bench.Change(One, one => one.WithCommits(new CommitKey(0, Hot), [commit, sealedCommit]) with
        {
            ChildTakes = Entry(Hot, (ushort)77),
            AutoStake = Entry(Bob, Hot).Add(Ann, Warm),
            AlphaDividends = Entry(Hot, new Alpha(5)).Add(Ghost, new Alpha(6)),
            RootDividends = Entry(Hot, new Alpha(8)),
        });
        var network = bench.Build();

        Assert.True(network.Execute(Owner, Swap(Hot, Ghost, One)).IsOk);

        var after = network.GetMetagraph(One);
        Assert.Equal([commit], after.CommitsOf(new CommitKey(0, Ghost)));
        Assert.Equal([sealedCommit], after.CommitsOf(new CommitKey(0, Hot)));
        Assert.Equal(Entry(Ghost, (ushort)77), after.ChildTakes);
        Assert.Equal((Ghost, Warm), (after.AutoStake[Bob], after.AutoStake[Ann]));
        Assert.Equal(Entry(Ghost, new Alpha(11)), after.AlphaDividends);
        Assert.Equal(Entry(Hot, new Alpha(8)), after.RootDividends);
    }

    [Fact]
    public void Swap_ParentsAndChildren_KeepTheirPartsAtBothEnds()
    {
        var bench = new KeyBench();
        bench.Change(One, one => one with
        {
            Children = Entry(Hot, ImmutableArray.Create(new ChildLink(5, Key(41)), new ChildLink(6, Key(42)))).Add(Key(43), [new(7, Hot), new(8, Key(44))]),
            Parents = Entry(Key(41), ImmutableArray.Create(new ChildLink(5, Hot))).Add(Key(42), [new(6, Hot)]).Add(Hot, [new(7, Key(43))]).Add(Key(44), [new(8, Key(43))]),
            PendingChildren = Entry(Hot, new PendingChildren([new(9, Key(45))], 99)).Add(Key(46), new PendingChildren([new(1, Hot), new(2, Key(47))], 98)),
        });
        var network = bench.Build();

        Assert.True(network.Execute(Owner, Swap(Hot, Ghost, One)).IsOk);

        var after = network.GetMetagraph(One);
        Assert.Equal([new ChildLink(5, Key(41)), new(6, Key(42))], after.ChildrenOf(Ghost));
        Assert.Equal([new ChildLink(8, Key(44)), new(7, Ghost)], after.ChildrenOf(Key(43)));
        Assert.Equal([new ChildLink(5, Ghost)], after.ParentsOf(Key(41)));
        Assert.Equal([new ChildLink(7, Key(43))], after.ParentsOf(Ghost));
        Assert.Equal([new ChildLink(9, Key(45))], after.PendingChildren[Ghost].Children);
        Assert.Equal([new ChildLink(2, Key(47)), new(1, Ghost)], after.PendingChildren[Key(46)].Children);
        Assert.DoesNotContain(Hot, after.Children.Keys.Concat(after.Parents.Keys).Concat(after.PendingChildren.Keys));
    }

    /// <summary>What a root staker is owed does not change with the name of the hotkey, on all subnets or on root alone.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Swap_WhatRootStakersAreOwed_StaysTheSame(bool isOnAll)
    {
        var network = new KeyBench().Build();
        var scope = new LedgerScope(network);
        scope.SetClaimRates(Hot, new ClaimRates(ClaimRates.None.BySubnet.Add(One, new I96F32((Int128)3 << 31)).Add(Two, new I96F32((Int128)1 << 32))));
        scope.SetClaimed(new PositionKey(One, Hot, Ann), 1_000);
        var owed = Economics.Claims.OwedDividends.Whole(scope, new PositionKey(One, Hot, Ann));
        var run = new LedgerScope(scope);

        Assert.True(Dtao.Economics.Staking.StakingCalls.Execute(run, Owner, Swap(Hot, Ghost, isOnAll ? null : Root)).IsOk);

        Assert.Equal(new Alpha(9_000_000_000 - 1_000), owed);
        Assert.Equal(owed, Economics.Claims.OwedDividends.Whole(run, new PositionKey(One, Ghost, Ann)));
        Assert.Equal(UInt128.Zero, run.GetClaimed(new PositionKey(One, Hot, Ann)));
        Assert.Same(ClaimRates.None, run.GetClaimRates(Hot));
    }

    [Fact]
    public void Swap_Locks_GoOverWithTheirConvictionAndSums()
    {
        var network = new KeyBench().Build();
        Assert.True(network.Execute(Ann, TestCalls.Of(CallKind.LockStake, One, 500_000_000_000, Hot)).IsOk);
        Assert.True(network.Execute(Bob, TestCalls.Of(CallKind.LockStake, One, 5_000_000_000, Hot)).IsOk);
        network.At(network.Block.Value + 2);
        var before = network.GetMetagraph(One);

        Assert.True(network.Execute(Owner, Swap(Hot, Ghost, One)).IsOk);

        var after = network.GetMetagraph(One);
        Assert.All(after.Locks.Values, held => Assert.Equal(Ghost, held.Hotkey));
        Assert.Equal(before.Locks.Keys, after.Locks.Keys);
        Assert.InRange(after.Locks[Ann].State.Mass.Rao, before.Locks[Ann].State.Mass.Rao - 2_000_000, before.Locks[Ann].State.Mass.Rao);
        Assert.Equal(before.LockTotals.Keys, after.LockTotals.Keys);
        Assert.Equal(after.LockTotals.Values.Single().Mass.Rao, after.Locks.Values.Select(held => held.State.Mass.Rao).Aggregate((one, other) => one + other), 2.0);
    }

    private static ImmutableSortedDictionary<AccountId, T> Entry<T>(AccountId key, T value) => ImmutableSortedDictionary<AccountId, T>.Empty.Add(key, value);
}
