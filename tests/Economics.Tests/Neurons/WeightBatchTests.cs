using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;
using Xunit;
using static Dtao.Economics.Tests.Neurons.Bench;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Neurons;

/// <summary>Batches over several subnets: each part by itself.</summary>
public class WeightBatchTests
{
    private static readonly WeightsDetail s_weights = Weights([0, 2], [1, 1]);
    private static readonly CommitDetail s_commit = new([.. Enumerable.Repeat((byte)7, 32)], 0);

    [Fact]
    public void BatchSetWeights_SomePartsFail_TheOthersAreDoneAndAllAreTold()
    {
        var bench = new Bench();

        var outcome = Execute(bench, Ann, Set((Two, s_weights), (One, s_weights), (Root, s_weights), (One, s_weights), (new NetUid(99), s_weights)));

        Assert.True(outcome.IsOk);
        Assert.Equal(
            [
                new(Two, LedgerError.UidsLengthExceedUidsInSubNet), new(One, LedgerError.None), new(Root, LedgerError.CanNotSetRootNetworkWeights),
                new(One, LedgerError.SettingWeightsTooFast), new(new NetUid(99), LedgerError.MechanismDoesNotExist),
            ],
            outcome.Parts);
        Assert.Equal([new(0, 65_535), new(2, 65_535)], bench.Metagraph.Neurons[1].Row(0).Weights);
    }

    /// <summary>A part is the call of its subnet: what it comes to does not depend on the batch.</summary>
    [Fact]
    public void BatchSetWeights_OnePart_IsTheCallByItself()
    {
        var (batch, single) = (new Bench(), new Bench());

        Assert.True(Execute(batch, Bob, Set((One, s_weights))).IsOk);
        Assert.Equal(LedgerError.None, single.Call(Bob, SetWeights(s_weights)));

        Assert.Equal(single.Metagraph.Neurons[2].Row(0).Weights, batch.Metagraph.Neurons[2].Row(0).Weights);
    }

    [Fact]
    public void BatchCommitWeights_SomePartsFail_TheOthersAreDoneAndAllAreTold()
    {
        var bench = new Bench();
        bench.Hyper = bench.Hyper with { CommitReveal = true };

        var outcome = Execute(bench, Ann, Commit((Two, s_commit), (One, s_commit), (One, s_commit)));

        Assert.True(outcome.IsOk);
        Assert.Equal(
            [new(Two, LedgerError.CommitRevealDisabled), new(One, LedgerError.None), new(One, LedgerError.CommittingWeightsTooFast)], outcome.Parts);
        Assert.Single(bench.Metagraph.CommitsOf(new CommitKey(0, Ann)));
    }

    [Fact]
    public void Batch_OfNothing_IsDone()
    {
        Assert.Equal((true, 0), (Execute(new Bench(), Ann, Set()).IsOk, Execute(new Bench(), Ann, Set()).Parts.Count));
        Assert.True(Execute(new Bench(), Ann, Commit()).IsOk);
    }

    public static TheoryData<Call> Malformed =>
    [
        Set() with { Kind = CallKind.BatchCommitWeights },
        Set() with { Detail = null },
        Set((One, Weights([0], [1], mechanism: 1))),
        Set([.. Enumerable.Repeat((One, s_weights), Dtao.Economics.Neurons.WeightBatches.PartsMax + 1)]),
        Commit((One, new CommitDetail([1, 2, 3], 0))),
        Commit((One, s_commit with { Mechanism = 1 })),
    ];

    [Theory]
    [MemberData(nameof(Malformed), DisableDiscoveryEnumeration = true)]
    public void Batch_ThatIsNone_IsMalformed(Call call) => Assert.False(CallShape.IsWellFormed(call));

    private static CallOutcome Execute(Bench bench, AccountId signer, Call call)
    {
        var child = new LedgerScope(bench.Scope);
        var outcome = StakingCalls.Execute(child, signer, call);
        if (outcome.IsOk) bench.Scope.Merge(child);
        return outcome;
    }

    private static Call Set(params (NetUid Netuid, WeightsDetail Weights)[] parts) =>
        new() { Kind = CallKind.BatchSetWeights, Detail = new BatchWeightsDetail([.. parts.Select(part => new SubnetWeights(part.Netuid, part.Weights))]) };

    private static Call Commit(params (NetUid Netuid, CommitDetail Commit)[] parts) =>
        new() { Kind = CallKind.BatchCommitWeights, Detail = new BatchCommitDetail([.. parts.Select(part => new SubnetCommit(part.Netuid, part.Commit))]) };
}
