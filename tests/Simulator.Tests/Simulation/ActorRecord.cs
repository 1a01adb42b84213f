using Dtao.Grains.Shell;
using Dtao.Grains.Wire;

namespace Dtao.Simulator.Tests.Simulation;

/// <summary>What the store holds of one actor.</summary>
internal abstract class ActorRecord(string name)
{
    public string Name => name;

    /// <summary>The holder whose appends the ordered log accepts.</summary>
    public SimActor? Owner { get; set; }

    /// <summary>Events in order; on an ordered log also those that are not durable yet.</summary>
    public List<byte[]> Events { get; } = [];

    /// <summary>How many of them are durable.</summary>
    public int DurableCount { get; protected set; }

    /// <summary>For each durable event what the simulator noted beside it; never read by an actor.</summary>
    public List<long> Notes { get; } = [];

    /// <summary>Position of the newest appended event in an ordered log.</summary>
    public long LastPosition { get; set; }

    /// <summary>The activations that live, oldest first.</summary>
    public List<SimActor> Activations { get; } = new(2);

    public abstract SimActor Activate();

    /// <summary>Makes the next event durable: decodes its bytes and applies them to the durable image.</summary>
    public abstract void MakeDurable(byte[] bytes, long note);

    public void LoseTail()
    {
        Events.RemoveRange(DurableCount, Events.Count - DurableCount);
        LastPosition = 0;
    }

    public override string ToString() => name;
}

/// <inheritdoc/>
internal sealed class ActorRecord<TState, TEvent>(
    string name, IActorModel<TState, TEvent> model, byte[] genesis, Func<ActorRecord<TState, TEvent>, SimActor> activate) : ActorRecord(name)
    where TState : class
    where TEvent : class
{
    public IActorModel<TState, TEvent> Model => model;

    /// <summary>The state that the durable events make; what a crash at this instant would leave.</summary>
    public TState Image { get; private set; } = model.ReadSnapshot(genesis);

    /// <summary>All durable events, as read back from their bytes.</summary>
    public List<TEvent> Durable { get; } = [];

    public override SimActor Activate() => activate(this);

    public override void MakeDurable(byte[] bytes, long note)
    {
        var happened = model.ReadOne(bytes);
        model.Apply(Image, happened);
        Durable.Add(happened);
        Notes.Add(note);
        DurableCount++;
    }

    /// <summary>What an activation starts from: the genesis with all events, or a snapshot of what is durable.</summary>
    public ActorImage Load(bool fromSnapshot)
    {
        if (!fromSnapshot) return new ActorImage(0, genesis, [.. Events.Select(bytes => new ReadOnlyMemory<byte>(bytes))]);
        var writer = new RecordWriter(512);
        model.WriteState(writer, Image);
        return new ActorImage(DurableCount, writer.ToArray(), []);
    }
}

/// <summary>An actor that keeps nothing.</summary>
internal sealed class UnstoredRecord(string name, Func<ActorRecord, SimActor> activate) : ActorRecord(name)
{
    public override SimActor Activate() => activate(this);

    public override void MakeDurable(byte[] bytes, long note) => throw new InvalidOperationException($"{Name} keeps nothing.");
}
