namespace Dtao.Storage;

/// <summary>
/// One ordered log of events of many actors: an event that is durable implies that every event appended before it, of
/// any actor, is durable too. So a caller may append to several journals and await only the last position.
/// </summary>
/// <remarks>
/// There is one log object per file and process, shared by every silo in it. Positions of different logs do not
/// compare: whoever receives a position together with another <see cref="LogId"/> has to let its sender wait instead.
/// All members are thread-safe; none blocks on the disk except <see cref="IJournal.LoadAsync"/>, which reads.
/// </remarks>
public interface IOrderedLog
{
    /// <summary>Names this opening of this log. A restarted process has another one, because it may have lost a tail.</summary>
    Guid LogId { get; }

    /// <summary>The last position that has been handed out; events, counted from 1 over all actors.</summary>
    long AppendedPosition { get; }

    /// <summary>Every position up to and including this one survives a crash.</summary>
    long DurablePosition { get; }

    /// <summary>Bytes of events and snapshots that wait for the disk.</summary>
    long QueuedBytes { get; }

    /// <summary>
    /// True while more bytes are queued than the log should hold. Callers look here before they decide a command and
    /// turn new ones away; an append that was already decided is still taken, up to a hard limit of four times as much.
    /// </summary>
    bool IsSaturated { get; }

    /// <summary>True after a failed or unknown commit. Nothing is written any more; the process has to stop.</summary>
    bool IsPoisoned { get; }

    /// <summary>
    /// Takes over the journal of an actor. Reads nothing yet: call <see cref="IJournal.LoadAsync"/> before the
    /// first append. From here on every other handle of the same actor is fenced.
    /// </summary>
    /// <exception cref="LogPoisonedException">The log is poisoned.</exception>
    IJournal Open(string actorKey);

    /// <summary>
    /// Appends one event to a journal and returns its position in the log. Synchronous and cheap: the bytes are copied
    /// under a short lock, the disk is written later by the log's own thread. Nothing is durable until
    /// <see cref="WhenDurable"/> says so.
    /// </summary>
    /// <param name="journal">The handle; it must have been loaded.</param>
    /// <param name="canonicalEvent">The event as it enters the digest chain: no times, positions or attempts in it.</param>
    /// <param name="isFinished">
    /// Whether the actor has nothing under way after this event, so that nobody has to wake it after a crash
    /// (<see cref="JournalReadView.ScanUnfinished"/>). False also where nobody knows.
    /// </param>
    /// <exception cref="JournalFencedException">Another handle owns the journal; nothing was appended.</exception>
    /// <exception cref="LogPoisonedException">The log is poisoned; nothing was appended.</exception>
    /// <exception cref="LogSaturatedException">The hard limit of queued bytes is reached; nothing was appended.</exception>
    long Append(IJournal journal, ReadOnlyMemory<byte> canonicalEvent, bool isFinished = false);

    /// <summary>Completes when the position is durable: at once if it already is.</summary>
    /// <exception cref="LogPoisonedException">The position's batch failed, or its outcome is not known.</exception>
    ValueTask WhenDurable(long position);

    /// <summary>
    /// Stores a snapshot of an actor's state after its event number <paramref name="version"/>. It is written only
    /// after that event is durable, and never replaces one. The log keeps version 0 (genesis) and the last two.
    /// </summary>
    /// <param name="journal">The handle; it must own the journal.</param>
    /// <param name="version">Number of events that the snapshot contains: above the newest snapshot's, not above the tip.</param>
    /// <param name="snapshot">The encoded state. It is not copied: leave it unchanged until the task ends.</param>
    /// <returns>Ends when the snapshot is durable. Nobody has to wait for it.</returns>
    Task PutSnapshot(IJournal journal, long version, ReadOnlyMemory<byte> snapshot);
}

/// <summary>One activation's hold on one journal. Disposing it gives the journal up; what was appended stays.</summary>
public interface IJournal : IDisposable
{
    /// <summary>The actor's key in the log, for instance <c>pool/1/0</c>.</summary>
    string ActorKey { get; }

    /// <summary>Number of the last appended event, durable or not; 0 before the first.</summary>
    long Version { get; }

    /// <summary>True when another handle has taken the journal over.</summary>
    bool IsFenced { get; }

    /// <summary>
    /// Reads the newest snapshot and all events after it. Waits first until everything that a former owner appended is
    /// durable, so that all of it is in the image.
    /// </summary>
    /// <exception cref="JournalFencedException">Another handle took the journal over meanwhile.</exception>
    /// <exception cref="StoreException">The stored bytes do not fit their digests (<see cref="StoreErrorCode.Corrupt"/>).</exception>
    ValueTask<JournalImage> LoadAsync();
}

/// <summary>What an actor starts from.</summary>
/// <param name="SnapshotVersion">Number of events in the snapshot; 0 for genesis or none.</param>
/// <param name="Snapshot">The newest snapshot, or null when there is none: the actor begins from its empty state.</param>
/// <param name="Events">The events after the snapshot, in order.</param>
/// <param name="Digest">The digest chain's value after the last event: 32 bytes.</param>
public sealed record JournalImage(
    long SnapshotVersion,
    ReadOnlyMemory<byte>? Snapshot,
    IReadOnlyList<ReadOnlyMemory<byte>> Events,
    ReadOnlyMemory<byte> Digest)
{
    /// <summary>The image of an actor of which nothing is stored.</summary>
    public static JournalImage Empty { get; } = new(0, null, [], new byte[Storage.Digest.Length]);

    /// <summary>Number of the last event in the image.</summary>
    public long Version => SnapshotVersion + Events.Count;
}
