using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Blocks;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;

namespace Dtao.Simulator.Tests.Simulation;

/// <summary>The protocol of <see cref="SubnetPoolGrain"/> around its decider, restated. Hotkeys are known to all and never change.</summary>
internal sealed class SimPool(World world, ActorRecord<PoolState, PoolEvent> record, NetUid netuid) : SimActor<PoolState, PoolEvent>(world, record)
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

    public bool IsClosed => _closedForBlock is not null || _closedForLane is not null || _isShowing;

    private bool BeneficiaryExists => _knownBeneficiary == State.Beneficiary;

    protected override async Task OnActivated()
    {
        _durablySettledBelow = State.SettledBelow;
        var asked = await World.Call<SimCoordinator, BlockClosing>(this, World.Coordinator, "pool activated", coordinator => coordinator.PoolActivated(netuid));
        if (!asked.IsOk) throw new PoisonedException();
        _lastClosingOver = asked.Value.CalledOff;
        if (asked.Value.Block is { } block && block > State.LastBlock) Close(block, asked.Value.Closing);
        _isShowing = State.Outbox.Count > 0 && Bug != Bug.FirstFeeUnseen;
        Watch(SendAllOutgoing());
    }

    /// <summary>What a former activation sent may be a first fee: nothing is decided or answered here until all can see it.</summary>
    private async Task SendAllOutgoing()
    {
        foreach (var sequence in State.Outbox.Keys.ToArray()) await SendOutgoing(sequence);
        _isShowing = false;
        Release();
    }

    public async Task<PoolReply> Execute(PoolCommand command, long senderVersion)
    {
        var head = command.Head;
        if (!MayActOn(head.Stamp)) return PoolReply.Undecided(DeliveryStatus.SendWhenDurable, State.LastBlock);
        var hasAsked = false;
        var askedAt = State.LastBlock;
        while (true)
        {
            while (_isShowing && Bug != Bug.FirstFeeUnseen) await WaitAtGate();
            switch (Mutate(State.Outcomes.Judge(head, State.LastBlock, out var known)))
            {
                case Verdict.Known:
                    return await Answer(head, known!);
                case Verdict.Stale:
                    return PoolReply.Undecided(DeliveryStatus.Stale, State.LastBlock);
                case Verdict.Expired:
                    var expired = PoolDecider.Expire(State, head, command.Call);
                    Record(expired, senderVersion);
                    return await Answer(head, expired.Outcome);
            }

            if (MustWait(head))
            {
                EndIfBehind(head.Seen);
                await WaitAtGate();
                if (Bug != Bug.FirstFeeWithoutColour) hasAsked = false;
                continue;
            }

            if (askedAt != State.LastBlock && Bug != Bug.FirstFeeWithoutColour) (hasAsked, askedAt) = (false, State.LastBlock);
            if (!hasAsked && State.Books!.Mechanism != 0 && !BeneficiaryExists && head.Sender != State.Beneficiary)
            {
                hasAsked = true;
                var beneficiary = State.Beneficiary;
                var exists = await World.Call<SimAccount, Existence>(this, World.AccountOf(beneficiary), "exists?", account => account.Exists());
                if (!exists.IsOk || !exists.Value.IsSettled) return PoolReply.Undecided(DeliveryStatus.Busy, State.LastBlock);
                if (exists.Value.Seen > _factsSeen && Bug != Bug.FirstFeeWithoutColour) _factsSeen = exists.Value.Seen;
                if (exists.Value.Exists) _knownBeneficiary = beneficiary;
                continue;
            }

            var decided = PoolDecider.Decide(State, command, BeneficiaryExists, World.Hotkeys);
            Record(decided, senderVersion);
            if (decided.Direct is { } direct) await ShowNewAccount(direct);
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
            if (!_isShowing) break;
            await WaitAtGate();
        }

        if (State.LastBlock < block && Bug is not (Bug.OpenWhilePlanned or Bug.BlockStraddled)) Close(block, closing);
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
        else if (State.LastBlock < block) Record(new FactsAsked(block));
    }

    /// <summary>No block is planned before every pool has applied the one before it.</summary>
    private void EndIfBehind(BlockNumber block)
    {
        if (block > State.LastBlock.Next && Bug != Bug.StalePoolStays) throw new PoisonedException();
    }

    public async Task<BlockAcknowledgement> ApplyBlock(ApplyBlock command)
    {
        var differs = false;
        if (command.Block.Value == State.LastBlock.Value + 1)
        {
            Record(PoolDecider.ApplyBlock(State, command, EpochFacts.None).Finish(null));
        }
        else
        {
            if (command.Block < State.LastBlock) throw new LateMessageException();
            EndIfBehind(command.Block);
            if (command.Block > State.LastBlock) throw new LateMessageException();
            differs = !command.PlanHash.AsSpan().SequenceEqual(State.LastPlanHash);
        }

        OpenAfterBlock(State.LastBlock);
        var acknowledgement = new BlockAcknowledgement(netuid, State.LastBlock, State.LastConsumed, State.Digest, differs);
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
    public async Task<bool> CloseForLane(int lane)
    {
        while (_isShowing || (_closedForLane is { } other && other != lane)) await WaitAtGate();
        _closedForLane = lane;
        await ReadyToSend();
        return true;
    }

    public Task<bool> OpenForLane(int lane)
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

    private Verdict Mutate(Verdict verdict) => Bug switch
    {
        Bug.OutcomeNotRemembered when verdict == Verdict.Known => Verdict.Fresh,
        Bug.ForgottenIdExecutedAgain when verdict is Verdict.Stale or Verdict.Expired => Verdict.Fresh,
        Bug.ExpiryIgnored when verdict == Verdict.Expired => Verdict.Fresh,
        _ => verdict,
    };

    private bool MustWait(MessageHead head) => IsClosed || ((head.Seen > State.LastBlock || _factsSeen > State.LastBlock) && Bug != Bug.BlockStraddled);

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

    private async Task ShowNewAccount(OutgoingTao direct)
    {
        _isShowing = true;
        await SendOutgoing(State.NextSequence - 1);
        _knownBeneficiary = direct.To;
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
