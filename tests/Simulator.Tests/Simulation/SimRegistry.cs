using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Lanes;
using Dtao.Grains.Registry;
using Dtao.Grains.Subnets;

namespace Dtao.Simulator.Tests.Simulation;

/// <summary>The protocol of <see cref="SubnetRegistryGrain"/> around its decider, restated as far as subnets come and go.</summary>
internal sealed class SimRegistry(World world, ActorRecord<RegistryState, RegistryEvent> record) : SimActor<RegistryState, RegistryEvent>(world, record)
{
    private Task _last = Task.CompletedTask;
    private ulong _durablySettledBelow = 1;

    private BlockNumber Head => World.HeadOf(this);

    protected override Task OnActivated()
    {
        _durablySettledBelow = State.SettledBelow;
        if (State.UnderWay is not null || State.PushedRevision != State.Revision) Watch(OneAtATime(FinishLeftOver));
        return Task.CompletedTask;
    }

    public async Task<NetworkView> GetNetwork()
    {
        ConfirmAsked();
        var view = State.ToView();
        await Durable();
        return view;
    }

    public Task<ulong> GetSettledBelow() => Task.FromResult(_durablySettledBelow);

    public async Task<PoolReply> ExecuteSudo(OperationId id, AccountId signer, Call call)
    {
        Receipt? receipt = null;
        await OneAtATime(async () => receipt = await Change(id, signer, call));
        return receipt!.Outcome is { } outcome
            ? new PoolReply(DeliveryStatus.Decided, outcome, 0, receipt.Block, receipt.Order, LogStamp.Durable)
            : PoolReply.Undecided(DeliveryStatus.Never, Head);
    }

    public async Task<bool> ChangeNetwork(ulong batch, NetworkChange change)
    {
        if (batch > State.LastBatch) Record(new NetworkChanged(batch, change));
        if (State.PushedRevision != State.Revision) await PushParameters();
        await Durable();
        return true;
    }

    private void ConfirmAsked()
    {
        if (Bug != Bug.NetworkOfReplacedRegistry) ConfirmHeld();
    }

    private async Task<Receipt> Change(OperationId id, AccountId signer, Call call)
    {
        switch (RegistryDecider.Decide(State, id, signer, call, Head))
        {
            case RegistryDecision.Start start:
                Record(start.Event);
                return await Deliver(start.Event.Change);
            case RegistryDecision.Decide decide:
                Record(decide.Event);
                if (decide.Event.After is not null) await PushParameters();
                await Durable();
                return decide.Event.Receipt;
            case RegistryDecision.Answer answer:
                await Durable();
                return answer.Receipt;
            default:
                throw new InvalidOperationException("A setting has a decision.");
        }
    }

    /// <summary>Sends the dissolution under way to the lane until that has decided it.</summary>
    private async Task<Receipt> Deliver(PoolChange change)
    {
        PoolReply? decided = null;
        var mustBeDurable = false;
        for (var attempt = 0; decided is null; attempt++)
        {
            if (attempt > 0) await Schedule.Delay(this, "sends a change again");
            await (mustBeDurable ? Durable() : ReadyToSend());
            var message = RegistryDecider.MessageOf(State, change, _durablySettledBelow, Head, mustBeDurable ? LogStamp.Durable : Stamp);
            var command = new LaneCommand(message.Head, message.Call, message.Free);
            var reply = await World.Call<SimLane, PoolReply>(this, World.Lane!, "execute", lane => lane.Execute(command));
            if (!reply.IsOk) continue;
            if (reply.Value.Status is DeliveryStatus.Stale or DeliveryStatus.Never)
            {
                throw new InvalidOperationException($"Setting {change.Sequence} is under way and the lane calls it {reply.Value.Status}.");
            }

            if (reply.Value.Status == DeliveryStatus.Decided) decided = reply.Value;
            mustBeDurable |= reply.Value.Status == DeliveryStatus.SendWhenDurable;
        }

        var settled = RegistryDecider.Settle(State, decided);
        Record(settled);
        var settledBelow = State.SettledBelow;
        await Durable();
        if (settledBelow > _durablySettledBelow) _durablySettledBelow = settledBelow;
        return settled.Receipt;
    }

    private async Task PushParameters()
    {
        var (revision, parameters) = (State.Revision, State.Parameters);
        await Durable();
        await Task.WhenAll(State.Subnets.Select(subnet => PushTo(subnet.Netuid, revision, parameters)));
        Record(new ParametersPushed(revision));
    }

    private async Task PushTo(NetUid netuid, ulong revision, NetworkParameters parameters)
    {
        while (!(await World.Call<SimPool, bool>(this, World.PoolOf(netuid), "adopt", pool => pool.AdoptParameters(revision, parameters))).IsOk)
        {
        }
    }

    private async Task FinishLeftOver()
    {
        if (State.UnderWay is { } change) await Deliver(change);
        if (State.PushedRevision != State.Revision) await PushParameters();
    }

    private async Task OneAtATime(Func<Task> work)
    {
        var before = _last;
        var done = new TaskCompletionSource();
        _last = done.Task;
        await before;
        await work();
        done.SetResult();
    }
}
