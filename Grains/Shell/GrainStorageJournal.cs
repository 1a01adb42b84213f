using System.Diagnostics;
using Dtao.Grains.Telemetry;
using Dtao.Grains.Wire;
using Orleans.Storage;

namespace Dtao.Grains.Shell;

/// <summary>One journal on an Orleans storage provider, as one activation holds it. Whoever is no grain may append from any thread.</summary>
internal sealed class GrainStorageJournal(GrainStorageJournals owner, IGrainStorage storage, GrainId grainId) : IActorJournal
{
    internal const string HeadName = "head";

    private const string SegmentPrefix = "segment-";
    private const byte FormatVersion = 1;

    private readonly GrainState<JournalRecord> _head = new(new JournalRecord());
    private readonly Lock _gate = new();
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
        owner.ThrowIfLost();
        bool begins;
        long position;
        lock (_gate)
        {
            if (_failure is not null) throw new InvalidOperationException("The journal is lost to this activation.", _failure);
            _pending.Add(canonicalEvent.ToArray());
            if (LedgerTraces.Here is { } here) (_traced ??= []).Add(here);
            position = ++_version;
            begins = !_isWriting;
            _isWriting = true;
        }

        if (begins) _ = WriteBatches();
        return position;
    }

    public ValueTask WhenDurable(long position)
    {
        lock (_gate)
        {
            if (position <= _durable) return ValueTask.CompletedTask;
            if (_failure is not null) return ValueTask.FromException(_failure);
            return new((position <= _writingLast ? _writingWritten : _pendingWritten).Task);
        }
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

    public void Dispose()
    {
        lock (_gate) _failure ??= new ObjectDisposedException(nameof(GrainStorageJournal));
    }

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
        try
        {
            while (TakeBatch() is { } batch)
            {
                await Write(batch);
                TaskCompletionSource written;
                lock (_gate)
                {
                    _durable = batch.Last;
                    _segments.Add(batch.First);
                    written = _writingWritten;
                }

                written.SetResult();
            }
        }
        catch (Exception exception)
        {
            lock (_gate)
            {
                _failure = exception;
                _isWriting = false;
            }

            foreach (var waiting in new[] { _writingWritten, _pendingWritten })
            {
                waiting.TrySetException(exception);
                _ = waiting.Task.Exception;
            }
        }
    }

    /// <summary>Everything that was appended; null, and nobody writes any more, when there is nothing.</summary>
    /// <remarks>Both are one step: what is appended after the look has to begin a write of its own, and whoever owns a journal outside of a grain appends from any thread.</remarks>
    private Batch? TakeBatch()
    {
        lock (_gate)
        {
            if (_pending.Count == 0)
            {
                _isWriting = false;
                return null;
            }

            var batch = new Batch(_writingLast + 1, _writingLast + _pending.Count, _pending, _traced);
            (_pending, _traced, _writingWritten, _pendingWritten, _writingLast) = ([], null, _pendingWritten, NewCompletion(), batch.Last);
            return batch;
        }
    }

    private async Task Write(Batch batch)
    {
        using var span = LedgerTraces.StartForAll("storage.commit", batch.Traced ?? []);
        span?.SetTag("dtao.storage.events", batch.Events.Count);
        try
        {
            await storage.WriteStateAsync(SegmentName(batch.First), grainId, new GrainState<JournalRecord>(new JournalRecord { Payload = WriteSegment(batch.Events) }));
        }
        finally
        {
            owner.OnWritten?.Invoke(grainId);
        }
    }

    /// <summary>Events that are written in one record.</summary>
    private sealed record Batch(long First, long Last, List<ReadOnlyMemory<byte>> Events, List<ActivityContext?>? Traced);

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
