using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;

namespace Dtao.Simulator.Tests.Simulation;

/// <summary>The protocol of <see cref="ValidatorGrain"/> around its decider, restated.</summary>
internal sealed class SimValidator(World world, ActorRecord<ValidatorState, ValidatorEvent> record, AccountId hotkey)
    : SimActor<ValidatorState, ValidatorEvent>(world, record)
{
    protected override Task OnActivated()
    {
        State.Hotkey = hotkey;
        return Task.CompletedTask;
    }

    public async Task<PoolReply> Execute(PoolCommand command)
    {
        var stamp = command.Head.Stamp;
        if (!MayActOn(stamp)) return PoolReply.Undecided(DeliveryStatus.SendWhenDurable, State.Seen);
        await WaitWhileReserved();
        HotkeyOutcome outcome;
        switch (ValidatorDecider.Decide(State, command, World.Parameters, World.HeadOf(this)))
        {
            case ValidatorDecision.Stale:
                return PoolReply.Undecided(DeliveryStatus.Stale, State.Seen);
            case ValidatorDecision.Repeat repeat:
                outcome = repeat.Outcome;
                break;
            case ValidatorDecision.Decide decide:
                Record(decide.Event);
                outcome = decide.Event.Outcome;
                Watch(Sweep());
                break;
            default:
                throw new InvalidOperationException("A command has a decision.");
        }

        await ReadyToAnswer(stamp);
        return outcome.Outcome is null
            ? PoolReply.Undecided(DeliveryStatus.Never, outcome.Block)
            : new PoolReply(DeliveryStatus.Decided, outcome.Outcome, 0, outcome.Block, outcome.Order, AnswerStamp(stamp));
    }

    public async Task<HotkeyAnswer> GetRecord(BlockNumber block)
    {
        await WaitWhileReserved();
        ConfirmAsked();
        if (State.Record is null && Bug != Bug.AbsentWithoutColour && ValidatorDecider.TellStart(State, block) is { } told) Record(told);
        var answer = new HotkeyAnswer(ValidatorDecider.Facts(State), Version);
        await Durable();
        return answer;
    }

    public async Task<HotkeyAnswer> GetRecordAtStart(BlockNumber block)
    {
        if (Bug == Bug.EpochReadsHotkeyOfNow) return await GetRecord(block);
        var answer = new HotkeyAnswer(ValidatorDecider.FactsAtStart(State, block), Version);
        if (ValidatorDecider.TellStart(State, block) is { } told) Record(told);
        await Durable();
        return answer;
    }

    public async Task<ReservationStatus> Reserve(AccountId coldkey, AccountId holder)
    {
        var reservation = new HotkeyReservation(holder, coldkey);
        if (Bug != Bug.ReservationIgnored && State is { Record: null, Reservation: { } other } && other != reservation)
        {
            var isHeld = await IsHeld(other);
            if (isHeld || State.Reservation != other) return ReservationStatus.Busy;
        }

        var isOwned = State.Record is not null;
        if (!isOwned && State.Reservation != reservation) Record(new HotkeyReserved(reservation));
        await Durable();
        return isOwned ? ReservationStatus.Owned : ReservationStatus.Reserved;
    }

    public async Task<bool> EnsureOwner(AccountId owner, BlockNumber block)
    {
        if (State.Record is null) Record(new OwnerEnsured(owner, block));
        Invariant.Holds(State.Record!.Owner == owner, "A hotkey is given to the coldkey that it was set aside for.");
        await Durable();
        return true;
    }

    public async Task<bool> EnsureDelegate(BlockNumber block)
    {
        if (ValidatorDecider.EnsureDelegate(State, block, World.HeadOf(this)) is { } ensured) Record(ensured);
        await Durable();
        return true;
    }

    private void ConfirmAsked()
    {
        if (Bug != Bug.HotkeyOfReplacedActor) ConfirmHeld();
    }

    private async Task WaitWhileReserved()
    {
        if (Bug == Bug.ReservationIgnored) return;
        for (var attempt = 0; State is { Record: null, Reservation: { } reservation }; attempt++)
        {
            if (attempt > 0) await Schedule.Delay(this, "is set aside");
            var isHeld = await IsHeld(reservation);
            if (!isHeld && State.Record is null && State.Reservation == reservation) Record(new HotkeyReserved(null));
        }
    }

    private async Task<bool> IsHeld(HotkeyReservation reservation)
    {
        var reply = SystemAccounts.TryGetSubnet(reservation.Holder, out var netuid)
            ? await World.Call<SimPool, bool>(this, World.PoolOf(netuid), "holds reservation?", pool => pool.HoldsReservation(hotkey))
            : await World.Call<SimLane, bool>(this, World.Lane!, "holds reservation?", lane => lane.HoldsReservation(hotkey));
        return reply.IsOk ? reply.Value : throw new LateMessageException();
    }

    private async Task Sweep()
    {
        foreach (var sender in State.Outcomes.Sweep(State.Seen, quietBlocks: 0, countMax: 4))
        {
            var below = await World.Call<SimAccount, ulong>(this, World.AccountOf(sender), "settled below?", account => account.GetSettledBelow());
            if (below.IsOk) State.Outcomes.Forget(sender, below.Value);
        }
    }
}
