using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Dtao.Grains.Validators;

/// <inheritdoc cref="IValidatorGrain"/>
/// <remarks>Reentrant: a turn judges, decides, and records in one synchronous step, so that no two deliveries of a message can both be fresh.</remarks>
[Reentrant]
public sealed partial class ValidatorGrain(IActorJournals journals, NetworkContext network, ILogger<ValidatorGrain> logger)
    : LedgerGrain<ValidatorState, ValidatorEvent>(ValidatorModel.Instance, journals, logger), IValidatorGrain
{
    private const int SweepSendersMax = 4;

    private bool _isEntered;

    protected override string ActorKey => ActorKeys.Validator(AccountId.ParseHex(this.GetPrimaryKeyString()));

    protected override int SnapshotWeight => State.Outcomes.SenderCount;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        State.Hotkey = AccountId.ParseHex(this.GetPrimaryKeyString());
        await LearnNetwork();
        await Journals.EnterAsync(ActorKey);
        _isEntered = true;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await base.OnDeactivateAsync(reason, cancellationToken);
        if (_isEntered) Journals.Leave(ActorKey);
    }

    public async Task<PoolReply> Execute(PoolCommand command)
    {
        ThrowIfPoisoned();
        if (network.Parameters is null) await LearnNetwork();
        var stamp = command.Head.Stamp;
        if (!MayActOn(stamp)) return PoolReply.Undecided(DeliveryStatus.SendWhenDurable, State.Seen);
        if (network.Parameters is not { } parameters || Journals.IsSaturated) return PoolReply.Undecided(DeliveryStatus.Busy, State.Seen);
        await WhileHealthy(WaitWhileReserved());

        HotkeyOutcome outcome;
        switch (ValidatorDecider.Decide(State, command, parameters, network.Head))
        {
            case ValidatorDecision.Stale:
                return PoolReply.Undecided(DeliveryStatus.Stale, State.Seen);
            case ValidatorDecision.Repeat repeat:
                outcome = repeat.Outcome;
                break;
            case ValidatorDecision.Decide decide:
                Record(decide.Event);
                outcome = decide.Event.Outcome;
                Sweep();
                break;
            default:
                throw new InvalidOperationException("A command has a decision.");
        }

        await ReadyToAnswer(stamp);
        return outcome.Outcome is null
            ? PoolReply.Undecided(DeliveryStatus.Never, outcome.Block)
            : new PoolReply(DeliveryStatus.Decided, outcome.Outcome, 0, outcome.Block, outcome.Order, AnswerStamp(stamp));
    }

    public async Task<CallQuote> Quote(PoolCommand command)
    {
        ThrowIfPoisoned();
        if (network.Parameters is null) await LearnNetwork();
        var quote = ValidatorDecider.Quote(State, command, network.Parameters ?? NetworkParameters.Default, network.Head);
        await Durable();
        return quote;
    }

    public Task<HotkeyFacts?> GetRecord() => GetRecordFor(BlockNumber.Genesis);

    public async Task<HotkeyFacts?> GetRecordFor(BlockNumber block)
    {
        await WhileHealthy(WaitWhileReserved());

        // What a replaced activation does not know is not absent.
        await ConfirmHeld();
        if (State.Record is null && ValidatorDecider.TellStart(State, block) is { } told) Record(told);
        var facts = ValidatorDecider.Facts(State);
        await Durable();
        return facts;
    }

    public async Task<HotkeyFacts?> GetRecordAtStart(BlockNumber block)
    {
        ThrowIfPoisoned();
        var facts = ValidatorDecider.FactsAtStart(State, block);
        if (ValidatorDecider.TellStart(State, block) is { } told) Record(told);
        await Durable();
        return facts;
    }

    public async Task<ReservationStatus> Reserve(AccountId coldkey, AccountId holder)
    {
        ThrowIfPoisoned();
        var reservation = new HotkeyReservation(holder, coldkey);
        if (State is { Record: null, Reservation: { } other } && other != reservation)
        {
            var isHeld = await WhileHealthy(IsHeld(other));
            if (isHeld || State.Reservation != other) return ReservationStatus.Busy;
        }

        var isOwned = State.Record is not null;
        if (!isOwned && State.Reservation != reservation) Record(new HotkeyReserved(reservation));
        await Durable();
        return isOwned ? ReservationStatus.Owned : ReservationStatus.Reserved;
    }

    public async Task EnsureOwner(AccountId owner, BlockNumber block)
    {
        ThrowIfPoisoned();
        if (ValidatorDecider.EnsureOwner(State, owner, block) is { } ensured) Record(ensured);
        await Durable();
    }

    public async Task<HeldHotkey> HoldForSwap(AccountId coldkey)
    {
        ThrowIfPoisoned();
        var reservation = new HotkeyReservation(SystemSenders.Lane, coldkey);
        if (State.Reservation is { } other && other.Holder != reservation.Holder)
        {
            var isHeld = await WhileHealthy(IsHeld(other));
            if (isHeld || State.Reservation != other) return new HeldHotkey(false, null);
        }

        if (State.Reservation != reservation) Record(new HotkeyReserved(reservation));
        var facts = ValidatorDecider.Facts(State);
        await Durable();
        return new HeldHotkey(true, facts);
    }

    public async Task TakeOver(HotkeyFacts? facts, ulong batch, BlockNumber block)
    {
        ThrowIfPoisoned();
        if (ValidatorDecider.TakeOver(State, facts, batch, block) is { } swapped) Record(swapped);
        await Durable();
    }

    /// <summary>Nothing is said of the hotkey, and nothing decided, while somebody may be about to give it an owner, or another key in its place.</summary>
    private async Task WaitWhileReserved()
    {
        for (var attempt = 0; State.Reservation is { } reservation; attempt++)
        {
            if (attempt > 0) await Task.Delay(Retry.Delay(attempt));
            ThrowIfPoisoned();
            var isHeld = await IsHeld(reservation);
            ThrowIfPoisoned();
            if (!isHeld && State.Reservation == reservation) Record(new HotkeyReserved(null));
        }
    }

    private Task<bool> IsHeld(HotkeyReservation reservation) => SystemAccounts.TryGetSubnet(reservation.Holder, out var netuid)
        ? GrainFactory.Pool(netuid).HoldsReservation(State.Hotkey)
        : GrainFactory.Lane().HoldsReservation(State.Hotkey);

    public async Task EnsureDelegate(BlockNumber block)
    {
        if (ValidatorDecider.EnsureDelegate(State, block, network.Head) is { } ensured) Record(ensured);
        await Durable();
    }

    private async Task LearnNetwork()
    {
        if (network.Parameters is not null) return;
        var view = await GrainFactory.ReadNetwork();
        if (view.Name is not null) network.Adopt(view.Revision, view.Parameters);
    }

    /// <summary>Asks accounts whose outcomes are old what they have settled, a few at each decision.</summary>
    private void Sweep()
    {
        foreach (var sender in State.Outcomes.Sweep(State.Seen, OperationLimits.ReceiptBlocks, SweepSendersMax)) _ = Forget(sender);
    }

    private async Task Forget(AccountId sender)
    {
        try
        {
            State.Outcomes.Forget(sender, await GrainFactory.Account(sender).GetSettledBelow());
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogForgetFailed(State.Hotkey, sender, exception.Message);
        }
    }

    [LoggerMessage(401, LogLevel.Debug, "Hotkey {Hotkey} could not ask account {Sender} what it has settled: {Reason}")]
    private partial void LogForgetFailed(AccountId hotkey, AccountId sender, string reason);
}
