using Dtao.Economics.Children;
using Dtao.Economics.Ledger;
using Dtao.Economics.Tests.Neurons;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Children;

public class PendingChildrenRuleTests
{
    private const ulong Now = 1_000;

    [Theory]
    [InlineData(Now - 1, Now, true, true)]
    [InlineData(Now, Now, true, false)]
    [InlineData(Now + 9, Now, false, true)]
    [InlineData(Now - 1, Now - 1, true, false)]
    public void Apply_Request_WaitsForAnEpochAfterItsCooldown(ulong cooldown, ulong lastEpoch, bool isTrading, bool isApplied)
    {
        var bench = Waiting(cooldown, (Warm, [new ChildLink(5, Bob)]));
        bench.Books.LastEpochBlock = lastEpoch;
        bench.Books.SubtokenEnabled = isTrading;

        PendingChildrenRule.Apply(bench.Scope, One);

        Assert.Equal(isApplied, bench.Metagraph.PendingChildren.IsEmpty);
        Assert.Equal(isApplied ? [new ChildLink(5, Bob)] : [], bench.Metagraph.ChildrenOf(Warm));
        Assert.Equal(isApplied ? [new ChildLink(5, Warm)] : [], bench.Metagraph.ParentsOf(Bob));
    }

    [Fact]
    public void Apply_RequestCannotBeGrantedAnyMore_IsDroppedWithoutAWord()
    {
        var bench = Waiting(Now - 1, (Warm, [new ChildLink(5, Bob)]), (Bob, [new ChildLink(6, Warm)]));

        PendingChildrenRule.Apply(bench.Scope, One);

        Assert.Empty(bench.Metagraph.PendingChildren);
        Assert.Equal([new ChildLink(6, Warm)], bench.Metagraph.ChildrenOf(Bob));
        Assert.Empty(bench.Metagraph.ChildrenOf(Warm));
    }

    [Fact]
    public void Apply_EmptyRequest_RevokesFromBothEnds()
    {
        var bench = Waiting(Now - 1, (Warm, []));
        bench.Metagraph = ChildLinks.Apply(bench.Metagraph, Warm, [new(5, Bob), new(6, Ann)]);

        PendingChildrenRule.Apply(bench.Scope, One);

        Assert.Empty(bench.Metagraph.Children);
        Assert.Empty(bench.Metagraph.Parents);
    }

    [Fact]
    public void MakeBlock_EpochSlotConsumed_AppliesWhatHasWaited()
    {
        var ledger = new Staking.TestLedger { Parameters = new() { ChildCooldown = 2 } };
        ledger.Books(One).Tempo = 4;
        var network = ledger.Build();
        network.MakeBlock();
        Assert.True(network.Execute(Owner, Bench.SetChildren(Warm, new ChildLink(5, Bob))).IsOk);

        for (var block = 2; block < 4; block++) network.MakeBlock();
        Assert.Empty(network.GetMetagraph(One).Children);
        network.MakeBlock();

        Assert.Equal([new ChildLink(5, Bob)], network.GetMetagraph(One).ChildrenOf(Warm));
        Assert.Empty(network.GetMetagraph(One).PendingChildren);
    }

    private static Bench Waiting(ulong cooldown, params (AccountId Parent, ChildLink[] Children)[] requests)
    {
        var bench = new Bench(Now);
        bench.Books.LastEpochBlock = Now;
        foreach (var (parent, children) in requests)
        {
            var pending = bench.Metagraph.PendingChildren.Add(parent, new([.. children], cooldown));
            bench.Metagraph = bench.Metagraph with { PendingChildren = pending };
        }

        return bench;
    }
}
