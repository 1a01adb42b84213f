using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Orders;
using Dtao.Grains.Lanes;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;
using Dtao.Grains.Telemetry;

namespace Dtao.Grains.Stakers;

/// <content>The way of an operation through its account: taken on, sent to the actor that decides, settled, answered.</content>
public sealed partial class StakerAccountGrain
{
    /// <summary>Operations that cannot run beside those in flight, in the order in which they came.</summary>
    private readonly Queue<Operation> _line = new();

    /// <summary>Requests that wait for an operation which another request, or nobody, carries.</summary>
    private Dictionary<OperationId, TaskCompletionSource<Receipt>>? _waiters;
    private bool _isPumping;

    /// <summary>Pools are being told to ask whether this account exists, since it is about to begin an operation that may end that.</summary>
    private bool _mayVanish;

    public Task<Receipt> Submit(Operation operation)
    {
        if (!_isAttached && LocalAccounts.Of(GrainFactory).HasClients) AttachLocally();
        if (!IsForOutside(operation)) return Task.FromResult(Receipt.NotAccepted(operation.Id, RefusalCode.MalformedOperation, Now));
        return LedgerMetrics.MeasuresOperations || LedgerTraces.IsTraced ? AcceptObserved(operation) : Accept(operation, isFromOutside: true);
    }

    /// <summary>Whether a client may ask for it: parts of what others have relayed come from their accounts alone.</summary>
    private static bool IsForOutside(Operation operation) => operation.Call.Kind is not (CallKind.FillOrder or CallKind.FillBatch);

    /// <param name="isFromOutside">
    /// Somebody claims to be the signer, and may be turned away where the process has more than enough to do; otherwise another account has been asked for it,
    /// and has checked that.
    /// </param>
    /// <param name="end">Of an operation that came without a message: may be told the receipt before it is durable, together with what to wait for.</param>
    private async Task<Receipt> Accept(Operation operation, bool isFromOutside = false, IOperationEnd? end = null)
    {
        // Without the network's id it is not known either whether operations have to be signed.
        if (network.Parameters is null || network.NetworkId is null) return Receipt.NotAccepted(operation.Id, RefusalCode.NotStarted, Now);
        if (AccountDecider.IsForAnother(operation, network.NetworkId)) return Receipt.NotAccepted(operation.Id, RefusalCode.WrongNetwork, Now);

        var mustBeSigned = isFromOutside && network.RequiresSignatures;
        if (!mustBeSigned && operation.Nonce is not null) operation = operation with { Nonce = null };

        // The clock must not fall back behind what an earlier process has answered by. Asked here and not on activation, which the coordinator may wait for.
        if (network.Head == BlockNumber.Genesis) network.Advance((await GrainFactory.Coordinator().GetHead()).Block);
        if (isFromOutside && !network.Operations.TryEnter(State.InFlight.Count + _line.Count)) return Receipt.NotAccepted(operation.Id, CodeWhenFull(operation), Now);
        Receipt? answer = null;
        if (end is not null) _localOperations++;
        try
        {
            if (AccountDecider.Recall(State, operation, out var sequence) is { } known)
            {
                await Durable();
                return answer = known;
            }

            if (sequence != 0 || IsWaitedFor(operation.Id)) return answer = await WaitBesideEarlier(operation);
            if (CheckNew(operation, mustBeSigned) is var code and not RefusalCode.None) return answer = await Refuse(Receipt.NotAccepted(operation.Id, code, Now));
            if (_line.Count == 0 && !_isPumping && !IsFeeAccount)
            {
                // Nearly always: nobody is in line, so this very request carries the operation to its end.
                switch (Take(operation))
                {
                    case AccountDecision.Start start:
                        return answer = await Carry(start.Event.Operation, end);
                    case AccountDecision.Decide decide:
                        return answer = await WhileHealthy(Finish(decide.Event));
                    case AccountDecision.Answer told:
                        return answer = await Refuse(told.Receipt);
                }
            }

            if (operation.Call.Kind == CallKind.FillBatch && (_line.Count > 0 || _isPumping)) return answer = await WhileHealthy(StepBack(operation));
            _line.Enqueue(operation);
            CountLine(_line.Count);
            var waiting = WaiterOf(operation.Id);
            _ = Watch(Pump());
            return answer = await waiting;
        }
        catch (Exception exception)
        {
            if (!IsPoisoned && exception is not OperationCanceledException) LogBroken(State.Id, exception);
            Abandon();
            return answer = Receipt.NotAccepted(operation.Id, RefusalCode.OutcomeUnknown, network.Head);
        }
        finally
        {
            if (end is not null)
            {
                // Told already, where the receipt is recorded and not durable yet: then this is not heard.
                end.Answer(answer ?? Unknown(operation), Task.CompletedTask, network.Operations);
                EndLocalOperation();
            }
            else if (isFromOutside)
            {
                network.Operations.Leave();
            }
        }
    }

    /// <summary>Why the process takes no more: of an operation that is here already it must not be said that it has no effect.</summary>
    private RefusalCode CodeWhenFull(Operation operation) =>
        AccountDecider.Recall(State, operation, out var sequence) is not null || sequence != 0 || IsWaitedFor(operation.Id)
            ? RefusalCode.OutcomeUnknown
            : RefusalCode.Overloaded;

    /// <summary>A repeat of what is in flight or in line has the same answer.</summary>
    private Task<Receipt> WaitBesideEarlier(Operation operation) =>
        AccountDecider.FindConflict(_line, operation) is { } conflict ? Task.FromResult(conflict with { Block = Now }) : WaiterOf(operation.Id);

    private bool IsWaitedFor(OperationId id) => _waiters?.ContainsKey(id) is true;

    private Task<Receipt> WaiterOf(OperationId id)
    {
        _waiters ??= [];
        if (!_waiters.TryGetValue(id, out var waiter))
        {
            waiter = new TaskCompletionSource<Receipt>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add(id, waiter);
        }

        return waiter.Task;
    }

    /// <summary>Why an operation that is new here is not accepted.</summary>
    private RefusalCode CheckNew(Operation operation, bool mustBeSigned)
    {
        if (AccountDecider.CheckEnvelope(State.Id, operation, Now) is var code and not RefusalCode.None) return code;
        if (mustBeSigned && AccountDecider.CheckSignature(operation, network.NetworkId!) is var fault and not RefusalCode.None) return fault;
        if (Journals.IsSaturated) return RefusalCode.Overloaded;
        if (State.Relays >= OperationLimits.RelaysMax && AccountDecider.RouteOf(operation.Call) == OperationRoute.Relay) return RefusalCode.TooManyInFlight;
        return State.InFlight.Count + _line.Count >= OperationLimits.InFlightMax ? RefusalCode.TooManyInFlight : RefusalCode.None;
    }

    /// <summary>Refuses without a write. For good only while nobody has replaced this activation: a successor may have begun the operation.</summary>
    private async ValueTask<Receipt> Refuse(Receipt receipt)
    {
        if (!receipt.MayPassOnRetry) await ConfirmHeld();
        return receipt;
    }

    /// <summary>
    /// Whether somebody who carries the operation may ask this account on the way, and wait with it. Pools ask with a bound, and answer then:
    /// the many operations that they decide need no watch each.
    /// </summary>
    /// <remarks>A part of a batch waits at its pool until the others have come, and the pool asks its owner before it decides.</remarks>
    private static bool MayBeAskedMeanwhile(InFlightOperation operation) =>
        operation.Route is not (OperationRoute.Pool or OperationRoute.Transfer) || operation.Call.Kind == CallKind.FillBatch;

    /// <summary>Takes an operation to its end in the request that brought it.</summary>
    private Task<Receipt> Carry(InFlightOperation operation, IOperationEnd? end)
    {
        if (MayBeAskedMeanwhile(operation)) return WhileHealthy(Run(operation));
        return operation.Route == OperationRoute.Pool ? RunAtPool(operation, end) : Run(operation);
    }

    /// <summary>Decides what becomes of the operation that is next, and records what there is to record.</summary>
    private AccountDecision Take(Operation operation)
    {
        var decision = AccountDecider.Next(State, operation, network.Parameters!, Now, _forSudo?.Contains(operation.Id) is true);
        if (decision is not AccountDecision.Wait) _forSudo?.Remove(operation.Id);
        if (decision is AccountDecision.Start start)
        {
            Record(start.Event);
            CountHolds(State.InFlight.Count);
        }
        else if (decision is AccountDecision.Decide decide)
        {
            Record(decide.Event);
            NoteAnswered(operation.Id, operation.Call, decide.Event.Receipt);
        }

        return decision;
    }

    /// <summary>Takes operations from the head of the line as long as the decider lets them go.</summary>
    private async Task Pump()
    {
        if (_isPumping) return;
        _isPumping = true;
        try
        {
            while (_line.TryPeek(out var operation))
            {
                var collects = IsFeeAccount && !State.IsBusy;
                if (collects) await CollectBefore(operation.Call);
                var decision = Take(operation);
                if (collects) _mayVanish = false;
                if (decision is AccountDecision.Wait) return;
                _line.Dequeue();
                CountLine(_line.Count);
                switch (decision)
                {
                    case AccountDecision.Start start:
                        _ = Watch(Run(start.Event.Operation));
                        break;
                    case AccountDecision.Decide decide:
                        _ = Watch(Finish(decide.Event));
                        break;
                    case AccountDecision.Answer answer:
                        Answer(operation.Id, await Refuse(answer.Receipt));
                        break;
                }
            }
        }
        finally
        {
            _isPumping = false;
        }
    }

    /// <summary>
    /// As <see cref="Run"/>, for the way of nearly all operations: the pool decides at the first try, and nothing else is to be sent. In one method, since each
    /// that waits costs an operation as much as deciding it. Whatever else the pool says is left to <see cref="Run"/>, which asks it again.
    /// </summary>
    private async Task<Receipt> RunAtPool(InFlightOperation operation, IOperationEnd? end)
    {
        OperationSettled? settled = null;
        var status = DeliveryStatus.Unset;

        // What is traced goes by itself, so that its decision is seen as its own.
        var bundles = Journals.LogId == Guid.Empty || LedgerTraces.IsTraced ? null : CommandBundles.To(GrainFactory, operation.Call.Netuid);
        var goesAlone = bundles is null || bundles.TryGoAlone();
        try
        {
            var command = CommandOf(operation, HeadOf(operation, Stamp));
            await ReadyToSend();
            var reply = (goesAlone ? null : await bundles!.Send(command)) ?? await GrainFactory.Pool(operation.Call.Netuid).Execute(command);
            status = reply.Status;
            if (IsDecided(status) && !AccountDecider.IsLeftToLane(reply))
            {
                settled = AccountDecider.Settle(State, operation.Sequence, reply, Now, network.Parameters!.ExistentialDeposit, network.Parameters);
            }
        }
        catch (Exception exception) when (!IsPoisoned)
        {
            LogRetry(operation, exception.Message);
        }
        finally
        {
            if (goesAlone) bundles?.EndAlone();
        }

        if (settled is null) return await Run(operation, attempt: 1, mustBeDurable: status == DeliveryStatus.SendWhenDurable);
        if (settled is not { DustSequence: 0, Fee: null }) return await Settle(settled);
        Record(settled);
        CountHolds(State.InFlight.Count);
        NoteAnswered(operation.Id, operation.Call, settled.Receipt);
        if (_line.Count > 0) _ = Watch(Pump());
        if (end is not null && _waiters is not { Count: > 0 }) return AnswerOutside(settled.Receipt, end);
        var settledBelow = State.SettledBelow;
        try
        {
            await WhenWritten();
        }
        catch (Exception exception)
        {
            throw PoisonedBy(exception);
        }

        ThrowIfPoisoned();
        return AnswerDurably(settled.Receipt, settledBelow);
    }

    private MessageHead HeadOf(InFlightOperation operation, LogStamp stamp) =>
        new(State.Id, operation.Sequence, DurablySettledBelow, operation.LastValidBlock, Now, stamp);

    private PoolCommand CommandOf(InFlightOperation operation, MessageHead head) => new(head, operation.Call, AccountDecider.FreeFor(State, operation))
    {
        Fee = operation.FeeAmount,
        RunsAlone = operation.IsExclusive && State.Held == operation.Hold,
    };

    /// <summary>Sends one operation to the actor that decides it until it has decided, then settles; durable on return.</summary>
    /// <param name="attempt">How often it was sent before.</param>
    /// <param name="mustBeDurable">The receiver acts on nothing that this account can still lose.</param>
    private async Task<Receipt> Run(InFlightOperation operation, int attempt = 0, bool mustBeDurable = false)
    {
        ContinueSpan(operation.Id);
        if (operation.Route == OperationRoute.Relay)
        {
            if (AccountDecider.IsBatch(operation.Call)) return await RunBatch(operation);
            return OrderParts.IsWhole(operation.Call) ? await RelayWhole(operation) : await Relay(operation);
        }

        var sequence = operation.Sequence;

        // What the sudo key has done carries no stamp: whoever does it must not know of an operation that this account can still lose.
        mustBeDurable |= operation.Route is OperationRoute.Registry or OperationRoute.Coldkey;
        for (; ; attempt++)
        {
            if (attempt > 0)
            {
                await Task.Delay(Retry.Delay(attempt));

                // Nobody can decide any more where the store is lost, and only this tells: whoever waits is told "unknown".
                await Durable();
            }

            var head = HeadOf(operation, mustBeDurable ? LogStamp.Durable : Stamp);
            OperationSettled? settled;
            DeliveryStatus status;
            CreditReply? credited = null;
            try
            {
                if (operation.Route == OperationRoute.Transfer)
                {
                    var credit = new TaoCredit(head, operation.Sent, MustSucceed: false, operation.IsExclusive);
                    await ReadyToSend(mustBeDurable);
                    credited = await DeliverCredit(operation.Call.ToColdkey!.Value, credit);
                    status = credited.Status;
                    settled = IsDecided(status) ? AccountDecider.SettleTransfer(State, sequence, credited, Now, network.Parameters!.ExistentialDeposit) : null;
                }
                else
                {
                    var command = CommandOf(operation, head);
                    await ReadyToSend(mustBeDurable);
                    var reply = await Deliver(operation, command);
                    status = reply.Status;
                    if (AccountDecider.IsLeftToLane(reply)) return await BeginInLane(operation);
                    settled = IsDecided(status)
                        ? AccountDecider.Settle(State, sequence, reply, Now, network.Parameters!.ExistentialDeposit, network.Parameters)
                        : null;
                }
            }
            catch (Exception exception) when (!IsPoisoned)
            {
                LogRetry(operation, exception.Message);
                continue;
            }

            if (settled is not null) return await Settle(settled);
            if (status == DeliveryStatus.Yield) return await Yield(operation, credited!);
            mustBeDurable |= status == DeliveryStatus.SendWhenDurable;
            if (status != DeliveryStatus.Stale) continue;

            // Of a successor that has settled it, of which this activation has not heard yet.
            await ConfirmHeld();
            throw new InvalidOperationException($"Sequence {sequence} of account {State.Id} is called stale but not settled.");
        }
    }

    /// <summary>Sends on to the lane what its pool, which knows newer parameters than this process, has left to it.</summary>
    private async Task<Receipt> BeginInLane(InFlightOperation operation)
    {
        var resumed = AccountDecider.BeginInLane(State, operation, Now);
        Record(resumed);
        return await WhileHealthy(Run(resumed.Operation));
    }

    /// <summary>
    /// Fetches what pools owe before the account spends. Until the operation is in flight, pools that ask whether the account exists are told to ask again,
    /// when the operation may end that.
    /// </summary>
    private Task CollectBefore(Call call)
    {
        _mayVanish = AccountDecider.MayVanish(call);
        return CollectOwed(_mayVanish);
    }

    /// <summary>To be awaited after a message was made: what it says must not be newer than what is durable.</summary>
    private ValueTask ReadyToSend(bool mustBeDurable) => mustBeDurable ? Durable() : ReadyToSend();

    private Task<PoolReply> Deliver(InFlightOperation operation, PoolCommand command) => operation.Route switch
    {
        OperationRoute.Pool => GrainFactory.Pool(operation.Call.Netuid).Execute(command),
        OperationRoute.Lane => GrainFactory.Lane().Execute(LaneCommandOf(command, runsBeside: !operation.IsExclusive)),
        OperationRoute.Coldkey => DeliverToColdkey(operation),
        OperationRoute.Registrations => DecideIdentity(operation),
        OperationRoute.Registry => GrainFactory.Registry().ExecuteSudo(operation.Id, State.Id, operation.Call),
        _ => GrainFactory.Validator(operation.Call.Hotkey).Execute(command),
    };

    private async Task<Receipt> Settle(OperationSettled settled)
    {
        var operation = State.InFlight[settled.Sequence];
        Record(settled);
        CountHolds(State.InFlight.Count);
        NoteAnswered(operation.Id, operation.Call, settled.Receipt);
        if (settled.DustSequence != 0) await ReportDust(settled.DustSequence);
        if (settled.Fee is { } fee) await PayFee(fee.Sequence);
        if (_line.Count > 0) _ = Watch(Pump());
        await AnswerWhenDurable(settled.Receipt);
        return settled.Receipt;
    }

    /// <summary>Answers what was decided here, when its fee has arrived.</summary>
    private async Task<Receipt> Finish(OperationDecidedHere decided)
    {
        if (decided.DustSequence != 0) await ReportDust(decided.DustSequence);
        if (decided.Fee is { } fee) await PayFee(fee.Sequence);
        await AnswerWhenDurable(decided.Receipt);
        return decided.Receipt;
    }

    private async ValueTask AnswerWhenDurable(Receipt receipt)
    {
        var settledBelow = State.SettledBelow;
        await Durable();
        AnswerDurably(receipt, settledBelow);
    }

    /// <param name="settledBelow">As it was when the receipt was recorded, which is durable now.</param>
    private Receipt AnswerDurably(Receipt receipt, ulong settledBelow)
    {
        if (settledBelow > _durablySettledBelow) _durablySettledBelow = settledBelow;
        Answer(receipt.Id, receipt);
        return receipt;
    }

    private void Answer(OperationId id, Receipt receipt)
    {
        if (_waiters is not null && _waiters.Remove(id, out var waiter)) waiter.SetResult(receipt);
    }

    private static bool IsDecided(DeliveryStatus status) => status is DeliveryStatus.Decided or DeliveryStatus.Never;
}
