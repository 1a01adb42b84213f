using Dtao.Economics.Ledger;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Ledger;

public class GenesisBuilderTests
{
    [Fact]
    public void Build_StakesAndReserves_DerivesSharesOutstandingAlphaAndIssuance()
    {
        var ledger = new TestLedger().Stake(Hot, Bob, Root, 700).Stake(Hot, Ann, One, 5).Stake(Hot, Owner, One, 3);
        ledger.AccountSurplus[Two] = new Tao(11);
        ledger.AlphaOutstanding[Two] = new Alpha(90);

        var genesis = ledger.Genesis();

        SubnetBooks Books(NetUid netuid) => genesis.Subnets.Single(books => books.Netuid == netuid);
        Assert.Equal((new Tao(700), new Alpha(700), Alpha.Zero), (Books(Root).TaoReserve, Books(Root).AlphaOutstanding, Books(Root).AlphaReserve));
        Assert.Equal(new Alpha(5_000_000_000_008), Books(One).AlphaOutstanding);
        Assert.Equal((new Tao(1_000_000_000_011), new Alpha(90)), (Books(Two).AccountTao, Books(Two).AlphaOutstanding));
        Assert.Equal(3, genesis.Shares.Count);
        Assert.Equal(new Tao(1_011_000_000_000 + 3_000_000_000_011 + 700), genesis.TotalIssuance);
    }

    [Fact]
    public void Build_TotalStakeGiven_PutsTheDifferenceOnRoot()
    {
        SubnetBooks[] books = [new() { Netuid = Root, Mechanism = 0 }, new() { Netuid = One, TaoReserve = new Tao(100) }];
        var state = new GenesisState
        {
            Parameters = NetworkParameters.Default,
            Subnets = [.. books.Select(subnet => new GenesisSubnet(subnet, null, Tao.Zero))],
            TotalStake = new Tao(40),
        };

        var genesis = GenesisBuilder.Build(state);

        Assert.Equal([-60, 100], genesis.Subnets.Select(subnet => (int)subnet.TotalStake));
    }

    [Fact]
    public void Build_ManySubnets_AreInStorageOrder()
    {
        var state = new GenesisState
        {
            Parameters = NetworkParameters.Default,
            Subnets = [.. new ushort[] { 1, 257, 256, 0 }.Select(netuid =>
                new GenesisSubnet(new SubnetBooks { Netuid = new NetUid(netuid) }, null, Tao.Zero))],
        };

        Assert.Equal([0, 256, 1, 257], GenesisBuilder.Build(state).Subnets.Select(books => (int)books.Netuid.Value));
    }

    [Fact]
    public void LedgerScope_ChildMerged_AddsItsWritesAndThrownAwayLeavesNone()
    {
        var network = new TestLedger().Build();
        var scope = new LedgerScope(network);
        var kept = new LedgerScope(scope);
        kept.Books(One).Tempo = 9;
        kept.SetFree(Bob, new Tao(1));
        kept.Destroy(new Tao(2));
        var lost = new LedgerScope(scope);
        lost.Books(Two).Tempo = 8;

        scope.Merge(kept);

        Assert.Equal((9, new Tao(1), new Tao(2)), ((int)scope.Books(One).Tempo, scope.GetFree(Bob), scope.Destroyed));
        Assert.Equal(50_000, scope.Books(Two).Tempo);
        Assert.Equal((50_000, 10_000_000_000UL), ((int)network.Books(One).Tempo, network.Free(Bob)));
    }
}
