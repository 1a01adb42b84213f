using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Orders;
using Dtao.Grains.Blocks;
using Dtao.Grains.Lanes;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Telemetry;
using Dtao.Grains.Validators;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Dtao.Grains.Subnets;

/// <inheritdoc cref="ISubnetPoolGrain"/>
/// <remarks>
/// Reentrant: a decision reads the tip, records its event, and changes the tip in one synchronous step.
/// The invariant that survives interleaving: nothing is decided while the gate is closed, and whoever waited looks at the gate,
/// at its own earlier outcome, and at the facts that it fetched again before it decides.
/// </remarks>
[Reentrant]
public sealed partial class SubnetPoolGrain(IActorJournals journals, NetworkContext network, ILogger<SubnetPoolGrain> logger)
    : LedgerGrain<PoolState, PoolEvent>(PoolModel.Instance, journals, logger), ISubnetPoolGrain
{
    private const int WaitingMax = 16_384;
    private const int SweepSenders = 256;
    private const ulong QuietBlocks = 64;

    private readonly PoolGate _gate = new();
    private readonly HotkeyCache _hotkeys = new();

    /// <summary>Closed for a batch that may swap keys: what is known of hotkeys is forgotten before the gate opens.</summary>
    private bool _mayKeysChange;

    private ulong _durablySettledBelow = 1;
    private bool _isEntered;

    /// <summary>The netuid as a label, made once.</summary>
    private object? _netuidLabel;

    private NetUid Netuid => new(unchecked((ushort)this.GetPrimaryKeyLong()));

    protected override string ActorKey => ActorKeys.Pool(this.GetPrimaryKeyLong());

    protected override int SnapshotWeight => State.Shares.Count + State.Outcomes.SenderCount;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        await Journals.EnterAsync(ActorKey);
        _isEntered = true;
        _durablySettledBelow = State.SettledBelow;
        _gate.OpenAfterLane(State.LastLaneBatch);

        await AskWhetherClosed();
        if (_gate.IsClosed && Journals.LogId == Guid.Empty)
        {
            // Whoever opens the pool may do so at an activation that this one replaces, which sees by a write alone that it was.
            Record(new FactsAsked(State.LastBlock));
            await Durable();
            _gate.EndClosing();
            await AskWhetherClosed();
        }

        if (State.Books is not null) network.Adopt(State.ParametersRevision, State.Parameters);
        if (State.Books is not null || State.Outbox.Count > 0 || State.Owed.Count > 0) _ = Watch(FinishLeftOver());
        AttachLocally();
    }

    /// <summary>Asks whoever may have closed the pool. What was asked for before and is over is forgotten.</summary>
    private async Task AskWhetherClosed()
    {
        // Also without a subnet: one may be about to come, and what is sent to its account meanwhile must not be missing from its books.
        var held = await GrainFactory.Lane().PoolActivated(Netuid);
        _gate.OpenAfterLane(held.CalledOff);
        if (held.IsClosed)
        {
            // Which batch it is, is not said: it may swap keys.
            _gate.CloseForLane(0);
            _mayKeysChange = true;
        }

        if (State.Books is not null) await AskCoordinator();
    }

    /// <summary>Whether the pool must stay closed for a block, and which closings are over.</summary>
    private async Task AskCoordinator()
    {
        var closing = await GrainFactory.Coordinator().PoolActivated(Netuid);
        _gate.CallOff(closing.CalledOff);
        if (closing.Block is { } block && (block > State.LastBlock || (closing.Holds && block == State.LastBlock))) _gate.CloseForBlock(block, closing.Closing);
    }

    public Task<PoolReply> Execute(PoolCommand command)
    {
        ThrowIfPoisoned();
        return LedgerTraces.IsTraced ? ActTraced(command) : Act(command);
    }

    /// <remarks>A method of its own: what it captures is made where it is called, and so only where somebody looks.</remarks>
    private Task<PoolReply> ActTraced(PoolCommand command) => LedgerTraces.Decide("pool.decide", command.Head, command.Call, () => Act(command));

    private Task<PoolReply> Act(PoolCommand command)
    {
        if (MayDecideAtOnce(command)) return WhileHealthy(DecideNow(command, BeneficiaryExists, recipientExists: false));
        return WhileHealthy(command.Call.Kind == CallKind.FillBatch ? Join(command) : Decide(command));
    }

    public Task<PoolReply?[]> ExecuteAll(PoolCommand[] commands)
    {
        ThrowIfPoisoned();
        return Task.FromResult(Array.ConvertAll(commands, DecideAtOnce));
    }

    /// <returns>Null when it was not decided, or was and must be shown to others, or be durable, before it is answered: it is asked for again, and answered then.</returns>
    private PoolReply? DecideAtOnce(PoolCommand command)
    {
        if (!MayDecideAtOnce(command)) return null;
        var deciding = DecideNow(command, BeneficiaryExists, recipientExists: false);
        if (deciding.IsCompletedSuccessfully) return deciding.Result;
        deciding.Ignore();
        return null;
    }

    /// <summary>Whether there is nothing to wait for and nobody to ask: so it is with nearly every message, and then nothing of <see cref="Decide"/> is needed.</summary>
    private bool MayDecideAtOnce(PoolCommand command) =>
        command.Call.Kind != CallKind.FillBatch && State.Books is not null && MayActOn(command.Head.Stamp) && !MustWait(command.Head)
        && State.Outcomes.Judge(command.Head, State.LastBlock, out _) == Verdict.Fresh && Missing(command) == Facts.None;

    /// <summary>Decides and records in one step, and answers when others can see what the decision does to them.</summary>
    /// <param name="beneficiaryExists">As of <see cref="PoolDecider.Decide"/>; so is the other.</param>
    private Task<PoolReply> DecideNow(PoolCommand command, bool beneficiaryExists, bool recipientExists)
    {
        var firstSent = State.NextSequence;
        var decided = PoolDecider.Decide(State, command, beneficiaryExists, _hotkeys.Records, network.Parameters, recipientExists);
        Record(decided);
        CountDecision(decided.Outcome.Outcome);
        return State.NextSequence > firstSent || decided.NewDelegate is not null || decided.NewOwner is not null
            ? AnswerWhenShown(command.Head, decided, firstSent)
            : Answer(command.Head, decided.Outcome);
    }

    private async Task<PoolReply> AnswerWhenShown(MessageHead head, CallDecided decided, ulong firstSent)
    {
        await ShowEffects(firstSent, decided.Direct, decided.NewOwner?.Hotkey, decided.NewDelegate);
        return await Answer(head, decided.Outcome);
    }

    private async Task<PoolReply> Decide(PoolCommand command)
    {
        var head = command.Head;
        ThrowIfPoisoned();
        if (!MayActOn(head.Stamp)) return PoolReply.Undecided(DeliveryStatus.SendWhenDurable, State.LastBlock);
        using var reservation = new Held(_reserving, command.Call.Hotkey);
        var asked = Facts.None;
        var askedAt = State.LastBlock;
        var beneficiaryIsHere = false;
        var recipientExists = false;
        var (closings, vanishings) = (_gate.LaneClosings, _vanishings);
        while (true)
        {
            // What an outcome rests on may not be seen by others yet; then a repeat of it waits like everyone else.
            if (_gate.IsShowing)
            {
                reservation.LetGo();
                if (!await MayPassGate(head)) return PoolReply.Undecided(DeliveryStatus.Busy, State.LastBlock);
                asked = Facts.None;
                continue;
            }

            switch (State.Outcomes.Judge(head, State.Books is null ? head.Seen : State.LastBlock, out var known))
            {
                case Verdict.Known:
                    return await Answer(head, known!);
                case Verdict.Stale:
                    return PoolReply.Undecided(DeliveryStatus.Stale, State.LastBlock);
                case Verdict.Expired:
                    var expired = PoolDecider.Expire(State, head, command.Call);
                    Record(expired);
                    CountDecision(null);
                    return await Answer(head, expired.Outcome);
            }

            if (MustWait(head))
            {
                // Whoever holds the gate may be waiting to hear of the hotkey.
                reservation.LetGo();
                if (!await MayPassGate(head)) return PoolReply.Undecided(DeliveryStatus.Busy, State.LastBlock);
                asked = Facts.None;
                continue;
            }

            // What was absent in one block, or before a batch of the lane, may be there after it; and an account that was there may vanish.
            if (askedAt != State.LastBlock || closings != _gate.LaneClosings || vanishings != _vanishings)
            {
                // The hotkey itself would wait for whoever keeps it set aside.
                reservation.LetGo();
                (asked, askedAt, closings, vanishings) = (Facts.None, State.LastBlock, _gate.LaneClosings, _vanishings);
            }

            if ((Missing(command) & ~asked) is var missing and not Facts.None)
            {
                if (missing.HasFlag(Facts.Signer))
                {
                    if (await AskSigner(head.Sender) is not { } free) return PoolReply.Undecided(DeliveryStatus.Busy, State.LastBlock);
                    command = command with { Free = free };
                }

                if (!await Fetch(missing, command, AskedIn)) return PoolReply.Undecided(DeliveryStatus.Busy, State.LastBlock);
                if (missing.HasFlag(Facts.Reservation) && !_hotkeys.Records.ContainsKey(command.Call.Hotkey))
                {
                    if (!await Reserve(reservation, head.Sender)) return PoolReply.Undecided(DeliveryStatus.Busy, State.LastBlock);
                }

                beneficiaryIsHere = BeneficiaryExists;
                if (missing.HasFlag(Facts.Recipient)) recipientExists = await RecipientExists(command);
                asked |= missing;
                continue;
            }

            // Without a subnet nobody says that the author vanishes: what this message has asked counts.
            var deciding = DecideNow(command, State.Books is null ? beneficiaryIsHere : BeneficiaryExists, recipientExists);
            reservation.LetGo();
            return await deciding;
        }
    }

    public Task<PoolReply> Administer(PoolCommand command) => Execute(command);

    public Task<CallQuote> Quote(PoolCommand command) => WhileHealthy(MakeQuote(command));

    private async Task<CallQuote> MakeQuote(PoolCommand command)
    {
        // A quote moves nothing: when too many wait already, it is made on what stands now.
        while (MustWait(command.Head) && await MayPassGate(command.Head))
        {
        }

        // Nor does it leave a trace at a hotkey that nobody owns.
        await Fetch(Missing(command), command, BlockNumber.Genesis);
        var recipientExists = await RecipientExists(command);
        var quote = PoolDecider.Quote(State, command, BeneficiaryExists, _hotkeys.Records, network.Parameters, recipientExists);
        await Durable();
        return quote;
    }

    public async Task AdoptParameters(ulong revision, NetworkParameters parameters)
    {
        if (State.Books is not null && revision > State.ParametersRevision)
        {
            Record(new ParametersAdopted(revision, parameters));
            _knownBeneficiary = null;
        }

        network.Adopt(revision, parameters);
        await WhileHealthy(PayFormerBeneficiaries());
        await Durable();
    }

    public Task<ulong> GetSettledBelow() => Task.FromResult(_durablySettledBelow);

    public async Task<CreditReply> Credit(TaoCredit credit)
    {
        ThrowIfPoisoned();
        if (!MayActOn(credit.Head.Stamp)) return new(DeliveryStatus.SendWhenDurable, LedgerError.None, LogStamp.Durable, State.LastBlock);
        while (MustWait(credit.Head))
        {
            if (!await MayPassGate(credit.Head)) return new(DeliveryStatus.Busy, LedgerError.None, LogStamp.Durable, State.LastBlock);
        }

        switch (State.Outcomes.Judge(credit.Head, State.LastBlock, out var known))
        {
            case Verdict.Stale:
                return new(DeliveryStatus.Stale, LedgerError.None, LogStamp.Durable, State.LastBlock);
            case Verdict.Known:
                break;
            case Verdict.Expired when !credit.MustSucceed:
                Record(PoolDecider.Expire(State, credit.Head, new Call { Kind = CallKind.Transfer, Amount = credit.Amount.Rao }));
                break;
            default:
                Record(PoolDecider.ReceiveGift(State, credit, network.Parameters));
                break;
        }

        known ??= State.Outcomes.Find(credit.Head.Sender, credit.Head.Sequence);
        await ReadyToAnswer(credit.Head.Stamp);
        return known?.Outcome is { } outcome
            ? new(DeliveryStatus.Decided, outcome.Error, AnswerStamp(credit.Head.Stamp), State.LastBlock)
            : new(DeliveryStatus.Never, LedgerError.None, AnswerStamp(credit.Head.Stamp), State.LastBlock);
    }

    protected override void OnPoisoned()
    {
        DetachLocally();
        _gate.ReleaseForGood();
        _batches.EndAll();
    }

    /// <summary>A closed gate, or a sender who has seen a block that this pool has not applied.</summary>
    private bool MustWait(MessageHead head) => _gate.IsClosed || (State.Books is not null && (head.Seen > State.LastBlock || _factsSeen > State.LastBlock));

    /// <summary>Waits until something opened; false when too many wait already, or nothing opened for a while, and the sender is to come back.</summary>
    private async Task<bool> MayPassGate(MessageHead head)
    {
        EndIfBehind(head.Seen > _factsSeen ? head.Seen : _factsSeen);
        if (_gate.Waiting >= WaitingMax || Journals.IsSaturated) return false;
        if (!await _gate.Wait())
        {
            await ConfirmHeld();
            return false;
        }

        ThrowIfPoisoned();
        return true;
    }

    /// <summary>No block is planned before every pool has applied the one before it: a pool that lies two behind is not the one that applied it.</summary>
    private void EndIfBehind(BlockNumber block)
    {
        if (State.Books is not null && block > State.LastBlock.Next) EndAsReplaced($"block {block} is known, and it has applied {State.LastBlock}");
    }

    /// <summary>Asks senders with old outcomes what they have settled, a few at each block.</summary>
    private async Task SweepOutcomes()
    {
        foreach (var sender in State.Outcomes.Sweep(State.LastBlock, QuietBlocks, SweepSenders))
        {
            if (SystemSenders.IsSystem(sender)) continue;
            State.Outcomes.Forget(sender, await GrainFactory.Account(sender).GetSettledBelow());
        }
    }

    private Task<PoolReply> Answer(MessageHead head, PoolOutcome outcome)
    {
        var ready = ReadyToAnswer(head.Stamp);
        return ready.IsCompletedSuccessfully ? Task.FromResult(ReplyOf(head, outcome)) : AnswerWhen(ready, head, outcome);
    }

    private async Task<PoolReply> AnswerWhen(ValueTask ready, MessageHead head, PoolOutcome outcome)
    {
        await ready;
        return ReplyOf(head, outcome);
    }

    private PoolReply ReplyOf(MessageHead head, PoolOutcome outcome)
    {
        var status = outcome.Outcome is null ? DeliveryStatus.Never : DeliveryStatus.Decided;
        return new PoolReply(status, outcome.Outcome, outcome.FreeChange, outcome.Block, outcome.Order, AnswerStamp(head.Stamp));
    }

    private void CountDecision(CallOutcome? outcome)
    {
        if (LedgerMetrics.CountsPoolDecisions) LedgerMetrics.PoolDecided(_netuidLabel ??= (int)Netuid.Value, outcome);
    }

    private void LogRetry(ulong sequence, string reason)
    {
        NoteRepeat();
        WriteRetry(Netuid.Value, sequence, reason);
    }

    private async Task Watch(Task work)
    {
        try
        {
            await work;
        }
        catch (Exception exception)
        {
            if (!IsPoisoned) LogBackground(Netuid.Value, exception);
        }
    }

    [LoggerMessage(301, LogLevel.Critical, "Subnet {Netuid} was given another plan for block {Block} than the one that it applied")]
    private partial void LogPlanDiffers(ushort netuid, ulong block);

    [LoggerMessage(302, LogLevel.Information, "Subnet {Netuid} sends sequence {Sequence} again: {Reason}")]
    private partial void WriteRetry(ushort netuid, ulong sequence, string reason);

    [LoggerMessage(303, LogLevel.Warning, "Subnet {Netuid} could not finish background work; it is tried again later")]
    private partial void LogBackground(ushort netuid, Exception exception);
}
