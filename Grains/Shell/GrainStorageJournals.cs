using System.Diagnostics;
using Dtao.Grains.Telemetry;
using Dtao.Grains.Wire;
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

internal sealed class GrainStorageJournal(GrainStorageJournals owner, IGrainStorage storage, GrainId grainId) : IActorJournal
{
    internal const string HeadName = "head";

    private const string SegmentPrefix = "segment-";
    private const byte FormatVersion = 1;

    private readonly GrainState<JournalRecord> _head = new(new JournalRecord());
    private List<ReadOnlyMemory<byte>> _pending = [];

    /// <summary>The spans under which the pending events happened, as far as they are traced. Made with the first.</summary>
    private List<ActivityContext?>? _traced;
    private TaskCompletionSource _pendingWritten = NewCompletion();
    private TaskCompletionSource _writingWritten = NewCompletion();
    private long _version;
    private long _durable;
    private long _writingLast;
    /// <summary>First events of the segments that hold something after the newest snapshot.</summary>
    private readonly List<long> _segments = [];
    private bool _isWriting;
    private Exception? _failure;

    public async Task<ActorImage> LoadAsync()
    {
        var (snapshotVersion, next, snapshot) = await LoadSnapshot();
        var events = new List<ReadOnlyMemory<byte>>();
        while (await ReadSegment(storage, grainId, next) is { } segment)
        {
            _segments.Add(next);
            for (var i = 0; i < segment.Count; i++)
            {
                if (next + i > snapshotVersion) events.Add(segment[i]);
            }

            next += segment.Count;
        }

        if (snapshot is not null || events.Count > 0) owner.NoteLedger();
        _version = _durable = _writingLast = Math.Max(next - 1, snapshotVersion);
        return new ActorImage(snapshotVersion, snapshot, events);
    }

    public ValueTask ConfirmNewAsync() => owner.ConfirmLedgerAsync(grainId);

    public long Append(ReadOnlyMemory<byte> canonicalEvent)
    {
        if (_failure is not null) throw new InvalidOperationException("The journal is lost to this activation.", _failure);
        owner.ThrowIfLost();
        _pending.Add(canonicalEvent.ToArray());
        if (LedgerTraces.Here is { } here) (_traced ??= []).Add(here);
        _version++;
        if (!_isWriting) _ = WriteBatches();
        return _version;
    }

    public ValueTask WhenDurable(long position)
    {
        if (position <= _durable) return ValueTask.CompletedTask;
        if (_failure is not null) return ValueTask.FromException(_failure);
        return new((position <= _writingLast ? _writingWritten : _pendingWritten).Task);
    }

    public async ValueTask<bool> IsHeldAsync()
    {
        while (true)
        {
            await WhenDurable(_version);
            var next = _durable + 1;
            if (await ReadSegment(storage, grainId, next) is null) return true;

            // Written by this holder itself, while the store was read; or else by another.
            if (_version < next) return false;
            await WhenDurable(next);
        }
    }

    public async Task PutSnapshotAsync(long version, ReadOnlyMemory<byte> snapshot)
    {
        await WhenDurable(version);
        var next = _segments.FindLastIndex(first => first <= version + 1);
        var segmentFirst = _durable > version ? _segments[next] : version + 1;
        await storage.WriteStateAsync(SnapshotName(version), grainId, new GrainState<JournalRecord>(new JournalRecord { Payload = snapshot.ToArray() }));
        var (before, superseded) = _head.RecordExists ? (ReadHead(_head.State!.Payload).SnapshotVersion, ReadHead(_head.State.Payload).Before) : (0, 0);
        _head.State = new JournalRecord { Payload = WriteHead(version, segmentFirst, before) };
        await storage.WriteStateAsync(HeadName, grainId, _head);
        _segments.RemoveAll(first => first < segmentFirst);
        if (superseded > 0 && superseded != version) await ClearSnapshot(superseded);
    }

    /// <summary>The newest snapshot; read again when it was superseded twice between the two reads.</summary>
    private async Task<(long Version, long Next, ReadOnlyMemory<byte>? Snapshot)> LoadSnapshot()
    {
        for (long missing = -1; ;)
        {
            await storage.ReadStateAsync(HeadName, grainId, _head);
            if (!_head.RecordExists) return (0, 1, null);
            var (version, next, _) = ReadHead(_head.State!.Payload);
            if (await ReadSnapshot(storage, grainId, version) is { } snapshot) return (version, next, snapshot);
            if (version == missing) throw new InvalidDataException($"Snapshot {version} of {grainId} is missing.");
            missing = version;
        }
    }

    /// <summary>Whoever loads the journal finds the newest snapshot by the head, and that is durable; so nobody asks for this one any more.</summary>
    private async Task ClearSnapshot(long version)
    {
        var stored = new GrainState<JournalRecord>(new JournalRecord());
        await storage.ReadStateAsync(SnapshotName(version), grainId, stored);
        if (stored.RecordExists) await storage.ClearStateAsync(SnapshotName(version), grainId, stored);
    }

    public void Dispose() => _failure ??= new ObjectDisposedException(nameof(GrainStorageJournal));

    internal static async Task TryInsert(IGrainStorage storage, GrainId grainId, string name, byte[] payload)
    {
        try
        {
            await storage.WriteStateAsync(name, grainId, new GrainState<JournalRecord>(new JournalRecord { Payload = payload }));
        }
        catch (InconsistentStateException)
        {
            // It is there.
        }
    }

    internal static async Task<ReadOnlyMemory<byte>?> ReadSnapshot(IGrainStorage storage, GrainId grainId, long version)
    {
        var stored = new GrainState<JournalRecord>(new JournalRecord());
        await storage.ReadStateAsync(SnapshotName(version), grainId, stored);
        // Said in full: no bytes at all are not the same as no snapshot.
        return stored.RecordExists ? (ReadOnlyMemory<byte>?)stored.State!.Payload : null;
    }

    /// <summary>Whether an actor has a journal.</summary>
    internal static async Task<bool> ExistsAsync(IGrainStorage storage, GrainId grainId)
    {
        var head = new GrainState<JournalRecord>(new JournalRecord());
        await storage.ReadStateAsync(HeadName, grainId, head);
        return head.RecordExists || await ReadSegment(storage, grainId, 1) is not null;
    }

    internal static async Task<List<byte[]>?> ReadSegment(IGrainStorage storage, GrainId grainId, long first)
    {
        var stored = new GrainState<JournalRecord>(new JournalRecord());
        await storage.ReadStateAsync(SegmentName(first), grainId, stored);
        return stored.RecordExists ? ReadSegment(stored.State!.Payload) : null;
    }

    /// <summary>One write in flight; the next takes everything that was appended meanwhile.</summary>
    private async Task WriteBatches()
    {
        _isWriting = true;
        try
        {
            while (_pending.Count > 0)
            {
                var batch = _pending;
                var first = _writingLast + 1;
                (_pending, _writingWritten, _pendingWritten, _writingLast) = ([], _pendingWritten, NewCompletion(), _writingLast + batch.Count);
                await Write(first, batch);
                _durable = _writingLast;
                _segments.Add(first);
                _writingWritten.SetResult();
            }
        }
        catch (Exception exception)
        {
            _failure = exception;
            foreach (var waiting in new[] { _writingWritten, _pendingWritten })
            {
                waiting.TrySetException(exception);
                _ = waiting.Task.Exception;
            }
        }
        finally
        {
            _isWriting = false;
        }
    }

    private async Task Write(long first, List<ReadOnlyMemory<byte>> events)
    {
        using var span = LedgerTraces.StartForAll("storage.commit", _traced ?? []);
        _traced = null;
        span?.SetTag("dtao.storage.events", events.Count);
        try
        {
            await storage.WriteStateAsync(SegmentName(first), grainId, new GrainState<JournalRecord>(new JournalRecord { Payload = WriteSegment(events) }));
        }
        finally
        {
            owner.OnWritten?.Invoke(grainId);
        }
    }

    internal static byte[] WriteSegment(IReadOnlyList<ReadOnlyMemory<byte>> events)
    {
        var writer = new RecordWriter(events.Sum(one => one.Length) + 64);
        writer.Byte(FormatVersion);
        writer.UInt64((ulong)events.Count);
        foreach (var one in events) writer.Bytes(one.Span);
        return writer.ToArray();
    }

    private static List<byte[]> ReadSegment(byte[] payload)
    {
        var reader = new RecordReader(payload);
        LedgerCodec.Expect(reader.Byte(), FormatVersion, "journal segment");
        var events = new List<byte[]>();
        for (var count = reader.Count(); count > 0; count--) events.Add(reader.Bytes());
        return events;
    }

    /// <param name="before">The snapshot before the newest; 0 where that is the first, or none.</param>
    internal static byte[] WriteHead(long snapshotVersion, long segmentFirst, long before = 0)
    {
        var writer = new RecordWriter(32);
        writer.Byte(FormatVersion);
        writer.UInt64((ulong)snapshotVersion);
        writer.UInt64((ulong)segmentFirst);
        if (before > 0) writer.UInt64((ulong)before);
        return writer.ToArray();
    }

    internal static async Task<long> ReadSnapshotVersion(IGrainStorage storage, GrainId grainId)
    {
        var stored = new GrainState<JournalRecord>(new JournalRecord());
        await storage.ReadStateAsync(HeadName, grainId, stored);
        return stored.RecordExists ? ReadHead(stored.State!.Payload).SnapshotVersion : 0;
    }

    /// <remarks>What stands behind the first two numbers is passed over by programs that do not know it.</remarks>
    internal static (long SnapshotVersion, long SegmentFirst, long Before) ReadHead(byte[] payload)
    {
        var reader = new RecordReader(payload);
        LedgerCodec.Expect(reader.Byte(), FormatVersion, "journal head");
        return ((long)reader.UInt64(), (long)reader.UInt64(), reader.IsAtEnd ? 0 : (long)reader.UInt64());
    }

    internal static string SegmentName(long first) => $"{SegmentPrefix}{first:x16}";

    /// <summary>Names of segments are in the order of their events.</summary>
    internal static bool IsSegmentFrom(string name, long first) => name.StartsWith(SegmentPrefix, StringComparison.Ordinal) && string.CompareOrdinal(name, SegmentName(first)) >= 0;

    internal static string SnapshotName(long version) => $"snapshot-{version:x16}";

    private static TaskCompletionSource NewCompletion() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
