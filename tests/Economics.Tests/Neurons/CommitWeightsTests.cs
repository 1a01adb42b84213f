using Dtao.Economics.Ledger;
using Dtao.Economics.Neurons;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Neurons.Bench;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Neurons;

public class CommitWeightsTests
{
    private const ulong Now = 1_000;

    [Fact]
    public void CommitWeights_SeveralChecksFail_TheEarliestIsTold() => new Ladder<Case>(() => new Case(), spoiled => spoiled.CommitHash())
        .Rung(LedgerError.MechanismDoesNotExist, spoiled => spoiled.Mechanism = 1)
        .Rung(LedgerError.CommitRevealDisabled, spoiled => spoiled.Bench.Hyper = spoiled.Bench.Hyper with { CommitReveal = false })
        .Rung(LedgerError.HotKeyNotRegisteredInSubNet, spoiled => spoiled.Signer = Ghost)
        .Rung(LedgerError.CommittingWeightsTooFast, spoiled => spoiled.Touch(Now - 99))
        .Rung(LedgerError.TooManyUnrevealedCommits, spoiled => spoiled.Fill(new WeightCommit([], 0, 1, null, 0)))
        .AssertInOrder();

    [Fact]
    public void CommitTimelockedWeights_SeveralChecksFail_TheEarliestIsTold() => new Ladder<Case>(() => new Case(), spoiled => spoiled.CommitSealed())
        .Rung(LedgerError.MechanismDoesNotExist, spoiled => spoiled.Mechanism = 1)
        .Rung(LedgerError.CommitRevealDisabled, spoiled => spoiled.Bench.Hyper = spoiled.Bench.Hyper with { CommitReveal = false })
        .Rung(LedgerError.IncorrectCommitRevealVersion, spoiled => spoiled.Version = 3)
        .Rung(LedgerError.HotKeyNotRegisteredInSubNet, spoiled => spoiled.Signer = Ghost)
        .Rung(LedgerError.CommittingWeightsTooFast, spoiled => spoiled.Touch(Now - 99))
        .Rung(LedgerError.TooManyUnrevealedCommits, spoiled => spoiled.Fill(new WeightCommit([], 0, 1, Weights([0], [1]), 0)))
        .AssertInOrder();

    [Fact]
    public void CommitWeights_Accepted_IsDatedByItsEpochAndKeepsTheNeuronActive()
    {
        var bench = new Case().Bench;
        bench.Books.EpochIndex = 7;
        var hash = CommitHash.Of(Ann, One, Weights([0], [1]));

        Assert.Equal(LedgerError.None, bench.Call(Ann, Commit(hash)));

        Assert.Equal(new WeightCommit(hash, 7, Now, null, 0), Assert.Single(bench.Metagraph.CommitsOf(new CommitKey(0, Ann))));
        Assert.Equal(Now, bench.Metagraph.Neurons[1].Row(0).LastUpdate);
    }

    /// <summary>The subnet's epoch is due when the tempo has passed and the cap has put it off.</summary>
    [Fact]
    public void CommitWeights_EpochDueInThisBlock_CountsForTheNextOne()
    {
        var bench = new Case().Bench;
        bench.Books.Tempo = 10;
        bench.Books.LastEpochBlock = Now - 10;

        Assert.Equal(LedgerError.None, bench.Call(Ann, Commit(CommitHash.Of(Ann, One, Weights([0], [1])))));

        Assert.Equal(1UL, bench.Metagraph.CommitsOf(new CommitKey(0, Ann))[0].Epoch);
    }

    [Fact]
    public void CommitWeights_TenOpen_TheEleventhIsRefusedUntilTheFirstExpire()
    {
        var bench = new Case().Bench;
        bench.Hyper = bench.Hyper with { WeightsRateLimit = 0 };
        for (ushort salt = 0; salt < 10; salt++) Assert.Equal(LedgerError.None, bench.Call(Ann, Commit(Hash(salt))));
        Assert.Equal(LedgerError.TooManyUnrevealedCommits, bench.Call(Ann, Commit(Hash(10))));
        Assert.Equal(LedgerError.None, bench.Call(Bob, Commit(Hash(10))));

        bench.Books.EpochIndex = 1;
        Assert.Equal(LedgerError.TooManyUnrevealedCommits, bench.Call(Ann, Commit(Hash(10))));
        bench.Books.EpochIndex = 2;
        Assert.Equal(LedgerError.None, bench.Call(Ann, Commit(Hash(10))));

        Assert.Equal(2UL, Assert.Single(bench.Metagraph.CommitsOf(new CommitKey(0, Ann))).Epoch);
    }

    [Fact]
    public void CommitTimelockedWeights_TenInAnEpoch_TheNextEpochHasRoomAgain()
    {
        var made = new Case();
        made.Bench.Hyper = made.Bench.Hyper with { WeightsRateLimit = 0 };
        for (var i = 0; i < 10; i++) Assert.Equal(LedgerError.None, made.CommitSealed());
        Assert.Equal(LedgerError.TooManyUnrevealedCommits, made.CommitSealed());

        Assert.Equal(LedgerError.None, made.CommitHash());
        made.Bench.Books.EpochIndex = 1;
        Assert.Equal(LedgerError.None, made.CommitSealed());
    }

    [Fact]
    public void Commits_OfAnImpossibleShape_AreMalformed()
    {
        var bench = new Case().Bench;
        var much = Enumerable.Repeat((ushort)1, 1_251).ToArray();

        Assert.Equal(LedgerError.MalformedCall, bench.Call(Ann, Commit([1, 2, 3])));
        Assert.Equal(LedgerError.MalformedCall, bench.Call(Ann, Case.Sealed(Weights(much, much), 4)));
        Assert.Equal(LedgerError.MalformedCall, bench.Call(Ann, new Call
        {
            Kind = CallKind.BatchRevealWeights,
            Netuid = One,
            Detail = new BatchRevealDetail([Weights([0], [1], mechanism: 1)]),
        }));
    }

    private static System.Collections.Immutable.ImmutableArray<byte> Hash(ushort salt) => CommitHash.Of(Ann, One, Weights([0], [1], salt: [salt]));

    private static Call Commit(System.Collections.Immutable.ImmutableArray<byte> hash, byte mechanism = 0) =>
        new() { Kind = CallKind.CommitWeights, Netuid = One, Detail = new CommitDetail(hash, mechanism) };

    private sealed class Case
    {
        public Case() => Bench.Hyper = Bench.Hyper with { CommitReveal = true };

        public Bench Bench { get; } = new(Now);
        public AccountId Signer { get; set; } = Ann;
        public byte Mechanism { get; set; }
        public ushort Version { get; set; } = 4;

        public void Touch(ulong block) => Bench.Spoil(1, neuron => neuron.WithRow(0, new NeuronRow { LastUpdate = block }));

        public void Fill(WeightCommit commit) =>
            Bench.Metagraph = Bench.Metagraph.WithCommits(new CommitKey(0, Ann), [.. Enumerable.Repeat(commit, 10)]);

        public static Call Sealed(WeightsDetail weights, ushort version) =>
            new() { Kind = CallKind.CommitTimelockedWeights, Netuid = One, Detail = new TimelockDetail(weights, 99, version) };

        public LedgerError CommitHash() => Bench.Call(Signer, Commit(Hash(1), Mechanism));

        public LedgerError CommitSealed() => Bench.Call(Signer, Sealed(Weights([0, 2], [1, 1], Mechanism), Version));
    }
}
