using Dtao.Grains.Wire;

namespace Dtao.Grains.Shell;

/// <summary>The pure half of an actor: its state, what an event does to it, and how both are stored.</summary>
/// <remarks>No clock, no await, no Orleans: the same model runs in the grain, in the simulator, and in the audit.</remarks>
public interface IActorModel<TState, TEvent>
{
    TState Create();

    void Apply(TState state, TEvent happened);

    void WriteEvent(RecordWriter writer, TEvent happened);

    TEvent ReadEvent(ref RecordReader reader);

    void WriteState(RecordWriter writer, TState state);

    TState ReadState(ref RecordReader reader);
}

/// <summary>Rebuilds a state from stored bytes.</summary>
public static class ActorModelExtensions
{
    public static TState Restore<TState, TEvent>(this IActorModel<TState, TEvent> model, ActorImage image)
    {
        var state = image.Snapshot is { } snapshot ? model.ReadSnapshot(snapshot.Span) : model.Create();
        foreach (var bytes in image.Events) model.Apply(state, model.ReadOne(bytes.Span));
        return state;
    }

    public static TState ReadSnapshot<TState, TEvent>(this IActorModel<TState, TEvent> model, ReadOnlySpan<byte> bytes)
    {
        var reader = new RecordReader(bytes);
        return model.ReadState(ref reader);
    }

    public static TEvent ReadOne<TState, TEvent>(this IActorModel<TState, TEvent> model, ReadOnlySpan<byte> bytes)
    {
        var reader = new RecordReader(bytes);
        return model.ReadEvent(ref reader);
    }
}
