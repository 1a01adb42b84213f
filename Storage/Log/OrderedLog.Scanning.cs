namespace Dtao.Storage;

/// <content>Reading all actors' events in the order in which they were written.</content>
public sealed partial class OrderedLog
{
    private readonly Lock _scanGate = new();
    private volatile bool _hasActorIndex;

    /// <summary>Reads the durable segments from a number on, in the log's order: what each actor wrote in one transaction, transaction after transaction.</summary>
    /// <remarks>
    /// One short read transaction, which ends with the last call of <paramref name="take"/>. The first scan of a file makes an index of its actors, once; it is
    /// of no use to anything else, and a file that nobody scans goes without.
    /// </remarks>
    /// <param name="fromSegment">The number of the first one, from 1; those that do not exist are passed over.</param>
    /// <param name="take">Given each segment; false ends the reading.</param>
    /// <returns>The number of the log's last segment at that instant; 0 for a log without any.</returns>
    /// <exception cref="StoreException">The stored bytes are not readable, or the file cannot be used.</exception>
    public long ScanSegments(long fromSegment, Func<LogSegment, bool> take)
    {
        ArgumentNullException.ThrowIfNull(take);
        EnsureActorIndex();
        using var lease = readers.Rent();
        var session = lease.Reader;
        session.Execute("BEGIN");
        try
        {
            var last = session.QueryInt64("SELECT ifnull(max(id), 0) FROM segments");
            Dictionary<long, string> keys = [];
            using var rows = session.Rent("SELECT id, actor, first, count, digest, payload FROM segments WHERE id>=?1 ORDER BY id");
            rows.Bind(1, fromSegment);
            while (rows.Step())
            {
                if (!keys.TryGetValue(rows.Int64(1), out var key)) keys.Add(rows.Int64(1), key = ActorKeyOf(session, rows.Int64(1)));
                if (!take(ReadSegment(rows, key))) break;
            }

            return last;
        }
        finally
        {
            session.Rollback();
        }
    }

    /// <summary>Reads the states that actors began with (snapshots of version 0), in the order in which the actors came into the log.</summary>
    /// <param name="afterActor">The row of the last actor that is known already; 0 at the beginning.</param>
    /// <param name="take">Given each state; false ends the reading.</param>
    /// <exception cref="StoreException">The stored bytes do not fit their checksum, or the file cannot be used.</exception>
    public void ScanFirstStates(long afterActor, Func<FirstState, bool> take)
    {
        ArgumentNullException.ThrowIfNull(take);
        EnsureActorIndex();
        using var lease = readers.Rent();
        var session = lease.Reader;
        session.Execute("BEGIN");
        try
        {
            using var rows = session.Rent("SELECT actor, version, digest, checksum, state FROM snapshots WHERE actor>?1 AND version=0 ORDER BY actor");
            rows.Bind(1, afterActor);
            while (rows.Step())
            {
                var snapshot = JournalReading.ReadSnapshot(rows);
                var key = ActorKeyOf(session, snapshot.ActorId);
                if (!snapshot.IsIntact) throw new StoreException(StoreErrorCode.Corrupt, $"Snapshot 0 of '{key}' is damaged.");
                if (!take(new FirstState(snapshot.ActorId, key, snapshot.State))) break;
            }
        }
        finally
        {
            session.Rollback();
        }
    }

    private static LogSegment ReadSegment(SqliteStatement row, string actorKey)
    {
        var (id, first, count) = (row.Int64(0), row.Int64(2), row.Int64(3));
        List<JournalEvent> events = [];
        if (!JournalReading.TryReadEvents(row.Span(5), first, count, events)) throw new StoreException(StoreErrorCode.Corrupt, $"Segment {id} is not readable.");
        return new LogSegment(id, actorKey, events, row.Blob(4));
    }

    private static string ActorKeyOf(SqliteSession session, long actorId)
    {
        using var row = session.Rent("SELECT key FROM actors WHERE id=?1");
        return row.Bind(1, actorId).Step()
            ? StoreText.Decode(row.Span(0))
            : throw new StoreException(StoreErrorCode.Corrupt, $"Actor {actorId} has events and no key.");
    }

    /// <summary>Rows name actors by number, and the table of actors is kept by key.</summary>
    private void EnsureActorIndex()
    {
        if (_hasActorIndex) return;
        lock (_scanGate)
        {
            if (_hasActorIndex) return;
            lock (database.WriteGate) database.Writer.Execute("CREATE INDEX IF NOT EXISTS actors_by_id ON actors(id)");
            _hasActorIndex = true;
        }
    }
}

/// <summary>What one actor wrote in one transaction.</summary>
/// <param name="Number">Its number in the log: they rise in the order of writing.</param>
/// <param name="Events">In order, without a gap.</param>
/// <param name="Digest">The actor's digest chain after the last of them.</param>
public sealed record LogSegment(long Number, string ActorKey, IReadOnlyList<JournalEvent> Events, ReadOnlyMemory<byte> Digest);

/// <summary>The state that one actor began with.</summary>
/// <param name="Actor">The actor's row in the log.</param>
public sealed record FirstState(long Actor, string ActorKey, ReadOnlyMemory<byte> State);
