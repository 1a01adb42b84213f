using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Blocks;
using Dtao.Grains.Lanes;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Dtao.Grains.Stakers;

/// <inheritdoc cref="IStakerAccountGrain"/>
/// <remarks>
/// Reentrant: a turn decides and records in one synchronous step, and everything after an await goes through the shell's checks.
/// The invariant that survives interleaving: an operation leaves the line only through <see cref="AccountDecider.Next"/> on the tip,
/// and is settled only while it is in <see cref="AccountState.InFlight"/>.
/// </remarks>
[Reentrant]
public sealed partial class StakerAccountGrain(IActorJournals journals, NetworkContext network, ILogger<StakerAccountGrain> logger)
    : LedgerGrain<AccountState, AccountEvent>(AccountModel.Instance, journals, logger), IStakerAccountGrain
{
    private const int SweepSenders = 4;
    private const ulong QuietBlocks = 64;

    private readonly Queue<Operation> _line = new();
    private readonly Dictionary<OperationId, TaskCompletionSource<Receipt>> _waiters = [];
    private readonly Dictionary<NetUid, ISubnetPoolGrain> _pools = [];
    private ILaneGrain? _lane;
    private ulong _durablySettledBelow = 1;
    private bool _isPumping;
    private bool _isResumed;

    protected override string ActorKey => ActorKeys.Account(AccountId.ParseHex(this.GetPrimaryKeyString()));

    protected override int SnapshotWeight => State.Settled.Count + State.Incoming.SenderCount;

    private BlockNumber Now => network.Head > State.Seen ? network.Head : State.Seen;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        State.Id = AccountId.ParseHex(this.GetPrimaryKeyString());
        _durablySettledBelow = State.SettledBelow;
        if (network.Parameters is null || network.NetworkId is null)
        {
            var view = await GrainFactory.GetGrain<ISubnetRegistryGrain>(0).GetNetwork();
            if (view.Name is not null)
            {
                network.Identify(view.NetworkId);
                network.Adopt(view.Revision, view.Parameters);
            }
        }

        Resume();
    }

    public async Task<Receipt> Submit(Operation operation)
    {
        if (network.Parameters is null) return Receipt.NotAccepted(operation.Id, RefusalCode.NotStarted, Now);
        if (AccountDecider.IsForAnother(operation, network.NetworkId)) return Receipt.NotAccepted(operation.Id, RefusalCode.WrongNetwork, Now);

        // The clock must not fall back behind what an earlier process has answered by. Asked here and not on activation, which the coordinator may wait for.
        if (network.Head == BlockNumber.Genesis) network.Advance((await GrainFactory.GetGrain<IBlockCoordinatorGrain>(0).GetHead()).Block);
        try
        {
            if (AccountDecider.Recall(State, operation, out var sequence) is { } known)
            {
                await Durable();
                return known;
            }

            if (_waiters.TryGetValue(operation.Id, out var waiting))
            {
                return AccountDecider.FindConflict(_line, operation) is { } conflict ? conflict with { Block = Now } : await waiting.Task;
            }

            if (sequence == 0)
            {
                if (AccountDecider.CheckEnvelope(State.Id, operation, Now) is var code and not RefusalCode.None)
                {
                    // Refused for good and without a write: a successor may have begun it.
                    await ConfirmHeld();
                    return Receipt.NotAccepted(operation.Id, code, Now);
                }

                if (Journals.IsSaturated) return Receipt.NotAccepted(operation.Id, RefusalCode.Overloaded, Now);
                if (State.InFlight.Count + _line.Count >= OperationLimits.InFlightMax)
                {
                    return Receipt.NotAccepted(operation.Id, RefusalCode.TooManyInFlight, Now);
                }

                _line.Enqueue(operation);
            }

            waiting = new TaskCompletionSource<Receipt>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add(operation.Id, waiting);
            if (sequence == 0) _ = Watch(Pump());
            return await waiting.Task;
        }
        catch (ActorPoisonedException)
        {
            return Receipt.NotAccepted(operation.Id, RefusalCode.OutcomeUnknown, network.Head);
        }
    }

    public async Task<Receipt?> GetReceipt(OperationId id)
    {
        var receipt = State.Settled.TryGetValue(id, out var settled) ? settled.Receipt : null;
        await Durable();
        return receipt;
    }

    public async Task<ReceiptPage> GetReceiptsAfter(ulong place, int countMax)
    {
        var receipts = State.SettledOrder.Select(id => State.Settled[id]).Where(settled => settled.Place > place)
            .Take(Math.Clamp(countMax, 1, 1_000)).ToArray();
        await Durable();
        return new ReceiptPage([.. receipts.Select(settled => settled.Receipt)], receipts.Length == 0 ? place : receipts[^1].Place);
    }

    public async Task<AccountView> GetView()
    {
        await CollectOwed(mayVanish: false);
        var view = new AccountView(State.Id, State.Free, State.Held, State.InFlight.Count, Now);
        await Durable();
        return view;
    }

    public async Task<CreditReply> Credit(TaoCredit credit)
    {
        ThrowIfPoisoned();
        if (!MayActOn(credit.Head.Stamp)) return new(DeliveryStatus.SendWhenDurable, LedgerError.None, LogStamp.Durable);
        var parameters = network.Parameters ?? NetworkParameters.Default;
        var error = LedgerError.None;
        var status = DeliveryStatus.Decided;
        switch (State.Incoming.Judge(credit.Head, Now, out var outcome))
        {
            case Verdict.Known:
                error = outcome!.Error;
                break;
            case Verdict.Stale:
                return new(DeliveryStatus.Stale, LedgerError.None, LogStamp.Durable);
            case Verdict.Expired when !credit.MustSucceed:
                Record(new TaoCredited(
                    credit.Head.Sender, credit.Head.Sequence, credit.Head.SettledBelow, credit.Head.LastValidBlock, credit.Amount, LedgerError.FundsUnavailable));
                error = LedgerError.FundsUnavailable;
                break;
            default:
                var credited = AccountDecider.Credit(State, credit, parameters);
                Record(credited);
                error = credited.Error;
                break;
        }

        if (error == LedgerError.FundsUnavailable) status = DeliveryStatus.Never;
        _ = Watch(SweepIncoming());
        await ReadyToAnswer(credit.Head.Stamp);
        return new(status, error, AnswerStamp(credit.Head.Stamp));
    }

    public async Task<Tao> GetFree()
    {
        var free = State.Free;
        await Durable();
        return free;
    }

    public async Task<bool> Exists()
    {
        var exists = State.Free >= (network.Parameters ?? NetworkParameters.Default).ExistentialDeposit;
        await Durable();
        return exists;
    }

    public Task<ulong> GetSettledBelow() => Task.FromResult(_durablySettledBelow);

    public Task Wake()
    {
        Resume();
        return Task.CompletedTask;
    }

    /// <summary>Sends again what was in flight when the activation before this one ended.</summary>
    private void Resume()
    {
        if (_isResumed) return;
        _isResumed = true;
        if (State.InFlight.Count > 0 || State.DustOutbox.Count > 0) DelayDeactivation(TimeSpan.FromHours(1));
        foreach (var operation in State.InFlight.Values.ToArray()) RunInBackground(operation.Sequence);
        foreach (var sequence in State.DustOutbox.Keys.ToArray()) _ = Watch(ReportDust(sequence));
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
                if (IsFeeAccount && State.InFlight.Count == 0) await CollectOwed(AccountDecider.MayVanish(operation.Call));
                switch (AccountDecider.Next(State, operation, network.Parameters!, Now))
                {
                    case AccountDecision.Wait:
                        return;
                    case AccountDecision.Start start:
                        Record(start.Event);
                        _line.Dequeue();
                        RunInBackground(start.Event.Operation.Sequence);
                        break;
                    case AccountDecision.Decide decide:
                        Record(decide.Event);
                        _line.Dequeue();
                        _ = Watch(AnswerWhenDurable(operation.Id, decide.Event.Receipt));
                        break;
                    case AccountDecision.Answer answer:
                        _line.Dequeue();
                        await ConfirmHeld();
                        if (_waiters.Remove(operation.Id, out var waiter)) waiter.SetResult(answer.Receipt);
                        break;
                }
            }
        }
        finally
        {
            _isPumping = false;
        }
    }

    private void RunInBackground(ulong sequence) => _ = Watch(Run(sequence));

    /// <summary>Sends one operation to the actor that decides it until it has decided, then settles and answers.</summary>
    private async Task Run(ulong sequence)
    {
        var mustBeDurable = false;
        for (var attempt = 0; ; attempt++)
        {
            if (attempt > 0) await Task.Delay(Retry.Delay(attempt));
            var operation = State.InFlight[sequence];
            OperationSettled? settled;
            DeliveryStatus status;
            try
            {
                (settled, status) = await Deliver(operation, mustBeDurable);
            }
            catch (Exception exception) when (exception is not ActorPoisonedException || !IsPoisoned)
            {
                LogRetry(State.Id, sequence, operation.Route, exception.Message);
                continue;
            }

            if (settled is null)
            {
                mustBeDurable |= status == DeliveryStatus.SendWhenDurable;
                if (status == DeliveryStatus.Stale) throw new InvalidOperationException($"Sequence {sequence} of account {State.Id} is called stale but not settled.");
                continue;
            }

            Record(settled);
            if (settled.DustSequence != 0) await ReportDust(settled.DustSequence);
            if (_line.Count > 0) _ = Watch(Pump());
            await AnswerWhenDurable(operation.Id, settled.Receipt);
            return;
        }
    }

    /// <remarks>The message is made before the wait for what it rests on: it must not say anything newer than what is durable when it leaves.</remarks>
    private async Task<(OperationSettled? Settled, DeliveryStatus Status)> Deliver(InFlightOperation operation, bool mustBeDurable)
    {
        var stamp = mustBeDurable ? LogStamp.Durable : Stamp;
        var head = new MessageHead(State.Id, operation.Sequence, _durablySettledBelow, operation.LastValidBlock, Now, stamp);
        var free = AccountDecider.FreeFor(State, operation);
        await (mustBeDurable ? Durable() : ReadyToSend());
        if (operation.Route == OperationRoute.Transfer)
        {
            var credit = new TaoCredit(head, operation.Hold - operation.Dust, MustSucceed: false);
            var credited = await DeliverCredit(operation.Call.ToColdkey!.Value, credit);
            return IsDecided(credited.Status)
                ? (AccountDecider.SettleTransfer(State, operation.Sequence, credited, Now), credited.Status)
                : (null, credited.Status);
        }

        var reply = operation.Route switch
        {
            OperationRoute.Pool => await Pool(operation.Call.Netuid).Execute(new PoolCommand(head, operation.Call, free)),
            OperationRoute.Lane => await (_lane ??= GrainFactory.GetGrain<ILaneGrain>(0)).Execute(new LaneCommand(head, operation.Call, free)),
            _ => await GrainFactory.GetGrain<IValidatorGrain>(operation.Call.Hotkey.ToString()).Execute(new PoolCommand(head, operation.Call, free)),
        };
        return IsDecided(reply.Status) ? (AccountDecider.Settle(State, operation.Sequence, reply, Now), reply.Status) : (null, reply.Status);
    }

    private Task<CreditReply> DeliverCredit(AccountId to, TaoCredit credit) => SystemAccounts.TryGetSubnet(to, out var netuid)
        ? Pool(netuid).Credit(credit)
        : GrainFactory.GetGrain<IStakerAccountGrain>(to.ToString()).Credit(credit);

    private async Task ReportDust(ulong sequence)
    {
        for (var attempt = 0; State.DustOutbox.TryGetValue(sequence, out var dust); attempt++)
        {
            if (attempt > 0) await Task.Delay(Retry.Delay(attempt));
            await Durable();
            var head = new MessageHead(State.Id, sequence, _durablySettledBelow, new BlockNumber(ulong.MaxValue), Now, LogStamp.Durable);
            try
            {
                var reply = await DeliverCredit(AccountDecider.DustAccount, new TaoCredit(head, dust, MustSucceed: true));
                if (reply.Status is DeliveryStatus.Decided or DeliveryStatus.Stale) Record(new DustReported(sequence));
            }
            catch (Exception exception) when (exception is not ActorPoisonedException || !IsPoisoned)
            {
                LogRetry(State.Id, sequence, OperationRoute.Transfer, exception.Message);
            }
        }
    }

    private async Task AnswerWhenDurable(OperationId id, Receipt receipt)
    {
        var settledBelow = State.SettledBelow;
        await Durable();
        if (settledBelow > _durablySettledBelow) _durablySettledBelow = settledBelow;
        if (_waiters.Remove(id, out var waiter)) waiter.SetResult(receipt);
    }

    private bool IsFeeAccount => State.Id == AccountId.Burn || State.Id == network.Parameters?.Author;

    /// <summary>Fetches what pools owe this account, where it is one that fees go to.</summary>
    private async Task CollectOwed(bool mayVanish)
    {
        if (!IsFeeAccount) return;
        var view = await GrainFactory.GetGrain<ISubnetRegistryGrain>(0).GetNetwork();
        await Task.WhenAll(view.Subnets.Select(subnet => Collect(Pool(subnet.Netuid))));

        async Task Collect(ISubnetPoolGrain pool)
        {
            for (var attempt = 0; ; attempt++)
            {
                if (attempt > 0) await Task.Delay(Retry.Delay(attempt));
                ThrowIfPoisoned();
                try
                {
                    await pool.PayOwed(State.Id, mayVanish);
                    return;
                }
                catch (Exception exception) when (!IsPoisoned)
                {
                    LogRetry(State.Id, 0, OperationRoute.Pool, exception.Message);
                }
            }
        }
    }

    /// <summary>Asks a few senders whose credits are long past what they have settled, so that a popular receiver does not remember all for ever.</summary>
    private async Task SweepIncoming()
    {
        foreach (var sender in State.Incoming.Sweep(Now, QuietBlocks, SweepSenders))
        {
            if (SystemSenders.IsSystem(sender)) continue;
            State.Incoming.Forget(sender, await GrainFactory.GetGrain<IStakerAccountGrain>(sender.ToString()).GetSettledBelow());
        }
    }

    /// <summary>Runs work that nobody awaits; if this activation is poisoned, everyone who waits is told that the outcome is unknown.</summary>
    private async Task Watch(Task work)
    {
        try
        {
            await work;
        }
        catch (Exception exception)
        {
            if (!IsPoisoned) LogBroken(State.Id, exception);
            foreach (var (id, waiter) in _waiters) waiter.TrySetResult(Receipt.NotAccepted(id, RefusalCode.OutcomeUnknown, network.Head));
            _waiters.Clear();
            _line.Clear();
            if (State.InFlight.Count > 0) this.AsReference<IStakerAccountGrain>().Wake().Ignore();
            DeactivateOnIdle();
        }
    }

    private ISubnetPoolGrain Pool(NetUid netuid)
    {
        if (!_pools.TryGetValue(netuid, out var pool))
        {
            pool = GrainFactory.GetGrain<ISubnetPoolGrain>(netuid.Value);
            _pools.Add(netuid, pool);
        }

        return pool;
    }

    private static bool IsDecided(DeliveryStatus status) => status is DeliveryStatus.Decided or DeliveryStatus.Never;

    [LoggerMessage(201, LogLevel.Information, "Account {Account} sends sequence {Sequence} again ({Route}): {Reason}")]
    private partial void LogRetry(AccountId account, ulong sequence, OperationRoute route, string reason);

    [LoggerMessage(202, LogLevel.Critical, "Account {Account} broke an invariant and is deactivated")]
    private partial void LogBroken(AccountId account, Exception exception);
}
