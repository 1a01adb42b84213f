using Dtao.Economics.Ledger;
using Dtao.Economics.Neurons;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Neurons.Bench;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Neurons;

public class RevealWeightsTests
{
    private static readonly CommitKey s_ann = new(0, Ann);

    /// <summary>Commits of epoch 5 are revealed in epoch 6, the reveal period being 1.</summary>
    [Theory]
    [InlineData(5UL, LedgerError.RevealTooEarly)]
    [InlineData(6UL, LedgerError.None)]
    [InlineData(7UL, LedgerError.ExpiredWeightCommit)]
    public void RevealWeights_Epoch_MustBeExactlyTheCommitsAndThePeriod(ulong epoch, LedgerError expected)
    {
        var bench = Committed(5, Secret(1));
        bench.Books.EpochIndex = epoch;

        Assert.Equal(expected, bench.Call(Ann, Reveal(Secret(1))));
    }

    /// <summary>In a block whose epoch is due and was put off, the next epoch counts already.</summary>
    [Fact]
    public void RevealWeights_EpochDueInThisBlock_CountsAsTheNextOne()
    {
        var bench = Committed(5, Secret(1));
        bench.Books.EpochIndex = 5;
        bench.Books.Tempo = 1;

        Assert.Equal(LedgerError.None, bench.Call(Ann, Reveal(Secret(1))));
    }

    [Fact]
    public void RevealWeights_SeveralChecksFail_TheEarliestIsTold() => new Ladder<Bench>(() => Open(Secret(1)), bench => bench.Call(Ann, Reveal(Secret(1))))
        .Rung(LedgerError.CommitRevealDisabled, bench => bench.Hyper = bench.Hyper with { CommitReveal = false })
        .Rung(LedgerError.NoWeightsCommitFound, bench => bench.Metagraph = bench.Metagraph.WithCommits(s_ann, []))
        .Rung(LedgerError.ExpiredWeightCommit, bench => bench.Books.EpochIndex = 7)
        .Rung(LedgerError.NotEnoughStakeToSetWeights, bench => bench.Scope.SetParameters(new() { StakeThreshold = 1 }))
        .Rung(LedgerError.IncorrectWeightVersionKey, bench => bench.Hyper = bench.Hyper with { WeightsVersionKey = 8 })
        .Rung(LedgerError.NeuronNoValidatorPermit, bench => bench.Spoil(1, neuron => neuron with { HasPermit = false }))
        .AssertInOrder();

    [Fact]
    public void RevealWeights_HashUnknown_IsNamedByWhatIsLeft()
    {
        var bench = Open(Secret(1));
        Assert.Equal(LedgerError.InvalidRevealCommitHashNotMatch, bench.Call(Ann, Reveal(Secret(2))));
        Assert.Equal(LedgerError.NoWeightsCommitFound, bench.Call(Bob, Reveal(Secret(1))));
        Assert.Equal(LedgerError.NoWeightsCommitFound, bench.Call(Ann, Reveal(Secret(1)) with { Netuid = new NetUid(9) }));

        bench.Books.EpochIndex = 7;
        Assert.Equal(LedgerError.NoWeightsCommitFound, bench.Call(Ann, Reveal(Secret(2))));
    }

    [Fact]
    public void RevealWeights_ExpiredBesideOpenOnes_IsStillExpired()
    {
        var bench = Committed(5, Secret(1));
        Append(bench, 6, Secret(2));
        bench.Books.EpochIndex = 7;

        Assert.Equal(LedgerError.ExpiredWeightCommit, bench.Call(Ann, Reveal(Secret(1))));
        Assert.Equal(LedgerError.None, bench.Call(Ann, Reveal(Secret(2))));
        Assert.Empty(bench.Metagraph.Commits);
    }

    [Fact]
    public void RevealWeights_Accepted_SetsTheRowForgetsEarlierCommitsAndLeavesTheBlock()
    {
        var bench = Open(Secret(1), Secret(2), Secret(3));
        Append(bench, 5, sealedWeights: Secret(4));
        bench.Spoil(1, neuron => neuron.WithRow(0, new NeuronRow { LastUpdate = 999 }));

        Assert.Equal(LedgerError.None, bench.Call(Ann, Reveal(Secret(2))));

        Assert.Equal([new(0, 65_535), new(2, 65_535)], bench.Metagraph.Neurons[1].Row(0).Weights);
        Assert.Equal(999UL, bench.Metagraph.Neurons[1].Row(0).LastUpdate);
        Assert.Equal(2, bench.Metagraph.CommitsOf(s_ann).Length);
        Assert.Equal(LedgerError.InvalidRevealCommitHashNotMatch, bench.Call(Ann, Reveal(Secret(1))));
        Assert.Equal(LedgerError.None, bench.Call(Ann, Reveal(Secret(3))));
    }

    [Fact]
    public void BatchRevealWeights_Accepted_ForgetsOnlyWhatIsRevealed()
    {
        var bench = Open(Secret(1), Secret(2), Secret(3));

        Assert.Equal(LedgerError.None, bench.Call(Ann, Batch(Secret(3), Secret(2))));

        Assert.Equal(LedgerError.None, bench.Call(Ann, Reveal(Secret(1))));
        Assert.Empty(bench.Metagraph.Commits);
    }

    [Theory]
    [InlineData(2, LedgerError.InvalidRevealCommitHashNotMatch)]
    [InlineData(9, LedgerError.InvalidRevealCommitHashNotMatch)]
    [InlineData(4, LedgerError.RevealTooEarly)]
    [InlineData(5, LedgerError.ExpiredWeightCommit)]
    public void BatchRevealWeights_OneFails_NoneTakesEffect(ushort other, LedgerError expected)
    {
        var bench = Open(Secret(1), Secret(2));
        Append(bench, 6, Secret(4));
        bench.Metagraph = bench.Metagraph.WithCommits(s_ann, bench.Metagraph.CommitsOf(s_ann).Insert(0, CommitOf(4, Secret(5))));
        var before = bench.Metagraph;

        Assert.Equal(expected, bench.Call(Ann, Batch(Secret(1), Secret(2), Secret(other))));

        Assert.Same(before, bench.Metagraph);
    }

    [Fact]
    public void BatchRevealWeights_Refusals_AreTheChains()
    {
        var bench = Open(Secret(1));
        Assert.Equal(LedgerError.NoWeightsCommitFound, bench.Call(Bob, Batch(Secret(1))));
        bench.Books.EpochIndex = 7;
        Assert.Equal(LedgerError.InvalidRevealCommitHashNotMatch, bench.Call(Ann, Batch(Secret(2))));
        bench.Hyper = bench.Hyper with { CommitReveal = false };
        Assert.Equal(LedgerError.CommitRevealDisabled, bench.Call(Ann, Batch(Secret(1))));
    }

    private static Bench Open(params WeightsDetail[] secrets)
    {
        var bench = Committed(5, secrets);
        bench.Books.EpochIndex = 6;
        return bench;
    }

    private static Bench Committed(ulong epoch, params WeightsDetail[] secrets)
    {
        var bench = new Bench();
        bench.Hyper = bench.Hyper with { CommitReveal = true };
        foreach (var secret in secrets) Append(bench, epoch, secret);
        return bench;
    }

    private static void Append(Bench bench, ulong epoch, WeightsDetail? secret = null, WeightsDetail? sealedWeights = null)
    {
        var commit = secret is null ? new WeightCommit([], epoch, 990, sealedWeights, 1) : CommitOf(epoch, secret);
        bench.Metagraph = bench.Metagraph.WithCommits(s_ann, bench.Metagraph.CommitsOf(s_ann).Add(commit));
    }

    private static WeightCommit CommitOf(ulong epoch, WeightsDetail secret) => new(CommitHash.Of(Ann, One, secret), epoch, 990, null, 0);

    private static WeightsDetail Secret(ushort salt) => Weights([0, 2], [1, 1], salt: [salt, 77]);

    private static Call Reveal(WeightsDetail weights) => new() { Kind = CallKind.RevealWeights, Netuid = One, Detail = weights };

    private static Call Batch(params WeightsDetail[] reveals) =>
        new() { Kind = CallKind.BatchRevealWeights, Netuid = One, Detail = new BatchRevealDetail([.. reveals]) };
}
