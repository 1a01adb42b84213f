using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;

namespace Dtao.Grains.Stakers;

/// <content>
/// Batches over several subnets. Each part is an operation of this account like any other, with an id that follows from the batch and the part's place, so
/// that a part takes effect once however often the batch is begun again. The batch itself holds nothing, and other operations run beside it.
/// </content>
public sealed partial class StakerAccountGrain
{
    /// <summary>Runs the parts of a batch, one after the other in the call's order, and settles; durable on return.</summary>
    private async Task<Receipt> RunBatch(InFlightOperation batch)
    {
        var parts = AccountDecider.PartsOf(batch.Call);
        var results = new PartResult[parts.Count];
        var now = Now;
        for (var place = 0; place < results.Length; place++)
        {
            var receipt = await RunPart(AccountDecider.PartOf(State.Id, batch, parts[place], place));
            results[place] = AccountDecider.PartResultOf(parts[place], receipt);
            if (receipt.Block > now) now = receipt.Block;
        }

        return await Settle(AccountDecider.SettleBatch(State, batch.Sequence, results, now > Now ? now : Now));
    }

    private async Task<Receipt> RunPart(Operation part)
    {
        for (var attempt = 0; ; attempt++)
        {
            if (attempt > 0) await Task.Delay(Retry.Delay(attempt));
            ThrowIfPoisoned();
            var receipt = await Accept(part);
            ThrowIfPoisoned();
            if (!receipt.MayPassOnRetry) return receipt;
        }
    }
}
