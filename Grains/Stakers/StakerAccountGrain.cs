using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Blocks;
using Dtao.Grains.Lanes;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;
using Dtao.Grains.Telemetry;
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

    private ulong _durablySettledBelow = 1;
    private bool _isEntered;
    private bool _isResumed;

    protected override string ActorKey => ActorKeys.Account(AccountId.ParseHex(this.GetPrimaryKeyString()));

    protected override bool IsFinished => !State.HasUnfinished;

    /// <remarks>A receipt is written with the event that settles its operation: it may come again in a snapshot for every eight such events, not for every two.</remarks>
    protected override int SnapshotWeight => (4 * State.Settled.Count) + State.Incoming.SenderCount;

    private BlockNumber Now => network.Head > State.Seen ? network.Head : State.Seen;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        State.Id = AccountId.ParseHex(this.GetPrimaryKeyString());
        _durablySettledBelow = State.SettledBelow;
        if (network.Parameters is null || network.NetworkId is null)
        {
            var view = await GrainFactory.ReadNetwork();
            if (view.Name is not null)
            {
                network.Identify(view.NetworkId, view.RequiresSignatures);
                network.Adopt(view.Revision, view.Parameters);
            }
        }

        // Before it takes or sends again anything that this process may leave unfinished.
        await Journals.EnterAsync(ActorKey);
        _isEntered = true;
        CountHolds(State.InFlight.Count);
        Resume();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        DetachLocally();
        await WaitForLocalOperations();
        await base.OnDeactivateAsync(reason, cancellationToken);
        CountHolds(0);
        CountLine(0);
        if (_isEntered && !IsLost && !State.HasUnfinished) Journals.Leave(ActorKey);
    }

    public async Task<Receipt?> GetReceipt(OperationId id)
    {
        var receipt = State.Settled.TryGet(id, out var settled) ? settled.Receipt : null;
        await Durable();
        return receipt;
    }

    public async Task<ReceiptPage> GetReceiptsAfter(ulong place, int countMax)
    {
        var receipts = State.Settled.InOrder().Where(settled => settled.Place > place)
            .Take(Math.Clamp(countMax, 1, 1_000)).ToArray();
        await Durable();
        return new ReceiptPage([.. receipts.Select(settled => settled.Receipt)], receipts.Length == 0 ? place : receipts[^1].Place);
    }

    public async Task<AccountView> GetView()
    {
        await WhileHealthy(CollectOwed(mayVanish: false));
        var view = new AccountView(State.Id, State.Free, State.Held, State.InFlight.Count, Now) { HighestNonce = State.Nonces?.Highest ?? 0 };
        await Durable();
        return view;
    }

    public async Task<CreditReply> Credit(TaoCredit credit)
    {
        ThrowIfPoisoned();
        var now = credit.Head.Seen > Now ? credit.Head.Seen : Now;
        if (!MayActOn(credit.Head.Stamp)) return new(DeliveryStatus.SendWhenDurable, LedgerError.None, LogStamp.Durable, now);
        LedgerError error;
        switch (State.Incoming.Judge(credit.Head, now, out var outcome))
        {
            case Verdict.Known:
                error = outcome!.Error;
                break;
            case Verdict.Stale:
                return new(DeliveryStatus.Stale, LedgerError.None, LogStamp.Durable, now);
            case var verdict:
                var credited = verdict == Verdict.Expired && !credit.MustSucceed
                    ? AccountDecider.Expire(credit, now)
                    : AccountDecider.Credit(State, credit, network.Parameters ?? NetworkParameters.Default, now);
                if (credited is null) return new(DeliveryStatus.Busy, LedgerError.None, LogStamp.Durable, now);
                Record(credited);
                error = credited.Error;
                break;
        }

        var status = AccountDecider.StatusOf(error);
        var yieldTo = status == DeliveryStatus.Yield && State.Alone is { } first ? first.Sequence : 0;
        _ = Watch(SweepIncoming());
        await ReadyToAnswer(credit.Head.Stamp);
        return new(status, error, AnswerStamp(credit.Head.Stamp), now, yieldTo);
    }

    public async Task<Tao> GetFree()
    {
        await ConfirmHeld();
        var free = State.Free;
        await Durable();
        return free;
    }

    public async Task<AccountId[]> GetStakingHotkeys()
    {
        await ConfirmHeld();
        var hotkeys = State.StakingHotkeys.ToArray();
        await Durable();
        return hotkeys;
    }

    public async Task<Existence> Exists()
    {
        await ConfirmHeld();
        var existence = AccountDecider.ExistenceOf(State, network.Parameters ?? NetworkParameters.Default, _mayVanish, Now);
        await Durable();
        return existence;
    }

    public Task<ulong> GetSettledBelow() => Task.FromResult(DurablySettledBelow);

    public async Task Wake()
    {
        // One that was replaced by a silo which was taken for dead, and is dead by now, would be woken in vain.
        await ConfirmHeld();
        Resume();
    }

    /// <summary>Sends again what was in flight when the activation before this one ended.</summary>
    private void Resume()
    {
        if (_isResumed) return;
        _isResumed = true;
        if (State.HasUnfinished) DelayDeactivation(TimeSpan.FromHours(1));
        _isKept = State.HasUnfinished;
        foreach (var operation in State.InFlight.Values.ToArray()) _ = Watch(operation.HasYielded ? BeginAnew(operation) : Run(operation));
        if (!State.HasOutgoing) return;
        foreach (var sequence in State.DustOutbox.Keys.ToArray()) _ = Watch(ReportDust(sequence));
        foreach (var sequence in State.FeeOutbox.Keys.ToArray()) _ = Watch(PayFee(sequence));
    }

    private Task<CreditReply> DeliverCredit(AccountId to, TaoCredit credit) => SystemAccounts.TryGetSubnet(to, out var netuid)
        ? GrainFactory.Pool(netuid).Credit(credit)
        : GrainFactory.Account(to).Credit(credit);

    private async Task ReportDust(ulong sequence)
    {
        for (var attempt = 0; State.DustOutbox.TryGetValue(sequence, out var dust); attempt++)
        {
            if (attempt > 0) await Task.Delay(Retry.Delay(attempt));
            await Durable();
            var head = new MessageHead(State.Id, sequence, DurablySettledBelow, new BlockNumber(ulong.MaxValue), Now, LogStamp.Durable);
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

    /// <summary>Sends a transaction fee to the author; where he cannot exist by it, it is dropped.</summary>
    private async Task PayFee(ulong sequence)
    {
        for (var attempt = 0; State.FeeOutbox.TryGetValue(sequence, out var fee); attempt++)
        {
            if (attempt > 0) await Task.Delay(Retry.Delay(attempt));
            await Durable();
            var head = new MessageHead(State.Id, sequence, DurablySettledBelow, new BlockNumber(ulong.MaxValue), Now, LogStamp.Durable);
            try
            {
                var reply = await DeliverCredit(fee.To, new TaoCredit(head, fee.Amount, MustSucceed: false));
                if (!State.FeeOutbox.ContainsKey(sequence) || AccountDecider.EndFee(State, sequence, reply) is not { } ended) continue;
                Record(ended);
                if (ended.DustSequence != 0) await ReportDust(ended.DustSequence);
            }
            catch (Exception exception) when (exception is not ActorPoisonedException || !IsPoisoned)
            {
                LogRetry(State.Id, sequence, OperationRoute.Transfer, exception.Message);
            }
        }
    }

    private bool IsFeeAccount => State.Id == AccountId.Burn || State.Id == network.Parameters?.Author;

    /// <summary>Fetches what pools owe this account, where it is one that fees go to.</summary>
    private async Task CollectOwed(bool mayVanish)
    {
        if (!IsFeeAccount) return;
        var view = await GrainFactory.ReadNetwork();
        await Task.WhenAll(view.Subnets.Select(subnet => Collect(GrainFactory.Pool(subnet.Netuid))));

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
            try
            {
                State.Incoming.Forget(sender, await GrainFactory.Account(sender).GetSettledBelow());
            }
            catch (Exception exception) when (!IsPoisoned && exception is not OutOfMemoryException)
            {
                // It is remembered for longer, and asked again after a later credit.
                LogRetry(State.Id, 0, OperationRoute.Transfer, exception.Message);
            }
        }
    }

    /// <summary>Runs work that nobody awaits.</summary>
    private async Task Watch(Task work)
    {
        try
        {
            await work;
        }
        catch (Exception exception)
        {
            if (!IsPoisoned) LogBroken(State.Id, exception);
            Abandon();
        }
    }

    protected override void OnPoisoned() => Abandon();

    /// <summary>Ends this activation, poisoned or broken: everyone who waits is told that the outcome is unknown.</summary>
    private void Abandon()
    {
        DetachLocally();
        foreach (var (id, waiter) in _waiters ?? []) waiter.TrySetResult(Receipt.NotAccepted(id, RefusalCode.OutcomeUnknown, network.Head));
        _waiters = null;
        _line.Clear();
        CountLine(0);

        // First, so that it is the successor that wakes.
        EndRequests();
        DeactivateOnIdle();
        if (State.HasUnfinished) this.AsReference<IStakerAccountGrain>().Wake().Ignore();
    }

    private void LogRetry(AccountId account, ulong sequence, OperationRoute route, string reason)
    {
        NoteRepeat();
        WriteRetry(account, sequence, route, reason);
    }

    [LoggerMessage(201, LogLevel.Information, "Account {Account} sends sequence {Sequence} again ({Route}): {Reason}")]
    private partial void WriteRetry(AccountId account, ulong sequence, OperationRoute route, string reason);

    [LoggerMessage(202, LogLevel.Critical, "Account {Account} broke an invariant and is deactivated")]
    private partial void LogBroken(AccountId account, Exception exception);
}
