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
        if (operation.Call.Kind != CallKind.FillOrder) return Receipt.NotAccepted(operation.Id, RefusalCode.MalformedOperation, Now);
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
                LogRetry(State.Id, operation.Sequence, operation.Route, exception.Message);
            }
        }
    }
}
