using Dtao.Economics;
using Dtao.Economics.Claims;
using Dtao.Grains.Lanes;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Grains.Telemetry;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Dtao.Grains.Blocks;

/// <inheritdoc cref="IBlockCoordinatorGrain"/>
/// <remarks>
/// Reentrant: pools that are activated for a block ask while that block is being made. The invariant that survives interleaving: only the head of
/// <see cref="_blocks"/> records blocks, the term begins once and whoever needs it waits until it is durable, and between the last look at
/// <see cref="_activated"/> and the record of a plan nothing is awaited.
/// </remarks>
[Reentrant]
public sealed partial class BlockCoordinatorGrain(
    IActorJournals journals, NetworkContext network, TimeProvider time, ILogger<BlockCoordinatorGrain> logger)
    : LedgerGrain<CoordinatorState, CoordinatorEvent>(CoordinatorModel.Instance, journals, logger), IBlockCoordinatorGrain
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SlowAfter = TimeSpan.FromSeconds(5);
    /// <summary>Who asks for the next block while none is begun asks again after this.</summary>
    private static readonly TimeSpan RestPause = TimeSpan.FromMilliseconds(100);

    private readonly OneAtATime _blocks = new();
    /// <summary>Pools that were activated while facts are gathered: an earlier activation may have answered what was never durable.</summary>
    private readonly HashSet<NetUid> _activated = [];
    /// <summary>Pools that were told, when they were activated, to stay closed for claims whose end they may have missed.</summary>
    private readonly HashSet<NetUid> _heldAfresh = [];
    private BlockNumber? _gathering;
    /// <summary>The last number that was given to a closing; 0 until this activation's term is durable.</summary>
    private ulong _lastClosing;
    private Task? _term;
    private ChainHead? _head;
    private TaskCompletionSource _nextHead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IGrainTimer? _driver;
    private bool _isDriven;
    private int _drives;
    private bool _isDriverClosing;
    private bool _isResting;
    private bool _isEnding;

    protected override string ActorKey => ActorKeys.Coordinator;

    private ISubnetRegistryGrain Registry => field ??= GrainFactory.Registry();

    private ILaneGrain Lane => field ??= GrainFactory.Lane();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        if (State.LastHeader is { } last) Publish(last);
        _ = _blocks.Run(Recover);
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _isEnding = true;
        return base.OnDeactivateAsync(reason, cancellationToken);
    }

    public async Task<BlockHeader> CloseBlock() => Told(await WhileHealthy(_blocks.Run(CloseNext)));

    public async Task<BlockHeader?> CloseBlockAfter(BlockNumber block)
    {
        var closed = await WhileHealthy(_blocks.Run(async () => State.LastHeader is { } last && last.Number > block ? null : await CloseNext()));
        return closed is null ? null : Told(closed);
    }

    public async Task<ChainHead> GetHead()
    {
        if (_head is { Header.RequiresSignatures: null, Header: { } untold } && network.NetworkId is not null) _head = _head with { Header = Told(untold) };
        if (_head is { } head) return head;
        var view = await GrainFactory.ReadNetwork();
        return _head ?? new ChainHead(BlockNumber.Genesis, view.GenesisIssuance, view.GenesisIssuance, null);
    }

    public async Task<Tao> GetIssued()
    {
        await ConfirmHeld();
        var issued = State.Minted - State.Recycled;
        await Durable();
        return issued;
    }

    public async Task<BlockHeader?> GetHeader(BlockNumber block)
    {
        if (_head is null || block > _head.Block || block == BlockNumber.Genesis) return null;
        if (State.FindHeader(block) is { } recent) return Told(recent);
        for (long terms = 0, more = 0; ; terms = more)
        {
            var number = CoordinatorModel.EventNumberOfHeader(block, terms);
            var events = await Journals.ReadEventsAsync(ActorKeys.Coordinator, number, 1);
            var found = events.Count == 1 ? CoordinatorModel.Instance.ReadOne(events[0].Span) : null;
            if (found is BlockClosed closed && closed.Header.Number == block) return Told(closed.Header);

            // What stands there is earlier by the terms that began before it; each look takes at least one of them into account.
            more = found is null ? terms : CoordinatorModel.TermsUpTo(number, found);
            if (more <= terms) throw new InvalidOperationException($"The journal does not hold the header of block {block}.");
        }
    }

    public async Task<ChainHead> WaitForBlockAfter(BlockNumber block)
    {
        var began = time.GetTimestamp();
        if (_isResting) await Task.Delay(RestPause, time);
        while (!_isResting && (_head is null || _head.Block <= block))
        {
            var left = WaitMax - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero) break;
            try
            {
                await _nextHead.Task.WaitAsync(left, time);
            }
            catch (TimeoutException)
            {
                break;
            }
        }

        return await GetHead();
    }

    public async Task<BlockClosing> PoolActivated(NetUid netuid)
    {
        // What a replaced coordinator closes nobody opens.
        await ConfirmHeld();

        // Where a look proves little, whoever closed pools before could still plan on what this one goes on to change, or be the one that goes on, and
        // find its closings refused. Where no term has begun there is nobody: a closing leaves after its term is durable, and the look would show it.
        if (State.Term > 0) await BeginTerm();
        if (_gathering is not null) _activated.Add(netuid);
        var closing = CoordinatorDecider.ClosingOf(State, netuid, _gathering, _lastClosing);
        if (closing.Holds) _heldAfresh.Add(netuid);

        // A pool that stays closed for a plan which is lost would be opened by nobody.
        await Durable();
        return closing;
    }

    public async Task Poke()
    {
        if (_isEnding || IsPoisoned) return;

        // One that outlived its successor opens no pool that the successor closed; the next poke begins an activation that does.
        await ConfirmHeld();
        _isResting = false;
        if (_isDriven) return;
        var view = await Registry.GetNetwork();
        if (view.Name is null || _isDriven || _isEnding || _isResting) return;
        _isDriven = true;
        if (view.BlockIntervalMilliseconds == 0) _ = DriveWithoutPause();
        else if (view.BlockIntervalMilliseconds > 0) DriveByTimer(TimeSpan.FromMilliseconds(view.BlockIntervalMilliseconds));
    }

    public async Task Rest()
    {
        _isResting = true;
        _isDriven = false;
        _drives++;
        _driver?.Dispose();
        _driver = null;
        WakeReaders();
        await _blocks.Run(() => Task.FromResult(true));
    }

    /// <summary>The timer starts a block and does not wait for it, so that the next is due by the clock; a block that is late swallows its successor's tick.</summary>
    private void DriveByTimer(TimeSpan interval) => _driver = this.RegisterGrainTimer(
        () =>
        {
            if (!_isDriverClosing && _isDriven) _ = CloseForDriver();
            return Task.CompletedTask;
        },
        new GrainTimerCreationOptions(interval, interval) { Interleave = true, KeepAlive = true });

    private async Task DriveWithoutPause()
    {
        var drive = ++_drives;
        for (var failures = 0; drive == _drives && !_isEnding && !IsPoisoned;)
        {
            failures = await CloseForDriver() ? 0 : failures + 1;
            if (failures > 0) await Task.Delay(Retry.Delay(failures), time);
        }
    }

    private async Task<bool> CloseForDriver()
    {
        _isDriverClosing = true;
        try
        {
            await CloseBlock();
            return true;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            if (!_isEnding && !IsPoisoned) LogNotClosed(State.Block.Next.Value, exception.Message);
            return false;
        }
        finally
        {
            _isDriverClosing = false;
        }
    }

    private async Task<BlockHeader> CloseNext()
    {
        ThrowIfEnding();
        var view = await Registry.GetNetwork();
        if (view.Name is null) throw new InvalidOperationException("The network has no genesis: there is nothing to close a block on.");
        network.Identify(view.NetworkId, view.RequiresSignatures);
        using var span = LedgerTraces.StartBlock(State.Block.Next);
        try
        {
            var began = time.GetTimestamp();
            var started = await Plan(view);
            var gathered = time.GetElapsedTime(began);
            await Durable();
            return await Finish(started, gathered, time.GetElapsedTime(began) - gathered);
        }
        catch (Exception exception)
        {
            Break(exception);
            throw;
        }
    }

    /// <summary>First phase: closes lane and pools, gathers what the plan needs, and records the plan.</summary>
    private async Task<BlockStarted> Plan(NetworkView view)
    {
        var block = State.Block.Next;
        var parentHash = view.PicksByNumber ? AutoClaims.HashOfNumberBefore(block) : State.LastHeader?.Hash ?? BlockHashes.NoParent();
        _activated.Clear();
        await BeginTerm();
        var closing = ++_lastClosing;
        _gathering = block;
        await Insist("lane", () => Lane.PauseForBlock(block));

        // Read after the pause: a subnet that came meanwhile must not miss the block.
        view = await Insist("registry", Registry.GetNetwork);
        var gathered = new Dictionary<NetUid, GatheredSubnet>(view.Subnets.Length);
        var dust = Tao.Zero;
        for (var asked = view.Subnets; asked.Length > 0; asked = [.. view.Subnets.Where(IsMissing)])
        {
            _activated.Clear();
            await Watch(block, asked.Select(subnet => (subnet.Netuid, Ask(subnet))).ToArray());

            // A lane that was activated meanwhile may have brought a decision to its end, and subnets with it.
            await Insist("lane", () => Lane.PauseForBlock(block));

            // Read last: whatever a caller was told before belongs to the block before.
            dust = await ReadDust();
            view = await Insist("registry", Registry.GetNetwork);
        }

        ThrowIfEnding();
        var started = CoordinatorDecider.Start(State, view, gathered.Values, dust);
        Record(started);
        _gathering = null;
        return started;

        bool IsMissing(SubnetEntry subnet) => _activated.Contains(subnet.Netuid) || !gathered.ContainsKey(subnet.Netuid);

        async Task Ask(SubnetEntry subnet)
        {
            var pool = GrainFactory.Pool(subnet.PoolKey);
            var facts = await Insist(subnet.Netuid, () => pool.CloseForBlock(block, closing, parentHash));
            gathered[subnet.Netuid] = new(new BlockSubnet(subnet.Netuid, subnet.PoolKey), facts);
        }
    }

    /// <summary>Takes numbers for closings that no earlier activation has had; and from here on none can record a plan any more.</summary>
    private Task BeginTerm()
    {
        return _term ??= Begin();

        async Task Begin()
        {
            Record(new ClosingTermBegan(checked(State.Term + 1)));

            // A number that is known elsewhere must not be lost with this process: its successor would not call it off.
            await Durable();
            _lastClosing = State.ClosingFloor;
        }
    }

    private Task<Tao> ReadDust() =>
        Insist("account of destroyed TAO", GrainFactory.Account(SystemSenders.Dust).GetFree);

    /// <summary>Second phase: tells every subnet the plan until each has applied it, records the header, and lets everyone go on.</summary>
    private async Task<BlockHeader> Finish(BlockStarted started, TimeSpan gathering, TimeSpan planning)
    {
        var began = time.GetTimestamp();
        var acknowledgements = new List<BlockAcknowledgement>(started.Planned.Subnets.Count);
        var messages = CoordinatorDecider.MessagesOf(started);
        await Watch(started.Block, messages.Where(message => !message.Subnet.Netuid.IsRoot).Select(message => (message.Subnet.Netuid, Tell(message.Subnet, message.Command))).ToArray());
        foreach (var (root, command) in messages.Where(message => message.Subnet.Netuid.IsRoot))
        {
            await Watch(started.Block, [(root.Netuid, Tell(root, CoordinatorDecider.MessageToRoot(command, acknowledgements)))]);
        }

        await ClaimByItself(started.Planned);
        var applied = time.GetElapsedTime(began);

        ThrowIfEnding();
        long[] phases = [Microseconds(gathering), Microseconds(planning), Microseconds(applied), 0];
        var closed = CoordinatorDecider.Close(State, acknowledgements, time.GetUtcNow().ToUnixTimeMilliseconds(), phases);
        phases[3] = Microseconds(time.GetElapsedTime(began) - applied);
        Record(closed);
        await Durable();
        Publish(closed.Header);
        await Insist("lane", () => Lane.Resume(started.Block));
        await EndHolds(started.Block, [.. _heldAfresh]);
        _heldAfresh.Clear();

        var header = closed.Header;
        var second = Microseconds(time.GetElapsedTime(began));
        var whole = phases[0] + phases[1] + second;
        LogClosed(
            header.Number.Value, header.Subnets, header.Emission, header.Recycled, header.TotalIssuance, whole, Convert.ToHexStringLower(header.Hash));
        LedgerMetrics.BlockClosed(messages.Count, [phases[0], phases[1], phases[2], second - phases[2]], whole);
        return header;

        async Task Tell(BlockSubnet subnet, ApplyBlock command)
        {
            var pool = GrainFactory.Pool(subnet.PoolKey);
            acknowledgements.Add(await Insist(subnet.Netuid, () => pool.ApplyBlock(command)));
        }
    }

    /// <summary>The automatic claims of a block, while nobody else can touch the subnets that they may touch.</summary>
    private async Task ClaimByItself(PlannedBlock planned)
    {
        if (planned.ClaimPicks.Count == 0) return;
        var block = planned.Plan.Block;
        await Insist("lane", () => Lane.ClaimForBlock(block, [.. planned.ClaimPicks], [.. planned.Held]));
        await EndHolds(block, planned.Held);
    }

    private async Task EndHolds(BlockNumber block, IEnumerable<NetUid> held) =>
        await Task.WhenAll(held.Select(netuid => Insist(netuid, () => GrainFactory.Pool(netuid).EndHold(block))));

    /// <summary>A header with what its network asks of operations, as everybody is told it.</summary>
    private BlockHeader Told(BlockHeader header) => network.NetworkId is null ? header : header with { RequiresSignatures = network.RequiresSignatures };

    /// <summary>Makes a durable block known: to this process first, so that nobody who hears of it meets an actor here that does not know it.</summary>
    private void Publish(BlockHeader header)
    {
        network.Advance(header.Number);
        _head = new ChainHead(header.Number, header.TotalIssuance, State.BalancesIssuance, Told(header));
        WakeReaders();
    }

    private void WakeReaders()
    {
        var waiting = _nextHead;
        _nextHead = new(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting.TrySetResult();
    }

    /// <summary>Finishes or undoes, before any other block, what an earlier activation left.</summary>
    private async Task<bool> Recover()
    {
        try
        {
            switch (CoordinatorDecider.AfterActivation(State))
            {
                case Recovery.Finish finish:
                    LogFinishing(finish.Started.Block.Value);
                    await Finish(finish.Started, TimeSpan.Zero, TimeSpan.Zero);
                    break;
                case Recovery.Open open:
                    var view = await Insist("registry", Registry.GetNetwork);
                    if (open.Closing > 0)
                    {
                        // Whoever closed them must not be able to plan on what they go on to change.
                        await BeginTerm();
                        await Watch(open.LastClosed, view.Subnets.Select(subnet => (subnet.Netuid, Open(subnet, open.Closing))).ToArray());
                        await EndHolds(open.LastClosed, view.Subnets.Select(subnet => subnet.Netuid));
                    }

                    if (view.Name is not null) await Insist("lane", () => Lane.Resume(open.LastClosed));
                    break;
            }

            return true;
        }
        catch (Exception exception)
        {
            Break(exception);
            return false;
        }

        Task Open(SubnetEntry subnet, ulong closing)
        {
            var pool = GrainFactory.Pool(subnet.PoolKey);
            return Insist(subnet.Netuid, () => pool.OpenAfter(closing));
        }
    }

    /// <summary>Waits for all, and names those that let the block wait.</summary>
    private async Task Watch(BlockNumber block, (NetUid Netuid, Task Work)[] all)
    {
        var whole = Task.WhenAll(all.Select(one => one.Work));
        while (true)
        {
            try
            {
                await whole.WaitAsync(SlowAfter, time);
                return;
            }
            catch (TimeoutException) when (!whole.IsCompleted)
            {
                LogSlow(block.Value, string.Join(", ", all.Where(one => !one.Work.IsCompleted).Take(16).Select(one => one.Netuid)));
            }
        }
    }

    private async Task<T> Insist<T>(object who, Func<Task<T>> call)
    {
        for (var attempt = 0; ; attempt++)
        {
            if (attempt > 0)
            {
                await Task.Delay(Retry.Delay(attempt), time);

                // Whoever is asked may know a successor, and refuse for ever.
                await ConfirmHeld();
            }

            ThrowIfEnding();
            try
            {
                return await call();
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                NoteRepeat();
                LogRetry(who, State.Block.Value, exception.Message);
            }
        }
    }

    private Task<bool> Insist(object who, Func<Task> call) => Insist(who, async () =>
    {
        await call();
        return true;
    });

    private void ThrowIfEnding()
    {
        ThrowIfPoisoned();
        if (_isEnding) throw new OperationCanceledException("The coordinator's activation is ending.");
    }

    /// <summary>A block that cannot go on here is finished, or its pools are opened, by the next activation.</summary>
    private void Break(Exception exception)
    {
        if (IsPoisoned || _isEnding) return;
        _isEnding = true;
        LogBroken(State.Block.Value, exception);
        EndRequests();
        LetReadersGo();
        DeactivateOnIdle();
    }

    protected override void OnPoisoned() => LetReadersGo();

    /// <summary>Whoever waits for the next block waits at the next activation.</summary>
    private void LetReadersGo() => _nextHead.TrySetException(new ActorPoisonedException(ActorKey, null));

    private static long Microseconds(TimeSpan duration) => duration.Ticks / TimeSpan.TicksPerMicrosecond;

    [LoggerMessage(601, LogLevel.Information, "Block {Block}: {Subnets} subnets, {Emission} rao minted, {Recycled} recycled, issuance {TotalIssuance}, {Microseconds} us, {Hash}")]
    private partial void LogClosed(ulong block, int subnets, Tao emission, Tao recycled, Tao totalIssuance, long microseconds, string hash);

    [LoggerMessage(602, LogLevel.Warning, "Block {Block} waits for subnets {Netuids}")]
    private partial void LogSlow(ulong block, string netuids);

    [LoggerMessage(603, LogLevel.Warning, "The coordinator asks {Who} again, after block {Block}: {Reason}")]
    private partial void LogRetry(object who, ulong block, string reason);

    [LoggerMessage(604, LogLevel.Information, "Block {Block} was started by an earlier activation and is finished now")]
    private partial void LogFinishing(ulong block);

    [LoggerMessage(605, LogLevel.Warning, "Block {Block} was not closed: {Reason}")]
    private partial void LogNotClosed(ulong block, string reason);

    [LoggerMessage(606, LogLevel.Critical, "The coordinator broke an invariant after block {Block} and is deactivated")]
    private partial void LogBroken(ulong block, Exception exception);
}
