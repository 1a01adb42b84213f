using Dtao.Grains;
using Dtao.Grains.Shell;
using Dtao.Grains.Wire;

namespace Dtao.Simulator.Tests.Simulation;

/// <summary>The turn cannot go on: its activation is gone.</summary>
internal sealed class PoisonedException : Exception;

/// <summary>A message that slept until it lost its meaning; whoever sent it hears nothing.</summary>
internal sealed class LateMessageException : Exception;

/// <summary>One activation of an actor.</summary>
internal abstract class SimActor
{
    private readonly int _number;

    protected SimActor(World world, ActorRecord record)
    {
        World = world;
        Stored = record;
        _number = ++world.ActivationCount;
        record.Activations.Add(this);
    }

    public World World { get; }

    public ActorRecord Stored { get; }

    public bool IsAlive { get; private set; } = true;

    public bool IsPaused { get; set; }

    /// <summary>Whether no other activation of this actor has taken over; one that is replaced may find contradictions, and ends.</summary>
    public abstract bool IsCurrent { get; }

    /// <summary>Set when the activation takes calls.</summary>
    public Signal<bool> Ready { get; } = new();

    /// <summary>Calls that this activation has not answered.</summary>
    public List<SimCall> Serving { get; } = [];

    /// <summary>Ends the activation: nothing that it waits for goes on, and who waits for it hears nothing.</summary>
    public void Kill()
    {
        if (!IsAlive) return;
        IsAlive = IsPaused = false;
        Stored.Activations.Remove(this);
        foreach (var call in Serving) call.Fail();
        Serving.Clear();
    }

    public override string ToString() => $"{Stored.Name}#{_number}";
}

/// <summary>
/// The shell of the grains, restated: an event goes to the tip and to the journal in one step, nothing leaves before it is
/// durable, and an activation whose write failed ends.
/// </summary>
internal abstract class SimActor<TState, TEvent>(World world, ActorRecord<TState, TEvent> record) : SimActor(world, record)
    where TState : class
    where TEvent : class
{
    private readonly RecordWriter _writer = new(512);
    private SimJournal? _journal;
    private long _tip;

    public override bool IsCurrent => _journal?.IsCurrent ?? true;

    protected TState State { get; private set; } = null!;

    /// <summary>How many events the tip holds.</summary>
    protected long Version { get; private set; }

    protected Schedule Schedule => World.Schedule;

    protected Bug Bug => World.Bug;

    private bool IsOrdered => World.Store.LogId != Guid.Empty;

    protected LogStamp Stamp => IsOrdered ? new LogStamp(World.Store.LogId, _tip) : LogStamp.Durable;

    public void Start() => Watch(Activate());

    protected abstract Task OnActivated();

    protected void Record(TEvent happened, long note = 0)
    {
        if (!IsAlive) throw new PoisonedException();
        _writer.Clear();
        record.Model.WriteEvent(_writer, happened);
        if (!_journal!.TryAppend(_writer.ToArray(), note, out var position) && Bug != Bug.PoisonIgnored)
        {
            Kill();
            throw new PoisonedException();
        }

        _tip = Math.Max(_tip, position);
        Schedule.Trace?.Invoke($"{this} records {happened}");
        Version++;
        record.Model.Apply(State, happened);
    }

    /// <summary>Ends an activation that was replaced; on an ordered log it can look.</summary>
    protected void ConfirmHeld()
    {
        if (!IsCurrent) throw new PoisonedException();
    }

    protected Task Durable() => _tip == 0 ? Task.CompletedTask : _journal!.WhenDurable(_tip);

    protected Task ReadyToSend() => IsOrdered || Bug == Bug.SentBeforeDurable ? Task.CompletedTask : Durable();

    protected Task ReadyToAnswer(LogStamp stamp) => SharesLog(stamp) ? Task.CompletedTask : Durable();

    protected LogStamp AnswerStamp(LogStamp stamp) => SharesLog(stamp) ? Stamp : LogStamp.Durable;

    protected bool MayActOn(LogStamp stamp) =>
        stamp.LogId == Guid.Empty || stamp.LogId == World.Store.LogId || Bug == Bug.ForeignLogBelieved;

    /// <summary>Runs work that nobody awaits.</summary>
    protected void Watch(Task work) => _ = World.Guard(this, work);

    private bool SharesLog(LogStamp stamp) => stamp.LogId != Guid.Empty && stamp.LogId == World.Store.LogId;

    private async Task Activate()
    {
        _journal = World.Store.Open(this);
        await _journal.Opened;
        var image = record.Load(World.Random.Chance(500));
        State = record.Model.Restore(image);
        Version = image.SnapshotVersion + image.Events.Count;
        await OnActivated();
        Ready.Set(true);
    }
}
