using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Neurons;

/// <summary>batch_set_weights and batch_commit_weights: one neuron's hotkey sets or commits weights on several subnets, on each by itself.</summary>
/// <remarks>
/// Source: subnets/weights.rs :: do_batch_set_weights, do_batch_commit_weights. A part that fails is told and stops no other, and the call itself is not
/// refused for it. Each part is a set_weights, or a commit_weights, of the subnet's first mechanism.
/// </remarks>
public static class WeightBatches
{
    /// <summary>The most parts of one call. The chain's bound is the weight of a block.</summary>
    public const int PartsMax = 128;

    internal static CallOutcome Execute(CallRun run, Call call)
    {
        var results = PartsOf(call).Select(part =>
        {
            var scope = new LedgerScope(run.Scope);
            var outcome = StakingCalls.Execute(scope, run.Signer, part);
            if (outcome.IsOk) run.Scope.Merge(scope);
            return new PartResult(part.Netuid, outcome.Error);
        });
        return new CallOutcome(LedgerError.None) { Parts = [.. results] };
    }

    /// <summary>The parts as calls by themselves, in the call's order.</summary>
    public static IReadOnlyList<Call> PartsOf(Call call) => call.Detail switch
    {
        BatchWeightsDetail batch => [.. batch.Subnets.Select(part => new Call { Kind = CallKind.SetWeights, Netuid = part.Netuid, Detail = part.Weights })],
        BatchCommitDetail batch => [.. batch.Subnets.Select(part => new Call { Kind = CallKind.CommitWeights, Netuid = part.Netuid, Detail = part.Commit })],
        _ => [],
    };

    internal static CallShape ShapeOf(Call call) =>
        new(CallReach.Parts, [.. PartsOf(call).Select(part => part.Netuid).Distinct()], false, null, [], false);

    internal static bool IsWellFormed(Call call) => call switch
    {
        { Kind: CallKind.BatchSetWeights, Detail: BatchWeightsDetail { Subnets: { IsDefault: false, Length: <= PartsMax } parts } } =>
            parts.All(part => part.Weights is { Mechanism: 0, Uids.IsDefault: false, Values.IsDefault: false, Salt.IsDefault: false }),
        { Kind: CallKind.BatchCommitWeights, Detail: BatchCommitDetail { Subnets: { IsDefault: false, Length: <= PartsMax } parts } } =>
            parts.All(part => part.Commit is { Mechanism: 0, Hash: { IsDefault: false, Length: CommitHash.Length } }),
        _ => false,
    };
}
