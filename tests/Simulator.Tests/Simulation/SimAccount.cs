using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Lanes;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;

namespace Dtao.Simulator.Tests.Simulation;

/// <summary>The protocol of <see cref="StakerAccountGrain"/> around its decider, restated.</summary>
internal sealed class SimAccount(World world, ActorRecord<AccountState, AccountEvent> record, AccountId id)
    : SimActor<AccountState, AccountEvent>(world, record)
{
    private readonly Queue<Operation> _line = new();
    private readonly Dictionary<OperationId, Signal<Receipt>> _waiters = [];
    private ulong _durablySettledBelow = 1;
    private bool _isPumping;

    private BlockNumber Now => World.HeadOf(this) is var head && head > State.Seen ? head : State.Seen;

    protected override Task OnActivated()
    {
        State.Id = id;
        _durablySettledBelow = State.SettledBelow;
        foreach (var sequence in State.InFlight.Keys.ToArray()) Watch(Run(sequence));
        foreach (var sequence in State.DustOutbox.Keys.ToArray()) Watch(ReportDust(sequence));
        return Task.CompletedTask;
    }

    public async Task<Receipt> Submit(Operation operation)
    {
        // The clock must not fall back behind what an earlier activation has answered by.
        if (World.HeadOf(this) == BlockNumber.Genesis && Bug != Bug.ClockFallsBack)
        {
            var head = await World.Call<SimCoordinator, BlockNumber>(this, World.Coordinator, "head?", coordinator => coordinator.GetHead());
            if (!head.IsOk) return Receipt.NotAccepted(operation.Id, RefusalCode.OutcomeUnknown, Now);
            World.Hear(this, head.Value);
        }

        if (AccountDecider.Recall(State, operation, out var sequence) is { } known)
        {
            if (Bug != Bug.RepeatAnsweredEarly) await Durable();
            return known;
        }

        if (_waiters.TryGetValue(operation.Id, out var waiting)) return await waiting.Wait();
        if (sequence == 0)
        {
            if (AccountDecider.CheckEnvelope(State.Id, operation, Now) is var code and not RefusalCode.None)
            {
                if (Bug != Bug.RefusedByReplaced) ConfirmHeld();
                return Receipt.NotAccepted(operation.Id, code, Now);
            }

            _line.Enqueue(operation);
        }

        waiting = new Signal<Receipt>();
        _waiters.Add(operation.Id, waiting);
        if (sequence == 0) Pump();
        return await waiting.Wait();
    }

    public async Task<CreditReply> Credit(TaoCredit credit)
    {
        if (!MayActOn(credit.Head.Stamp)) return new(DeliveryStatus.SendWhenDurable, LedgerError.None, LogStamp.Durable, Now);
        var now = credit.Head.Seen > Now && Bug != Bug.ColourOfCreditLost ? credit.Head.Seen : Now;
        LedgerError error;
        switch (State.Incoming.Judge(credit.Head, now, out var outcome))
        {
            case Verdict.Known:
                error = outcome!.Error;
                break;
            case Verdict.Stale:
                return new(DeliveryStatus.Stale, LedgerError.None, LogStamp.Durable, now);
            case var verdict:
                var credited = verdict == Verdict.Expired && !credit.MustSucceed ? AccountDecider.Expire(credit, now) : Decide(credit, now);
                if (credited is null) return new(DeliveryStatus.Busy, LedgerError.None, LogStamp.Durable, now);
                Record(credited);
                error = credited.Error;
                break;
        }

        var status = AccountDecider.StatusOf(error);
        var yieldTo = status == DeliveryStatus.Yield && State.Alone is { } first ? first.Sequence : 0;
        Watch(SweepIncoming());
        await ReadyToAnswer(credit.Head.Stamp);
        return new(status, error, AnswerStamp(credit.Head.Stamp), now, yieldTo);
    }

    private TaoCredited? Decide(TaoCredit credit, BlockNumber now) => Bug switch
    {
        Bug.CreditedBesideExclusive => Mutations.CreditBesideOthers(State, credit, World.Parameters, now),
        Bug.NobodyYields => AccountDecider.Credit(State, credit with { RunsAlone = false }, World.Parameters, now),
        _ => AccountDecider.Credit(State, credit, World.Parameters, now),
    };

    public async Task<Existence> Exists()
    {
        var existence = AccountDecider.ExistenceOf(State, World.Parameters, mayVanish: false, Now);
        await Durable();
        return existence;
    }

    public async Task<FreeAnswer> GetFree()
    {
        ConfirmHeld();
        var free = new FreeAnswer(State.Free, Version);
        await Durable();
        return free;
    }

    public async Task<AccountId[]> GetStakingHotkeys()
    {
        var hotkeys = State.StakingHotkeys.ToArray();
        await Durable();
        return hotkeys;
    }

    public Task<ulong> GetSettledBelow() => Task.FromResult(Bug == Bug.AcknowledgedFromTip ? State.SettledBelow : _durablySettledBelow);

    public Task<bool> Wake() => Task.FromResult(true);

    private void Pump()
    {
        if (_isPumping) return;
        _isPumping = true;
        try
        {
            while (_line.TryPeek(out var operation))
            {
                switch (Next(operation))
                {
                    case AccountDecision.Wait:
                        return;
                    case AccountDecision.Start start:
                        Record(start.Event);
                        _line.Dequeue();
                        Watch(Run(start.Event.Operation.Sequence));
                        break;
                    case AccountDecision.Decide decide:
                        Record(decide.Event);
                        _line.Dequeue();
                        Watch(AnswerWhenDurable(operation.Id, decide.Event.Receipt));
                        break;
                    case AccountDecision.Answer answer:
                        _line.Dequeue();
                        if (Bug != Bug.RefusedByReplaced) ConfirmHeld();
                        if (_waiters.Remove(operation.Id, out var waiter)) waiter.Set(answer.Receipt);
                        break;
                }
            }
        }
        finally
        {
            _isPumping = false;
        }
    }

    private AccountDecision Next(Operation operation)
    {
        var decision = AccountDecider.Next(State, operation, World.Parameters, Now);
        return Bug switch
        {
            Bug.SideBySideAlways when decision is AccountDecision.Wait => Mutations.BesideOthers(State, operation, World.Parameters, Now),
            Bug.HoldForgotten when decision is AccountDecision.Start start => Mutations.WithoutHold(start),
            _ => decision,
        };
    }

    /// <summary>Sends one operation to the actor that decides it until it has decided, then settles and answers.</summary>
    private async Task Run(ulong sequence)
    {
        var mustBeDurable = State.InFlight[sequence].Route is OperationRoute.Registry or OperationRoute.Coldkey;
        for (var attempt = 0; ; attempt++)
        {
            if (attempt > 0) await Schedule.Delay(this, "sends again");
            var operation = State.InFlight[sequence];
            if (operation.HasYielded)
            {
                await BeginAnew(operation);
                return;
            }

            var (settled, status) = await Deliver(operation, mustBeDurable);
            if (settled is null)
            {
                mustBeDurable |= status == DeliveryStatus.SendWhenDurable;
                if (status == DeliveryStatus.Stale) throw new InvalidOperationException($"Sequence {sequence} of {this} is called stale but not settled.");
                continue;
            }

            Record(settled);
            if (settled.DustSequence != 0) await ReportDust(settled.DustSequence);
            if (_line.Count > 0) Pump();
            await AnswerWhenDurable(operation.Id, settled.Receipt);
            return;
        }
    }

    private async Task<(OperationSettled? Settled, DeliveryStatus Status)> Deliver(InFlightOperation operation, bool mustBeDurable)
    {
        var stamp = mustBeDurable ? LogStamp.Durable : Stamp;
        var settledBelow = Bug == Bug.AcknowledgedFromTip ? State.SettledBelow : _durablySettledBelow;
        var head = new MessageHead(State.Id, operation.Sequence, settledBelow, operation.LastValidBlock, Now, stamp);
        if (operation.Route == OperationRoute.Transfer)
        {
            await ReadyToSend(mustBeDurable);
            var credit = await SendCredit(operation.Call.ToColdkey!.Value, new TaoCredit(head, operation.Hold - operation.Dust, MustSucceed: false, operation.IsExclusive));
            if (credit is { IsOk: true, Value.Status: DeliveryStatus.Yield }) await Yield(operation, credit.Value);
            if (!credit.IsOk) return (VoidOnTimeout(operation), DeliveryStatus.Unset);
            return IsDecided(credit.Value.Status)
                ? (Twice(AccountDecider.SettleTransfer(State, operation.Sequence, credit.Value, Now)), credit.Value.Status)
                : (null, credit.Value.Status);
        }

        var version = Version;
        var command = new PoolCommand(head, operation.Call, AccountDecider.FreeFor(State, operation)) { RunsAlone = operation.IsExclusive };
        await ReadyToSend(mustBeDurable);
        var reply = await Deliver(operation, command, version);
        if (!reply.IsOk) return (VoidOnTimeout(operation), DeliveryStatus.Unset);
        return IsDecided(reply.Value.Status)
            ? (Twice(AccountDecider.Settle(State, operation.Sequence, reply.Value, Now)), reply.Value.Status)
            : (null, reply.Value.Status);
    }

    private Task<Reply<PoolReply>> Deliver(InFlightOperation operation, PoolCommand command, long version) => operation.Route switch
    {
        OperationRoute.Pool => World.Call<SimPool, PoolReply>(this, World.PoolOf(operation.Call.Netuid), "execute", pool => pool.Execute(command, version)),
        OperationRoute.Lane => World.Call<SimLane, PoolReply>(
            this, World.Lane!, "execute", lane => lane.Execute(new LaneCommand(command.Head, operation.Call, command.Free))),
        OperationRoute.Registry => World.Call<SimRegistry, PoolReply>(
            this, World.Registry!, "execute sudo", registry => registry.ExecuteSudo(operation.Id, State.Id, operation.Call)),
        _ => World.Call<SimValidator, PoolReply>(this, World.Validators[operation.Call.Hotkey], "execute", validator => validator.Execute(command)),
    };

    /// <summary>Lets an operation of the receiver go first, and waits until that is settled.</summary>
    private async Task Yield(InFlightOperation operation, CreditReply reply)
    {
        Record(AccountDecider.Yield(operation.Sequence, reply, Now));
        while (reply.YieldTo != 0)
        {
            await Schedule.Delay(this, "has yielded");
            var below = await World.Call<SimAccount, ulong>(
                this, World.AccountOf(operation.Call.ToColdkey!.Value), "settled below?", account => account.GetSettledBelow());
            if (below.IsOk && below.Value > reply.YieldTo) return;
        }
    }

    private async Task BeginAnew(InFlightOperation operation)
    {
        var happened = AccountDecider.Resume(State, operation.Sequence, World.Parameters, Now);
        Record(happened);
        if (happened is OperationResumed resumed) Watch(Run(resumed.Operation.Sequence));
        if (_line.Count > 0) Pump();
        if (happened is OperationSettled settled) await AnswerWhenDurable(operation.Id, settled.Receipt);
    }

    /// <summary>To be awaited after the message was made: what it says must not be newer than what is durable.</summary>
    private Task ReadyToSend(bool mustBeDurable) => mustBeDurable ? Durable() : ReadyToSend();

    private OperationSettled? VoidOnTimeout(InFlightOperation operation) => Bug == Bug.TimeoutVoids
        ? AccountDecider.Settle(State, operation.Sequence, PoolReply.Undecided(DeliveryStatus.Never, Now), Now)
        : null;

    private OperationSettled Twice(OperationSettled settled) =>
        Bug == Bug.SettledTwice ? settled with { FreeChange = 2 * settled.FreeChange } : settled;

    private Task<Reply<CreditReply>> SendCredit(AccountId to, TaoCredit credit) => SystemAccounts.TryGetSubnet(to, out var netuid)
        ? World.Call<SimPool, CreditReply>(this, World.PoolOf(netuid), "credit", pool => pool.Credit(credit))
        : World.Call<SimAccount, CreditReply>(this, World.AccountOf(to), "credit", account => account.Credit(credit));

    private async Task ReportDust(ulong sequence)
    {
        for (var attempt = 0; State.DustOutbox.TryGetValue(sequence, out var dust); attempt++)
        {
            if (attempt > 0) await Schedule.Delay(this, "reports dust again");
            await Durable();
            var head = new MessageHead(State.Id, sequence, _durablySettledBelow, new BlockNumber(ulong.MaxValue), Now, LogStamp.Durable);
            var reply = await SendCredit(AccountDecider.DustAccount, new TaoCredit(head, dust, MustSucceed: true));
            if (reply.IsOk && reply.Value.Status is DeliveryStatus.Decided or DeliveryStatus.Stale) Record(new DustReported(sequence));
        }
    }

    private async Task SweepIncoming()
    {
        foreach (var sender in State.Incoming.Sweep(Now, quietBlocks: 0, countMax: 2))
        {
            if (SystemSenders.IsSystem(sender)) continue;
            var below = await World.Call<SimAccount, ulong>(this, World.AccountOf(sender), "settled below?", account => account.GetSettledBelow());
            if (below.IsOk) State.Incoming.Forget(sender, below.Value);
        }
    }

    private async Task AnswerWhenDurable(OperationId operation, Receipt receipt)
    {
        var settledBelow = State.SettledBelow;
        if (Bug != Bug.AnsweredBeforeCommit) await Durable();
        if (settledBelow > _durablySettledBelow) _durablySettledBelow = settledBelow;
        if (_waiters.Remove(operation, out var waiter)) waiter.Set(receipt);
    }

    private static bool IsDecided(DeliveryStatus status) => status is DeliveryStatus.Decided or DeliveryStatus.Never;
}
