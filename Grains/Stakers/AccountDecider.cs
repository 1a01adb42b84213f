using System.IO.Hashing;
using Dtao.Economics;
using Dtao.Economics.Children;
using Dtao.Economics.Fees;
using Dtao.Economics.Keys;
using Dtao.Economics.Ledger;
using Dtao.Economics.Orders;
using Dtao.Economics.Settings;
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
public static partial class AccountDecider
{
    private static readonly AccountDecision s_wait = new AccountDecision.Wait();

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
        if (state.Settled.TryGet(operation.Id, out var settled))
        {
            return settled.ContentHash == HashContent(operation) ? settled.Receipt : Conflict(state, operation);
        }

        var sequence = state.SequenceOf(operation.Id);
        if (sequence == 0) return null;
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
        return CheckValidity(operation, now);
    }

    /// <summary>Whether the operation's last valid block is one that may still come, and not too far ahead.</summary>
    public static RefusalCode CheckValidity(Operation operation, BlockNumber now)
    {
        if (operation.LastValidBlock < now) return RefusalCode.Expired;
        return operation.LastValidBlock.Value - now.Value > OperationLimits.ValidityBlocksMax ? RefusalCode.LastValidBlockTooFar : RefusalCode.None;
    }

    /// <summary>Whether this account may ask for this call at all: it has every field that its kind needs, and is one that an account makes.</summary>
    public static bool IsWellFormed(AccountId account, Call call) =>
        IsWellFormed(call) && !SystemSenders.IsSystem(account) && account != OrderBatch.Account;

    /// <param name="isForSudo">The sudo key has signed it, and this account only carries it.</param>
    public static AccountDecision Next(AccountState state, Operation operation, NetworkParameters parameters, BlockNumber now, bool isForSudo = false)
    {
        var code = CheckEnvelope(state.Id, operation, now);
        if (code == RefusalCode.None && operation.Nonce is { } nonce) code = NonceWindow.Judge(state.Nonces, nonce);
        return code == RefusalCode.None
            ? WithNonce(NextAccepted(state, operation, parameters, now, isForSudo), operation.Nonce)
            : new AccountDecision.Answer(Receipt.NotAccepted(operation.Id, code, now));
    }

    private static AccountDecision NextAccepted(AccountState state, Operation operation, NetworkParameters parameters, BlockNumber now, bool isForSudo)
    {
        if (state.HasExclusive) return WaitOrRefuse(state, operation, now);
        if (!isForSudo && BarredBy(state, operation.Call) is var barred and not LedgerError.None) return DecideHere(state, operation, CallOutcome.Refused(barred), now);
        var decidedBy = RouteOf(state, operation.Call, isForSudo || IsOwnForSudo(state, operation.Call, parameters));
        return Widened(decidedBy, operation.Call, parameters) switch
        {
            OperationRoute.Here => DecideAnnouncement(state, operation, parameters, now, isForSudo),
            OperationRoute.Coldkey when !Sudo.IsSigner(parameters, state.Id) => DecideHere(state, operation, CallOutcome.Refused(LedgerError.BadOrigin), now),
            OperationRoute.Transfer => NextTransfer(state, operation, parameters, now),
            OperationRoute.Relay => NextRelay(state, operation, parameters, now),
            OperationRoute.Registry when !Sudo.IsSigner(parameters, state.Id) => DecideHere(state, operation, CallOutcome.Refused(LedgerError.BadOrigin), now),
            var route => NextElsewhere(state, operation, route, parameters, now),
        };
    }

    /// <summary>The event that ends an operation, from the answer of the actor that decided it.</summary>
    /// <param name="deposit">The existential deposit: an author who pays himself must be able to exist.</param>
    /// <param name="parameters">What an announcement that the operation made waits for; null where none can have been made.</param>
    public static OperationSettled Settle(
        AccountState state, ulong sequence, PoolReply reply, BlockNumber now, Tao deposit = default, NetworkParameters? parameters = null)
    {
        var operation = state.InFlight[sequence];
        if (reply.Status == DeliveryStatus.Never)
        {
            return new(sequence, Receipt.NotAccepted(operation.Id, RefusalCode.Expired, now), 0, now, Tao.Zero, 0);
        }

        var decidedBy = operation.Route == OperationRoute.Pool ? operation.Call.Netuid : (NetUid?)null;
        var outcome = reply.Outcome!;
        if (PaysItself(operation.Route) && operation.Fee is { } fee) outcome = outcome with { Fee = TransactionFee.InTao(fee.Amount) };
        var receipt = Receipt.Of(operation.Id, outcome, reply.Block, reply.Order, decidedBy);
        var settled = new OperationSettled(sequence, receipt, reply.FreeChange, now > reply.Block ? now : reply.Block, Tao.Zero, 0)
        {
            Announced = AnnouncedBy(operation.Call, reply, parameters),
            Identity = outcome.IsOk ? operation.Call.Detail as ColdkeyIdentityDetail : null,
        };
        return PaysItself(operation.Route) ? WithFee(state, operation, settled, deposit) : settled;
    }

    /// <summary>What one order of a relayed call came to, from the answer of its owner's account.</summary>
    public static OrderResult ResultOf(OrderId id, Receipt receipt)
    {
        if (receipt.Outcome is not { } outcome) return OrderResult.Refused(id, LedgerError.OrderNotReached);
        return outcome.IsOk ? outcome.Orders[0] : OrderResult.Refused(id, outcome.Error);
    }

    /// <summary>The event that ends a call that asked the owners of orders.</summary>
    /// <param name="deposit">As of <see cref="Settle"/>.</param>
    public static OperationSettled SettleRelay(AccountState state, ulong sequence, IReadOnlyList<OrderResult> results, BlockNumber now, Tao deposit = default) =>
        SettleRelay(state, sequence, CallOutcome.Done with { Orders = results }, now, deposit);

    private static OperationSettled SettleRelay(AccountState state, ulong sequence, CallOutcome done, BlockNumber now, Tao deposit)
    {
        var operation = state.InFlight[sequence];
        var outcome = Charged(done, operation.FeeAmount);
        return WithFee(state, operation, new(sequence, Receipt.Of(operation.Id, outcome, now, state.SettledCount + 1, null), 0, now, Tao.Zero, 0), deposit);
    }

    /// <summary>The operation at an order's owner that a relayed call causes: the same one, however often it is asked for.</summary>
    /// <param name="place">The order's place in the call.</param>
    public static Operation FillOf(AccountId relayer, InFlightOperation relay, int place)
    {
        var fill = ((OrdersDetail)relay.Call.Detail!).Orders[place];
        return new Operation
        {
            Id = IdOfPart(relayer, relay.Id, place),
            Signer = fill.Order.Owner,
            Call = OrderShapes.FillOf(fill, relayer),
            LastValidBlock = relay.LastValidBlock,
        };
    }

    /// <summary>The id of an operation that another one causes: a hash of both signer and place, so that whatever is asked again is the same operation.</summary>
    private static OperationId IdOfPart(AccountId signer, OperationId id, int place)
    {
        var writer = new RecordWriter(64);
        writer.Account(signer);
        writer.Guid(id.Value);
        writer.UInt64((ulong)place);
        Span<byte> digest = stackalloc byte[System.Security.Cryptography.SHA256.HashSizeInBytes];
        System.Security.Cryptography.SHA256.HashData(writer.WrittenSpan, digest);
        return new OperationId(new Guid(digest[..16]));
    }

    /// <summary>The event that ends a transfer, from the answer of the receiving account.</summary>
    /// <param name="deposit">As of <see cref="Settle"/>.</param>
    public static OperationSettled SettleTransfer(AccountState state, ulong sequence, CreditReply reply, BlockNumber now, Tao deposit = default)
    {
        var operation = state.InFlight[sequence];
        now = Later(now, reply.Seen);
        if (reply.Status == DeliveryStatus.Never)
        {
            return new(sequence, Receipt.NotAccepted(operation.Id, RefusalCode.Expired, now), 0, now, Tao.Zero, 0);
        }

        var outcome = Charged(reply.Error == LedgerError.None ? CallOutcome.Done : CallOutcome.Refused(reply.Error), operation.FeeAmount);
        var receipt = Receipt.Of(operation.Id, outcome, now, state.SettledCount + 1, null);
        var settled = outcome.IsOk
            ? new OperationSettled(
                sequence, receipt, -(long)(operation.Hold - operation.FeeAmount).Rao, now, operation.Dust, operation.Dust.IsZero ? 0 : state.NextSequence)
            : new OperationSettled(sequence, receipt, 0, now, Tao.Zero, 0);
        return WithFee(state, operation, settled, deposit);
    }

    /// <summary>The event that ends a fee, from the author's answer; null when he is to be asked again.</summary>
    public static FeeEnded? EndFee(AccountState state, ulong sequence, CreditReply reply) => reply.Status switch
    {
        DeliveryStatus.Decided => new(sequence, reply.Error == LedgerError.None ? 0 : state.NextSequence),
        DeliveryStatus.Stale => new(sequence, 0),
        _ => null,
    };

    /// <summary>Takes the fee of an operation that this account charges itself: it leaves for the author, or is dropped where there is none.</summary>
    private static OperationSettled WithFee(AccountState state, InFlightOperation operation, OperationSettled settled, Tao deposit)
    {
        if (operation.Fee is not { } fee) return settled;
        var left = state.Free.Rao + (Int128)settled.FreeChange;
        if (fee.To == state.Id && left >= deposit.Rao) return settled;
        settled = settled with { FreeChange = settled.FreeChange - (long)fee.Amount.Rao };
        if (fee.To is null || fee.To == state.Id)
        {
            var dust = settled.Dust + fee.Amount;
            return settled with { Dust = dust, DustSequence = state.NextSequence };
        }

        var sequence = settled.DustSequence == 0 ? state.NextSequence : settled.DustSequence + 1;
        return settled with { Fee = new FeeDue(sequence, new OutgoingFee(fee.To.Value, fee.Amount)) };
    }

    /// <summary>Whether this account takes the fee of an operation that another one decides, or that it decides when it has asked others.</summary>
    private static bool PaysItself(OperationRoute route) => route is OperationRoute.Hotkey or OperationRoute.Registrations;

    private static CallOutcome Charged(CallOutcome outcome, Tao fee) => fee.IsZero ? outcome : outcome with { Fee = TransactionFee.InTao(fee) };

    /// <summary>
    /// Decides a credit; null when the sender is to come back. TAO that the sender cannot keep is always taken; otherwise the existential deposit may refuse it.
    /// Beside an operation that must run alone no transfer is taken in, since that has left with the balance of before.
    /// </summary>
    /// <remarks>
    /// Source: scenarios' plain transfers; the receiver would hold less than the existential deposit -> BelowMinimum.
    /// Where two such operations could wait for each other, the sender yields: to anything that is not a transfer, and to a transfer of a lower account.
    /// So transfers wait only for those of higher accounts, and no circle closes (docs/decisions/0017-transfers-that-yield.md).
    /// </remarks>
    /// <param name="now">The highest block that sender or receiver has seen.</param>
    public static TaoCredited? Credit(AccountState state, TaoCredit credit, NetworkParameters parameters, BlockNumber now)
    {
        if (credit.MustSucceed) return Credited(credit, LedgerError.None, now);
        if (state.Alone is not { } alone)
        {
            return Credited(credit, TransferRules.CheckReceiver(state.Free, credit.Amount, parameters.ExistentialDeposit), now);
        }

        var waits = !credit.RunsAlone || (alone.Route == OperationRoute.Transfer && credit.Head.Sender.CompareTo(state.Id) < 0);
        return waits ? null : Credited(credit, CreditOutcome.Yielded, now);
    }

    /// <summary>Records that a credit which was never decided has expired, and never will be.</summary>
    public static TaoCredited Expire(TaoCredit credit, BlockNumber now) => Credited(credit, CreditOutcome.Never, now);

    /// <summary>What the sender of a decided credit is told.</summary>
    public static DeliveryStatus StatusOf(LedgerError error) => error switch
    {
        CreditOutcome.Never => DeliveryStatus.Never,
        CreditOutcome.Yielded => DeliveryStatus.Yield,
        _ => DeliveryStatus.Decided,
    };

    /// <summary>Whether the account exists; not settled while what is in flight may end that.</summary>
    /// <param name="mayVanish">Such an operation is about to be begun.</param>
    public static Existence ExistenceOf(AccountState state, NetworkParameters parameters, bool mayVanish, BlockNumber now) => new(
        state.Free >= parameters.ExistentialDeposit, !mayVanish && !(state.Alone is { } alone && (alone.Route == OperationRoute.Transfer || MayVanish(alone.Call))), now);

    /// <summary>The event by which a transfer lets an operation of its receiver go first.</summary>
    public static OperationYielded Yield(ulong sequence, CreditReply reply, BlockNumber now) => new(sequence, Later(now, reply.Seen));

    /// <summary>Begins a transfer anew that had yielded, on what the account holds now; or ends it here.</summary>
    public static AccountEvent Resume(AccountState state, ulong sequence, NetworkParameters parameters, BlockNumber now)
    {
        var yielded = state.InFlight[sequence];
        if (yielded.LastValidBlock < now)
        {
            return new OperationSettled(sequence, Receipt.NotAccepted(yielded.Id, RefusalCode.Expired, now), 0, now, Tao.Zero, 0);
        }

        var fee = FeeOf(yielded.Call, parameters);
        if (PlanTransfer(state, yielded.Call, parameters.ExistentialDeposit, fee, out var plan) is not { } outcome)
        {
            return new OperationResumed(sequence, StartTransfer(state, yielded.Id, yielded.ContentHash, yielded.Call, yielded.LastValidBlock, plan), now);
        }

        var settled = new OperationSettled(sequence, Receipt.Of(yielded.Id, outcome, now, state.SettledCount + 1, null), 0, now, Tao.Zero, 0);
        return WithFee(state, yielded with { Fee = outcome.Fee.IsPaid ? fee : null }, settled, parameters.ExistentialDeposit);
    }

    /// <summary>The fee of a call and whom this account would pay it to; null where there is none.</summary>
    private static HeldFee? FeeOf(Call call, NetworkParameters parameters) =>
        TransactionFees.FeeOf(parameters, call) is { IsZero: false } amount ? new HeldFee(amount, parameters.Author) : null;

    private static TaoCredited Credited(TaoCredit credit, LedgerError error, BlockNumber now) =>
        new(credit.Head.Sender, credit.Head.Sequence, credit.Head.SettledBelow, credit.Head.LastValidBlock, credit.Amount, error, now) { Keys = credit.Keys };

    private static BlockNumber Later(BlockNumber one, BlockNumber other) => one > other ? one : other;

    /// <summary>What a transfer would come to, counting on what nothing in flight holds.</summary>
    /// <param name="receiverHolds">What stands on the receiver's account; ignored when that is this one.</param>
    public static CallQuote QuoteTransfer(AccountState state, Call call, Tao receiverHolds, NetworkParameters parameters, BlockNumber now)
    {
        var free = state.Free.SubtractSaturating(state.Held);
        var source = new TransferSource((state.Id, free), (call.ToColdkey!.Value, receiverHolds), parameters, now);
        return CallQuote.Of(Quotes.Of(source, state.Id, call, TransactionFees.FeeOf(parameters, call)), call, now);
    }

    /// <summary>Puts the transaction fee on the quote of a call that a hotkey's actor decides.</summary>
    public static CallQuote QuoteFee(AccountState state, Call call, CallQuote quote, NetworkParameters parameters)
    {
        var fee = TransactionFees.FeeOf(parameters, call);
        if (fee.IsZero) return quote;
        return TransactionFees.CanPay(state.Free.SubtractSaturating(state.Held), fee, parameters.ExistentialDeposit)
            ? quote with { TransactionFee = fee }
            : CallQuote.Of(Quote.Refused(LedgerError.Payment, call), call, quote.Block);
    }

    /// <summary>Whether the sudo key's call would be refused for its signer or its value; whether a subnet to dissolve exists is not looked at.</summary>
    public static CallQuote QuoteSudo(AccountState state, Call call, NetworkParameters parameters, BlockNumber now)
    {
        if (!Sudo.IsSigner(parameters, state.Id)) return CallQuote.Of(Quote.Refused(LedgerError.BadOrigin, call), call, now);
        if (call.Kind != CallKind.SudoSet) return CallQuote.Of(new Quote(LedgerError.None, 0, 0, 0, default, default, 0), call, now);
        var source = new TransferSource((state.Id, state.Free), (state.Id, Tao.Zero), parameters, now);
        return CallQuote.Of(Quotes.Of(source, state.Id, call), call, now);
    }

    /// <summary>The free TAO that an operation in flight may count on: all but what others hold.</summary>
    public static Tao FreeFor(AccountState state, InFlightOperation operation) => state.Free - (state.Held - operation.Hold);

    public static OperationRoute RouteOf(Call call) => call.Kind switch
    {
        CallKind.AddStake or CallKind.AddStakeLimit or CallKind.AddStakeBurn or CallKind.RemoveStake or CallKind.RemoveStakeLimit
            or CallKind.RemoveStakeFullLimit or CallKind.RecycleAlpha or CallKind.BurnAlpha or CallKind.StartCall or CallKind.AddStakeRecycle
            or CallKind.SetWeights or CallKind.CommitWeights or CallKind.RevealWeights or CallKind.BatchRevealWeights or CallKind.CommitTimelockedWeights
            or CallKind.SetChildren or CallKind.SetChildkeyTake or CallKind.SetAutoStakeHotkey or CallKind.RegisterNeuron or CallKind.RegisterLimit
            or CallKind.RootRegister or CallKind.SetRootClaimType or CallKind.SetRootClaimThreshold or CallKind.SetTempo or CallKind.SetActivityCutoffFactor
            or CallKind.TriggerEpoch or CallKind.SetHyperparameter or CallKind.PlaceOrder or CallKind.CancelOrder or CallKind.FillOrder or CallKind.FillBatch
            or CallKind.LockStake or CallKind.MoveLock or CallKind.SetPerpetualLock or CallKind.SetRejectLockedAlpha
            or CallKind.TerminateLease or CallKind.SetSubnetIdentity or CallKind.SetAutoParentDelegation => OperationRoute.Pool,
        CallKind.MoveStake or CallKind.SwapStake or CallKind.SwapStakeLimit or CallKind.TransferStake =>
            call.ToNetuid == call.Netuid ? OperationRoute.Pool : OperationRoute.Lane,
        CallKind.UnstakeAll or CallKind.UnstakeAllAlpha or CallKind.RegisterNetwork or CallKind.ClaimRoot or CallKind.UpdateSymbol => OperationRoute.Lane,
        CallKind.SetIdentity => OperationRoute.Registrations,
        _ when KeySwapShapes.IsMeant(call.Kind) => RouteOfKeys(call.Kind),
        CallKind.Transfer or CallKind.TransferAll => OperationRoute.Transfer,
        CallKind.IncreaseTake or CallKind.DecreaseTake or CallKind.TryAssociateHotkey => OperationRoute.Hotkey,
        CallKind.ExecuteOrders or CallKind.ExecuteBatchedOrders or CallKind.BatchSetWeights or CallKind.BatchCommitWeights => OperationRoute.Relay,
        _ when Sudo.IsOnlyFor(call.Kind) => OperationRoute.Registry,
        _ => OperationRoute.None,
    };

    /// <summary>Whether an operation can leave the account below the existential deposit.</summary>
    public static bool MayVanish(Call call) => (RouteOf(call) == OperationRoute.Transfer && !call.KeepAlive)
        || call.Kind is CallKind.SwapColdkeyAnnounced or CallKind.SwapColdkey or CallKind.FillOrder or CallKind.FillBatch;

    /// <summary>Asks the owners of the orders; but what the call alone shows to be wrong is told at once.</summary>
    private static AccountDecision NextRelay(AccountState state, Operation operation, NetworkParameters parameters, BlockNumber now)
    {
        var (fee, deposit) = (FeeOf(operation.Call, parameters), parameters.ExistentialDeposit);
        var charged = fee?.Amount ?? Tao.Zero;
        if (!TransactionFees.CanPay(state.Free.SubtractSaturating(state.Held), charged, deposit))
        {
            return state.IsBusy ? s_wait : DecideHere(state, operation, CallOutcome.Refused(LedgerError.Payment), now);
        }

        var error = CheckRelay(operation.Call, parameters);
        if (error != LedgerError.None) return DecideHere(state, operation, Charged(CallOutcome.Refused(error), charged), now, fee, deposit);
        if (operation.Call.Detail is OrdersDetail { Orders.IsEmpty: true } || (IsBatch(operation.Call) && PartsOf(operation.Call).Count == 0)) return DecideHere(state, operation, Charged(CallOutcome.Done, charged), now, fee, deposit);
        var started = new InFlightOperation(
            state.NextSequence, operation.Id, HashContent(operation), operation.Call, operation.LastValidBlock, OperationRoute.Relay, charged, Tao.Zero, IsExclusive: false)
        {
            Fee = fee,
        };
        return new AccountDecision.Start(new OperationStarted(started, now));
    }

    /// <summary>The checks of a call about orders of others that need none of them.</summary>
    public static LedgerError CheckRelay(Call call, NetworkParameters parameters)
    {
        if (IsBatch(call)) return LedgerError.None;
        if (!parameters.LimitOrders) return LedgerError.LimitOrdersDisabled;
        return call.Kind == CallKind.ExecuteBatchedOrders ? OrderBatch.CheckList(call.Netuid, (OrdersDetail)call.Detail!) : LedgerError.None;
    }

    /// <summary>TAO that a call is about to spend, as far as the call tells.</summary>
    private static ulong SpentBy(Call call) => call switch
    {
        { Kind: CallKind.AddStake or CallKind.AddStakeLimit or CallKind.AddStakeBurn or CallKind.AddStakeRecycle } => call.Amount,
        { Detail: FillDetail { Fill: { Order.IsBuy: true } fill } } => fill.Partial ?? fill.Order.Amount,
        { Detail: FillBatchDetail part } => OrderParts.SpentBy(part).Rao,
        _ => 0,
    };

    private static AccountDecision NextElsewhere(
        AccountState state, Operation operation, OperationRoute route, NetworkParameters parameters, BlockNumber now)
    {
        var deposit = parameters.ExistentialDeposit;
        var call = operation.Call;
        var available = state.Free.SubtractSaturating(state.Held).SubtractSaturating(deposit);
        var exists = state.Free >= deposit;

        // What a registration costs is known to its pool only: it runs alone, and counts on everything.
        var isPriced = call.Kind is CallKind.RegisterNeuron or CallKind.RegisterLimit or CallKind.AnnounceColdkeySwap;
        var fee = FeeOf(call, parameters);
        var needs = (fee?.Amount ?? Tao.Zero).AddSaturating(new Tao(SpentBy(call)));
        var mayBeBeside = route == OperationRoute.Pool || ThresholdShapes.MayLookBeyond(call.Kind);
        var fitsBeside = mayBeBeside && exists && !isPriced && needs <= available;
        if (!fitsBeside && state.IsBusy) return WaitOrRefuse(state, operation, now);

        // Pools and the lane may take the fee in alpha; where this account pays it, it is decided here.
        if (PaysItself(route) && fee?.Amount > available) return DecideHere(state, operation, CallOutcome.Refused(LedgerError.Payment), now);
        var started = new InFlightOperation(
            state.NextSequence, operation.Id, HashContent(operation), call, operation.LastValidBlock, route, Tao.Min(needs, available), Tao.Zero, !fitsBeside)
        {
            Fee = fee,
        };
        return new AccountDecision.Start(new OperationStarted(started, now));
    }

    /// <remarks>Source: scenarios/FORMAT.md, plain transfers: FundsUnavailable, NotExpendable, (receiver) BelowMinimum, in this order.</remarks>
    private static AccountDecision NextTransfer(AccountState state, Operation operation, NetworkParameters parameters, BlockNumber now)
    {
        var call = operation.Call;
        var deposit = parameters.ExistentialDeposit;
        var fee = FeeOf(call, parameters);
        if (state.IsBusy && !StaysAlive(state, call, deposit, fee)) return s_wait;
        if (PlanTransfer(state, call, deposit, fee, out var plan) is { } outcome) return DecideHere(state, operation, outcome, now, fee, deposit);
        var started = StartTransfer(state, operation.Id, HashContent(operation), call, operation.LastValidBlock, plan);
        return new AccountDecision.Start(new OperationStarted(started, now));
    }

    /// <param name="fee">What the operation is charged, if the outcome says that it was paid.</param>
    private static AccountDecision.Decide DecideHere(
        AccountState state, Operation operation, CallOutcome outcome, BlockNumber now, HeldFee? fee = null, Tao deposit = default)
    {
        var receipt = Receipt.Of(operation.Id, outcome, now, state.SettledCount + 1, null);
        var decided = new OperationDecidedHere(operation.Id, HashContent(operation), operation.LastValidBlock, receipt, now) { Call = operation.Call };
        if (fee is null || !outcome.Fee.IsPaid || (fee.To == state.Id && state.Free >= deposit)) return new AccountDecision.Decide(decided);
        return new AccountDecision.Decide(fee.To is { } author && author != state.Id
            ? decided with { Paid = fee.Amount, Fee = new FeeDue(state.NextSequence, new OutgoingFee(author, fee.Amount)) }
            : decided with { Paid = fee.Amount, DustSequence = state.NextSequence });
    }

    private static bool StaysAlive(AccountState state, Call call, Tao deposit, HeldFee? fee) => call.Kind == CallKind.Transfer
        && new Tao(call.Amount).AddSaturating(deposit).AddSaturating(fee?.Amount ?? Tao.Zero) <= state.Free.SubtractSaturating(state.Held);

    /// <summary>What a transfer takes from this account; or its outcome, when no receiver has to be asked.</summary>
    private static CallOutcome? PlanTransfer(AccountState state, Call call, Tao deposit, HeldFee? fee, out TransferPlan plan)
    {
        plan = default;
        var charged = fee?.Amount ?? Tao.Zero;
        var available = state.Free.SubtractSaturating(state.Held);
        if (!TransactionFees.CanPay(available, charged, deposit)) return CallOutcome.Refused(LedgerError.Payment);
        available -= charged;
        var amount = call.Kind == CallKind.Transfer ? new Tao(call.Amount) : TransferRules.AmountOfAll(state.Free - charged, deposit, call.KeepAlive);
        var error = TransferRules.CheckSender(available, amount, deposit, call.KeepAlive);
        if (error != LedgerError.None) return Charged(CallOutcome.Refused(error), charged);
        if (amount.IsZero || call.ToColdkey == state.Id) return Charged(CallOutcome.Done, charged);
        plan = new TransferPlan(amount, TransferRules.DustOf(available - amount, deposit), fee, !StaysAlive(state, call, deposit, fee));
        return null;
    }

    private static InFlightOperation StartTransfer(
        AccountState state, OperationId id, UInt128 hash, Call call, BlockNumber lastValidBlock, in TransferPlan plan) =>
        new(state.NextSequence, id, hash, call, lastValidBlock, OperationRoute.Transfer, plan.Hold, plan.Dust, plan.IsExclusive) { Fee = plan.Fee };

    /// <summary>What a transfer takes from its sender.</summary>
    private readonly record struct TransferPlan(Tao Amount, Tao Dust, HeldFee? Fee, bool IsExclusive)
    {
        public Tao Hold => Amount + Dust + (Fee?.Amount ?? Tao.Zero);
    }

    private static bool IsWellFormed(Call call) => RouteOf(call) switch
    {
        OperationRoute.None => false,
        _ when KeySwapShapes.IsMeant(call.Kind) && NamesASystemAccount(call) => false,
        _ when (call.Parameter is not null || call.Value is not null) && call.Kind is not (CallKind.SetHyperparameter or CallKind.SudoSet) => false,
        OperationRoute.Transfer => call.ToColdkey is { } to && (to.IsSubnetAccount || !SystemSenders.IsSystem(to)),
        OperationRoute.Relay => CallShape.IsWellFormed(call) && IsOfOneSubnetIfWhole(call),
        _ => CallShape.IsWellFormed(call),
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
