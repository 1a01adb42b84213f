using System.Diagnostics;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Grains.Telemetry;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Dtao.Grains.Lanes;

/// <inheritdoc cref="ILaneGrain"/>
/// <remarks>
/// Reentrant: messages join a queue, and one loop takes batches from it, one after the other. The invariants that survive interleaving:
/// between the last look at what was gathered and the record of the decision nothing is awaited, and no batch is decided before the one before it
/// has reached everyone. Pools keep lane and blocks apart: a pool that is closed for the one lets the other wait.
/// </remarks>
[Reentrant]
public sealed partial class LaneGrain(IActorJournals journals, NetworkContext network, ILogger<LaneGrain> logger)
    : LedgerGrain<LaneState, LaneEvent>(LaneModel.Instance, journals, logger), ILaneGrain
{
    /// <summary>Most of what a batch costs is asking pool after pool, however many of its operations concern each of them.</summary>
    private const int BatchMax = 512;
    private const int WaitingMax = 4_096;
    private const int SweepSenders = 256;
    private const ulong QuietBlocks = 64;

    private static readonly TimeSpan AnswerWaitMax = TimeSpan.FromSeconds(2);

    private readonly List<WaitingOperation> _queue = [];
    private readonly Dictionary<(AccountId Sender, ulong Sequence), WaitingOperation> _waiting = [];
    private TaskCompletionSource _delivered = NewSignal();
    private Task _running = Task.CompletedTask;
    private Task _claiming = Task.CompletedTask;
    private BlockNumber _resumed;
    private BlockNumber? _pausedFor;

    /// <summary>How many wait until nothing runs. A resume that comes late ends a pause, and not their wish.</summary>
    private int _pausing;
    private bool _isEnding;

    protected override string ActorKey => ActorKeys.Lane;

    protected override int SnapshotWeight => State.Outcomes.SenderCount;

    private BlockNumber Now => network.Head > State.Seen ? network.Head : State.Seen;

    private ISubnetRegistryGrain Registry => field ??= GrainFactory.Registry();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        if (State.Undelivered is { } undelivered) _unreached.UnionWith(undelivered.Parts.Select(part => part.Netuid));
        if (State.Term > 0) _running = Watch(Recover());
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _isEnding = true;
        FailWaiting(new OperationCanceledException("The lane's activation is ending; send again."));
        await base.OnDeactivateAsync(reason, cancellationToken);
    }

    protected override void OnPoisoned() => FailWaiting(new ActorPoisonedException(ActorKey, null));

    public Task<PoolReply> Execute(LaneCommand command) => LedgerTraces.IsTraced ? ActTraced(command) : Act(command);

    private Task<PoolReply> ActTraced(LaneCommand command) => LedgerTraces.Decide("lane.decide", command.Head, command.Call, () => Act(command));

    private async Task<PoolReply> Act(LaneCommand command)
    {
        var head = command.Head;
        ThrowIfEnding();
        if (!MayActOn(head.Stamp)) return PoolReply.Undecided(DeliveryStatus.SendWhenDurable, Now);
        if (!_waiting.TryGetValue((head.Sender, head.Sequence), out var waiting))
        {
            switch (State.Outcomes.Judge(head, Now, out var known))
            {
                case Verdict.Known:
                    while (State.Undelivered?.Batch == known!.Batch)
                    {
                        if (!await EndsInTime(_delivered.Task)) return PoolReply.Undecided(DeliveryStatus.Busy, Now);
                    }

                    return await Answer(head, known);
                case Verdict.Stale:
                    return PoolReply.Undecided(DeliveryStatus.Stale, Now);
                case Verdict.Expired:
                    Record(new OperationExpired(head.Sender, head.Sequence, head.SettledBelow, head.LastValidBlock, Now));
                    return await Answer(head, State.Outcomes.Find(head.Sender, head.Sequence));
            }

            if (_waiting.Count >= WaitingMax || Journals.IsSaturated) return PoolReply.Undecided(DeliveryStatus.Busy, Now);
            waiting = new WaitingOperation(command);
            _waiting.Add((head.Sender, head.Sequence), waiting);
            _queue.Add(waiting);
            LedgerMetrics.LaneQueueChanged(1);
            Pump();
        }

        // A repeat carries the newer facts of its account.
        waiting.Command = command;
        return await EndsInTime(waiting.Decided.Task) ? await Answer(head, await waiting.Decided.Task) : PoolReply.Undecided(DeliveryStatus.Busy, Now);
    }

    /// <summary>
    /// False after a while: whoever waits sends again, and is let go here. A replaced lane decides nothing, and one that is about to end ends only when
    /// nobody waits in it.
    /// </summary>
    private async Task<bool> EndsInTime(Task work)
    {
        try
        {
            await work.WaitAsync(AnswerWaitMax);
            return true;
        }
        catch (TimeoutException) when (!work.IsCompleted)
        {
            await ConfirmHeld();
            return false;
        }
    }

    public async Task<CallQuote> Quote(LaneCommand command)
    {
        ThrowIfEnding();
        var facts = await WhileHealthy(Peek(command));
        var call = command.Call;
        var quote = LaneDecider.IsForLane(call)
            ? Quotes.Of(new LaneSource(facts, [command]), LaneDraft.SignerOf(facts.Parameters, command.Head.Sender, call), call, command.Fee)
            : Economics.Staking.Quote.Refused(Economics.Ledger.LedgerError.MalformedCall, call);
        return CallQuote.Of(quote, call, facts.Block);
    }

    public async Task PauseForBlock(BlockNumber block)
    {
        ThrowIfEnding();
        if (block <= _resumed) return;
        if (_pausedFor is not { } paused || paused < block) _pausedFor = block;
        await WaitUntilIdle();
    }

    /// <summary>Whether no batch of operations may begin; the automatic claims of a block are a batch of their own.</summary>
    private bool MustPause => _pausedFor is not null || _pausing > 0 || !_claiming.IsCompleted;

    private async Task WaitUntilIdle()
    {
        _pausing++;
        try
        {
            while (!_running.IsCompleted && MustPause) await WhileHealthy(_running);
        }
        finally
        {
            _pausing--;
        }

        ThrowIfEnding();
    }

    /// <remarks>A coordinator that gave up a block before it was planned names the block before: that ends the pause as well.</remarks>
    public Task Resume(BlockNumber block)
    {
        if (block > _resumed) _resumed = block;
        if (_pausedFor is { } paused && paused <= block.Next) _pausedFor = null;
        Pump();
        return Task.CompletedTask;
    }

    public async Task<bool> HoldsReservation(AccountId hotkey)
    {
        // A replaced activation must not let go of what its successor holds.
        await ConfirmHeld();
        var holds = _reserving.Contains(hotkey) || (State.Undelivered is { } batch && (batch.Owners.Any(owned => owned.Hotkey == hotkey) || batch.Records.Any(swapped => swapped.Hotkey == hotkey)));
        await Durable();
        return holds;
    }

    public async Task ClaimForBlock(BlockNumber block, AccountId[] coldkeys, NetUid[] netuids)
    {
        ThrowIfEnding();
        if (State.ClaimedAt < block)
        {
            // One batch at a time: what a former activation decided, or this one is about to, arrives first.
            if (block > _resumed && (_pausedFor is not { } paused || paused < block)) _pausedFor = block;
            await WaitUntilIdle();
            if (_claiming.IsCompleted) _claiming = Watch(RunClaims(block, coldkeys, netuids));
            await WhileHealthy(_claiming);
            Pump();
            ThrowIfEnding();
        }

        while (State.Undelivered is { Claimers.Count: > 0 }) await _delivered.Task;
        await Durable();
    }

    /// <summary>Takes the automatic claims of a block from gathering to the last acknowledgement, while operations wait for the block.</summary>
    private async Task RunClaims(BlockNumber block, AccountId[] coldkeys, NetUid[] netuids)
    {
        for (var attempt = 0; State.ClaimedAt < block; attempt++)
        {
            if (attempt > 0)
            {
                await Task.Delay(Retry.Delay(attempt));
                await ConfirmHeld();
            }

            ThrowIfEnding();
            var batch = await NextBatch();
            var facts = await Gather(batch, [], () => LaneNeeds.OfClaims(coldkeys, netuids, network.Parameters!), block);
            if (facts is null || _activated.Count > 0)
            {
                await GiveUp(batch);
                continue;
            }

            Decide(LaneDecider.DecideClaims(State, batch, facts, coldkeys, (place, exception) => LogClaimNotDecided(coldkeys[place], exception)), []);
            await Deliver();
        }
    }

    public async Task<LaneClosing> PoolActivated(NetUid netuid)
    {
        // What a replaced lane knows is not what holds; and while no term of this one is durable, its predecessor could still decide on what the pool goes
        // on to change. Where no term has begun there is nobody: a batch gathers after its term is durable, and the look would show it.
        await ConfirmHeld();
        if (State.Term > 0) await BeginTerm();
        if (State.Undelivered is null && _asked.Contains(netuid)) _activated.Add(netuid);
        if (State.Undelivered is not null && _unreached.Contains(netuid)) _keptClosed.Add(netuid);
        return LaneDecider.ClosingOf(State, _unreached.Contains(netuid), _asked.Contains(netuid), _inHand, _lastBatch);
    }

    public Task Wake()
    {
        Pump();
        return Task.CompletedTask;
    }

    private void Pump()
    {
        if (_running.IsCompleted && !_isEnding) _running = Watch(RunBatches());
    }

    private async Task RunBatches()
    {
        // Begun by whoever came first, for all who come.
        LedgerTraces.Continue(null);
        while (!MustPause && TakeBatch() is { Length: > 0 } operations)
        {
            if (!await RunBatch(operations)) return;
        }
    }

    /// <summary>Takes one batch from gathering to the last acknowledgement; false when a block must come first.</summary>
    private async Task<bool> RunBatch(WaitingOperation[] operations)
    {
        using var span = LedgerTraces.StartForAll("lane.batch", operations.Select(operation => operation.Traced));
        for (var attempt = 0; ; attempt++)
        {
            if (attempt > 0)
            {
                await Task.Delay(Retry.Delay(attempt));

                // Pools may know a successor, and refuse for ever.
                await ConfirmHeld();
                ThrowIfEnding();
                if (MustPause) return false;
                operations = TakeBatch();
                if (operations.Length == 0) return true;
            }

            var commands = Array.ConvertAll(operations, operation => operation.Command);
            var began = Stopwatch.GetTimestamp();
            var batch = await NextBatch();
            var facts = await Gather(batch, commands);
            if (facts is null || _activated.Count > 0)
            {
                await GiveUp(batch);
                continue;
            }

            Decide(LaneDecider.Decide(State, batch, facts, commands, (place, exception) => LogNotDecided(commands[place], exception)), operations);
            LedgerMetrics.LaneBatchDecided(operations.Length);
            await Deliver(operations);
            LedgerMetrics.LaneBatchTook(began);
            _ = SweepOutcomes();
            return true;
        }
    }

    /// <summary>Records a decision: from here on it takes effect, whatever happens to this activation.</summary>
    private void Decide(BatchDecided decided, WaitingOperation[] operations)
    {
        ThrowIfEnding();
        _delivered = NewSignal();
        Record(decided);
        _inHand = 0;
        _reserving.Clear();
        _unreached.UnionWith(_asked);
        _asked.Clear();
        foreach (var operation in operations) Remove(operation);
    }

    /// <summary>The oldest operations, at most one of each account, without those that need no decision any more.</summary>
    private WaitingOperation[] TakeBatch()
    {
        var taken = new List<WaitingOperation>();
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

    private void Remove(WaitingOperation operation)
    {
        _queue.Remove(operation);
        if (_waiting.Remove((operation.Command.Head.Sender, operation.Command.Head.Sequence))) LedgerMetrics.LaneQueueChanged(-1);
    }

    private void Finish(WaitingOperation operation) =>
        operation.Decided.TrySetResult(State.Outcomes.Find(operation.Command.Head.Sender, operation.Command.Head.Sequence));

    /// <param name="outcome">Null when the sender has settled the operation, and its outcome is forgotten.</param>
    private async Task<PoolReply> Answer(MessageHead head, LaneOutcome? outcome)
    {
        await ReadyToAnswer(head.Stamp);
        if (outcome is null) return PoolReply.Undecided(DeliveryStatus.Stale, Now);
        var status = outcome.Outcome is null ? DeliveryStatus.Never : DeliveryStatus.Decided;
        return new PoolReply(status, outcome.Outcome, outcome.FreeChange, outcome.Block, outcome.Order, AnswerStamp(head.Stamp));
    }

    /// <summary>Asks senders with old outcomes what they have settled. What fails is asked again after a later batch.</summary>
    private async Task SweepOutcomes()
    {
        try
        {
            foreach (var sender in State.Outcomes.Sweep(Now, QuietBlocks, SweepSenders))
            {
                if (SystemSenders.IsSystem(sender)) continue;
                State.Outcomes.Forget(sender, await GrainFactory.Account(sender).GetSettledBelow());
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogRetry("an account's settled sequence", exception.Message);
        }
    }

    /// <summary>Runs work that nobody awaits; when it ends in an error, everyone who waits is told and this activation ends.</summary>
    private async Task Watch(Task work)
    {
        try
        {
            await work;
        }
        catch (Exception exception)
        {
            if (!IsPoisoned && !_isEnding) LogBroken(exception);
            _isEnding = true;
            FailWaiting(exception);
            DeactivateOnIdle();
        }
    }

    private void FailWaiting(Exception exception)
    {
        foreach (var operation in _waiting.Values.ToArray()) operation.Decided.TrySetException(exception);
        _delivered.TrySetException(exception);
        LedgerMetrics.LaneQueueChanged(-_waiting.Count);
        _waiting.Clear();
        _queue.Clear();
    }

    private void ThrowIfEnding()
    {
        ThrowIfPoisoned();
        if (_isEnding) throw new OperationCanceledException("The lane's activation is ending; send again.");
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class WaitingOperation(LaneCommand command)
    {
        public LaneCommand Command { get; set; } = command;
        public TaskCompletionSource<LaneOutcome?> Decided { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The span that it came under; null when it is not traced.</summary>
        public ActivityContext? Traced { get; } = LedgerTraces.Here;
    }
}
