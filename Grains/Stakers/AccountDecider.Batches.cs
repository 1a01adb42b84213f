using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Neurons;

namespace Dtao.Grains.Stakers;

/// <content>Batches over several subnets: each part is an operation of this account by itself.</content>
public static partial class AccountDecider
{
    /// <summary>Whether a call is a batch, whose parts its own signer's account runs.</summary>
    public static bool IsBatch(Call call) => call.Kind is CallKind.BatchSetWeights or CallKind.BatchCommitWeights;

    /// <summary>The parts of a batch in its order.</summary>
    public static IReadOnlyList<Call> PartsOf(Call call) => WeightBatches.PartsOf(call);

    /// <summary>The operation that a part of a batch is: the same one, however often it is asked for.</summary>
    public static Operation PartOf(AccountId signer, InFlightOperation batch, Call part, int place) => new()
    {
        Id = IdOfPart(signer, batch.Id, place),
        Signer = signer,
        Call = part,
        LastValidBlock = batch.LastValidBlock,
    };

    /// <summary>What one part came to, from its own receipt.</summary>
    public static PartResult PartResultOf(Call part, Receipt receipt) => new(part.Netuid, receipt.Outcome?.Error ?? LedgerError.PartNotReached);

    /// <summary>The event that ends a batch.</summary>
    public static OperationSettled SettleBatch(AccountState state, ulong sequence, IReadOnlyList<PartResult> parts, BlockNumber now) =>
        SettleRelay(state, sequence, CallOutcome.Done with { Parts = parts }, now, Tao.Zero);
}
