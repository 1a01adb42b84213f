using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Lanes;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;

namespace Dtao.Simulator.Tests.Simulation;

/// <summary>The protocol of <see cref="LaneGrain"/> around its decider, restated.</summary>
internal sealed partial class SimLane(World world, ActorRecord<LaneState, LaneEvent> record) : SimActor<LaneState, LaneEvent>(world, record)
{
    private const int BatchMax = 3;

    private readonly List<Waiting> _queue = [];
    private readonly Dictionary<(AccountId Sender, ulong Sequence), Waiting> _waiting = [];
    private Signal<bool> _delivered = new();
    private Signal<bool>? _running;
    private Signal<bool>? _claiming;
    private Signal<bool>? _term;
    private NetworkParameters _parameters = world.Parameters;
    private BlockNumber _resumed;
    private BlockNumber? _pausedFor;
    private int _pausing;

    private bool MustPause => _pausedFor is not null || ((_pausing > 0 || _claiming is not null) && Bug != Bug.ResumedByLateMessage);

    private BlockNumber Now => World.HeadOf(this) is var head && head > State.Seen ? head : State.Seen;

    protected override Task OnActivated()
    {
        if (State.Undelivered is { } undelivered) _unreached.UnionWith(undelivered.Parts.Select(part => part.Netuid));
        if (State.Term > 0) Run(Recover);
        return Task.CompletedTask;
    }

    public async Task<PoolReply> Execute(LaneCommand command)
    {
        var head = command.Head;
        if (!MayActOn(head.Stamp)) return PoolReply.Undecided(DeliveryStatus.SendWhenDurable, Now);
        if (!_waiting.TryGetValue((head.Sender, head.Sequence), out var waiting))
        {
            switch (State.Outcomes.Judge(head, Now, out var known))
            {
                case Verdict.Known:
                    while (State.Undelivered?.Batch == known!.Batch) await _delivered.Wait();
                    return await Answer(head, known);
                case Verdict.Stale:
                    return PoolReply.Undecided(DeliveryStatus.Stale, Now);
                case Verdict.Expired:
                    Record(new OperationExpired(head.Sender, head.Sequence, head.SettledBelow, head.LastValidBlock, Now));
                    return await Answer(head, State.Outcomes.Find(head.Sender, head.Sequence));
            }

            waiting = new Waiting(command);
            _waiting.Add((head.Sender, head.Sequence), waiting);
            _queue.Add(waiting);
            Pump();
        }

        // A repeat carries the newer facts of its account.
        waiting.Command = command;
        return await Answer(head, await waiting.Decided.Wait());
    }

    public async Task<bool> PauseForBlock(BlockNumber block)
    {
        if (block <= _resumed) return true;
        await Pause(block);
        return true;
    }

    /// <summary>Waits until nothing runs. A resume that comes late may end the pause, and not the wish of whoever waits here.</summary>
    private async Task Pause(BlockNumber block)
    {
        if (_pausedFor is not { } paused || paused < block) _pausedFor = block;
        _pausing++;
        while (_running is { } running && MustPause) await running.Wait();
        _pausing--;
    }

    public Task<bool> Resume(BlockNumber block)
    {
        if (block > _resumed) _resumed = block;
        if (_pausedFor is { } paused && paused <= block.Next) _pausedFor = null;
        Pump();
        return Task.FromResult(true);
    }

    public async Task<bool> HoldsReservation(AccountId hotkey)
    {
        ConfirmHeld();
        var holds = _reserving.Contains(hotkey) || (State.Undelivered?.Owners.Any(owned => owned.Hotkey == hotkey) ?? false);
        await Durable();
        return holds;
    }

    public async Task<bool> ClaimForBlock(BlockNumber block, AccountId[] coldkeys, NetUid[] netuids)
    {
        if (State.ClaimedAt < block || Bug == Bug.ClaimsRunAgain)
        {
            // One batch at a time: what a former activation decided, or this one is about to, arrives first.
            if (Bug != Bug.ClaimsBesideBatch) await Pause(block);
            if (_claiming is null)
            {
                _claiming = new();
                Watch(RunClaims(block, coldkeys, netuids));
            }

            await _claiming.Wait();
        }

        while (State.Undelivered is { Claimers.Count: > 0 }) await _delivered.Wait();
        await Durable();
        return true;
    }

    public async Task<LaneClosing> PoolActivated(NetUid netuid)
    {
        ConfirmHeld();
        if (State.Term > 0) await BeginTerm();
        if (_asked.Contains(netuid) && State.Undelivered is null && Bug != Bug.ActivatedUnnoticed) _activated.Add(netuid);
        if (State.Undelivered is not null && _unreached.Contains(netuid)) _keptClosed.Add(netuid);
        var closing = LaneDecider.ClosingOf(State, _unreached.Contains(netuid), _asked.Contains(netuid), _inHand, _lastBatch);
        return Bug switch
        {
            Bug.ActivatedUnnoticed => default,
            Bug.ClosedByLateLane => closing with { CalledOff = 0 },
            _ => closing,
        };
    }

    /// <summary>Takes the automatic claims of a block from gathering to the last acknowledgement, while operations wait for the block.</summary>
    private async Task RunClaims(BlockNumber block, AccountId[] coldkeys, NetUid[] netuids)
    {
        for (var attempt = 0; State.ClaimedAt < block || (Bug == Bug.ClaimsRunAgain && attempt == 0); attempt++)
        {
            if (attempt > 0)
            {
                await Schedule.Delay(this, "claims again");
                ConfirmGoingOn();
            }

            var batch = await NextBatch();
            var facts = await Gather(batch, [], () => LaneNeeds.OfClaims(coldkeys, netuids, _parameters), block);
            if (facts is null || _activated.Count > 0)
            {
                await Abandon(batch);
                continue;
            }

            Decide(LaneDecider.DecideClaims(State, batch, facts, coldkeys), []);
            await Deliver();
        }

        var claimed = _claiming!;
        _claiming = null;
        claimed.Set(true);
        Pump();
    }

    private void Pump()
    {
        if (_running is null) Run(RunBatches);
    }

    private void Run(Func<Task> work)
    {
        var running = _running = new();
        Watch(Whole());

        async Task Whole()
        {
            await work();
            _running = null;
            running.Set(true);
        }
    }

    private async Task RunBatches()
    {
        while (!MustPause && TakeBatch() is { Length: > 0 } operations)
        {
            if (!await RunBatch(operations)) return;
        }
    }

    /// <summary>Takes one batch from gathering to the last acknowledgement; false when a block must come first.</summary>
    private async Task<bool> RunBatch(Waiting[] operations)
    {
        for (var attempt = 0; ; attempt++)
        {
            if (attempt > 0)
            {
                await Schedule.Delay(this, "gathers again");
                ConfirmGoingOn();
                if (MustPause) return false;
                operations = TakeBatch();
                if (operations.Length == 0) return true;
            }

            var commands = Array.ConvertAll(operations, operation => operation.Command);
            var batch = await NextBatch();
            var facts = await Gather(batch, commands, () => LaneNeeds.Of(commands, _parameters), null);
            if (facts is null || (_activated.Count > 0 && Bug != Bug.ActivatedUnnoticed))
            {
                await Abandon(batch);
                continue;
            }

            Decide(LaneDecider.Decide(State, batch, facts, commands), operations);
            await Deliver();
            foreach (var operation in operations) Finish(operation);
            Watch(SweepOutcomes());
            return true;
        }
    }

    /// <summary>Records a decision: from here on it takes effect, whatever happens to this activation.</summary>
    private void Decide(BatchDecided decided, Waiting[] operations)
    {
        _delivered = new();
        Record(decided);
        _inHand = 0;
        _reserving.Clear();
        _unreached.UnionWith(_asked);
        _asked.Clear();
        foreach (var operation in operations) Remove(operation);
    }

    /// <summary>The oldest operations, at most one of each account, without those that need no decision any more.</summary>
    private Waiting[] TakeBatch()
    {
        var taken = new List<Waiting>();
        var senders = new HashSet<AccountId>();
        foreach (var operation in _queue.ToArray())
        {
            if (taken.Count == BatchMax) break;
            var isNetwork = LaneDecider.IsNetwork(operation.Command.Call);
            if (isNetwork && taken.Count > 0) break;
            if (State.Outcomes.Judge(operation.Command.Head, Now, out _) is Verdict.Stale or Verdict.Known)
            {
                Remove(operation);
                Finish(operation);
                continue;
            }

            if (senders.Add(operation.Command.Head.Sender)) taken.Add(operation);
            if (isNetwork) break;
        }

        return [.. taken];
    }

    private void Remove(Waiting operation)
    {
        _queue.Remove(operation);
        _waiting.Remove((operation.Command.Head.Sender, operation.Command.Head.Sequence));
    }

    private void Finish(Waiting operation) =>
        operation.Decided.Set(State.Outcomes.Find(operation.Command.Head.Sender, operation.Command.Head.Sequence));

    private async Task<PoolReply> Answer(MessageHead head, LaneOutcome? outcome)
    {
        await ReadyToAnswer(head.Stamp);
        if (outcome is null) return PoolReply.Undecided(DeliveryStatus.Stale, Now);
        var status = outcome.Outcome is null ? DeliveryStatus.Never : DeliveryStatus.Decided;
        return new PoolReply(status, outcome.Outcome, outcome.FreeChange, outcome.Block, outcome.Order, AnswerStamp(head.Stamp));
    }

    private async Task SweepOutcomes()
    {
        foreach (var sender in State.Outcomes.Sweep(Now, quietBlocks: 0, countMax: 4))
        {
            if (SystemSenders.IsSystem(sender)) continue;
            var below = await World.Call<SimAccount, ulong>(this, World.AccountOf(sender), "settled below?", account => account.GetSettledBelow());
            if (below.IsOk) State.Outcomes.Forget(sender, below.Value);
        }
    }

    /// <summary>Whoever is asked may know a successor, and refuse for ever.</summary>
    private void ConfirmGoingOn()
    {
        if (Bug != Bug.ReplacedLaneInsists) ConfirmHeld();
    }

    private sealed class Waiting(LaneCommand command)
    {
        public LaneCommand Command { get; set; } = command;
        public Signal<LaneOutcome?> Decided { get; } = new();
    }
}
