using System.Collections.Concurrent;
using Dtao.Grains.Shell;
using Microsoft.Extensions.DependencyInjection;

namespace Dtao.TestKit;

/// <summary>How a journal fails once.</summary>
public enum JournalFault
{
    None,
    /// <summary>The event is refused: it is not stored.</summary>
    AppendRefused,
    /// <summary>The event is stored, and the answer that says so is lost.</summary>
    AnswerLost,
}

/// <summary>Journals that fail, or are slow to become durable, where a test says so.</summary>
public sealed class FaultyJournals(IActorJournals inner) : IActorJournals
{
    private readonly ConcurrentDictionary<string, JournalFault> _planned = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _held = new(StringComparer.Ordinal);
    private int _happened;

    /// <summary>Puts them before those of a silo of a network in this process.</summary>
    public static FaultyJournals AddTo(ISiloBuilder silo)
    {
        ArgumentNullException.ThrowIfNull(silo);
        var registered = silo.Services.Single(service => service.ServiceType == typeof(IActorJournals));
        var journals = new FaultyJournals((IActorJournals)registered.ImplementationInstance!);
        silo.Services.Remove(registered);
        silo.Services.AddSingleton<IActorJournals>(journals);
        return journals;
    }

    public Guid LogId => inner.LogId;

    public bool IsSaturated => SaysSaturated || inner.IsSaturated;

    /// <summary>Whether the disk seems to be far behind.</summary>
    public bool SaysSaturated { get; set; }

    /// <summary>How many planned faults have happened.</summary>
    public int Happened => _happened;

    public void FailNext(string actorKey, JournalFault fault) => _planned[actorKey] = fault;

    /// <summary>Lets nothing of an actor become durable, as far as anyone can see, until <see cref="Release"/>.</summary>
    public void Hold(string actorKey) => _held[actorKey] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsHeld(string actorKey) => _held.ContainsKey(actorKey);

    public void Release(string actorKey)
    {
        if (_held.TryRemove(actorKey, out var held)) held.SetResult();
    }

    public IActorJournal Open(string actorKey) => new Journal(this, inner.Open(actorKey), actorKey);

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadEventsAsync(string actorKey, long firstEvent, int countMax) =>
        inner.ReadEventsAsync(actorKey, firstEvent, countMax);

    private bool Fails(string actorKey, JournalFault fault)
    {
        if (!_planned.TryRemove(KeyValuePair.Create(actorKey, fault))) return false;
        Interlocked.Increment(ref _happened);
        return true;
    }

    private sealed class Journal(FaultyJournals owner, IActorJournal journal, string actorKey) : IActorJournal
    {
        public Task<ActorImage> LoadAsync() => journal.LoadAsync();

        public long Append(ReadOnlyMemory<byte> canonicalEvent) => owner.Fails(actorKey, JournalFault.AppendRefused)
            ? throw new IOException("The store refused the event.")
            : journal.Append(canonicalEvent);

        public async ValueTask WhenDurable(long position)
        {
            await journal.WhenDurable(position);
            if (owner._held.TryGetValue(actorKey, out var held)) await held.Task;
            if (owner.Fails(actorKey, JournalFault.AnswerLost)) throw new IOException("The store's answer was lost.");
        }

        public ValueTask<bool> IsHeldAsync() => journal.IsHeldAsync();

        public Task PutSnapshotAsync(long version, ReadOnlyMemory<byte> snapshot) => journal.PutSnapshotAsync(version, snapshot);

        public void Dispose() => journal.Dispose();
    }
}
