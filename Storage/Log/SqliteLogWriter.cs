namespace Dtao.Storage;

/// <summary>Writes a batch as one transaction: for each actor one segment row and its new head.</summary>
internal sealed class SqliteLogWriter : ILogWriter
{
    private const int SnapshotsKept = 2;

    /// <summary>Keys come in any order, so a bulk load touches pages all over their index: what does not fit in memory is written again and again.</summary>
    private const int BulkCacheKibibytes = 256 * 1_024;
    private readonly SqliteDatabase database;
    private readonly SqliteSession session;

    // Kept in hand: they run once for each actor of a batch.
    private readonly SqliteStatement insertSegment;
    private readonly SqliteStatement updateHead;
    private readonly ChainLanes chains = new();
    private byte[] payload = new byte[64 * 1024];
    private byte[] scratch = new byte[4 * 1024];
    private long actorCount;
    private long lastSegment;

    public SqliteLogWriter(SqliteDatabase database)
    {
        database.RefuseIfNotWritable();
        this.database = database;
        session = database.Writer;
        insertSegment = session.Keep("INSERT INTO segments(id, actor, first, count, previous, digest, payload) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        updateHead = session.Keep("UPDATE heads SET events=?2, segment=?3, finished=?6 WHERE actor=?1 AND events=?4 AND segment=?5");
        actorCount = StoreSchema.ReadCounter(session, StoreSchema.ActorsCounter);
        lastSegment = session.QueryInt64("SELECT ifnull(max(id), 0) FROM segments");
        StoredPosition = StoreSchema.ReadCounter(session, StoreSchema.EventsCounter);
    }

    public long StoredPosition { get; }

    public void Write(LogBatch batch)
    {
        lock (database.WriteGate)
        {
            var actorCountBefore = actorCount;
            session.Execute("BEGIN IMMEDIATE");
            try
            {
                // Snapshots are of what stands already: they take the digests of before the batch.
                foreach (var snapshot in batch.Snapshots) WriteSnapshot(snapshot);
                chains.Extend(batch.Actors, batch.Events);
                foreach (var journal in batch.Actors) WriteSegment(journal, batch.Events);
                if (batch.Actors.Count > 0) StoreSchema.WriteCounter(session, StoreSchema.EventsCounter, batch.LastPosition);
                if (actorCount != actorCountBefore) StoreSchema.WriteCounter(session, StoreSchema.ActorsCounter, actorCount);
                session.Execute("COMMIT");
                database.NoteCommit();
            }
            catch
            {
                insertSegment.Reset();
                updateHead.Reset();
                session.Rollback();
                throw;
            }
        }
    }

    public void RefuseIfNotEmpty()
    {
        lock (database.WriteGate)
        {
            if (actorCount != 0) throw new InvalidOperationException($"{database.Path} has actors already; a bulk load needs an empty log.");
        }
    }

    /// <summary>Fills an empty log with the first states of its actors; the file counts as incomplete until it is done.</summary>
    public void BulkLoad(IEnumerable<(string ActorKey, ReadOnlyMemory<byte> Snapshot)> states, int rowsPerTransaction)
    {
        lock (database.WriteGate)
        {
            StoreSchema.WriteCounter(session, StoreSchema.BulkLoadMark, 1);
            var cache = session.QueryInt64("PRAGMA cache_size");
            session.Execute(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"PRAGMA cache_size={-BulkCacheKibibytes}"));

            // Whoever else carries the log over waits for the gate until the end.
            session.Execute(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"PRAGMA wal_autocheckpoint={SqliteDatabaseOptions.DefaultCheckpointPages}"));
            try
            {
                foreach (var chunk in states.Chunk(rowsPerTransaction)) BulkLoadChunk(chunk);
                StoreSchema.WriteCounter(session, StoreSchema.BulkLoadMark, 0);
            }
            finally
            {
                session.Rollback();
                session.Execute("PRAGMA wal_autocheckpoint=0");
                session.Execute(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"PRAGMA cache_size={cache}"));
                session.Execute("PRAGMA shrink_memory");
            }
        }
    }

    private void BulkLoadChunk((string ActorKey, ReadOnlyMemory<byte> Snapshot)[] chunk)
    {
        session.Execute("BEGIN IMMEDIATE");
        foreach (var (actorKey, snapshot) in chunk)
        {
            var actorId = InsertActor(actorKey);
            InsertSnapshot(actorId, 0, default, snapshot.Span);
        }

        StoreSchema.WriteCounter(session, StoreSchema.ActorsCounter, actorCount);
        session.Execute("COMMIT");
    }

    private void WriteSegment(JournalEntry journal, AppendBuffer events)
    {
        if (journal.ActorId == 0) journal.ActorId = InsertActor(journal.ActorKey);
        var length = Encode(journal, events);
        var segmentId = ++lastSegment;
        insertSegment.Bind(1, segmentId).Bind(2, journal.ActorId).Bind(3, journal.StoredVersion + 1).Bind(4, journal.BatchCount)
            .Bind(5, journal.LastSegment).Bind(6, journal.Digest.AsSpan()).Bind(7, payload.AsSpan(0, length)).Run();

        var version = journal.StoredVersion + journal.BatchCount;
        if (version / StoreSchema.EventsPerWaypoint != journal.StoredVersion / StoreSchema.EventsPerWaypoint)
            InsertWaypoint(journal, segmentId);
        MoveHead(journal, version, segmentId, events.IsFinishedAt(journal.BatchLast));
        journal.BatchCount = 0;
    }

    private void InsertWaypoint(JournalEntry journal, long segmentId)
    {
        using var insert = session.Rent("INSERT INTO waypoints(actor, first, segment) VALUES(?1, ?2, ?3)");
        insert.Bind(1, journal.ActorId).Bind(2, journal.StoredVersion + 1).Bind(3, segmentId).Run();
    }

    // The head must be where this process left it: whatever else moved it has written behind the lock's back.
    private void MoveHead(JournalEntry journal, long version, long segmentId, bool isFinished)
    {
        updateHead.Bind(1, journal.ActorId).Bind(2, version).Bind(3, segmentId).Bind(6, isFinished ? segmentId : 0);
        if (updateHead.Bind(4, journal.StoredVersion).Bind(5, journal.LastSegment).RunAndCount() != 1)
            throw new StoreException(StoreErrorCode.Corrupt, $"The head of '{journal.ActorKey}' is not where this process left it.");
        (journal.StoredVersion, journal.LastSegment) = (version, segmentId);
    }

    private int Encode(JournalEntry journal, AppendBuffer events)
    {
        payload[0] = SegmentFormat.Version1;
        var length = 1;
        var index = journal.BatchFirst;
        for (var left = journal.BatchCount; left > 0; left--)
        {
            var canonicalEvent = events.EventAt(index);
            var needed = length + SegmentFormat.SizeMax(canonicalEvent.Length);
            if (payload.Length < needed) Array.Resize(ref payload, Math.Max(needed, checked(payload.Length * 2)));
            length += SegmentFormat.Write(payload.AsSpan(length), canonicalEvent);
            index = events.NextOfActor(index);
        }

        return length;
    }

    private long InsertActor(string actorKey)
    {
        var actorId = ++actorCount;
        using (var actor = session.Rent("INSERT INTO actors(key, id) VALUES(?1, ?2)"))
            actor.Bind(1, StoreText.Encode(actorKey)).Bind(2, actorId).Run();
        using var head = session.Rent("INSERT INTO heads(actor, events, segment) VALUES(?1, 0, 0)");
        head.Bind(1, actorId).Run();
        return actorId;
    }

    private void WriteSnapshot(QueuedSnapshot snapshot)
    {
        var journal = snapshot.Journal;
        if (journal.ActorId == 0) journal.ActorId = InsertActor(journal.ActorKey);
        var digest = snapshot.Version == journal.StoredVersion
            ? journal.Digest
            : JournalReading.DigestAt(session, journal.LastSegment, snapshot.Version, ref scratch);
        InsertSnapshot(journal.ActorId, snapshot.Version, digest, snapshot.State.Span);
        using var prune = session.Rent($"""
            DELETE FROM snapshots WHERE actor=?1 AND version > 0 AND version NOT IN
                (SELECT version FROM snapshots WHERE actor=?1 ORDER BY version DESC LIMIT {SnapshotsKept})
            """);
        prune.Bind(1, journal.ActorId).Run();
    }

    private void InsertSnapshot(long actorId, long version, Digest digest, ReadOnlySpan<byte> state)
    {
        using var insert = session.Rent("INSERT INTO snapshots(actor, version, digest, checksum, state) VALUES(?1, ?2, ?3, ?4, ?5)");
        insert.Bind(1, actorId).Bind(2, version).Bind(3, digest.AsSpan()).Bind(4, Checksum.Of(state)).Bind(5, state).Run();
    }
}
