using Orleans.Storage;

namespace Dtao.Grains.Shell;

/// <summary>
/// Journals on any Orleans storage provider: a batch of events is one record that is inserted and never overwritten, so that inserting an existing one fails
/// and fences a second activation. There is no order over actors, so every step is awaited.
/// </summary>
/// <remarks>
/// Records of an actor: <c>head</c> (where its newest snapshot is, and the one before), <c>snapshot-V</c>, and <c>segment-N</c>, N being the number of its first event.
/// Segments are kept for ever, and of the snapshots the first (0) and the last two.
/// </remarks>
public sealed class GrainStorageJournals(IGrainStorage storage) : IActorJournals
{
    public const string GrainTypeName = "dtao-journal";

    /// <summary>The record that says where an actor's newest snapshot is.</summary>
    public const string HeadName = GrainStorageJournal.HeadName;

    private volatile bool _hasSeenLedger;
    private volatile string? _lost;

    /// <summary>Told of each journal that was written to, when that is durable, or is not known; from any thread.</summary>
    public Action<GrainId>? OnWritten { get; init; }

    public Guid LogId => Guid.Empty;

    public bool IsSaturated => false;

    public IActorJournal Open(string actorKey) => new GrainStorageJournal(this, storage, GrainId.Create(GrainTypeName, actorKey));

    /// <summary>Something of the ledger was found: from here on the store must not be empty.</summary>
    internal void NoteLedger() => _hasSeenLedger = true;

    /// <remarks>
    /// The registry has a journal from genesis on, and the mark that all of the genesis is there is written last of all. A store that never held a ledger is another matter: its network is not started.
    /// Once it is known that the ledger is gone, this process writes nothing more: what live actors would add to an empty store nobody could read again.
    /// </remarks>
    internal async ValueTask ConfirmLedgerAsync(GrainId actor)
    {
        ThrowIfLost();
        if (!_hasSeenLedger) return;
        var registry = GrainId.Create(GrainTypeName, ActorKeys.Registry);
        if (!await GrainStorageJournal.ExistsAsync(storage, registry)) Lose($"{actor} has no journal, and neither has the registry any more");
        ThrowIfLost();
    }

    /// <summary>It is known that the store does not hold the ledger any more: nothing is written by this process from here on.</summary>
    /// <param name="reason">What was looked for and not found.</param>
    public void Lose(string reason) => _lost ??= $"{reason}: the ledger that this process worked on is gone from its store. "
        + "Stop all silos, restore the store, and start again; this process writes nothing until then.";

    /// <exception cref="LedgerMissingException">It is known that the store does not hold the ledger any more.</exception>
    public void ThrowIfLost()
    {
        if (_lost is { } lost) throw new LedgerMissingException(lost);
    }

    /// <summary>
    /// Gives an actor that has no journal yet its first snapshot, and leaves one that has as it is: a slow writer of the same genesis harms nobody.
    /// </summary>
    public async Task InsertFirstAsync(string actorKey, ReadOnlyMemory<byte> snapshot)
    {
        var grainId = GrainId.Create(GrainTypeName, actorKey);
        await GrainStorageJournal.TryInsert(storage, grainId, GrainStorageJournal.SnapshotName(0), snapshot.ToArray());
        await GrainStorageJournal.TryInsert(storage, grainId, GrainStorageJournal.HeadName, GrainStorageJournal.WriteHead(0, 1));
    }

    /// <summary>Which records a journal is loaded from, of those that stand in the order of their names: the head, which comes first, says it of the others.</summary>
    /// <param name="head">Null where there is none.</param>
    public static bool IsLoadedFrom(JournalRecord? head, string name)
    {
        if (name == HeadName) return true;
        var (version, segment, _) = head is null ? (0L, 1L, 0L) : GrainStorageJournal.ReadHead(head.Payload);
        return (head is not null && name == SnapshotName(version)) || GrainStorageJournal.IsSegmentFrom(name, segment);
    }

    /// <summary>The name of the record of a snapshot.</summary>
    public static string SnapshotName(long version) => GrainStorageJournal.SnapshotName(version);

    /// <summary>Inserts the first snapshot of an actor that has a newer one, where it is missing.</summary>
    public Task InsertGenesisAsync(string actorKey, ReadOnlyMemory<byte> snapshot) =>
        GrainStorageJournal.TryInsert(storage, GrainId.Create(GrainTypeName, actorKey), GrainStorageJournal.SnapshotName(0), snapshot.ToArray());

    /// <summary>The snapshot that an actor began with; null when there is none.</summary>
    public Task<ReadOnlyMemory<byte>?> ReadFirstAsync(string actorKey) => ReadSnapshotAsync(actorKey, 0);

    /// <summary>A stored snapshot; null when there is none of that version.</summary>
    public Task<ReadOnlyMemory<byte>?> ReadSnapshotAsync(string actorKey, long version) =>
        GrainStorageJournal.ReadSnapshot(storage, GrainId.Create(GrainTypeName, actorKey), version);

    /// <summary>The events of the record that begins with event <paramref name="first"/>; null when none does.</summary>
    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>?> ReadSegmentAsync(string actorKey, long first) =>
        await GrainStorageJournal.ReadSegment(storage, GrainId.Create(GrainTypeName, actorKey), first) is { } events ? [.. events.Select(one => (ReadOnlyMemory<byte>)one)] : null;

    /// <summary>The version of the newest snapshot; 0 where there is none but the first.</summary>
    public Task<long> ReadSnapshotVersionAsync(string actorKey) => GrainStorageJournal.ReadSnapshotVersion(storage, GrainId.Create(GrainTypeName, actorKey));

    /// <summary>Inserts a record of events where it is missing. Whoever copies a journal cuts it always in the same way: a record that is there is left as it is.</summary>
    public Task InsertSegmentAsync(string actorKey, long first, IReadOnlyList<ReadOnlyMemory<byte>> events) => GrainStorageJournal.TryInsert(
        storage, GrainId.Create(GrainTypeName, actorKey), GrainStorageJournal.SegmentName(first), GrainStorageJournal.WriteSegment(events));

    /// <summary>Inserts a snapshot where it is missing, as the newest one: a record of events has to end where the snapshot does.</summary>
    public async Task InsertSnapshotAsync(string actorKey, long version, ReadOnlyMemory<byte> snapshot)
    {
        var grainId = GrainId.Create(GrainTypeName, actorKey);
        await GrainStorageJournal.TryInsert(storage, grainId, GrainStorageJournal.SnapshotName(version), snapshot.ToArray());
        await GrainStorageJournal.TryInsert(storage, grainId, GrainStorageJournal.HeadName, GrainStorageJournal.WriteHead(version, version + 1));
    }

    /// <remarks>Reads the actor's segments one after the other from its first: complete, and slow for old events of long journals.</remarks>
    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadEventsAsync(string actorKey, long firstEvent, int countMax)
    {
        var grainId = GrainId.Create(GrainTypeName, actorKey);
        var found = new List<ReadOnlyMemory<byte>>();
        for (var next = 1L; found.Count < countMax;)
        {
            if (await GrainStorageJournal.ReadSegment(storage, grainId, next) is not { } segment) break;
            for (var i = 0; i < segment.Count && found.Count < countMax; i++)
            {
                if (next + i >= firstEvent) found.Add(segment[i]);
            }

            next += segment.Count;
        }

        return found;
    }
}

/// <summary>One stored record of a journal: its bytes.</summary>
[GenerateSerializer, Alias("dtao.JournalRecord")]
public sealed class JournalRecord
{
    [Id(0)] public byte[] Payload { get; set; } = [];
}
