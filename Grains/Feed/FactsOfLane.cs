using Dtao.Economics;
using Dtao.Grains.Lanes;

namespace Dtao.Grains.Feed;

/// <summary>The lane's events as facts. What a batch changes in pools, accounts, and hotkeys is told by those.</summary>
internal static class FactsOfLane
{
    public static IEnumerable<LedgerFact> Of(LaneEvent happened, FactPlaces places) => happened switch
    {
        BatchDecided batch => Of(batch, places),
        OperationExpired expired =>
        [
            new CallDecidedFact(Decider.Lane, null, null, expired.Sender, expired.Sequence, null, null, 0, 0, 0) { Source = places.Next(), Block = expired.Block },
        ],
        TermBegan or BatchFinished => [],
        _ => throw new InvalidOperationException($"The feed does not know the event {happened.GetType().Name}."),
    };

    private static IEnumerable<LedgerFact> Of(BatchDecided batch, FactPlaces places)
    {
        foreach (var decision in batch.Decisions)
        {
            yield return new CallDecidedFact(
                Decider.Lane, null, null, decision.Sender, decision.Sequence, decision.Call, decision.Outcome, decision.FreeChange, decision.Order, batch.Batch)
            {
                Source = places.Next(),
                Block = batch.Block,
            };
        }

        foreach (var coldkey in Claimed(batch))
            yield return new DividendsClaimedFact(batch.Batch, coldkey) { Source = places.Next(), Block = batch.Block };
        foreach (var credit in batch.Credits)
        {
            if (credit.Amount.IsZero) continue;
            yield return new LaneCreditFact(batch.Batch, credit.Sequence, credit.To, credit.Amount) { Source = places.Next(), Block = batch.Block };
        }
    }

    /// <summary>The coldkeys that were picked and had something to claim: those whose places some pool's part names.</summary>
    private static IEnumerable<AccountId> Claimed(BatchDecided batch)
    {
        var done = batch.Parts.SelectMany(part => part.Operations).Where(place => place >= batch.Decisions.Count).Distinct().Order();
        return done.Select(place => batch.Claimers[place - batch.Decisions.Count]);
    }
}
