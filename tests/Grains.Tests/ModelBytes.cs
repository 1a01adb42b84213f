using Dtao.Economics;
using Dtao.Grains.Shell;
using Dtao.Grains.Wire;

namespace Dtao.Grains.Tests;

/// <summary>Writing, reading back, and replaying what a model stores.</summary>
internal static class ModelBytes
{
    public static AccountId Account(byte number)
    {
        var bytes = new byte[AccountId.Length];
        bytes.AsSpan().Fill(number);
        return new AccountId(bytes);
    }

    public static byte[] EventBytes<TState, TEvent>(this IActorModel<TState, TEvent> model, TEvent happened)
    {
        var writer = new RecordWriter();
        model.WriteEvent(writer, happened);
        return writer.ToArray();
    }

    public static byte[] StateBytes<TState, TEvent>(this IActorModel<TState, TEvent> model, TState state)
    {
        var writer = new RecordWriter();
        model.WriteState(writer, state);
        return writer.ToArray();
    }

    /// <summary>The event read back from its own bytes.</summary>
    public static TEvent Reread<TState, TEvent>(this IActorModel<TState, TEvent> model, TEvent happened) =>
        model.ReadOne(model.EventBytes(happened));

    /// <summary>The state read back from its own bytes.</summary>
    public static TState RereadState<TState, TEvent>(this IActorModel<TState, TEvent> model, TState state) =>
        model.ReadSnapshot(model.StateBytes(state));
}
