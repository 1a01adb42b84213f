using System.IO.Hashing;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;
using Dtao.Grains.Wire;

namespace Dtao.Grains.Stakers;

/// <summary>What an account does with an operation that is next in its line.</summary>
public abstract record AccountDecision
{
    /// <summary>Begin it: record this, then send it to the actor that decides.</summary>
    public sealed record Start(OperationStarted Event) : AccountDecision;

    /// <summary>It is decided here: record this and answer.</summary>
    public sealed record Decide(OperationDecidedHere Event) : AccountDecision;

    /// <summary>It cannot be side by side with what is in flight: leave it in line.</summary>
    public sealed record Wait : AccountDecision;

    /// <summary>Answer without recording anything.</summary>
    public sealed record Answer(Receipt Receipt) : AccountDecision;
}

/// <summary>The rules by which an account takes on operations. Pure: state and command in, event out.</summary>
/// <remarks>
/// Operations of one account run side by side only where every order of them gives the same outcome: what they hold fits into the free TAO above the
/// existential deposit. Anything else runs alone, so that no refusal comes out that no sequential order explains.
/// </remarks>
public static class AccountDecider
{
    private static readonly AccountDecision Later = new AccountDecision.Wait();

    /// <summary>Each operation's content is hashed once, so the buffer is kept.</summary>
    [ThreadStatic]
    private static RecordWriter? t_writer;

    /// <summary>Where TAO that plain transfers destroyed is counted. Not an account of the chain.</summary>
    public static readonly AccountId DustAccount = SystemSenders.Dust;

    /// <summary>The answer to an operation whose id is known, or null when it is new.</summary>
    /// <param name="inFlight">The sequence under which the operation is in flight; 0 when it is not.</param>
    public static Receipt? Recall(AccountState state, Operation operation, out ulong inFlight)
    {
        inFlight = 0;
        if (state.Settled.TryGetValue(operation.Id, out var settled))
        {
            return settled.ContentHash == HashContent(operation) ? settled.Receipt : Conflict(state, operation);
        }

        if (!state.InFlightById.TryGetValue(operation.Id, out var sequence)) return null;
        if (state.InFlight[sequence].ContentHash != HashContent(operation)) return Conflict(state, operation);
        inFlight = sequence;
        return null;
    }

    /// <summary>The refusal of an operation whose id stands in the line with other content; null when there is none.</summary>
    public static Receipt? FindConflict(IEnumerable<Operation> line, Operation operation)
    {
        foreach (var waiting in line)
        {
            if (waiting.Id == operation.Id && HashContent(waiting) != HashContent(operation))
            {
                return Receipt.NotAccepted(operation.Id, RefusalCode.OperationConflict, BlockNumber.Genesis);
            }
        }

        return null;
    }

    /// <summary>Whether an operation names a network and it is not this one. Asked before anything else: another network's ids mean nothing here.</summary>
    public static bool IsForAnother(Operation operation, string? networkId) => operation.NetworkId is { } named && named != networkId;

    /// <summary>Checks that need no state but the clock: what is refused here is not recorded, and would be refused again.</summary>
    public static RefusalCode CheckEnvelope(AccountId account, Operation operation, BlockNumber now)
    {
        if (operation.Signer != account) return RefusalCode.WrongSigner;
        if (!IsWellFormed(account, operation.Call)) return RefusalCode.MalformedOperation;
        if (operation.LastValidBlock < now) return RefusalCode.Expired;
        return operation.LastValidBlock.Value - now.Value > OperationLimits.ValidityBlocksMax ? RefusalCode.LastValidBlockTooFar : RefusalCode.None;
    }

    /// <summary>Whether this account may ask for this call at all: it has every field that its kind needs, and is one that an account makes.</summary>
    public static bool IsWellFormed(AccountId account, Call call) => IsWellFormed(call) && !SystemSenders.IsSystem(account);

    public static AccountDecision Next(AccountState state, Operation operation, NetworkParameters parameters, BlockNumber now)
    {
        if (CheckEnvelope(state.Id, operation, now) is var code and not RefusalCode.None)
        {
            return new AccountDecision.Answer(Receipt.NotAccepted(operation.Id, code, now));
        }

        if (state.HasExclusive) return Later;
        return RouteOf(operation.Call) switch
        {
            OperationRoute.Transfer => NextTransfer(state, operation, parameters, now),
            var route => NextElsewhere(state, operation, route, parameters, now),
        };
    }

    /// <summary>The event that ends an operation, from the answer of the actor that decided it.</summary>
    public static OperationSettled Settle(AccountState state, ulong sequence, PoolReply reply, BlockNumber now)
    {
        var operation = state.InFlight[sequence];
        if (reply.Status == DeliveryStatus.Never)
        {
            return new(sequence, Receipt.NotAccepted(operation.Id, RefusalCode.Expired, now), 0, now, Tao.Zero, 0);
        }

        var decidedBy = operation.Route == OperationRoute.Pool ? operation.Call.Netuid : (NetUid?)null;
        var receipt = Receipt.Of(operation.Id, reply.Outcome!, reply.Block, reply.Order, decidedBy);
        return new(sequence, receipt, reply.FreeChange, now > reply.Block ? now : reply.Block, Tao.Zero, 0);
    }

    /// <summary>The event that ends a transfer, from the answer of the receiving account.</summary>
    public static OperationSettled SettleTransfer(AccountState state, ulong sequence, CreditReply reply, BlockNumber now)
    {
        var operation = state.InFlight[sequence];
        if (reply.Status == DeliveryStatus.Never)
        {
            return new(sequence, Receipt.NotAccepted(operation.Id, RefusalCode.Expired, now), 0, now, Tao.Zero, 0);
        }

        var outcome = reply.Error == LedgerError.None ? CallOutcome.Done : CallOutcome.Refused(reply.Error);
        var receipt = Receipt.Of(operation.Id, outcome, now, state.SettledCount + 1, null);
        return outcome.IsOk
            ? new(sequence, receipt, -(long)operation.Hold.Rao, now, operation.Dust, operation.Dust.IsZero ? 0 : state.NextSequence)
            : new(sequence, receipt, 0, now, Tao.Zero, 0);
    }

    /// <summary>
    /// Decides a credit. TAO that the sender cannot keep is always taken; otherwise the existential deposit may refuse it.
    /// What a transfer that empties the account is about to take away does not count: the credit comes after it.
    /// </summary>
    /// <remarks>Source: scenarios' plain transfers; the receiver would hold less than the existential deposit -> BelowMinimum.</remarks>
    public static TaoCredited Credit(AccountState state, TaoCredit credit, NetworkParameters parameters)
    {
        var leaving = state.HasExclusive && state.InFlight.GetValueAtIndex(0) is { Route: OperationRoute.Transfer } transfer ? transfer.Hold : Tao.Zero;
        var error = credit.MustSucceed
            ? LedgerError.None
            : TransferRules.CheckReceiver(state.Free.SubtractSaturating(leaving), credit.Amount, parameters.ExistentialDeposit);
        return new(credit.Head.Sender, credit.Head.Sequence, credit.Head.SettledBelow, credit.Head.LastValidBlock, credit.Amount, error);
    }

    /// <summary>What a transfer would come to, counting on what nothing in flight holds.</summary>
    /// <param name="receiverHolds">What stands on the receiver's account; ignored when that is this one.</param>
    public static CallQuote QuoteTransfer(AccountState state, Call call, Tao receiverHolds, NetworkParameters parameters, BlockNumber now)
    {
        var free = state.Free.SubtractSaturating(state.Held);
        var source = new TransferSource((state.Id, free), (call.ToColdkey!.Value, receiverHolds), parameters, now);
        return CallQuote.Of(Quotes.Of(source, state.Id, call), call, now);
    }

    /// <summary>The free TAO that an operation in flight may count on: all but what others hold.</summary>
    public static Tao FreeFor(AccountState state, InFlightOperation operation) => state.Free - (state.Held - operation.Hold);

    public static OperationRoute RouteOf(Call call) => call.Kind switch
    {
        CallKind.AddStake or CallKind.AddStakeLimit or CallKind.AddStakeBurn or CallKind.RemoveStake or CallKind.RemoveStakeLimit
            or CallKind.RemoveStakeFullLimit or CallKind.RecycleAlpha or CallKind.BurnAlpha or CallKind.StartCall => OperationRoute.Pool,
        CallKind.MoveStake or CallKind.SwapStake or CallKind.SwapStakeLimit or CallKind.TransferStake =>
            call.ToNetuid == call.Netuid ? OperationRoute.Pool : OperationRoute.Lane,
        CallKind.UnstakeAll or CallKind.UnstakeAllAlpha => OperationRoute.Lane,
        CallKind.Transfer or CallKind.TransferAll => OperationRoute.Transfer,
        CallKind.IncreaseTake or CallKind.DecreaseTake or CallKind.TryAssociateHotkey => OperationRoute.Hotkey,
        _ => OperationRoute.None,
    };

    /// <summary>Whether an operation can leave the account below the existential deposit.</summary>
    public static bool MayVanish(Call call) => RouteOf(call) == OperationRoute.Transfer && !call.KeepAlive;

    private static AccountDecision NextElsewhere(
        AccountState state, Operation operation, OperationRoute route, NetworkParameters parameters, BlockNumber now)
    {
        var deposit = parameters.ExistentialDeposit;
        var call = operation.Call;
        var spends = call.Kind is CallKind.AddStake or CallKind.AddStakeLimit or CallKind.AddStakeBurn;
        var available = state.Free.SubtractSaturating(state.Held).SubtractSaturating(deposit);
        var exists = state.Free >= deposit;
        var fitsBeside = route == OperationRoute.Pool && exists && (!spends || call.Amount <= available.Rao);
        if (!fitsBeside && state.InFlight.Count > 0) return Later;
        var hold = !spends ? Tao.Zero : new Tao(Math.Min(call.Amount, available.Rao));
        var started = new InFlightOperation(
            state.NextSequence, operation.Id, HashContent(operation), call, operation.LastValidBlock, route, hold, Tao.Zero, !fitsBeside);
        return new AccountDecision.Start(new OperationStarted(started, now));
    }

    /// <remarks>Source: scenarios/FORMAT.md, plain transfers: FundsUnavailable, NotExpendable, (receiver) BelowMinimum, in this order.</remarks>
    private static AccountDecision NextTransfer(AccountState state, Operation operation, NetworkParameters parameters, BlockNumber now)
    {
        var call = operation.Call;
        var deposit = parameters.ExistentialDeposit;
        var available = state.Free.SubtractSaturating(state.Held);
        var staysAlive = call.Kind == CallKind.Transfer && new Tao(call.Amount).AddSaturating(deposit) <= available;
        if (!staysAlive && state.InFlight.Count > 0) return Later;

        var amount = call.Kind == CallKind.Transfer ? new Tao(call.Amount) : TransferRules.AmountOfAll(state.Free, deposit, call.KeepAlive);
        var error = TransferRules.CheckSender(available, amount, deposit, call.KeepAlive);
        if (error != LedgerError.None || amount.IsZero || call.ToColdkey == state.Id)
        {
            var outcome = error == LedgerError.None ? CallOutcome.Done : CallOutcome.Refused(error);
            var receipt = Receipt.Of(operation.Id, outcome, now, state.SettledCount + 1, null);
            return new AccountDecision.Decide(new(operation.Id, HashContent(operation), operation.LastValidBlock, receipt, now));
        }

        var dust = TransferRules.DustOf(available - amount, deposit);
        var started = new InFlightOperation(
            state.NextSequence, operation.Id, HashContent(operation), call, operation.LastValidBlock, OperationRoute.Transfer, amount + dust, dust, !staysAlive);
        return new AccountDecision.Start(new OperationStarted(started, now));
    }

    private static bool IsWellFormed(Call call) => RouteOf(call) switch
    {
        OperationRoute.None => false,
        _ when call.Parameter is not null || call.Value is not null => false,
        OperationRoute.Transfer => call.ToColdkey is { } to && (to.IsSubnetAccount || !SystemSenders.IsSystem(to)),
        _ => call.Kind switch
        {
            CallKind.MoveStake => call.ToHotkey is not null && call.ToNetuid is not null,
            CallKind.TransferStake => call.ToColdkey is not null && call.ToNetuid is not null,
            CallKind.SwapStake => call.ToNetuid is not null,
            CallKind.SwapStakeLimit => call.ToNetuid is not null && call.Limit is not null,
            CallKind.AddStakeLimit or CallKind.RemoveStakeLimit => call.Limit is not null,
            _ => true,
        },
    };

    /// <summary>What makes two uses of an operation id the same operation.</summary>
    /// <remarks>Whoever could make two contents meet would make both of them himself, and would be answered with the receipt of his first.</remarks>
    private static UInt128 HashContent(Operation operation)
    {
        var writer = t_writer ??= new RecordWriter(256);
        writer.Clear();
        writer.Account(operation.Signer);
        LedgerCodec.Write(writer, operation.Call);
        writer.UInt64(operation.LastValidBlock.Value);
        writer.Text(operation.NetworkId);
        writer.OptionalUInt64(operation.Nonce);
        return XxHash128.HashToUInt128(writer.WrittenSpan);
    }

    private static Receipt Conflict(AccountState state, Operation operation) =>
        Receipt.NotAccepted(operation.Id, RefusalCode.OperationConflict, state.Seen);
}
