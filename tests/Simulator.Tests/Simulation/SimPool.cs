using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Blocks;
using Dtao.Grains.Lanes;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;

namespace Dtao.Simulator.Tests.Simulation;

/// <summary>The protocol of <see cref="SubnetPoolGrain"/> around its decider, restated. In a market hotkeys are known to all and never change.</summary>
internal sealed partial class SimPool(World world, ActorRecord<PoolState, PoolEvent> record, NetUid netuid) : SimActor<PoolState, PoolEvent>(world, record)
{
    private readonly List<TaskCompletionSource> _waiting = [];
    private AccountId? _knownBeneficiary;
    private ulong _durablySettledBelow = 1;
    private BlockNumber? _closedForBlock;
    private ulong _closing;
    private ulong _lastClosingOver;
    private int? _closedForLane;
    private bool _isShowing;
    private BlockNumber _factsSeen;

    public bool IsClosed => _closedForBlock is not null || _closedForLane is not null || _batch is not null || _isShowing;

    /// <summary>For whom or what it is closed, for a story.</summary>
    public string WhyClosed => _isShowing ? "to show an effect" : _closedForBlock is { } block ? $"for block {block}" : $"for batch {_batch}{_closedForLane}";

    private bool BeneficiaryExists => _knownBeneficiary == State.Beneficiary;

    protected override async Task OnActivated()
    {
        _durablySettledBelow = State.SettledBelow;
        _lastBatchOver = State.LastLaneBatch;
        if (World.Lane is { } lane && (State.Books is not null || Bug != Bug.EmptyPoolOpens))
        {
            var held = await World.Call<SimLane, LaneClosing>(this, lane, "pool activated", actor => actor.PoolActivated(netuid));
            if (!held.IsOk) throw new PoisonedException();
            _lastBatchOver = Math.Max(_lastBatchOver, held.Value.CalledOff);
            if (held.Value.IsClosed) _batch = 0;
        }

        if (State.Books is not null)
        {
            await AskCoordinator();
        }

        var isLeftOver = State.Outbox.Count > 0 || State.NewOwners.Count > 0 || State.NewDelegates.Count > 0;
        _isShowing = isLeftOver && Bug != Bug.FirstFeeUnseen;
        if (isLeftOver) Watch(FinishLeftOver());
    }

    /// <summary>Whether the pool must stay closed for a block, and which closings are over.</summary>
    private async Task AskCoordinator()
    {
        var asked = await World.Call<SimCoordinator, BlockClosing>(this, World.Coordinator, "pool activated", coordinator => coordinator.PoolActivated(netuid));
        if (!asked.IsOk) throw new PoisonedException();
        _lastClosingOver = Math.Max(_lastClosingOver, asked.Value.CalledOff);
        if (asked.Value.Block is { } closed && (closed > State.LastBlock || (asked.Value.Holds && closed == State.LastBlock))) Close(closed, asked.Value.Closing);
    }

    /// <summary>What a former activation sent may be a first fee, or give a hotkey its owner: nothing is decided or answered here until all can see it.</summary>
    private async Task FinishLeftOver()
    {
        foreach (var hotkey in State.NewOwners.Keys.ToArray()) await ConfirmOwner(hotkey);
        foreach (var hotkey in State.NewDelegates.ToArray()) await ConfirmDelegate(hotkey);
        foreach (var sequence in State.Outbox.Keys.ToArray()) await SendOutgoing(sequence);
        _isShowing = false;
        Release();
    }

    public async Task<PoolReply> Execute(PoolCommand command, long senderVersion)
    {
        var head = command.Head;
        if (!MayActOn(head.Stamp)) return PoolReply.Undecided(DeliveryStatus.SendWhenDurable, State.LastBlock);
        var hotkey = command.Call.Hotkey;
        using var reservation = new Held(_reserving, hotkey, Bug);
        var asked = Facts.None;
        var askedAt = State.LastBlock;
        var closings = _laneClosings;
        while (true)
        {
            while (_isShowing && Bug != Bug.FirstFeeUnseen)
            {
                if (Bug != Bug.ReservationKeptTooLong) reservation.LetGo();
                await WaitAtGate();
                if (Bug != Bug.FirstFeeWithoutColour) asked = Facts.None;
            }

            switch (Mutate(State.Outcomes.Judge(head, State.Books is null ? head.Seen : State.LastBlock, out var known), known))
            {
                case Verdict.Known:
                    return await Answer(head, known!);
                case Verdict.Stale:
                    return PoolReply.Undecided(DeliveryStatus.Stale, State.LastBlock);
                case Verdict.Expired:
                    var expired = PoolDecider.Expire(State, head, command.Call);
                    Record(expired, Basis(command, senderVersion));
                    return await Answer(head, expired.Outcome);
            }

            if (MustWait(head))
            {
                reservation.LetGo();
                EndIfBehind(head.Seen > _factsSeen ? head.Seen : _factsSeen);
                await WaitAtGate();
                if (Bug != Bug.FirstFeeWithoutColour) asked = Facts.None;
                continue;
            }

            var isOld = (askedAt != State.LastBlock && Bug != Bug.FirstFeeWithoutColour) || (closings != _laneClosings && Bug != Bug.FactsOfBeforeBatch);
            if (isOld)
            {
                if (Bug != Bug.ReservationKeptTooLong) reservation.LetGo();
                (asked, askedAt, closings) = (Facts.None, State.LastBlock, _laneClosings);
            }

            if ((Missing(command) & ~asked) is var missing and not Facts.None)
            {
                if (missing.HasFlag(Facts.Signer))
                {
                    var free = await World.Call<SimAccount, FreeAnswer>(this, World.AccountOf(head.Sender), "free?", account => account.GetFree());
                    if (!free.IsOk) return PoolReply.Undecided(DeliveryStatus.Busy, State.LastBlock);
                    (command, senderVersion) = (command with { Free = free.Value.Free }, free.Value.Version);
                }

                if (!await Fetch(missing, command)) return PoolReply.Undecided(DeliveryStatus.Busy, State.LastBlock);
                if (missing.HasFlag(Facts.Reservation) && !_hotkeys.ContainsKey(hotkey))
                {
                    if (!await Reserve(reservation, head.Sender)) return PoolReply.Undecided(DeliveryStatus.Busy, State.LastBlock);
                }

                asked |= missing;
                continue;
            }

            var decided = PoolDecider.Decide(State, command, BeneficiaryExists, Hotkeys);
            Record(decided, Basis(command, senderVersion));
            reservation.LetGo();
            if (decided.Direct is not null || decided.NewOwner is not null || decided.NewDelegate is not null) await ShowEffects(decided);
            return await Answer(head, decided.Outcome);
        }
    }

    public async Task<CreditReply> Credit(TaoCredit credit)
    {
        if (!MayActOn(credit.Head.Stamp)) return new(DeliveryStatus.SendWhenDurable, LedgerError.None, LogStamp.Durable, State.LastBlock);
        while (MustWait(credit.Head)) await WaitAtGate();
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
                Record(PoolDecider.ReceiveGift(State, credit));
                break;
        }

        known ??= State.Outcomes.Find(credit.Head.Sender, credit.Head.Sequence);
        await ReadyToAnswer(credit.Head.Stamp);
        return known?.Outcome is { } outcome
            ? new(DeliveryStatus.Decided, outcome.Error, AnswerStamp(credit.Head.Stamp), State.LastBlock)
            : new(DeliveryStatus.Never, LedgerError.None, AnswerStamp(credit.Head.Stamp), State.LastBlock);
    }

    public async Task<PoolBlockFacts> CloseForBlock(BlockNumber block, ulong closing, byte[] parentHash)
    {
        while (true)
        {
            EndIfBehind(block);
            if (closing <= _lastClosingOver && Bug != Bug.ClosedByLateMessage) throw new LateMessageException();
            if (!_isShowing && (_batch is null || State.LastBlock >= block)) break;
            await WaitAtGate();
        }

        if ((State.Books is not null || Bug == Bug.GonePoolStaysClosed) && State.LastBlock < block && Bug is not (Bug.OpenWhilePlanned or Bug.BlockStraddled)) Close(block, closing);
        if (Bug != Bug.FactsOfReplacedPool) ConfirmFacts(block);
        await ReadyToSend();
        return PoolDecider.FactsOf(State, block, parentHash);
    }

    private void Close(BlockNumber block, ulong closing)
    {
        if (_closedForBlock is not { } closed || closed < block) _closedForBlock = block;
        if (closing > _closing) _closing = closing;
    }

    private void ConfirmFacts(BlockNumber block)
    {
        if (World.IsOrdered) ConfirmHeld();
        else if (State.Books is not null && State.LastBlock < block) Record(new FactsAsked(block));
    }

    /// <summary>No block is planned before every pool has applied the one before it.</summary>
    private void EndIfBehind(BlockNumber block)
    {
        if (State.Books is not null && block > State.LastBlock.Next && Bug != Bug.StalePoolStays) throw new PoisonedException();
    }

    public async Task<BlockAcknowledgement> ApplyBlock(ApplyBlock command)
    {
        var differs = false;
        if (command.Block.Value == State.LastBlock.Value + 1 || RepeatsBlock(command))
        {
            await Make(command);
        }
        else
        {
            if (command.Block < State.LastBlock) throw new LateMessageException();
            EndIfBehind(command.Block);
            if (command.Block > State.LastBlock) throw new LateMessageException();
            differs = !command.PlanHash.AsSpan().SequenceEqual(State.LastPlanHash);
        }

        if (!command.Holds || Bug == Bug.HeldPoolOpens) OpenAfterBlock(State.LastBlock);
        var acknowledgement = new BlockAcknowledgement(netuid, State.LastBlock, State.LastConsumed, State.Digest, differs) { Accruals = [.. State.LastAccruals] };
        var settledBelow = State.SettledBelow;
        await Durable();
        _durablySettledBelow = Math.Max(_durablySettledBelow, settledBelow);
        Watch(SweepOutcomes());
        return acknowledgement;
    }

    public Task<bool> OpenAfter(ulong closing)
    {
        ConfirmHeld();
        if (closing > _lastClosingOver) _lastClosingOver = closing;
        if (_closing <= closing || Bug == Bug.OpenedByLateMessage) (_closedForBlock, _closing) = (null, 0);
        Release();
        return Task.FromResult(true);
    }

    /// <summary>Closes the pool for a batch over several pools, when no other batch holds it.</summary>
    public async Task<bool> CloseForBatch(int lane)
    {
        while (_isShowing || (_closedForLane is { } other && other != lane)) await WaitAtGate();
        _closedForLane = lane;
        await ReadyToSend();
        return true;
    }

    public Task<bool> OpenForBatch(int lane)
    {
        if (_closedForLane == lane)
        {
            _closedForLane = null;
            Release();
        }

        return Task.FromResult(true);
    }

    public async Task<bool> PayOwed(AccountId account)
    {
        if (State.Owed.TryGetValue(account, out var owed) && !owed.IsZero) Record(new OwedSent(account, owed));
        foreach (var sequence in State.Outbox.Where(entry => entry.Value.To == account).Select(entry => entry.Key).ToArray()) await SendOutgoing(sequence);
        return true;
    }

    public Task<bool> Wake() => Task.FromResult(true);

    private Verdict Mutate(Verdict verdict, PoolOutcome? known) => Bug switch
    {
        Bug.OutcomeNotRemembered when verdict == Verdict.Known => Verdict.Fresh,
        Bug.ForgottenIdExecutedAgain when verdict is Verdict.Stale or Verdict.Expired => Verdict.Fresh,
        Bug.ExpiryIgnored when verdict == Verdict.Expired => Verdict.Fresh,
        Bug.OutcomesGoneWithSubnet when verdict == Verdict.Known && known!.Order <= _orderAtRetirement => Verdict.Fresh,
        _ => verdict,
    };

    private bool MustWait(MessageHead head) =>
        IsClosed || (State.Books is not null && (head.Seen > State.LastBlock || _factsSeen > State.LastBlock) && Bug != Bug.BlockStraddled);

    private Task WaitAtGate()
    {
        var opened = new TaskCompletionSource();
        _waiting.Add(opened);
        return opened.Task;
    }

    private void OpenAfterBlock(BlockNumber applied)
    {
        if (_closedForBlock is { } block && block <= applied) (_closedForBlock, _closing) = (null, 0);
        Release();
    }

    /// <summary>Who waited looks again, each in a turn of its own.</summary>
    private void Release()
    {
        foreach (var opened in _waiting) Schedule.Add(this, "gate opened", opened.SetResult);
        _waiting.Clear();
    }

    private async Task ShowEffects(CallDecided decided)
    {
        _isShowing = true;
        if (decided.Direct is { } direct)
        {
            await SendOutgoing(State.NextSequence - 1);
            _knownBeneficiary = direct.To;
        }

        if (decided.NewOwner is { } owned) await ConfirmOwner(owned.Hotkey);
        if (decided.NewDelegate is { } hotkey) await ConfirmDelegate(hotkey);
        _isShowing = false;
        Release();
    }

    private async Task SendOutgoing(ulong sequence)
    {
        for (var attempt = 0; State.Outbox.TryGetValue(sequence, out var outgoing); attempt++)
        {
            if (attempt > 0) await Schedule.Delay(this, "pays again");
            var stamp = attempt > 1 ? LogStamp.Durable : Stamp;
            var head = new MessageHead(
                AccountId.OfSubnet(netuid), sequence, _durablySettledBelow, new BlockNumber(ulong.MaxValue), State.LastBlock, stamp);
            var credit = new TaoCredit(head, outgoing.Amount, MustSucceed: true);
            await (attempt > 1 ? Durable() : ReadyToSend());
            var reply = await World.Call<SimAccount, CreditReply>(this, World.AccountOf(outgoing.To), "pay", account => account.Credit(credit));
            if (reply is { IsOk: true, Value.Status: DeliveryStatus.Decided or DeliveryStatus.Stale } && State.Outbox.ContainsKey(sequence)) Record(new OutgoingArrived(sequence));
        }
    }

    private async Task SweepOutcomes()
    {
        foreach (var sender in State.Outcomes.Sweep(State.LastBlock, quietBlocks: 0, countMax: 8))
        {
            if (SystemSenders.IsSystem(sender)) continue;
            var below = await World.Call<SimAccount, ulong>(this, World.AccountOf(sender), "settled below?", account => account.GetSettledBelow());
            if (below.IsOk) State.Outcomes.Forget(sender, below.Value);
        }
    }

    private async Task<PoolReply> Answer(MessageHead head, PoolOutcome outcome)
    {
        await ReadyToAnswer(head.Stamp);
        var status = outcome.Outcome is null ? DeliveryStatus.Never : DeliveryStatus.Decided;
        return new PoolReply(status, outcome.Outcome, outcome.FreeChange, outcome.Block, outcome.Order, AnswerStamp(head.Stamp));
    }
}
