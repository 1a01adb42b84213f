using System.Diagnostics;
using Dtao.Grains.Telemetry;
using Dtao.Grains.Wire;
using Orleans.Storage;

namespace Dtao.Grains.Shell;

/// <summary>
/// Journals on any Orleans storage provider: a batch of events is one record that is inserted and never overwritten, so that inserting an existing one fails
/// and fences a second activation. There is no order over actors, so every step is awaited.
/// </summary>
/// <remarks>Records of an actor: <c>head</c> (where its newest snapshot is), <c>snapshot-V</c>, and <c>segment-N</c>, N being the number of its first event.</remarks>
public sealed class GrainStorageJournals(IGrainStorage storage) : IActorJournals
{
    public const string GrainTypeName = "dtao-journal";

    public Guid LogId => Guid.Empty;

    public bool IsSaturated => false;

    public IActorJournal Open(string actorKey) => new GrainStorageJournal(storage, GrainId.Create(GrainTypeName, actorKey));

    /// <summary>
    /// Gives an actor that has no journal yet its first snapshot, and leaves one that has as it is: a slow writer of the same genesis harms nobody.
    /// </summary>
    public async Task InsertFirstAsync(string actorKey, ReadOnlyMemory<byte> snapshot)
    {
        var grainId = GrainId.Create(GrainTypeName, actorKey);
        await GrainStorageJournal.TryInsert(storage, grainId, GrainStorageJournal.SnapshotName(0), snapshot.ToArray());
        await GrainStorageJournal.TryInsert(storage, grainId, GrainStorageJournal.HeadName, GrainStorageJournal.WriteHead(0, 1));
    }

    /// <summary>The snapshot that an actor began with; null when there is none.</summary>
    public Task<ReadOnlyMemory<byte>?> ReadFirstAsync(string actorKey) =>
        GrainStorageJournal.ReadSnapshot(storage, GrainId.Create(GrainTypeName, actorKey), 0);

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

internal sealed class GrainStorageJournal(IGrainStorage storage, GrainId grainId) : IActorJournal
{
    internal const string HeadName = "head";

    private const byte FormatVersion = 1;

    private readonly GrainState<JournalRecord> _head = new(new JournalRecord());
    private List<byte[]> _pending = [];

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
        long snapshotVersion = 0, next = 1;
        ReadOnlyMemory<byte>? snapshot = null;
        await storage.ReadStateAsync(HeadName, grainId, _head);
        if (_head.RecordExists)
        {
            (snapshotVersion, next) = ReadHead(_head.State!.Payload);
            snapshot = await ReadSnapshot(storage, grainId, snapshotVersion)
                ?? throw new InvalidDataException($"Snapshot {snapshotVersion} of {grainId} is missing.");
        }

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

        _version = _durable = _writingLast = Math.Max(next - 1, snapshotVersion);
        return new ActorImage(snapshotVersion, snapshot, events);
    }

    public long Append(ReadOnlyMemory<byte> canonicalEvent)
    {
        if (_failure is not null) throw new InvalidOperationException("The journal is lost to this activation.", _failure);
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
        _head.State = new JournalRecord { Payload = WriteHead(version, segmentFirst) };
        await storage.WriteStateAsync(HeadName, grainId, _head);
        _segments.RemoveAll(first => first < segmentFirst);
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
        return stored.RecordExists ? stored.State!.Payload : null;
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

    private async Task Write(long first, List<byte[]> events)
    {
        using var span = LedgerTraces.StartForAll("storage.commit", _traced ?? []);
        _traced = null;
        span?.SetTag("dtao.storage.events", events.Count);
        await storage.WriteStateAsync(SegmentName(first), grainId, new GrainState<JournalRecord>(new JournalRecord { Payload = WriteSegment(events) }));
    }

    private static byte[] WriteSegment(List<byte[]> events)
    {
        var writer = new RecordWriter(events.Sum(one => one.Length) + 64);
        writer.Byte(FormatVersion);
        writer.UInt64((ulong)events.Count);
        foreach (var one in events) writer.Bytes(one);
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

    internal static byte[] WriteHead(long snapshotVersion, long segmentFirst)
    {
        var writer = new RecordWriter(32);
        writer.Byte(FormatVersion);
        writer.UInt64((ulong)snapshotVersion);
        writer.UInt64((ulong)segmentFirst);
        return writer.ToArray();
    }

    private static (long SnapshotVersion, long SegmentFirst) ReadHead(byte[] payload)
    {
        var reader = new RecordReader(payload);
        LedgerCodec.Expect(reader.Byte(), FormatVersion, "journal head");
        return ((long)reader.UInt64(), (long)reader.UInt64());
    }

    private static string SegmentName(long first) => $"segment-{first:x16}";

    internal static string SnapshotName(long version) => $"snapshot-{version:x16}";

    private static TaskCompletionSource NewCompletion() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
