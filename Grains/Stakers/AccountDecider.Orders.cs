using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Orders;
using Dtao.Grains.Wire;

namespace Dtao.Grains.Stakers;

/// <content>Calls whose orders are executed all or none: each owner takes his part as an operation, and the pool decides all parts at once.</content>
/// <remarks>
/// A part holds an owner's TAO while it waits for the others at the pool, so it waits for nothing else: an account where it cannot begin at once refuses it, which
/// ends this try of the call, and the relayer's account tries anew under other ids (docs/decisions/0033-batches-are-decided-whole.md).
/// </remarks>
public static partial class AccountDecider
{
    /// <summary>One try of a call: the operations at the owners' accounts. The same ones, however often they are asked for.</summary>
    /// <param name="Batch">Names the try at the pool.</param>
    public sealed record OrderTry(Guid Batch, NetUid Netuid, IReadOnlyList<Operation> Parts);

    /// <param name="number">Counts the tries of the call from 0. One begins when the one before it has ended, for good, without effect.</param>
    public static OrderTry TryOf(AccountId relayer, InFlightOperation relay, int number)
    {
        var netuid = OrderParts.SubnetOf((OrdersDetail)relay.Call.Detail!)!.Value;
        var batch = IdOf(relayer, relay.Id, number, null);
        return new OrderTry(batch, netuid, [.. OrderParts.Of(relay.Call, netuid, relayer, batch).Select(part => new Operation
        {
            Id = new OperationId(IdOf(relayer, relay.Id, number, part.Owner)),
            Signer = part.Owner,
            Call = part.Call,
            LastValidBlock = relay.LastValidBlock,
        })]);
    }

    /// <summary>Whether an owner's answer says that his part has no effect, or has none yet because it could not begin.</summary>
    public static bool IsOut(Receipt receipt) =>
        receipt.Code != RefusalCode.OutcomeUnknown && (receipt.Outcome is not { } outcome || outcome.Error == LedgerError.OrderNotReached);

    /// <summary>Whether the owner is no account that signs, so that the order cannot be his.</summary>
    private static bool IsOfNoAccount(Receipt receipt) => receipt.Code == RefusalCode.MalformedOperation;

    /// <summary>Refuses a part that would have to wait in line.</summary>
    public static OperationDecidedHere StepBack(AccountState state, Operation operation, BlockNumber now) =>
        DecideHere(state, operation, CallOutcome.Refused(LedgerError.OrderNotReached), now).Event;

    /// <summary>The event that ends a call by the last answers of all owners to one try; null when there is to be another try.</summary>
    /// <param name="deposit">As of <see cref="Settle"/>.</param>
    public static OperationSettled? SettleWhole(
        AccountState state, ulong sequence, OrderTry tried, IReadOnlyList<Receipt> receipts, BlockNumber now, Tao deposit = default)
    {
        var operation = state.InFlight[sequence];
        foreach (var receipt in receipts) now = Later(now, receipt.Block);
        if (receipts.All(IsOut) && operation.LastValidBlock >= now && !receipts.Any(IsOfNoAccount)) return null;
        var outcome = Charged(OutcomeOf(operation, tried, receipts), operation.FeeAmount);
        return WithFee(state, operation, new(sequence, Receipt.Of(operation.Id, outcome, now, state.SettledCount + 1, null), 0, now, Tao.Zero, 0), deposit);
    }

    /// <remarks>The pool decided all parts at once, so an owner who no longer knows of his has forgotten it.</remarks>
    private static CallOutcome OutcomeOf(InFlightOperation relay, OrderTry tried, IReadOnlyList<Receipt> receipts)
    {
        if (receipts.FirstOrDefault(receipt => !IsOut(receipt)) is not { } decided)
        {
            return CallOutcome.Refused(receipts.Any(IsOfNoAccount) ? LedgerError.InvalidSignature : LedgerError.OrderNotReached);
        }

        if (!decided.Outcome!.IsOk) return CallOutcome.Refused(decided.Outcome.Error);
        var fills = ((OrdersDetail)relay.Call.Detail!).Orders;
        var results = fills.Select(fill => OrderResult.Refused(OrderHash.Of(fill.Order), LedgerError.OrderNotReached)).ToArray();
        for (var i = 0; i < receipts.Count; i++)
        {
            if (receipts[i].Outcome is not { IsOk: true } outcome) continue;
            var part = (FillBatchDetail)tried.Parts[i].Call.Detail!;
            for (var k = 0; k < part.Fills.Length; k++) results[part.Fills[k].Place] = outcome.Orders[k];
        }

        return CallOutcome.Done with { Orders = results };
    }

    private static AccountDecision WaitOrRefuse(AccountState state, Operation operation, BlockNumber now) =>
        operation.Call.Kind == CallKind.FillBatch ? new AccountDecision.Decide(StepBack(state, operation, now)) : s_wait;

    /// <summary>One pool decides a whole. Orders of several subnets that must all succeed would need all of their pools.</summary>
    private static bool IsOfOneSubnetIfWhole(Call call) =>
        !OrderParts.IsWhole(call) || call.Detail is OrdersDetail { Orders.IsEmpty: true } || OrderParts.SubnetOf((OrdersDetail)call.Detail!) is not null
        || call.Kind == CallKind.ExecuteBatchedOrders;

    private static Guid IdOf(AccountId relayer, OperationId id, int number, AccountId? owner)
    {
        var writer = new RecordWriter(96);
        writer.Text(owner is null ? "batch" : "part");
        writer.Account(relayer);
        writer.Guid(id.Value);
        writer.UInt64((ulong)number);
        writer.Account(owner);
        Span<byte> digest = stackalloc byte[System.Security.Cryptography.SHA256.HashSizeInBytes];
        System.Security.Cryptography.SHA256.HashData(writer.WrittenSpan, digest);
        return new Guid(digest[..16]);
    }
}
