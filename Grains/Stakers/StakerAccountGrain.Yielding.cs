using Dtao.Grains.Shell;

namespace Dtao.Grains.Stakers;

/// <content>Transfers that let an operation of their receiver go first. See docs/decisions/0017-transfers-that-yield.md.</content>
public sealed partial class StakerAccountGrain
{
    /// <summary>Lets an operation of the receiver go first, and waits until that is settled.</summary>
    private async Task<Receipt> Yield(InFlightOperation operation, CreditReply reply)
    {
        Record(AccountDecider.Yield(operation.Sequence, reply, Now));
        var receiver = GrainFactory.Account(operation.Call.ToColdkey!.Value);
        for (var attempt = 0; reply.YieldTo != 0; attempt++)
        {
            await Task.Delay(Retry.Delay(attempt));
            ThrowIfPoisoned();
            try
            {
                if (await receiver.GetSettledBelow() > reply.YieldTo) break;
            }
            catch (Exception exception) when (!IsPoisoned)
            {
                LogRetry(operation, exception.Message);
            }
        }

        return await BeginAnew(operation);
    }

    /// <summary>Begins a transfer again that had yielded, under a new sequence and with what the account holds now.</summary>
    private async Task<Receipt> BeginAnew(InFlightOperation operation)
    {
        if (IsFeeAccount) await CollectBefore(operation.Call);
        var happened = AccountDecider.Resume(State, operation.Sequence, network.Parameters!, Now);
        _mayVanish = false;
        if (happened is OperationSettled settled) return await Settle(settled);
        var resumed = (OperationResumed)happened;
        Record(resumed);

        // It may have become one that lets others beside it.
        if (_line.Count > 0) _ = Watch(Pump());
        return await Run(resumed.Operation);
    }
}
