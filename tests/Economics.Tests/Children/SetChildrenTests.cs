using Dtao.Economics.Children;
using Dtao.Economics.Ledger;
using Dtao.Economics.Tests.Neurons;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Neurons.Bench;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Children;

public class SetChildrenTests
{
    private const ulong Now = 1_000;
    private const ulong Whole = ulong.MaxValue;

    /// <summary>Warm belongs to Owner and is not the subnet owner's hotkey.</summary>
    [Fact]
    public void SetChildren_SeveralChecksFail_TheEarliestIsTold() => new Ladder<Case>(() => new Case(), spoiled => spoiled.Run())
        .Rung(LedgerError.TxRateLimitExceeded, spoiled =>
        {
            foreach (var netuid in new[] { Root, One, Absent })
            {
                var metagraph = spoiled.Bench.Scope.GetMetagraph(netuid);
                spoiled.Bench.Scope.SetMetagraph(netuid, metagraph with { ChildrenSetAt = metagraph.ChildrenSetAt.Add(Warm, Now - 149) });
            }
        })
        .Rung(LedgerError.RegistrationNotPermittedOnRootSubnet, spoiled => spoiled.Netuid = Root)
        .Rung(LedgerError.SubnetNotExists, spoiled => spoiled.Netuid = spoiled.Netuid.IsRoot ? Root : Absent)
        .Rung(LedgerError.NonAssociatedColdKey, spoiled => spoiled.Signer = Ann)
        .Rung(LedgerError.DuplicateChild, spoiled => spoiled.Children.Add(new(0, Bob)))
        .Rung(LedgerError.InvalidChild, spoiled => spoiled.Children.Add(new(0, Warm)))
        .Rung(LedgerError.TooManyChildren, spoiled => spoiled.Children.AddRange(
            Enumerable.Range(30, 5).Select(number => new ChildLink(0, Key((byte)number)))))
        .Rung(LedgerError.ProportionOverflow, spoiled => spoiled.Children.Add(new(Whole, Key(40))))
        .Rung(LedgerError.ChildParentInconsistency, spoiled => spoiled.Bench.Metagraph =
            ChildLinks.Apply(spoiled.Bench.Metagraph, Bob, [new(1, Warm)]))
        .Rung(LedgerError.NotEnoughStakeToSetChildkeys, spoiled => spoiled.Bench.Scope.SetParameters(new() { StakeThreshold = 1 }))
        .AssertInOrder();

    [Fact]
    public void SetChildren_SubnetTrades_WaitsForTheCooldownAndTheLatestRequestCounts()
    {
        var bench = new Bench(Now);

        Assert.Equal(LedgerError.None, bench.Call(Owner, SetChildren(Warm, new ChildLink(1, Bob))));
        bench = bench.At(Now + 150);
        Assert.Equal(LedgerError.None, bench.Call(Owner, SetChildren(Warm)));

        Assert.Empty(bench.Metagraph.Children);
        Assert.Equal(Now + 150 + 7_200, bench.Metagraph.PendingChildren[Warm].CooldownBlock);
        Assert.Empty(bench.Metagraph.PendingChildren[Warm].Children);
    }

    [Fact]
    public void SetChildren_SubnetNotStarted_TakesEffectAtOnce()
    {
        var bench = new Bench(Now);
        bench.Books.SubtokenEnabled = false;

        Assert.Equal(LedgerError.None, bench.Call(Owner, SetChildren(Warm, new ChildLink(7, Bob), new ChildLink(8, Ann))));

        Assert.Empty(bench.Metagraph.PendingChildren);
        Assert.Equal([new ChildLink(8, Ann), new ChildLink(7, Bob)], bench.Metagraph.ChildrenOf(Warm));
        Assert.Equal(Now, bench.Metagraph.ChildrenSetAt[Warm]);
    }

    [Theory]
    [InlineData(149UL, 150UL, LedgerError.TxRateLimitExceeded)]
    [InlineData(150UL, 150UL, LedgerError.None)]
    [InlineData(0UL, 0UL, LedgerError.None)]
    [InlineData(0UL, 1UL, LedgerError.TxRateLimitExceeded)]
    public void SetChildren_SomeBlocksLater_PassesFromTheLimitOn(ulong later, ulong limit, LedgerError expected)
    {
        var bench = new Bench(Now);
        bench.Scope.SetParameters(new() { SetChildrenRateLimit = limit });
        Assert.Equal(LedgerError.None, bench.Call(Owner, SetChildren(Warm, new ChildLink(1, Bob))));

        Assert.Equal(expected, bench.At(Now + later).Call(Owner, SetChildren(Warm)));
    }

    /// <summary>10 alpha on subnet 1 at 0.1 TAO and 3 at 0.5 on subnet 2: 2.5, cut to 2.</summary>
    [Theory]
    [InlineData(2UL, LedgerError.None)]
    [InlineData(3UL, LedgerError.NotEnoughStakeToSetChildkeys)]
    public void SetChildren_StakeThreshold_IsTheWorthOnAllSubnets(ulong threshold, LedgerError expected)
    {
        var bench = new Bench(Now, ledger => ledger.Stake(Warm, Ann, One, 10).Stake(Warm, Bob, Two, 3));
        bench.Scope.SetParameters(new() { StakeThreshold = threshold, SetChildrenRateLimit = 0 });

        Assert.Equal(expected, bench.Call(Owner, SetChildren(Warm, new ChildLink(1, Bob))));
        Assert.Equal(LedgerError.None, bench.Call(Owner, SetChildren(Warm)));
    }

    [Theory]
    [InlineData(6_000_000_000UL, 1)]
    [InlineData(0UL, 2)]
    public void RemoveStake_HotkeyFallsUnderTheThreshold_DropsItsRequestsOnAllSubnets(ulong threshold, int left)
    {
        var bench = new Bench(Now, ledger => ledger.Stake(Warm, Ann, One, 60_000_000_000));
        foreach (var netuid in new[] { One, Two })
        {
            var metagraph = bench.Scope.GetMetagraph(netuid);
            var pending = metagraph.PendingChildren.Add(Warm, new([new(1, Bob)], 9)).Add(Hot, new([new(1, Bob)], 9));
            bench.Scope.SetMetagraph(netuid, metagraph with { PendingChildren = pending });
        }

        bench.Scope.SetParameters(new() { StakeThreshold = threshold });
        Assert.Equal(LedgerError.None, bench.Call(Ann, TestCalls.Of(CallKind.RemoveStake, One, 30_000_000_000, Warm)));

        Assert.Equal(left, bench.Scope.GetMetagraph(One).PendingChildren.Count);
        Assert.Equal(left, bench.Scope.GetMetagraph(Two).PendingChildren.Count);
        Assert.True(bench.Metagraph.PendingChildren.ContainsKey(Hot));
    }

    private static NetUid Absent => new(9);

    private sealed class Case
    {
        public Bench Bench { get; } = new(Now);
        public NetUid Netuid { get; set; } = One;
        public AccountId Signer { get; set; } = Owner;
        public List<ChildLink> Children { get; } = [new(1, Bob)];

        public LedgerError Run() => Bench.Call(Signer, SetChildren(Warm, [.. Children]) with { Netuid = Netuid });
    }
}
