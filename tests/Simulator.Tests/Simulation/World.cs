using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Blocks;
using Dtao.Grains.Lanes;
using Dtao.Grains.Registry;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;

namespace Dtao.Simulator.Tests.Simulation;

/// <summary>What is known of a history that broke a rule.</summary>
internal sealed record Violation(string Rule);

/// <summary>One history's actors, their store, and the network between them.</summary>
internal sealed class World
{
    private readonly Dictionary<AccountId, ActorRecord<AccountState, AccountEvent>> _accounts = [];
    private readonly Dictionary<NetUid, ActorRecord<PoolState, PoolEvent>> _pools = [];
    private readonly Dictionary<AccountId, ActorRecord<ValidatorState, ValidatorEvent>> _validators = [];
    private readonly Dictionary<NetUid, UnstoredRecord> _metagraphs = [];
    private readonly Dictionary<SimActor, BlockNumber> _heads = [];
    private BlockNumber _head;

    public World(SeededRandom random, Genesis genesis, Bug bug, Focus focus, bool isOrdered)
    {
        Random = random;
        Genesis = genesis;
        Bug = bug;
        Focus = focus;
        Schedule = new Schedule(random);
        Invariants = new Invariants(this);
        Store = isOrdered ? new OrderedStore(this) : new SeparateStore(this);
        foreach (var (id, name, bytes) in genesis.Accounts)
        {
            _accounts.Add(id, new(name, AccountModel.Instance, bytes, record => Begin(new SimAccount(this, record, id))));
        }

        foreach (var (netuid, bytes) in genesis.Pools)
        {
            _pools.Add(netuid, new($"pool {netuid}", PoolModel.Instance, bytes, record => Begin(new SimPool(this, record, netuid))));
        }

        foreach (var (hotkey, bytes) in genesis.Validators)
        {
            _validators.Add(hotkey, new($"hotkey {_validators.Count + 1}", ValidatorModel.Instance, bytes, record => Begin(new SimValidator(this, record, hotkey))));
        }

        if (genesis.IsNetwork)
        {
            foreach (var netuid in _pools.Keys) _metagraphs.Add(netuid, new UnstoredRecord($"metagraph {netuid}", record => Begin(new SimMetagraph(this, record))));
            Lane = new("lane", LaneModel.Instance, genesis.Lane, record => Begin(new SimLane(this, record)));
            Registry = new("registry", RegistryModel.Instance, genesis.Registry, record => Begin(new SimRegistry(this, record)));
        }

        Coordinator = new("coordinator", CoordinatorModel.Instance, genesis.Coordinator, record => Begin(new SimCoordinator(this, record)));
        Records = [.. _accounts.Values, .. _pools.Values, Coordinator];
        if (genesis.IsNetwork) Records = [.. Records, .. _validators.Values, .. _metagraphs.Values, Lane!, Registry!];
    }

    public SeededRandom Random { get; }

    public Genesis Genesis { get; }

    public Bug Bug { get; }

    public Focus Focus { get; }

    public Schedule Schedule { get; }

    public SimStore Store { get; }

    public Invariants Invariants { get; }

    public bool IsOrdered => Store is OrderedStore;

    /// <summary>While true, messages, writes, and activations fail.</summary>
    public bool HasFaults { get; set; } = true;

    public int ActivationCount { get; set; }

    public Violation? Violation { get; private set; }

    public NetworkView Network => Genesis.Network;

    public NetworkParameters Parameters => Genesis.Network.Parameters;

    public IReadOnlyDictionary<AccountId, HotkeyRecord> Hotkeys => Genesis.Hotkeys;

    public IReadOnlyDictionary<AccountId, ActorRecord<AccountState, AccountEvent>> Accounts => _accounts;

    public IReadOnlyDictionary<NetUid, ActorRecord<PoolState, PoolEvent>> Pools => _pools;

    public ActorRecord<CoordinatorState, CoordinatorEvent> Coordinator { get; }

    /// <summary>Null in a world without one, as is the registry.</summary>
    public ActorRecord<LaneState, LaneEvent>? Lane { get; }

    public ActorRecord<RegistryState, RegistryEvent>? Registry { get; }

    public IReadOnlyDictionary<AccountId, ActorRecord<ValidatorState, ValidatorEvent>> Validators => _validators;

    public IReadOnlyList<ActorRecord> Records { get; }

    /// <summary>What decisions rested on; never read by an actor.</summary>
    public Observations Observations { get; } = new();

    public ActorRecord<AccountState, AccountEvent> AccountOf(AccountId id) => _accounts[id];

    public ActorRecord<PoolState, PoolEvent> PoolOf(NetUid netuid) => _pools[netuid];

    public ActorRecord MetagraphOf(NetUid netuid) => _metagraphs[netuid];

    /// <summary>The newest closed block that an activation's process has heard of; a hint.</summary>
    public BlockNumber HeadOf(SimActor actor) => IsOrdered ? _head : _heads.GetValueOrDefault(actor);

    public void Publish(BlockNumber block)
    {
        if (IsOrdered)
        {
            if (block > _head) _head = block;
            return;
        }

        foreach (var record in Records)
        {
            foreach (var actor in record.Activations) Schedule.Add(actor, "hears of block", () => Hear(actor, block));
        }
    }

    public void Break(string rule) => Violation ??= new Violation(rule);

    /// <summary>Sends a call. It may be lost, come twice, come very late; the answer may be lost. Nothing comes in order.</summary>
    public Task<Reply<T>> Call<TActor, T>(SimActor? caller, ActorRecord target, string label, Func<TActor, Task<T>> method, bool isOnce = false)
        where TActor : SimActor
    {
        var call = new SimCall<T>(this, caller);
        if (HasFaults && Random.Chance(40))
        {
            if (!isOnce && Random.Chance(400)) Schedule.AddSleeper(label, () => Deliver(new SimCall<T>(this, null), target, method));
            call.Fail();
            return call.Task;
        }

        Schedule.Add(null, label, () => Deliver(call, target, method));
        if (HasFaults && !isOnce && Random.Chance(60))
        {
            void Repeat() => Deliver(new SimCall<T>(this, null), target, method);
            if (Random.Chance(500)) Schedule.Add(null, label, Repeat);
            else Schedule.AddSleeper(label, Repeat);
        }

        return call.Task;
    }

    /// <summary>Lets an exception that is a bug break the history, and one that is a fault end the activation.</summary>
    public async Task Guard(SimActor actor, Task work)
    {
        try
        {
            await work;
        }
        catch (Exception exception) when (exception is PoisonedException || (!actor.IsCurrent && Bug is Bug.None or > Bug.ExpiryIgnored))
        {
            actor.Kill();
        }
        catch (Exception exception)
        {
            Break($"{actor} threw {exception.GetType().Name}: {exception.Message}");
        }
    }

    /// <summary>Starts an activation beside any that live: the older ones do not know that they are replaced.</summary>
    public SimActor Begin(ActorRecord record) => record.Activate();

    public void CrashProcess(string why)
    {
        Schedule.Trace?.Invoke($"the process dies: {why}");
        foreach (var record in Records)
        {
            while (record.Activations.Count > 0) record.Activations[^1].Kill();
        }

        Store.CrashProcess();
        _head = BlockNumber.Genesis;
    }

    private static SimMetagraph Begin(SimMetagraph actor)
    {
        actor.Ready.Set(true);
        return actor;
    }

    private static SimActor<TState, TEvent> Begin<TState, TEvent>(SimActor<TState, TEvent> actor)
        where TState : class
        where TEvent : class
    {
        actor.Start();
        return actor;
    }

    /// <summary>Tells an activation's process of a closed block.</summary>
    public void Hear(SimActor actor, BlockNumber block)
    {
        if (IsOrdered && block > _head) _head = block;
        if (block > _heads.GetValueOrDefault(actor)) _heads[actor] = block;
    }

    private void Deliver<TActor, T>(SimCall<T> call, ActorRecord target, Func<TActor, Task<T>> method)
        where TActor : SimActor
    {
        var activations = target.Activations;
        var actor = activations.Count switch
        {
            0 => Begin(target),
            1 => activations[0],
            _ => activations[Random.Below(activations.Count)],
        };
        if (!actor.IsAlive)
        {
            call.Fail();
            return;
        }

        actor.Serving.Add(call);
        _ = Guard(actor, Serve(call, (TActor)actor, method));
    }

    private static async Task Serve<TActor, T>(SimCall<T> call, TActor actor, Func<TActor, Task<T>> method)
        where TActor : SimActor
    {
        await actor.Ready.Wait();
        if (!actor.IsAlive) return;
        try
        {
            var value = await method(actor);
            if (actor.Serving.Remove(call)) call.Answer(value);
        }
        catch (LateMessageException)
        {
            if (actor.Serving.Remove(call)) call.Fail();
        }
    }
}
