using Dtao.Economics;
using Dtao.Grains.Blocks;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;

namespace Dtao.Simulator.Tests.Simulation;

/// <summary>The protocol of <see cref="BlockCoordinatorGrain"/> around its decider, restated; without a lane to pause.</summary>
internal sealed class SimCoordinator(World world, ActorRecord<CoordinatorState, CoordinatorEvent> record)
    : SimActor<CoordinatorState, CoordinatorEvent>(world, record)
{
    private readonly HashSet<NetUid> _activated = [];
    private BlockNumber? _gathering;
    private ulong _lastClosing;
    private Signal<bool>? _term;
    private BlockNumber _head;
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
        return CoordinatorDecider.ClosingOf(State, netuid, _gathering, Bug == Bug.CalledOffBeforeFenced && _lastClosing == 0 ? ClosingsOfOthers : _lastClosing);
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
        _activated.Clear();
        await BeginTerm();
        var closing = ++_lastClosing;
        _gathering = block;
        var gathered = new Dictionary<NetUid, GatheredSubnet>();
        var dust = Tao.Zero;
        var subnets = World.Network.Subnets;
        for (var asked = subnets; asked.Length > 0; asked = [.. subnets.Where(subnet => _activated.Contains(subnet.Netuid))])
        {
            _activated.Clear();
            await Task.WhenAll(asked.Select(subnet => Ask(new BlockSubnet(subnet.Netuid, subnet.PoolKey))));
            dust = await Insist<SimAccount, Tao>(World.AccountOf(SystemSenders.Dust), "destroyed?", account => account.GetFree());
        }

        var started = Start(gathered.Values, dust);
        Record(started);
        _gathering = null;
        return started;

        async Task Ask(BlockSubnet subnet) => gathered[subnet.Netuid] = new(
            subnet, await Insist<SimPool, PoolBlockFacts>(World.PoolOf(subnet.Netuid), "close for block", pool => pool.CloseForBlock(block, closing, State.LastHeader?.Hash ?? BlockHashes.NoParent())));
    }

    /// <summary>An activation that is replaced, or that asked one, meets another block than it expects. It breaks, and ends, as the grain does.</summary>
    private BlockStarted Start(IReadOnlyCollection<GatheredSubnet> gathered, Tao dust)
    {
        try
        {
            return CoordinatorDecider.Start(State, World.Network, gathered, dust);
        }
        catch (InvalidOperationException)
        {
            throw new PoisonedException();
        }
    }

    private async Task Finish(BlockStarted started)
    {
        var acknowledgements = new List<BlockAcknowledgement>(4);
        await Task.WhenAll(CoordinatorDecider.MessagesOf(started).Select(message => Tell(message.Subnet, message.Command)));
        var closed = CoordinatorDecider.Close(State, acknowledgements, 0, [0, 0, 0, 0]);
        Record(closed);
        await Durable();
        Publish(closed.Header.Number);

        async Task Tell(BlockSubnet subnet, ApplyBlock command) => acknowledgements.Add(
            await Insist<SimPool, BlockAcknowledgement>(World.PoolOf(subnet.Netuid), "apply block", pool => pool.ApplyBlock(command)));
    }

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
                if (open.Closing == 0) break;
                if (Bug != Bug.OpenedBeforeFenced) await BeginTerm();
                await Task.WhenAll(World.Network.Subnets.Select(subnet =>
                    Insist<SimPool, bool>(World.PoolOf(subnet.Netuid), "open after", pool => pool.OpenAfter(open.Closing))));
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
