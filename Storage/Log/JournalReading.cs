namespace Dtao.Storage;

/// <summary>Reads actors, segments and snapshots through a session; the caller holds a transaction where it needs one.</summary>
internal static class JournalReading
{
    /// <summary>Columns of an actor with its head, for <see cref="ReadActor"/>; to be completed by a condition on the key.</summary>
    public const string SelectActors = """
        SELECT actors.key, actors.id, heads.events, heads.segment, segments.digest FROM actors
            LEFT JOIN heads ON heads.actor=actors.id LEFT JOIN segments ON segments.id=heads.segment
        """;

    private const string SelectSegment = "SELECT actor, first, count, previous, digest, payload FROM segments WHERE id=?1";

    public static ActorRow? FindActor(SqliteSession session, string actorKey)
    {
        using var statement = session.Rent(SelectActors + " WHERE actors.key=?1");
        return statement.Bind(1, StoreText.Encode(actorKey)).Step() ? ReadActor(statement) : null;
    }

    public static ActorRow ReadActor(SqliteStatement row)
    {
        var actorKey = StoreText.Decode(row.Span(0));
        var hasHead = !row.IsNull(2) && (row.Int64(3) == 0 || !row.IsNull(4));
        var digest = row.IsNull(4) ? default : Digest.Read(row.Span(4));
        return new(actorKey, row.Int64(1), row.Int64(2), row.Int64(3), digest, hasHead);
    }

    public static SnapshotRow? NewestSnapshot(SqliteSession session, long actorId, long versionMax = long.MaxValue)
    {
        using var statement = session.Rent("""
            SELECT actor, version, digest, checksum, state FROM snapshots WHERE actor=?1 AND version<=?2
                ORDER BY version DESC LIMIT 1
            """);
        return statement.Bind(1, actorId).Bind(2, versionMax).Step() ? ReadSnapshot(statement) : null;
    }

    public static SnapshotRow ReadSnapshot(SqliteStatement row)
    {
        var state = row.Blob(4);
        var isIntact = Checksum.Of(state) == row.Int64(3);
        return new(row.Int64(0), row.Int64(1), Digest.Read(row.Span(2)), state, isIntact);
    }

    /// <summary>The chain's value after a stored event, found from the actor's last segment.</summary>
    public static Digest DigestAt(SqliteSession session, long lastSegment, long version, ref byte[] scratch)
    {
        if (version == 0) return default;
        var segment = ReadSegment(session, SegmentsFrom(session, lastSegment, version)[0], lastSegment);
        var digest = segment.Previous == 0 ? default : ReadSegment(session, segment.Previous, segment.Previous).Digest;
        foreach (var item in segment.Events)
        {
            if (item.Number > version) break;
            digest.Extend(item.Bytes.Span, ref scratch);
        }

        return digest;
    }

    /// <summary>An actor's newest snapshot and the events after it, proved against the head's digest.</summary>
    public static JournalImage ReadImage(SqliteSession session, ActorRow actor)
    {
        var snapshot = NewestSnapshot(session, actor.Id);
        if (snapshot is { IsIntact: false })
            throw new StoreException(StoreErrorCode.Corrupt, $"Snapshot {snapshot.Version} of '{actor.Key}' is damaged.");
        var (digest, start) = snapshot is null ? (default, 0L) : (snapshot.Digest, snapshot.Version);
        List<ReadOnlyMemory<byte>> events = [];
        var scratch = new byte[512];
        foreach (var (_, bytes) in ReadEvents(session, actor, start + 1))
        {
            digest.Extend(bytes.Span, ref scratch);
            events.Add(bytes);
        }

        if (start + events.Count != actor.Events || !actor.Digest.Is(digest))
            throw new StoreException(StoreErrorCode.Corrupt, $"The journal of '{actor.Key}' does not end where its head says.");
        return new(start, snapshot is null ? (ReadOnlyMemory<byte>?)null : snapshot.State, events, digest.AsSpan().ToArray());
    }

    /// <summary>Events from a number on, in order and without a gap up to the head.</summary>
    public static IEnumerable<JournalEvent> ReadEvents(SqliteSession session, ActorRow actor, long fromVersion)
    {
        if (!actor.HasHead) throw new StoreException(StoreErrorCode.Corrupt, $"The last segment of '{actor.Key}' is missing.");
        var next = Math.Max(1, fromVersion);
        while (next <= actor.Events)
        {
            // From one waypoint to the next, so that a long journal is neither listed at once nor walked from its end.
            var until = WaypointFrom(session, actor.Id, next) ?? actor.LastSegment;
            var before = next;
            foreach (var segmentId in SegmentsFrom(session, until, next))
            {
                var segment = ReadSegment(session, segmentId, until);
                if (segment.ActorId != actor.Id || segment.First > next)
                    throw new StoreException(StoreErrorCode.Corrupt, $"The journal of '{actor.Key}' has a gap at event {next}.");
                foreach (var item in segment.Events)
                {
                    if (item.Number != next) continue;
                    yield return item;
                    next++;
                }
            }

            if (next == before || next > actor.Events + 1)
                throw new StoreException(StoreErrorCode.Corrupt, $"The journal of '{actor.Key}' does not end at event {actor.Events}.");
        }
    }

    private static long? WaypointFrom(SqliteSession session, long actorId, long fromVersion)
    {
        using var row = session.Rent("SELECT segment FROM waypoints WHERE actor=?1 AND first>=?2 ORDER BY first LIMIT 1");
        return row.Bind(1, actorId).Bind(2, fromVersion).Step() ? row.Int64(0) : null;
    }

    // From the actor's last segment back to the one that holds the event, then turned round.
    private static List<long> SegmentsFrom(SqliteSession session, long lastSegment, long fromVersion)
    {
        List<long> found = [];
        using var statement = session.Rent("SELECT first, previous FROM segments WHERE id=?1");
        for (var at = lastSegment; ;)
        {
            if (!statement.Bind(1, at).Step()) throw Missing(at, lastSegment);
            found.Add(at);
            var (first, previous) = (statement.Int64(0), statement.Int64(1));
            if (first <= fromVersion) break;
            // Numbers only fall on the way back, so a damaged link cannot lead in circles.
            if (previous <= 0 || previous >= at) throw Missing(previous, lastSegment);
            at = previous;
            statement.Reset();
        }

        found.Reverse();
        return found;
    }

    private static SegmentRow ReadSegment(SqliteSession session, long segmentId, long lastSegment)
    {
        using var row = session.Rent(SelectSegment);
        if (!row.Bind(1, segmentId).Step()) throw Missing(segmentId, lastSegment);
        var first = row.Int64(1);
        List<JournalEvent> events = [];
        if (!TryReadEvents(row.Span(5), first, row.Int64(2), events))
            throw new StoreException(StoreErrorCode.Corrupt, $"Segment {segmentId} is not readable.");
        return new(row.Int64(0), first, row.Int64(3), Digest.Read(row.Span(4)), events);
    }

    public static bool TryReadEvents(ReadOnlySpan<byte> payload, long first, long count, List<JournalEvent> events)
    {
        if (!SegmentFormat.TryOpen(payload, out var reader)) return false;
        for (var number = first; number < first + count; number++)
        {
            if (!reader.TryRead(out var canonicalEvent)) return false;
            events.Add(new(number, canonicalEvent.ToArray()));
        }

        return reader.IsAtEnd;
    }

    private static StoreException Missing(long segmentId, long lastSegment) =>
        new(StoreErrorCode.Corrupt, $"Segment {segmentId}, before segment {lastSegment} of the same actor, is missing.");
}

/// <summary>What the index says of one actor. Without a head, the head or the last segment is missing.</summary>
internal sealed record ActorRow(string Key, long Id, long Events, long LastSegment, Digest Digest, bool HasHead);

/// <summary>One stored segment.</summary>
internal sealed record SegmentRow(long ActorId, long First, long Previous, Digest Digest, List<JournalEvent> Events);

/// <summary>One stored snapshot; not intact when its bytes do not fit their checksum.</summary>
internal sealed record SnapshotRow(long ActorId, long Version, Digest Digest, byte[] State, bool IsIntact);
