using Dtao.Economics.Ledger;
using Dtao.Economics.Neurons;
using Xunit;
using static Dtao.Economics.Tests.Neurons.Bench;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Neurons;

public class WeightRevealsTests
{
    private static readonly CommitKey s_ann = new(0, Ann);

    [Theory]
    [InlineData(2UL, 4UL, false, true)]
    [InlineData(2UL, 5UL, true, false)]
    [InlineData(2UL, 6UL, false, false)]
    [InlineData(5UL, 4UL, false, true)]
    [InlineData(0UL, 3UL, true, false)]
    public void Run_SealedInEpochThree_OpensExactlyThePeriodLater(ulong period, ulong epoch, bool isSet, bool isLeft)
    {
        var bench = Sealed((s_ann, 3, Weights([0], [1])));
        bench.Hyper = bench.Hyper with { RevealPeriod = period };
        bench.Books.EpochIndex = epoch;

        WeightReveals.Run(bench.Scope, One);

        Assert.Equal(isSet ? [new WeightEntry(0, 65_535)] : [], bench.Metagraph.Neurons[1].Row(0).Weights);
        Assert.Equal(isLeft, !bench.Metagraph.Commits.IsEmpty);
        Assert.Equal(0UL, bench.Metagraph.Neurons[1].Row(0).LastUpdate);
    }

    [Fact]
    public void Run_SeveralOfOneHotkey_TheLastThatCanBeSetCounts()
    {
        var bench = Sealed(
            (s_ann, 3, Weights([0], [1])), (s_ann, 3, Weights([2], [1])), (s_ann, 3, Weights([9], [1])),
            (new CommitKey(0, Warm), 3, Weights([1], [1])), (new CommitKey(1, Bob), 3, Weights([3], [1], mechanism: 1)));
        bench.Hyper = bench.Hyper with { MechanismCount = 2 };
        bench.Books.EpochIndex = 4;

        WeightReveals.Run(bench.Scope, One);

        Assert.Equal([new(2, 65_535)], bench.Metagraph.Neurons[1].Row(0).Weights);
        Assert.Empty(bench.Metagraph.Neurons[3].Row(0).Weights);
        Assert.Equal([new(3, 65_535)], bench.Metagraph.Neurons[2].Row(1).Weights);
        Assert.Empty(bench.Metagraph.Neurons[2].Row(0).Weights);
        Assert.Empty(bench.Metagraph.Commits);
    }

    [Fact]
    public void Run_CommitsByHash_AreLeft()
    {
        var bench = Sealed((s_ann, 3, Weights([0], [1])));
        var hash = new WeightCommit(CommitHash.Of(Ann, One, Weights([1], [1])), 1, 5, null, 0);
        bench.Metagraph = bench.Metagraph.WithCommits(s_ann, bench.Metagraph.CommitsOf(s_ann).Insert(0, hash));
        bench.Books.EpochIndex = 4;

        WeightReveals.Run(bench.Scope, One);

        Assert.Equal(hash, Assert.Single(bench.Metagraph.CommitsOf(s_ann)));
    }

    /// <summary>Two epochs are due in block 4 and one may run: the second subnet's weights stay sealed until the block in which it runs.</summary>
    [Fact]
    public void MakeBlock_EpochPutOff_KeepsItsWeightsSealedUntilItRuns()
    {
        var ledger = new Staking.TestLedger { Parameters = new() { MaxEpochsPerBlock = 1 } };
        foreach (var netuid in new[] { One, Two })
        {
            ledger.Books(netuid).Tempo = 4;
            ledger.Books(netuid).Hyper = new() { CommitReveal = true };
            ledger.Neurons[netuid] = [new Neuron { Hotkey = Hot }, new Neuron { Hotkey = Warm }];
        }

        var network = ledger.Build();
        foreach (var netuid in new[] { One, Two })
        {
            var call = new Call { Kind = CallKind.CommitTimelockedWeights, Netuid = netuid, Detail = new TimelockDetail(Weights([1], [1]), 5, 4) };
            Assert.True(network.Execute(Hot, call).IsOk);
        }

        for (var block = 1; block < 4; block++) network.MakeBlock();
        Assert.Empty(network.GetMetagraph(One).Neurons[0].Row(0).Weights);
        network.MakeBlock();
        Assert.Equal([new(1, 65_535)], network.GetMetagraph(One).Neurons[0].Row(0).Weights);
        Assert.Empty(network.GetMetagraph(Two).Neurons[0].Row(0).Weights);
        network.MakeBlock();
        Assert.Equal([new(1, 65_535)], network.GetMetagraph(Two).Neurons[0].Row(0).Weights);
    }

    private static Bench Sealed(params (CommitKey Key, ulong Epoch, WeightsDetail Weights)[] commits)
    {
        var bench = new Bench();
        bench.Hyper = bench.Hyper with { CommitReveal = true };
        foreach (var (key, epoch, weights) in commits)
        {
            var commit = new WeightCommit([], epoch, 5, weights, 12);
            bench.Metagraph = bench.Metagraph.WithCommits(key, bench.Metagraph.CommitsOf(key).Add(commit));
        }

        return bench;
    }
}
