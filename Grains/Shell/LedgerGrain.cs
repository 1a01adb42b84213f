using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Dtao.Grains.Telemetry;
using Dtao.Grains.Wire;
using Microsoft.Extensions.Logging;

namespace Dtao.Grains.Shell;

/// <summary>
/// The shell that every actor shares: decide many, write once, answer after. It holds the rules of durability so that no grain has to.
/// </summary>
/// <remarks>
/// <list type="number">
/// <item>Nothing leaves before it is durable: a grain awaits <see cref="Durable"/> before it answers, or hands the stamp of its log to a receiver of the same log.</item>
/// <item>Poison: after a failed or unknown write the activation is marked first, every waiter fails with <see cref="ActorPoisonedException"/>, and it deactivates.
/// Each turn and each continuation passes through <see cref="Record"/> or <see cref="Durable"/>, which check the mark.</item>
/// <item>Fencing: the journal refuses a holder that another activation has replaced. One that is asked for what it knows without writing looks first
/// (<see cref="ConfirmHeld"/>), and one that is asked about a future that it cannot know ends (<see cref="EndAsReplaced"/>).</item>
/// <item>Snapshots are encoded between events and published only after the events that they contain are durable.</item>
/// <item>No timer lingers: what is appended while the last batch is written forms the next.</item>
/// <item>One that the runtime has begun to end records and answers nothing any more (<see cref="BeginToEnd"/>): whoever waits in it asks its successor.</item>
/// </list>
/// </remarks>
public abstract partial class LedgerGrain<TState, TEvent> : Grain, IEndingActor
    where TState : class
    where TEvent : class
{
    /// <summary>At least this many events lie between two snapshots.</summary>
    private const int SnapshotEventsMin = 512;

    /// <summary>An actor's snapshots are later by a share of this, its own: many that do the same at the same time would all write theirs at once.</summary>
    private const int SnapshotShares = 256;

    /// <summary>For how long an actor that is reached without messages is no idle one.</summary>
    private static readonly TimeSpan s_keptAfterUse = TimeSpan.FromMinutes(2);

    private const int StateWriterKeptMax = 4 * 1024 * 1024;

    /// <remarks>Kept by the thread and not by the actor, of which there may be a million: an event is copied into the log within the same step.</remarks>
    [ThreadStatic]
    private static RecordWriter? t_eventWriter;

    [ThreadStatic]
    private static RecordWriter? t_stateWriter;

    private readonly IActorModel<TState, TEvent> _model;
    private readonly ILogger _logger;
    private IActorJournal? _journal;
    private ActorTally? _tally;
    private TState? _state;
    private long _tip;
    private long _version;
    private long _snapshotVersion;

    /// <summary>From this version on it is looked whether a snapshot is due.</summary>
    private long _snapshotDue;
    private long _noteUseAt;

    /// <summary>Nothing is recorded or answered any more.</summary>
    private bool _isPoisoned;

    /// <summary>A write failed, or its outcome is not known.</summary>
    private bool _isLost;

    /// <summary>Ends requests that wait. Made with the first of them.</summary>
    private CancellationTokenSource? _requests;

    protected LedgerGrain(IActorModel<TState, TEvent> model, IActorJournals journals, ILogger logger)
    {
        _model = model;
        Journals = journals;
        _logger = logger;
    }

    protected IActorJournals Journals { get; }

    protected TState State => _state ?? throw new InvalidOperationException("The actor is not activated.");

    protected bool IsPoisoned => _isPoisoned;

    /// <summary>Whether the store may hold something else than this activation knows.</summary>
    protected bool IsLost => _isLost;

    /// <summary>Where this actor's log stands; empty when the store keeps no order over actors.</summary>
    protected LogStamp Stamp => Journals.LogId == Guid.Empty ? LogStamp.Durable : new LogStamp(Journals.LogId, _tip);

    /// <summary>The actor's name in the store.</summary>
    protected abstract string ActorKey { get; }

    /// <summary>Whether the tip leaves nothing that would have to be gone on with after a crash. False also where nobody asks for it.</summary>
    protected virtual bool IsFinished => false;

    /// <summary>How large the state is, in events' worth: the larger, the rarer its snapshots.</summary>
    protected virtual int SnapshotWeight => 0;

    /// <remarks>
    /// The runtime begins an activation under that activation's own lock, and to deliver a message it takes the receiver's. Two actors that send to
    /// one another before their first real wait would hold one lock each and wait for the other for ever; so this turn ends before anything is done.
    /// See docs/decisions/0014-activations-wait-downwards.md, also for what an activation may wait for.
    /// </remarks>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        _journal = Journals.Open(ActorKey);
        var image = await _journal.LoadAsync();
        if (image is { Snapshot: null, Events.Count: 0 }) await _journal.ConfirmNewAsync();
        _state = _model.Restore(image);
        _snapshotVersion = image.SnapshotVersion;
        _snapshotDue = _snapshotVersion + SnapshotEventsMin;
        _version = image.SnapshotVersion + image.Events.Count;
        _tally = ActorTally.Of(ActorKey);
        _tally?.NoteActivation();
        await base.OnActivateAsync(cancellationToken);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (!_isLost && _journal is not null)
        {
            try
            {
                await WhenWritten();
                if (_version - _snapshotVersion >= SnapshotEventsMin / 8) await _journal.PutSnapshotAsync(_version, EncodeState());
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // What is in memory is not what the store has: nobody may conclude from it that there is nothing left to finish.
                _isLost = true;
                LogLostOnDeactivation(ActorKey, exception);
            }
        }

        _journal?.Dispose();
        _tally?.NoteEnd();
        await base.OnDeactivateAsync(reason, cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The runtime ends an activation when none of its requests runs any more, and keeps what others ask meanwhile for its successor. A request that waits for an
    /// actor which asks this one would keep both waiting until the runtime gives up, half a minute later: as of a poisoned one, each is let go at once.
    /// </remarks>
    public void BeginToEnd() => GrainContext.Scheduler.QueueAction(() =>
    {
        if (_isPoisoned) return;
        _isPoisoned = true;
        if (_state is null) return;
        EndRequests();
        OnPoisoned();
    });

    /// <summary>Takes a decided event into the tip and into the journal, in one synchronous step.</summary>
    protected void Record(TEvent happened)
    {
        ThrowIfPoisoned();
        var writer = t_eventWriter ??= new RecordWriter(1024);
        writer.Clear();
        try
        {
            // Applied first: what cannot be applied is never written, and a state that is ahead of its journal goes with the activation.
            _model.WriteEvent(writer, happened);
            _model.Apply(State, happened);
            _tip = _journal!.Append(writer.Written, IsFinished);
        }
        catch (Exception exception)
        {
            throw PoisonedBy(exception);
        }

        _version++;
        if (_version >= _snapshotDue) OfferSnapshotWhenDue();
    }

    /// <summary>Waits until everything that the tip rests on is durable.</summary>
    protected async ValueTask Durable()
    {
        ThrowIfPoisoned();
        try
        {
            await WhenWritten();
        }
        catch (Exception exception)
        {
            throw PoisonedBy(exception);
        }

        ThrowIfPoisoned();
    }

    /// <summary>What <see cref="Durable"/> waits for, bare: whoever waits here passes what is thrown through <see cref="PoisonedBy"/>, and looks for poison afterwards.</summary>
    protected ValueTask WhenWritten() => _tip == 0 ? ValueTask.CompletedTask : _journal!.WhenDurable(_tip);

    /// <summary>Poisons the actor, and says so to whoever waits.</summary>
    protected ActorPoisonedException PoisonedBy(Exception exception)
    {
        Poison(exception);
        return new ActorPoisonedException(ActorKey, exception);
    }

    /// <summary>Before a message leaves: with one ordered log nothing to wait for, otherwise until the tip is durable.</summary>
    protected ValueTask ReadyToSend()
    {
        ThrowIfPoisoned();
        return Journals.LogId == Guid.Empty ? Durable() : ValueTask.CompletedTask;
    }

    /// <summary>Before an answer goes back to the sender of this stamp: a sender on the same log waits for itself, any other gets a durable answer.</summary>
    protected ValueTask ReadyToAnswer(LogStamp stamp) => SharesLog(stamp) ? ValueTask.CompletedTask : Durable();

    /// <summary>The stamp that goes with an answer after <see cref="ReadyToAnswer"/>.</summary>
    protected LogStamp AnswerStamp(LogStamp stamp) => SharesLog(stamp) ? Stamp : LogStamp.Durable;

    /// <summary>Whether a message may be acted on now: its cause is durable, or stands earlier in the log that this actor writes to.</summary>
    protected bool MayActOn(LogStamp stamp) => stamp.LogId == Guid.Empty || stamp.LogId == Journals.LogId;

    /// <summary>Ends this activation when another has taken its journal over: what it knows is of the past, and nothing that it writes would tell it.</summary>
    protected async ValueTask ConfirmHeld()
    {
        ThrowIfPoisoned();
        if (!await _journal!.IsHeldAsync()) EndAsReplaced("its journal has another holder");
        ThrowIfPoisoned();
    }

    /// <summary>Ends this activation, since what it was asked shows that another goes on in its place.</summary>
    [DoesNotReturn]
    protected void EndAsReplaced(string evidence)
    {
        var exception = new ActorPoisonedException(ActorKey, new InvalidOperationException($"The activation was replaced: {evidence}."));
        Poison(exception);
        throw exception;
    }

    /// <summary>
    /// For each request that waits for other actors: ends it when this one is poisoned, whatever it waits for. What it asked may have been done or not, and
    /// what it still does by itself meets the mark at its next step.
    /// </summary>
    /// <remarks>
    /// The runtime ends an activation when none of its requests runs any more, and keeps what others ask meanwhile for its successor. Whom the request asked may be
    /// among those others: both would wait until the message times out. See docs/decisions/0014-activations-wait-downwards.md.
    /// </remarks>
    /// <exception cref="ActorPoisonedException">The actor is poisoned.</exception>
    protected Task<T> WhileHealthy<T>(Task<T> request) => request.IsCompleted ? request : AwaitWhileHealthy(request);

    private async Task<T> AwaitWhileHealthy<T>(Task<T> request)
    {
        ThrowIfPoisoned();
        try
        {
            return await request.WaitAsync((_requests ??= new CancellationTokenSource()).Token);
        }
        catch (OperationCanceledException) when (_isPoisoned)
        {
            throw new ActorPoisonedException(ActorKey, null);
        }
    }

    /// <inheritdoc cref="WhileHealthy{T}(Task{T})"/>
    protected async Task WhileHealthy(Task request)
    {
        if (!request.IsCompleted) ThrowIfPoisoned();
        try
        {
            await request.WaitAsync((_requests ??= new CancellationTokenSource()).Token);
        }
        catch (OperationCanceledException) when (_isPoisoned)
        {
            throw new ActorPoisonedException(ActorKey, null);
        }
    }

    /// <summary>Lets everyone go who waits inside this activation: it ends only when no request runs any more.</summary>
    protected virtual void OnPoisoned()
    {
    }

    /// <summary>Somebody in the silo has reached this actor without a message: the runtime sees none, and would take it for idle.</summary>
    protected void NoteLocalUse()
    {
        var now = Environment.TickCount64;
        if (now < _noteUseAt) return;
        _noteUseAt = now + (s_keptAfterUse.Ticks / TimeSpan.TicksPerMillisecond / 2);
        DelayDeactivation(s_keptAfterUse);
    }

    /// <summary>A message to another actor is sent again.</summary>
    protected void NoteRepeat() => _tally?.NoteRepeat();

    protected void ThrowIfPoisoned()
    {
        if (_isPoisoned) throw new ActorPoisonedException(ActorKey, null);
    }

    /// <summary>Ends every request that waits for other actors: this activation is about to end, and can only when none of them runs any more.</summary>
    protected void EndRequests() => _ = _requests?.CancelAsync();

    private bool SharesLog(LogStamp stamp) => stamp.LogId != Guid.Empty && stamp.LogId == Journals.LogId;

    private void Poison(Exception exception)
    {
        _isLost = true;
        if (_isPoisoned) return;
        _isPoisoned = true;
        _tally?.NotePoison();
        LogPoisoned(ActorKey, exception);
        EndRequests();
        DeactivateOnIdle();
        OnPoisoned();
    }

    private void OfferSnapshotWhenDue()
    {
        long events = Math.Max(SnapshotEventsMin, SnapshotWeight);
        var share = (long)(XxHash3.HashToUInt64(MemoryMarshal.AsBytes(ActorKey.AsSpan())) % SnapshotShares);
        _snapshotDue = _snapshotVersion + events + (events * share / SnapshotShares);
        if (_version < _snapshotDue) return;
        _snapshotVersion = _version;
        _snapshotDue = _version + SnapshotEventsMin;
        _ = PutSnapshot(_journal!.PutSnapshotAsync(_version, EncodeState()));

        async Task PutSnapshot(Task writing)
        {
            try
            {
                await writing;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                LogSnapshotFailed(ActorKey, exception);
            }
        }
    }

    private byte[] EncodeState()
    {
        var writer = t_stateWriter ??= new RecordWriter(4096);
        writer.Clear();
        _model.WriteState(writer, State);
        var state = writer.ToArray();

        // The states of busy pools are large and come often; a giant of one time is not kept.
        if (state.Length > StateWriterKeptMax) t_stateWriter = null;
        return state;
    }

    [LoggerMessage(101, LogLevel.Error, "Actor {ActorKey} is poisoned by a failed or unknown write")]
    private partial void LogPoisoned(string actorKey, Exception exception);

    [LoggerMessage(102, LogLevel.Warning, "A snapshot of actor {ActorKey} was not stored; its events are")]
    private partial void LogSnapshotFailed(string actorKey, Exception exception);

    [LoggerMessage(103, LogLevel.Warning, "Actor {ActorKey} ended without a last snapshot, or with writes whose outcome is unknown")]
    private partial void LogLostOnDeactivation(string actorKey, Exception exception);
}

/// <summary>An actor that wants to know when its activation begins to end, before the runtime waits for its requests.</summary>
public interface IEndingActor
{
    /// <summary>The runtime has begun to end the activation. Called from anywhere; what is to be done is done in a turn of its own.</summary>
    void BeginToEnd();
}

/// <summary>An actor's write failed or its outcome is not known; the activation is gone. To a caller: unknown, ask again.</summary>
[GenerateSerializer, Alias("dtao.ActorPoisonedException")]
public sealed class ActorPoisonedException : Exception
{
    public ActorPoisonedException() : base("The actor is poisoned.")
    {
    }

    public ActorPoisonedException(string message) : base(message)
    {
    }

    /// <param name="cause">Told in words: exceptions of stores do not cross the wire.</param>
    public ActorPoisonedException(string actorKey, Exception? cause)
        : base($"Actor {actorKey} ends, or is poisoned; what was in flight is unknown. Ask again.{(cause is null ? null : $" {cause.GetType().Name}: {cause.Message}")}")
    {
    }
}
