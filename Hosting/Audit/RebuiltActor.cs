using Dtao.Grains.Shell;
using Dtao.Storage;

namespace Dtao.Hosting.Audit;

/// <summary>An actor's state while its stored events come in.</summary>
internal sealed class RebuiltActor<TState, TEvent>(IActorModel<TState, TEvent> model) : IJournalReader
    where TState : class
{
    private TState? _state;

    /// <summary>Empty as long as nothing came.</summary>
    public TState State => _state ??= model.Create();

    public void Begin(ReadOnlyMemory<byte>? snapshot) => _state = snapshot is { } state ? model.ReadSnapshot(state.Span) : model.Create();

    public void Take(ReadOnlySpan<byte> canonicalEvent) => model.Apply(State, model.ReadOne(canonicalEvent));
}

/// <summary>Makes them without naming their types.</summary>
internal static class RebuiltActor
{
    public static RebuiltActor<TState, TEvent> Of<TState, TEvent>(IActorModel<TState, TEvent> model)
        where TState : class => new(model);
}
