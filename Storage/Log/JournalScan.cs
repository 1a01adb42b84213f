using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dtao.Storage;

/// <summary>Is told one actor's journal by <see cref="JournalReadView.ReadAll"/>.</summary>
public interface IJournalReader
{
    /// <summary>Once, before the first event.</summary>
    /// <param name="snapshot">Null when there is none: the actor begins from its empty state.</param>
    void Begin(ReadOnlyMemory<byte>? snapshot);

    /// <summary>The next event; its bytes are valid during the call.</summary>
    void Take(ReadOnlySpan<byte> canonicalEvent);
}

/// <summary>
/// Reads many journals at once: their heads, then their snapshots, then all segments, each table from one end to the other. Each journal is proved against its head as
/// when it is read alone, with a few dozen bytes in memory for each actor.
/// </summary>
internal sealed class JournalScan(SqliteSession session, bool fromFirstEvent)
{
    private readonly Dictionary<long, Place> places = [];
    private byte[] scratch = new byte[4 * 1024];

    public void Read(Func<string, IJournalReader?> open)
    {
        OpenReaders(open);
        ReadHeads();
        ReadSnapshots();
        ReadSegments();
        foreach (var (actorId, place) in places)
        {
            if (!place.IsProved || place.Version != place.Events) throw Corrupt(actorId, "does not end where its head says");
        }
    }

    private void OpenReaders(Func<string, IJournalReader?> open)
    {
        using var rows = session.Rent("SELECT key, id FROM actors ORDER BY key");
        while (rows.Step())
        {
            if (open(StoreText.Decode(rows.Span(0))) is { } reader) places.Add(rows.Int64(1), new() { Reader = reader });
        }
    }

    private void ReadHeads()
    {
        using (var rows = session.Rent("SELECT actor, events, segment FROM heads ORDER BY actor"))
        {
            while (rows.Step())
            {
                ref var place = ref Find(rows.Int64(0));
                if (Unsafe.IsNullRef(ref place)) continue;
                (place.Events, place.LastSegment, place.HasHead) = (rows.Int64(1), rows.Int64(2), true);
            }
        }

        foreach (var (actorId, place) in places)
        {
            if (!place.HasHead) throw Corrupt(actorId, "has no head");
        }
    }

    private void ReadSnapshots()
    {
        if (!fromFirstEvent) ReadNewestSnapshots();
        foreach (var actorId in places.Keys)
        {
            ref var place = ref Find(actorId);
            if (!place.HasBegun) place.Reader.Begin(null);
            // A journal without a segment has the digest that it began with; the others are compared when their last segment comes.
            place.IsProved = place.LastSegment == 0 && place.Digest.AsSpan().IndexOfAnyExcept((byte)0) < 0;
        }
    }

    private void ReadNewestSnapshots()
    {
        using var rows = session.Rent("SELECT actor, version, digest, checksum, state FROM snapshots ORDER BY actor, version");
        SnapshotRow? newest = null;
        while (rows.Step())
        {
            if (newest is not null && newest.ActorId != rows.Int64(0))
            {
                Begin(newest);
                newest = null;
            }

            // The bytes of what nobody asks for are not even fetched.
            if (!Unsafe.IsNullRef(ref Find(rows.Int64(0)))) newest = JournalReading.ReadSnapshot(rows);
        }

        if (newest is not null) Begin(newest);
    }

    private void Begin(SnapshotRow snapshot)
    {
        ref var place = ref Find(snapshot.ActorId);
        if (!snapshot.IsIntact) throw new StoreException(StoreErrorCode.Corrupt, $"Snapshot {snapshot.Version} of '{KeyOf(snapshot.ActorId)}' is damaged.");
        (place.Version, place.Digest, place.HasBegun) = (snapshot.Version, snapshot.Digest, true);
        place.Reader.Begin(snapshot.State);
    }

    private void ReadSegments()
    {
        using var rows = session.Rent("SELECT id, actor, first, count, previous, digest, payload FROM segments ORDER BY id");
        while (rows.Step())
        {
            ref var place = ref Find(rows.Int64(1));
            if (Unsafe.IsNullRef(ref place)) continue;
            var (first, end) = (rows.Int64(2), rows.Int64(2) + rows.Int64(3) - 1);
            if (end > place.Version) TakeSegment(ref place, rows, first, end);
            if (rows.Int64(0) == place.LastSegment) place.IsProved = place.Digest.Is(rows.Span(5));
        }
    }

    private void TakeSegment(ref Place place, SqliteStatement row, long first, long end)
    {
        var isNext = first <= place.Version + 1 && (place.Taken == 0 || row.Int64(4) == place.Taken);
        if (!isNext) throw Corrupt(row.Int64(1), $"has a gap at event {place.Version + 1}");
        place.Taken = row.Int64(0);
        var isReadable = SegmentFormat.TryOpen(row.Span(6), out var reader);
        for (var number = first; isReadable && number <= end; number++)
        {
            isReadable = reader.TryRead(out var canonicalEvent);
            if (!isReadable || number <= place.Version) continue;
            place.Digest.Extend(canonicalEvent, ref scratch);
            place.Version = number;
            place.Reader.Take(canonicalEvent);
        }

        if (!isReadable || !reader.IsAtEnd) throw new StoreException(StoreErrorCode.Corrupt, $"Segment {row.Int64(0)} is not readable.");
    }

    private ref Place Find(long actorId) => ref CollectionsMarshal.GetValueRefOrNullRef(places, actorId);

    private StoreException Corrupt(long actorId, string what) => new(StoreErrorCode.Corrupt, $"The journal of '{KeyOf(actorId)}' {what}.");

    private string KeyOf(long actorId)
    {
        using var row = session.Rent("SELECT key FROM actors WHERE id=?1");
        return row.Bind(1, actorId).Step() ? StoreText.Decode(row.Span(0)) : string.Empty;
    }

    private struct Place
    {
        public IJournalReader Reader;
        public long Version;
        public long Events;
        public long LastSegment;

        /// <summary>The segment whose events were taken last; 0 before the first.</summary>
        public long Taken;
        public Digest Digest;
        public bool HasHead;
        public bool HasBegun;

        /// <summary>Whether the chain came out as it stands beside the last segment.</summary>
        public bool IsProved;
    }
}
