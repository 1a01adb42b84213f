using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Orders;
using Dtao.Grains.Shell;

namespace Dtao.Grains.Stakers;

/// <content>
/// Orders of others that this account has executed, and its own that others have executed. A relayer's account asks the owner's account, which runs the
/// execution like an operation of its own: an operation takes free TAO from nobody but its signer. The owner's account tells it from others by its id,
/// which follows from the relayer's operation and the order's place in it, so that whatever is asked again takes effect once.
/// </content>
public sealed partial class StakerAccountGrain
{
    public async Task<Receipt> FillOrder(Operation operation, BlockNumber seen)
    {
        if (operation.Call.Kind is not (CallKind.FillOrder or CallKind.FillBatch)) return Receipt.NotAccepted(operation.Id, RefusalCode.MalformedOperation, Now);
        network.Advance(seen);
        return await Accept(operation);
    }

    /// <summary>Has the orders of a call executed, one after the other in the call's order, and settles; durable on return.</summary>
    private async Task<Receipt> Relay(InFlightOperation operation)
    {
        // An owner's account may belong to another process: what it does rests on this operation, which must not be lost.
        await Durable();
        var fills = ((OrdersDetail)operation.Call.Detail!).Orders;
        var results = new OrderResult[fills.Length];
        var now = Now;
        for (var place = 0; place < fills.Length; place++)
        {
            var receipt = await Ask(operation, place);
            results[place] = AccountDecider.ResultOf(OrderHash.Of(fills[place].Order), receipt);
            if (receipt.Block > now) now = receipt.Block;
        }

        return await Settle(AccountDecider.SettleRelay(State, operation.Sequence, results, now > Now ? now : Now, network.Parameters!.ExistentialDeposit));
    }

    /// <summary>Asks the owner of one order until he has answered for good.</summary>
    private async Task<Receipt> Ask(InFlightOperation operation, int place)
    {
        var fill = AccountDecider.FillOf(State.Id, operation, place);
        for (var attempt = 0; ; attempt++)
        {
            if (attempt > 0) await Task.Delay(Retry.Delay(attempt));
            ThrowIfPoisoned();
            try
            {
                var receipt = await GrainFactory.Account(fill.Signer).FillOrder(fill, Now);
                ThrowIfPoisoned();
                if (!receipt.MayPassOnRetry) return receipt;
            }
            catch (Exception exception) when (!IsPoisoned)
            {
                LogRetry(operation, exception.Message);
            }
        }
    }

    /// <summary>
    /// Has the orders of a call executed all or none, and settles; durable on return. Every owner is asked for his part at once. Where one cannot take part now, the
    /// others are let go, and all are asked anew after a pause, until the last valid block.
    /// </summary>
    private async Task<Receipt> RelayWhole(InFlightOperation operation)
    {
        await Durable();
        for (var number = 0; ; number++)
        {
            var tried = AccountDecider.TryOf(State.Id, operation, number);
            var receipts = await AskAll(operation, tried);
            ThrowIfPoisoned();
            if (AccountDecider.SettleWhole(State, operation.Sequence, tried, receipts, Now, network.Parameters!.ExistentialDeposit) is { } settled)
            {
                return await Settle(settled);
            }

            // Two calls that were in each other's way must not meet again and again: the pause depends on the try's id.
            await Task.Delay(Retry.Delay(Math.Min(number, 3)) + TimeSpan.FromMilliseconds(tried.Batch.ToByteArray()[0]));
            ThrowIfPoisoned();
        }
    }

    /// <summary>The last answers of all owners to one try of a call.</summary>
    /// <remarks>
    /// Nobody may hold TAO for a try while another part of it waits for something else: two tries could wait for each other. So as soon as one part is out, the pool
    /// is told to let the others go, again until they have.
    /// </remarks>
    private async Task<Receipt[]> AskAll(InFlightOperation operation, AccountDecider.OrderTry tried)
    {
        var isOut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var all = Task.WhenAll(tried.Parts.Select(part => AskPart(operation, part, isOut)));
        await Task.WhenAny(all, isOut.Task);
        for (var attempt = 0; !all.IsCompleted; attempt++)
        {
            ThrowIfPoisoned();
            try
            {
                await GrainFactory.Pool(tried.Netuid).WithdrawOrders(tried.Batch);
            }
            catch (Exception exception) when (!IsPoisoned)
            {
                LogRetry(operation, exception.Message);
            }

            await Task.WhenAny(all, Task.Delay(Retry.Delay(attempt)));
        }

        return await all;
    }

    /// <summary>Asks one owner for his part until he has answered for good.</summary>
    private async Task<Receipt> AskPart(InFlightOperation operation, Operation part, TaskCompletionSource isOut)
    {
        for (var attempt = 0; ; attempt++)
        {
            if (attempt > 0) await Task.Delay(Retry.Delay(attempt));
            try
            {
                ThrowIfPoisoned();
                var receipt = await GrainFactory.Account(part.Signer).FillOrder(part, Now);
                ThrowIfPoisoned();
                if (AccountDecider.IsOut(receipt)) isOut.TrySetResult();
                if (!receipt.MayPassOnRetry) return receipt;
            }
            catch (Exception) when (IsPoisoned)
            {
                // Whoever comes after this activation asks again.
                isOut.TrySetResult();
                throw;
            }
            catch (Exception exception) when (!IsPoisoned)
            {
                LogRetry(operation, exception.Message);
            }
        }
    }

    /// <summary>Refuses a part of a call that would have to wait in line here.</summary>
    private async Task<Receipt> StepBack(Operation operation)
    {
        var decided = AccountDecider.StepBack(State, operation, Now);
        Record(decided);
        return await Finish(decided);
    }
}
