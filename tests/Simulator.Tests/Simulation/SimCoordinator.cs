using Dtao.Economics;
using Dtao.Economics.Claims;
using Dtao.Grains.Blocks;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;

namespace Dtao.Simulator.Tests.Simulation;

/// <summary>The protocol of <see cref="BlockCoordinatorGrain"/> around its decider, restated; in a market there is no lane to pause.</summary>
internal sealed class SimCoordinator(World world, ActorRecord<CoordinatorState, CoordinatorEvent> record)
    : SimActor<CoordinatorState, CoordinatorEvent>(world, record)
{
    private readonly HashSet<NetUid> _activated = [];
    private BlockNumber? _gathering;
    private ulong _lastClosing;
    private Signal<bool>? _term;
    private BlockNumber _head;
    /// <summary>Pools that were told to stay closed for claims after they might have missed their end.</summary>
    private readonly HashSet<NetUid> _heldAfresh = [];
    private Task _last = Task.CompletedTask;

    protected override Task OnActivated()
    {
        if (State.LastHeader is { } last) Publish(last.Number);
        Watch(OneAtATime(Recover));
        return Task.CompletedTask;
    }

    public async Task<bool> CloseBlock()
    {
        await OneAtATime(CloseNext);
        return true;
    }

    public async Task<BlockClosing> PoolActivated(NetUid netuid)
    {
        ConfirmHeld();
        if (State.Term > 0 && Bug != Bug.CalledOffBeforeFenced) await BeginTerm();
        if (_gathering is not null) _activated.Add(netuid);
        var closing = CoordinatorDecider.ClosingOf(State, netuid, _gathering, Bug == Bug.CalledOffBeforeFenced && _lastClosing == 0 ? ClosingsOfOthers : _lastClosing);
        if (closing.Holds) _heldAfresh.Add(netuid);
        if (Bug != Bug.PlanToldBeforeDurable) await Durable();
        return closing;
    }

    public Task<Tao> GetIssued()
    {
        ConfirmHeld();
        return Task.FromResult(State.Minted - State.Recycled);
    }

    /// <summary>As far as an activation knows that has begun no term.</summary>
    private ulong ClosingsOfOthers => State.Term == 0 ? 0 : State.ClosingFloor | uint.MaxValue;

    public Task<BlockNumber> GetHead() => Task.FromResult(_head);

    public Task<bool> Poke()
    {
        if (Bug != Bug.ReplacedCoordinatorPoked) ConfirmHeld();
        return Task.FromResult(true);
    }

    private async Task CloseNext()
    {
        var started = await Plan();
        await Durable();
        await Finish(started);
    }

    private async Task<BlockStarted> Plan()
    {
        var block = State.Block.Next;
        var parentHash = World.Genesis.IsNetwork ? AutoClaims.HashOfNumberBefore(block) : State.LastHeader?.Hash ?? BlockHashes.NoParent();
        var early = Bug == Bug.NetworkReadBeforePause ? await ReadNetwork() : null;
        _activated.Clear();
        await BeginTerm();
        var closing = ++_lastClosing;
        _gathering = block;
        await PauseLane(block);
        var view = early ?? await ReadNetwork();
        var gathered = new Dictionary<NetUid, GatheredSubnet>();
        var dust = Tao.Zero;
        for (var asked = view.Subnets; asked.Length > 0; asked = [.. view.Subnets.Where(IsMissing)])
        {
            _activated.Clear();
            await Task.WhenAll(asked.Select(subnet => Ask(new BlockSubnet(subnet.Netuid, subnet.PoolKey))));

            // A lane that was activated meanwhile may have brought a decision to its end.
            if (Bug is not (Bug.NetworkReadBeforePause or Bug.LanePausedOnce)) await PauseLane(block);
            dust = (await Insist<SimAccount, FreeAnswer>(World.AccountOf(SystemSenders.Dust), "destroyed?", account => account.GetFree())).Free;
            view = await ReadNetwork();
        }

        var started = Start(view, gathered.Values, dust);
        Record(started);
        _gathering = null;
        return started;

        bool IsMissing(SubnetEntry subnet) => _activated.Contains(subnet.Netuid) || (!gathered.ContainsKey(subnet.Netuid) && Bug != Bug.NetworkReadBeforePause);

        async Task Ask(BlockSubnet subnet) => gathered[subnet.Netuid] = new(
            subnet, await Insist<SimPool, PoolBlockFacts>(World.PoolOf(subnet.Netuid), "close for block", pool => pool.CloseForBlock(block, closing, parentHash)));
    }

    private async Task PauseLane(BlockNumber block)
    {
        if (World.Lane is { } lane) await Insist<SimLane, bool>(lane, "pause", actor => actor.PauseForBlock(block));
    }

    private Task<NetworkView> ReadNetwork() => World.Registry is { } registry
        ? Insist<SimRegistry, NetworkView>(registry, "network?", actor => actor.GetNetwork())
        : Task.FromResult(World.Network);

    /// <summary>An activation that is replaced, or that asked one, meets another block than it expects. It breaks, and ends, as the grain does.</summary>
    private BlockStarted Start(NetworkView view, IReadOnlyCollection<GatheredSubnet> gathered, Tao dust)
    {
        try
        {
            return CoordinatorDecider.Start(State, view, gathered, dust);
        }
        catch (InvalidOperationException)
        {
            throw new PoisonedException();
        }
    }

    private async Task Finish(BlockStarted started)
    {
        var acknowledgements = new List<BlockAcknowledgement>(4);
        var messages = CoordinatorDecider.MessagesOf(started);
        if (Bug == Bug.RootToldWithOthers)
        {
            await Task.WhenAll(messages.Select(message => Tell(message.Subnet, message.Command)));
        }
        else
        {
            await Task.WhenAll(messages.Where(message => !message.Subnet.Netuid.IsRoot).Select(message => Tell(message.Subnet, message.Command)));
            foreach (var (root, command) in messages.Where(message => message.Subnet.Netuid.IsRoot))
            {
                var toRoot = CoordinatorDecider.MessageToRoot(command, acknowledgements);
                await Tell(root, toRoot);
                if (Bug == Bug.RootToldTwice) await Insist<SimPool, BlockAcknowledgement>(World.PoolOf(root.Netuid), "apply block", pool => pool.ApplyBlock(toRoot));
            }
        }

        await ClaimByItself(started.Planned);
        var closed = CoordinatorDecider.Close(State, acknowledgements, 0, [0, 0, 0, 0]);
        Record(closed);
        await Durable();
        Publish(closed.Header.Number);
        if (World.Lane is { } lane) await Insist<SimLane, bool>(lane, "resume", actor => actor.Resume(started.Block));

        // Whoever was activated between the end of its hold and this header was told to stay closed.
        if (Bug != Bug.HeldAfreshStaysClosed) await EndHolds(started.Block, [.. _heldAfresh]);
        _heldAfresh.Clear();

        async Task Tell(BlockSubnet subnet, ApplyBlock command) => acknowledgements.Add(
            await Insist<SimPool, BlockAcknowledgement>(World.PoolOf(subnet.Netuid), "apply block", pool => pool.ApplyBlock(command)));
    }

    /// <summary>The automatic claims of a block, while nobody else can touch the subnets that they may touch.</summary>
    private async Task ClaimByItself(PlannedBlock planned)
    {
        if (planned.ClaimPicks.Count == 0) return;
        var block = planned.Plan.Block;
        await Insist<SimLane, bool>(World.Lane!, "claim", lane => lane.ClaimForBlock(block, [.. planned.ClaimPicks], [.. planned.Held]));
        await EndHolds(block, planned.Held);
    }

    private async Task EndHolds(BlockNumber block, IReadOnlyCollection<NetUid> held) =>
        await Task.WhenAll(held.Select(netuid => Insist<SimPool, bool>(World.PoolOf(netuid), "end hold", pool => pool.EndHold(block))));

    private async Task BeginTerm()
    {
        if (_term is { } begun)
        {
            await begun.Wait();
            return;
        }

        _term = new();
        Record(new ClosingTermBegan(State.Term + 1));
        if (Bug != Bug.TermNotDurable) await Durable();
        _lastClosing = State.ClosingFloor;
        _term.Set(true);
    }

    private void Publish(BlockNumber block)
    {
        _head = block;
        World.Publish(block);
    }

    private async Task Recover()
    {
        switch (CoordinatorDecider.AfterActivation(State))
        {
            case Recovery.Finish finish:
                await Finish(finish.Started);
                break;
            case Recovery.Open open:
                var view = await ReadNetwork();
                if (open.Closing > 0)
                {
                    if (Bug != Bug.OpenedBeforeFenced) await BeginTerm();
                    await Task.WhenAll(view.Subnets.Select(subnet =>
                        Insist<SimPool, bool>(World.PoolOf(subnet.Netuid), "open after", pool => pool.OpenAfter(open.Closing))));
                    if (Bug != Bug.HeldAfreshStaysClosed) await EndHolds(open.LastClosed, [.. view.Subnets.Select(subnet => subnet.Netuid)]);
                }

                if (World.Lane is { } lane) await Insist<SimLane, bool>(lane, "resume", actor => actor.Resume(open.LastClosed));
                break;
        }
    }

    private async Task<T> Insist<TActor, T>(ActorRecord target, string label, Func<TActor, Task<T>> method)
        where TActor : SimActor
    {
        while (true)
        {
            var reply = await World.Call(this, target, label, method);
            if (reply.IsOk) return reply.Value;
            if (Bug != Bug.ReplacedCoordinatorInsists) ConfirmHeld();
        }
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
