namespace Dtao.Storage;

/// <summary>
/// All journals at one instant, in a read transaction of its own: for audits and read models, beside a network that goes
/// on writing or on a stopped file. Used by one thread at a time; keep it short, because the file cannot reuse space meanwhile.
/// </summary>
public sealed class JournalReadView : IDisposable
{
    private readonly SqliteSession session;
    private readonly SqliteDatabase? database;

    internal JournalReadView(SqliteSession session, SqliteDatabase? database = null)
    {
        this.session = session;
        this.database = database;
        session.Execute("BEGIN");
        // The first read is what fixes the instant.
        Position = StoreSchema.ReadCounter(session, StoreSchema.EventsCounter);
    }

    /// <summary>The log's position at this instant: events of all actors.</summary>
    public long Position { get; }

    /// <summary>Opens a file for reading, whether or not a process writes it.</summary>
    /// <exception cref="StoreException">It cannot be used; the code says why.</exception>
    public static JournalReadView OpenFile(string path, bool isChecked = true)
    {
        var database = SqliteDatabase.Open(new SqliteDatabaseOptions { Path = path, IsReadOnly = true, IsCheckedAtStart = isChecked });
        return new(database.Writer, database);
    }

    /// <summary>All actors whose key starts with a prefix, ordered by the key's UTF-8 bytes.</summary>
    public IEnumerable<ActorHead> ScanActors(string prefix = "")
    {
        foreach (var actor in ScanRows(prefix))
        {
            if (!actor.HasHead) throw new StoreException(StoreErrorCode.Corrupt, $"The head of '{actor.Key}' is missing.");
            yield return new(actor.Key, actor.Events, actor.Digest.AsSpan().ToArray());
        }
    }

    /// <summary>
    /// Keys of the actors with a prefix that have events and of which the log does not know that nothing of them is under way: those whose last event said so, and those
    /// whose last event an older program wrote. One look at every head, none at any event.
    /// </summary>
    public IEnumerable<string> ScanUnfinished(string prefix)
    {
        var from = StoreText.Encode(prefix);
        var end = StoreText.AfterPrefix(from);
        var condition = StoreSchema.KnowsFinished(session) ? " AND heads.finished IS NOT heads.segment" : "";
        using var rows = session.Rent(
            $"SELECT actors.key FROM actors CROSS JOIN heads ON heads.actor=actors.id WHERE actors.key>=?1{(end is null ? "" : " AND actors.key<?2")} AND heads.events>0{condition} ORDER BY actors.key");
        rows.Bind(1, from);
        if (end is not null) rows.Bind(2, end);
        while (rows.Step()) yield return StoreText.Decode(rows.Span(0));
    }

    /// <summary>Reads the journals of all actors in one go, in the order in which they lie in the file: much faster than one after the other.</summary>
    /// <param name="open">Asked for each actor, in the order of their keys, before anything is read; null leaves the actor out.</param>
    /// <param name="fromFirstEvent">Whether readers are told every event and no state, and not the newest snapshot and the events after it.</param>
    /// <exception cref="StoreException">The stored bytes do not fit their digests. Readers may have been told of events before that.</exception>
    public void ReadAll(Func<string, IJournalReader?> open, bool fromFirstEvent = false)
    {
        ArgumentNullException.ThrowIfNull(open);
        new JournalScan(session, fromFirstEvent).Read(open);
    }

    /// <summary>An actor's newest snapshot and the events after it, proved against its head; null when it is not stored.</summary>
    /// <exception cref="StoreException">The stored bytes do not fit their digests.</exception>
    public JournalImage? ReadImage(string actorKey) =>
        JournalReading.FindActor(session, actorKey) is { } actor ? JournalReading.ReadImage(session, actor) : null;

    /// <summary>The newest snapshot that contains at most this many events (0 asks for the genesis state); null when there is none.</summary>
    /// <exception cref="StoreException">The stored bytes do not fit their checksum.</exception>
    public JournalSnapshot? ReadSnapshot(string actorKey, long versionMax = long.MaxValue)
    {
        if (JournalReading.FindActor(session, actorKey) is not { } actor) return null;
        if (JournalReading.NewestSnapshot(session, actor.Id, versionMax) is not { } snapshot) return null;
        return snapshot.IsIntact
            ? new(snapshot.Version, snapshot.State)
            : throw new StoreException(StoreErrorCode.Corrupt, $"Snapshot {snapshot.Version} of '{actorKey}' is damaged.");
    }

    /// <summary>The events of an actor from a number on (the first is 1), in order; none when it is not stored.</summary>
    /// <exception cref="StoreException">Events are missing or not readable.</exception>
    public IEnumerable<JournalEvent> ReadEvents(string actorKey, long fromVersion = 1)
    {
        var actor = JournalReading.FindActor(session, actorKey);
        return actor is null ? [] : JournalReading.ReadEvents(session, actor, fromVersion);
    }

    /// <summary>
    /// Computes every digest chain anew from the stored bytes: reads the segments once, in the log's order, with a few
    /// dozen bytes in memory for each actor.
    /// </summary>
    /// <param name="prefix">Which actors; all when empty, and then the totals are compared too.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public ChainReport VerifyChains(string prefix = "", CancellationToken cancellationToken = default) =>
        new ChainVerifier(session).Verify(ScanRows(prefix), isWhole: prefix.Length == 0, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        session.Dispose();
        database?.Dispose();
    }

    private IEnumerable<ActorRow> ScanRows(string prefix)
    {
        var from = StoreText.Encode(prefix);
        var end = StoreText.AfterPrefix(from);
        var condition = end is null ? " WHERE actors.key>=?1 ORDER BY actors.key" : " WHERE actors.key>=?1 AND actors.key<?2 ORDER BY actors.key";
        using var rows = session.Rent(JournalReading.SelectActors + condition);
        rows.Bind(1, from);
        if (end is not null) rows.Bind(2, end);
        while (rows.Step()) yield return JournalReading.ReadActor(rows);
    }
}

/// <summary>An actor and how far its journal has come.</summary>
/// <param name="ActorKey">The actor's key in the log.</param>
/// <param name="Version">Number of its last event.</param>
/// <param name="Digest">The digest chain's value after it: 32 bytes.</param>
public sealed record ActorHead(string ActorKey, long Version, ReadOnlyMemory<byte> Digest);

/// <summary>One event of a journal.</summary>
/// <param name="Number">Its number in the journal, from 1.</param>
/// <param name="Bytes">Its canonical bytes.</param>
public readonly record struct JournalEvent(long Number, ReadOnlyMemory<byte> Bytes);

/// <summary>A stored state.</summary>
/// <param name="Version">How many events it contains.</param>
/// <param name="State">Its encoding.</param>
public sealed record JournalSnapshot(long Version, ReadOnlyMemory<byte> State);
