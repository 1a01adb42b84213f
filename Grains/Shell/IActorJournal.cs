namespace Dtao.Grains.Shell;

/// <summary>Where actors keep their journals. The host supplies one per process; all silos of a process share it.</summary>
public interface IActorJournals
{
    /// <summary>
    /// Names the log when it keeps one order over all actors (a later event that is durable implies all earlier ones);
    /// <see cref="Guid.Empty"/> when it does not, and every step has to be awaited.
    /// </summary>
    Guid LogId { get; }

    /// <summary>True while more is queued for the disk than should be. Actors look here before they decide, and shed new work.</summary>
    bool IsSaturated { get; }

    /// <summary>Takes over an actor's journal. A former holder is fenced: its later appends fail.</summary>
    IActorJournal Open(string actorKey);

    /// <summary>
    /// Before an actor does anything that its successor would have to finish: completes when it is durable that it was active in this process, so that
    /// whoever survives the process can wake it, and the feed knows of it. Nothing to do where the log itself can be asked who had something in flight.
    /// </summary>
    /// <remarks>Accounts, hotkeys, and pools call it. Lane, coordinator, and registry are known without.</remarks>
    ValueTask EnterAsync(string actorKey) => ValueTask.CompletedTask;

    /// <summary>The actor has ended, and left nothing to finish. Once for each <see cref="EnterAsync"/>.</summary>
    void Leave(string actorKey)
    {
    }

    /// <summary>Reads events of any actor's journal that are durable, from the given event number (counted from 1) on.</summary>
    Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadEventsAsync(string actorKey, long firstEvent, int countMax);
}

/// <summary>One activation's hold on one journal.</summary>
public interface IActorJournal : IDisposable
{
    /// <summary>The newest snapshot and all events after it.</summary>
    Task<ActorImage> LoadAsync();

    /// <summary>
    /// For an actor that found nothing of its own: completes when the store still holds the ledger that this process works on, so that the actor is new
    /// and not lost. Nothing to do where a store cannot lose one actor without the others.
    /// </summary>
    /// <exception cref="LedgerMissingException">The store holds no ledger any more.</exception>
    ValueTask ConfirmNewAsync() => ValueTask.CompletedTask;

    /// <summary>Appends one event and returns its position. Nothing is durable until <see cref="WhenDurable"/> says so.</summary>
    long Append(ReadOnlyMemory<byte> canonicalEvent);

    /// <summary>As the other, and tells the log whether the actor has nothing under way after the event: a log that can be asked who has needs to know.</summary>
    long Append(ReadOnlyMemory<byte> canonicalEvent, bool isFinished) => Append(canonicalEvent);

    /// <summary>Completes when the position is durable; faults when that is not known.</summary>
    ValueTask WhenDurable(long position);

    /// <summary>Whether no other activation has taken the journal over. On one ordered log a look into memory; elsewhere a read.</summary>
    /// <remarks>Only a log that orders its holders can promise that it stays so until the next append; elsewhere only an append that is durable fences.</remarks>
    ValueTask<bool> IsHeldAsync();

    /// <summary>Stores a snapshot of the state after its event number <paramref name="version"/>, once that event is durable.</summary>
    Task PutSnapshotAsync(long version, ReadOnlyMemory<byte> snapshot);
}

/// <summary>What an activation starts from.</summary>
/// <param name="SnapshotVersion">Number of events in the snapshot.</param>
/// <param name="Snapshot">Null when there is none: the actor begins from its empty state.</param>
public sealed record ActorImage(long SnapshotVersion, ReadOnlyMemory<byte>? Snapshot, IReadOnlyList<ReadOnlyMemory<byte>> Events);
