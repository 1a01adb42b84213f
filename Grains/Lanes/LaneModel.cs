using Dtao.Economics;
using Dtao.Grains.Shell;
using Dtao.Grains.Wire;

namespace Dtao.Grains.Lanes;

/// <summary>What events do to the lane.</summary>
public sealed class LaneModel : IActorModel<LaneState, LaneEvent>
{
    public static readonly LaneModel Instance = new();

    public LaneState Create() => new();

    public void Apply(LaneState state, LaneEvent happened)
    {
        switch (happened)
        {
            case TermBegan began:
                state.Term = began.Term;
                break;
            case OperationExpired expired:
                state.Outcomes.Remember(
                    expired.Sender, expired.Sequence, expired.SettledBelow, expired.LastValidBlock, new LaneOutcome(null, 0, expired.Block, 0, 0));
                break;
            case BatchDecided decided:
                Invariant.Holds(state.Undelivered is null, "The lane decides a batch only when the one before has reached everyone.");
                Invariant.Holds(decided.Batch > state.LastBatch, "Batch numbers increase.");
                Take(state, decided);
                break;
            case BatchFinished finished:
                Invariant.Holds(state.Undelivered?.Batch == finished.Batch, "The batch that has arrived is the one that was under way.");
                state.Undelivered = null;
                break;
            default:
                throw new InvalidOperationException($"Unknown lane event {happened.GetType().Name}.");
        }
    }

    public void WriteEvent(RecordWriter writer, LaneEvent happened) => LaneCodec.Write(writer, happened);

    public LaneEvent ReadEvent(ref RecordReader reader) => LaneCodec.ReadEvent(ref reader);

    public void WriteState(RecordWriter writer, LaneState state) => LaneCodec.Write(writer, state);

    public LaneState ReadState(ref RecordReader reader) => LaneCodec.ReadState(ref reader);

    private static void Take(LaneState state, BatchDecided decided)
    {
        state.LastBatch = decided.Batch;
        state.Undelivered = decided;
        if (decided.Block > state.Seen) state.Seen = decided.Block;
        if (decided.Claimers.Count > 0) state.ClaimedAt = decided.Block;
        foreach (var decision in decided.Decisions)
        {
            if (decision.Order > state.Order) state.Order = decision.Order;
            state.Outcomes.Remember(
                decision.Sender, decision.Sequence, decision.SettledBelow, decision.LastValidBlock,
                new LaneOutcome(decision.Outcome, decision.FreeChange, decided.Block, decision.Order, decided.Batch));
        }

        foreach (var credit in decided.Credits) state.NextCredit = Math.Max(state.NextCredit, credit.Sequence + 1);
    }
}
