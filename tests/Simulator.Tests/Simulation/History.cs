using Dtao.Economics;
using Dtao.Grains;
using Dtao.Grains.Stakers;

namespace Dtao.Simulator.Tests.Simulation;

/// <summary>One run of a world from its seed: faults and operations, then peace, then the reckoning.</summary>
internal sealed class History
{
    private const int StepsMax = 900;
    private const int StepsToSettleMax = 1_500;
    private const int RoundsMax = 9;

    /// <summary>Every so many histories one has more blocks and more deaths than the others.</summary>
    private const ulong RoughEach = 8;

    /// <summary>Blocks within which everything settles in peace: fewer than it takes operations to expire.</summary>
    private const int BlocksToSettleMax = 2;

    private readonly Focus _focus;
    private readonly World _world;
    private readonly Client _client;
    private readonly SeededRandom _random;
    private readonly int _operations;
    private readonly int _deaths;
    private readonly int _doublings;
    private readonly int _pauses;
    private readonly ActorRecord[] _dying;
    private readonly ActorRecord[] _doubled;
    private readonly ActorRecord[] _paused;
    private readonly bool _hasBatches;
    private int _blocks;
    private int _lanes;

    private History(ulong seed, Bug bug, Focus focus, Action<string>? trace)
    {
        _focus = focus;
        _random = new SeededRandom(seed);
        _world = new World(_random, Genesis.Draw(_random, focus), bug, focus, isOrdered: Drawn(focus.IsOrdered, _random.Chance(500)));
        _world.Schedule.Trace = trace;
        _client = focus.Scene == Scene.Market ? new Client(_world) : new NetworkClient(_world);
        var isRough = seed % RoughEach == 0;
        var isMarket = focus.Scene == Scene.Market;
        _operations = Drawn(focus.Operations, 2 + _random.Below(isMarket ? 6 : 7));
        _blocks = Drawn(focus.Blocks, isMarket ? isRough ? 6 : _random.Below(4) : 1 + _random.Below(5));
        _lanes = isMarket && _random.Chance(200) ? 2 : 0;
        _hasBatches = _lanes > 0;
        _deaths = Drawn(focus.Deaths, isRough ? 40 : _random.Chance(500) ? 12 : 0);
        _doublings = Drawn(focus.Doublings, _random.Chance(400) ? 12 : 0);
        _pauses = Drawn(focus.Pauses, _random.Chance(400) ? 10 : 0);
        _dying = [.. _world.Records.Where(focus.Dying)];
        _doubled = [.. _world.Records.Where(focus.Doubled)];
        _paused = [.. _world.Records.Where(focus.Paused)];

        static T Drawn<T>(T? given, T drawn)
            where T : struct => given ?? drawn;
    }

    /// <summary>Runs the history of a seed.</summary>
    /// <returns>The rule that it broke, or null.</returns>
    /// <remarks>
    /// To be called on a thread of its own (<see cref="Search"/>): without a synchronization context or a task scheduler around it, what waits for a
    /// task goes on at once when the task is completed, so that nothing but the generator decides the order.
    /// </remarks>
    public static Violation? Run(ulong seed, Bug bug, Focus focus, Action<string>? trace = null) => new History(seed, bug, focus, trace).Run();

    private Violation? Run()
    {
        try
        {
            RunAll();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _world.Break($"what is durable contradicts itself: {exception.GetType().Name}: {exception.Message}");
        }

        return _world.Violation;
    }

    private void RunAll()
    {
        for (var step = 0; step < StepsMax && _world.Violation is null; step++)
        {
            if (!Disturb() && !_world.Schedule.Step() && IsOver) break;
            _world.Invariants.Check();
        }

        if (_world.Violation is null) Heal();
        if (_world.Violation is null) Settle();
        if (_world.Violation is null && Replay.Compare(_world, _client) is { } difference) _world.Break(difference);
    }

    private bool IsOver => _client.Operations.Count == _operations && _blocks == 0;

    /// <summary>What comes from outside: operations, blocks, deaths.</summary>
    private bool Disturb()
    {
        var kind = _random.Below(1_000);
        if (kind < 50 && _client.Operations.Count < _operations) _client.SubmitNext();
        else if (kind is >= 60 and < 85 && _blocks > 0) CloseBlock();
        else if (kind is >= 50 and < 60 && kind % 3 == 0) PayFees();
        else if (kind is >= 85 and < 95 && _lanes > 0) _ = RunBatch(_lanes--);
        else if (kind >= 100 && kind < 100 + _deaths) Strike(kind);
        else if (kind >= 200 && kind < 200 + _doublings) Replace();
        else if (kind >= 300 && kind < 300 + _pauses) Pause();
        else if (kind >= 400 && kind < 400 + _focus.Payments) PayFees();
        else return false;
        return true;
    }

    private void CloseBlock()
    {
        _blocks--;
        _ = _world.Call<SimCoordinator, bool>(null, _world.Coordinator, "close block", coordinator => coordinator.CloseBlock());
    }

    /// <summary>The fee account fetches what one pool owes it.</summary>
    private void PayFees()
    {
        var pool = _world.PoolOf(_world.Network.Subnets[_random.Below(_world.Network.Subnets.Length)].Netuid);
        var account = _world.Genesis.FeeAccount;
        _ = _world.Call<SimPool, bool>(null, pool, "pay owed", actor => actor.PayOwed(account));
    }

    private void Strike(int kind)
    {
        if (_focus.ProcessDies ?? kind % 3 == 0)
        {
            _world.CrashProcess("killed");
            return;
        }

        if (Draw(_dying) is not { } actor) return;
        Trace($"{actor} dies");
        actor.Kill();
    }

    /// <summary>A second activation begins while the first still believes that it is the one; or a doubled one ends.</summary>
    private void Replace()
    {
        if (Draw(_doubled) is not { } actor) return;
        if (actor.Stored.Activations.Count > 1)
        {
            Trace($"{actor.Stored.Activations[0]} ends");
            actor.Stored.Activations[0].Kill();
            return;
        }

        if (!MayBeDoubled(actor)) return;
        Trace($"{_world.Begin(actor.Stored)} is activated beside {actor}");
    }

    /// <summary>
    /// Asking fences nobody: a doubled fee account is not asked whether it exists before it does, nor is a doubled pool closed for a batch: the one that
    /// was asked need not be the one that acts.
    /// </summary>
    private bool MayBeDoubled(SimActor actor) => actor switch
    {
        SimPool => !_hasBatches && (!_world.Genesis.IsNetwork || (_world.IsOrdered && _focus.DoublesPools)),
        _ => _world.Genesis.FeeAccountExists || actor.Stored != _world.AccountOf(_world.Genesis.FeeAccount),
    };

    private void Pause()
    {
        if (Draw(_paused) is not { } actor) return;
        actor.IsPaused = !actor.IsPaused;
        Trace(actor.IsPaused ? $"{actor} pauses" : $"{actor} goes on");
    }

    /// <summary>Any living activation of some actors.</summary>
    private SimActor? Draw(ActorRecord[] from)
    {
        var record = from[_random.Below(from.Length)];
        return record.Activations.Count == 0 ? null : record.Activations[_random.Below(record.Activations.Count)];
    }

    /// <summary>A batch over two pools: closes both, then opens both. Waiting only goes upwards.</summary>
    private async Task RunBatch(int lane)
    {
        ushort[] order = lane == 1 && _world.Bug == Bug.PoolsClosedInOppositeOrders ? [2, 1] : [1, 2];
        foreach (var netuid in order) await Insist(netuid, "close for lane", pool => pool.CloseForBatch(lane));
        foreach (var netuid in order) await Insist(netuid, "open for lane", pool => pool.OpenForBatch(lane));
    }

    private async Task Insist(ushort netuid, string label, Func<SimPool, Task<bool>> method)
    {
        while (!(await _world.Call(null, _world.PoolOf(new NetUid(netuid)), label, method, isOnce: true)).IsOk)
        {
        }
    }

    /// <summary>Faults end, everyone is awake and alone.</summary>
    private void Heal()
    {
        Trace("faults end");
        _world.HasFaults = false;
        foreach (var record in _world.Records)
        {
            while (record.Activations.Count > 1) record.Activations[0].Kill();
            foreach (var actor in record.Activations) actor.IsPaused = false;
            if (record.Activations.Count == 0) _world.Begin(record);
        }
    }

    /// <summary>Within a bound, everything in flight settles; also when what slept arrives after that.</summary>
    private void Settle()
    {
        var isPoked = false;
        var blocks = 0;
        for (var round = 0; round < RoundsMax && _world.Violation is null; round++)
        {
            for (var step = 0; step < StepsToSettleMax && _world.Violation is null && _world.Schedule.Step(); step++) _world.Invariants.Check();
            if (_world.Violation is not null) return;
            if (Unsettled() is { } unsettled)
            {
                Trace($"round {round}: {unsettled}");
                if (++blocks > BlocksToSettleMax) break;
                CloseBlock();
            }
            else if (_world.Schedule.Asleep > 0)
            {
                _world.Schedule.WakeSleepers();
            }
            else if (!isPoked)
            {
                isPoked = true;
                _ = Poke();
            }
            else
            {
                CheckOpen();
                return;
            }
        }

        if (_world.Violation is null) _world.Break($"no progress: {Unsettled() ?? "messages go on for ever"}");
    }

    /// <summary>The driver pokes every second, whoever answers.</summary>
    private async Task Poke()
    {
        while (!(await _world.Call<SimCoordinator, bool>(null, _world.Coordinator, "poke", coordinator => coordinator.Poke())).IsOk)
        {
        }
    }

    /// <summary>With no block under way and nothing on its way, every pool takes operations.</summary>
    /// <remarks>On a store without order nothing tells a replaced activation that it is; the next block does.</remarks>
    private void CheckOpen()
    {
        if (_doublings > 0 && !_world.IsOrdered) return;
        foreach (var record in _world.Pools.Values)
        {
            if (record.Activations.Find(actor => actor is SimPool { IsClosed: true, IsCurrent: true }) is SimPool pool) _world.Break($"{record} stays closed {pool.WhyClosed}");
        }
    }

    private string? Unsettled()
    {
        foreach (var client in _client.Operations)
        {
            if (client.Final is null) return $"{client.Operation.Call.Kind} of {_world.AccountOf(client.Operation.Signer)} is not answered";
        }

        foreach (var record in _world.Accounts.Values)
        {
            if (record.Image.InFlight.Count + record.Image.DustOutbox.Count > 0) return $"{record} has something in flight";
        }

        var block = _world.Coordinator.Image;
        if (block.UnderWay is not null) return "a block is under way";
        if (_world.Lane?.Image.Undelivered is not null) return "a batch is under way";
        if (_world.Registry?.Image is { } registry && (registry.UnderWay is not null || registry.PushedRevision != registry.Revision)) return "the registry has a change under way";
        foreach (var record in _world.Pools.Values)
        {
            if (record.Image.Outbox.Count + record.Image.NewOwners.Count + record.Image.NewDelegates.Count > 0) return $"{record} has something in flight";
            if (record.Image.Books is not null && record.Image.LastBlock != block.Block) return $"{record} is at block {record.Image.LastBlock} and not {block.Block}";
        }

        return _world.Schedule.Pending > 0 ? "messages go on for ever" : null;
    }

    private void Trace(string line) => _world.Schedule.Trace?.Invoke(line);
}
