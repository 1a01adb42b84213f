using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;

namespace Dtao.Grains.Lanes;

/// <summary>A recorded answer to one message.</summary>
/// <param name="Outcome">Null when the message expired before it was decided.</param>
/// <param name="FreeChange">By how many rao the signer's free TAO changes.</param>
/// <param name="Batch">The batch that decided it; 0 when it expired.</param>
public sealed record LaneOutcome(CallOutcome? Outcome, long FreeChange, BlockNumber Block, ulong Order, ulong Batch);

/// <summary>Everything that the lane owns. Amounts are not among it: they leave with the event that decides them.</summary>
public sealed class LaneState
{
    /// <summary>Activations so far that began to number batches.</summary>
    public uint Term { get; set; }
    /// <summary>The batch decided last.</summary>
    public ulong LastBatch { get; set; }
    /// <summary>Operations decided since genesis.</summary>
    public ulong Order { get; set; }
    /// <summary>The sequence of the lane's next credit to an account.</summary>
    public ulong NextCredit { get; set; } = 1;
    /// <summary>The highest block that a batch was decided in.</summary>
    public BlockNumber Seen { get; set; }
    /// <summary>The last block whose automatic claims are decided.</summary>
    public BlockNumber ClaimedAt { get; set; }
    /// <summary>The batch that is decided and has not reached everyone; null when there is none.</summary>
    public BatchDecided? Undelivered { get; set; }
    public OutcomeBook<LaneOutcome> Outcomes { get; } = new(LaneCodec.WriteOutcome, LaneCodec.ReadOutcome);

    /// <summary>The batch number before the first of this term. Numbers of one term are above all numbers of the terms before it.</summary>
    /// <remarks>A batch that only gathers is not recorded; the term keeps its number from being used again by the next activation.</remarks>
    public ulong TermFloor => (ulong)Term << 32;
}
