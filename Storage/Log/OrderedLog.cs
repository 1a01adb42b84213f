namespace Dtao.Storage;

/// <summary>
/// The ordered log on a SQLite file: appends go into a buffer, and one thread writes whatever gathered while it wrote
/// the transaction before. There is no timer: a batch of one is a plain commit.
/// </summary>
/// <remarks>
/// Versions are checked at the append, against the index in memory, so a transaction can only fail as a whole; if it
/// does, or if nobody can tell, the log is poisoned and writes nothing more.
/// </remarks>
public sealed partial class OrderedLog : IOrderedLog, IDisposable, IAsyncDisposable
{
    private const int HardLimitFactor = 4;
    private const int EventOverheadBytes = 64;
    private const int BulkRowsPerTransaction = 10_000;

    private readonly object gate = new();
    private readonly SqliteDatabase database;
    private readonly bool ownsDatabase;
    private readonly ILogWriter writer;
    private readonly OrderedLogOptions options;
    private readonly ReaderPool<SqliteSession> readers;
    private readonly Dictionary<string, JournalEntry> journals = [];
    private readonly Queue<QueuedSnapshot> snapshots = [];
    private readonly Thread thread;
    private AppendBuffer filling = new();
    private AppendBuffer writing = new();
    private long appended;
    private long writingLast;
    private long durable;
    private long queuedBytes;
    private bool isStopping;
    private StoreException? damage;
    private volatile LogPoisonedException? poison;

    internal OrderedLog(SqliteDatabase database, ILogWriter writer, OrderedLogOptions? options = null, bool ownsDatabase = false)
    {
        this.database = database;
        this.writer = writer;
        this.options = options ?? new();
        this.ownsDatabase = ownsDatabase;
        readers = new(database.OpenReader);
        appended = writingLast = durable = writer.StoredPosition;
        thread = new(WriteBatches) { IsBackground = true, Name = "ordered log" };
        database.AttachLog(this);
        StoreMetrics.LogOpened(this);
        thread.Start();
    }

    /// <inheritdoc/>
    public Guid LogId { get; } = Guid.NewGuid();

    /// <inheritdoc/>
    public long AppendedPosition => Volatile.Read(ref appended);

    /// <inheritdoc/>
    public long DurablePosition => Volatile.Read(ref durable);

    /// <inheritdoc/>
    public long QueuedBytes => Volatile.Read(ref queuedBytes);

    /// <inheritdoc/>
    public bool IsSaturated => QueuedBytes > options.QueuedBytesMax;

    /// <inheritdoc/>
    public bool IsPoisoned => poison is not null;

    /// <summary>Why nothing is written any more; null while everything is well.</summary>
    public LogPoisonedException? Failure => poison;

    /// <summary>Opens the log in a file of its own; disposing the log closes the file.</summary>
    /// <exception cref="StoreException">The file cannot be used; the code says why.</exception>
    public static OrderedLog Open(string path, OrderedLogOptions? options = null) => Open(new SqliteDatabaseOptions { Path = path }, options);

    /// <summary>Opens the log in a file of its own; disposing the log closes the file.</summary>
    /// <exception cref="StoreException">The file cannot be used, or only be read; the code says why.</exception>
    public static OrderedLog Open(SqliteDatabaseOptions file, OrderedLogOptions? options = null)
    {
        var database = SqliteDatabase.Open(file);
        try
        {
            return new(database, new SqliteLogWriter(database), options, ownsDatabase: true);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Opens the log in a file that others may use beside it; whoever opened the database closes it, after the log.</summary>
    /// <exception cref="StoreException">The database is read-only.</exception>
    /// <exception cref="InvalidOperationException">The database has a log already: there is one per file and process.</exception>
    public static OrderedLog Open(SqliteDatabase database, OrderedLogOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(database);
        return new(database, new SqliteLogWriter(database), options);
    }

    /// <inheritdoc/>
    public IJournal Open(string actorKey)
    {
        ArgumentException.ThrowIfNullOrEmpty(actorKey);
        lock (gate)
        {
            ThrowIfClosed();
            if (!journals.TryGetValue(actorKey, out var journal)) journals.Add(actorKey, journal = new(actorKey));
            var handle = new JournalHandle(this, journal);
            journal.Owner = handle;
            return handle;
        }
    }

    /// <inheritdoc/>
    public long Append(IJournal journal, ReadOnlyMemory<byte> canonicalEvent, bool isFinished = false)
    {
        var handle = HandleOf(journal);
        var entry = handle.Journal;
        var bytes = (long)canonicalEvent.Length + EventOverheadBytes;
        lock (gate)
        {
            ThrowIfClosed();
            ThrowIfNotOwner(handle);
            if (!handle.IsLoaded) throw new InvalidOperationException($"'{entry.ActorKey}' was not loaded before its first append.");
            MakeRoom(bytes);
            filling.Add(entry, canonicalEvent.Span, isFinished);
            entry.Tip++;
            entry.LastPosition = ++appended;
            WakeWriter();
            return appended;
        }
    }

    /// <inheritdoc/>
    public ValueTask WhenDurable(long position)
    {
        if (position <= DurablePosition) return ValueTask.CompletedTask;
        lock (gate)
        {
            if (position <= durable) return ValueTask.CompletedTask;
            ArgumentOutOfRangeException.ThrowIfGreaterThan(position, appended);
            if (poison is { } cause) return ValueTask.FromException(Poisoned(cause));
            return new((position <= writingLast ? writing : filling).Completion.Task);
        }
    }

    /// <inheritdoc/>
    public Task PutSnapshot(IJournal journal, long version, ReadOnlyMemory<byte> snapshot)
    {
        var handle = HandleOf(journal);
        var entry = handle.Journal;
        lock (gate)
        {
            ThrowIfClosed();
            ThrowIfNotOwner(handle);
            if (!handle.IsLoaded) throw new InvalidOperationException($"'{entry.ActorKey}' was not loaded before its first snapshot.");
            ArgumentOutOfRangeException.ThrowIfGreaterThan(version, entry.Tip);
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(version, entry.LastSnapshotVersion);
            MakeRoom(snapshot.Length);
            var queued = new QueuedSnapshot(entry, version, snapshot, appended);
            snapshots.Enqueue(queued);
            entry.LastSnapshotVersion = version;
            entry.QueuedSnapshots++;
            WakeWriter();
            return queued.Completion.Task;
        }
    }

    /// <summary>
    /// Fills an empty log with the first state of each actor, as snapshots of version 0, in large transactions. A crash
    /// on the way leaves a file that refuses to open (<see cref="StoreErrorCode.Incomplete"/>).
    /// </summary>
    /// <exception cref="InvalidOperationException">The log has actors already, or journals are open. Nothing was written.</exception>
    public void BulkLoad(IEnumerable<(string ActorKey, ReadOnlyMemory<byte> Snapshot)> states)
    {
        ArgumentNullException.ThrowIfNull(states);
        if (writer is not SqliteLogWriter bulk) throw new InvalidOperationException("This log has no bulk load.");
        var isStarted = false;
        try
        {
            lock (gate)
            {
                ThrowIfClosed();
                if (journals.Count > 0) throw new InvalidOperationException("A bulk load needs a log without open journals.");
                bulk.RefuseIfNotEmpty();
                isStarted = true;
                bulk.BulkLoad(states, BulkRowsPerTransaction);
            }
        }
        catch (Exception e) when (isStarted)
        {
            Poison(FailedCommit(e));
            throw;
        }
    }

    /// <summary>All journals as they are at this instant; what is appended later does not show.</summary>
    public JournalReadView OpenReadView() => new(database.OpenReader());

    /// <summary>Reads the durable events of an actor from a number on (the first is 1), as of now.</summary>
    public IEnumerable<JournalEvent> ReadEvents(string actorKey, long fromVersion = 1)
    {
        using var lease = readers.Rent();
        var session = lease.Reader;
        session.Execute("BEGIN");
        try
        {
            if (JournalReading.FindActor(session, actorKey) is not { } actor) yield break;
            foreach (var item in JournalReading.ReadEvents(session, actor, fromVersion)) yield return item;
        }
        finally
        {
            session.Rollback();
        }
    }

    /// <summary>Writes what was appended, then closes.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            isStopping = true;
            Monitor.PulseAll(gate);
        }

        thread.Join();
        StoreMetrics.LogClosed(this);
        readers.Dispose();
        database.DetachLog(this);
        if (ownsDatabase) database.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() =>
        await Task.Factory.StartNew(Dispose, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .ConfigureAwait(false);

    internal long TipOf(JournalEntry journal)
    {
        lock (gate) return journal.Tip;
    }

    internal async ValueTask<JournalImage> LoadAsync(JournalHandle handle)
    {
        var journal = handle.Journal;
        long lastPosition;
        long tip;
        lock (gate)
        {
            ThrowIfClosed();
            ThrowIfNotOwner(handle);
            (lastPosition, tip) = (journal.LastPosition, journal.Tip);
        }

        await WhenDurable(lastPosition).ConfigureAwait(false);
        var (actor, image) = Read(journal.ActorKey);
        lock (gate)
        {
            ThrowIfClosed();
            ThrowIfNotOwner(handle);
            if (!journal.IsIndexed) Index(journal, actor, image);
            if (image.Version < tip)
                throw new StoreException(StoreErrorCode.Corrupt, $"'{journal.ActorKey}' is not stored as far as it was appended.");
            handle.IsLoaded = true;
        }

        return image;
    }

    internal void GiveUp(JournalHandle handle)
    {
        lock (gate)
        {
            if (!ReferenceEquals(handle.Journal.Owner, handle)) return;
            handle.Journal.Owner = null;
            ForgetIfIdle(handle.Journal);
        }
    }

    private static void Index(JournalEntry journal, ActorRow? actor, JournalImage image)
    {
        journal.IsIndexed = true;
        journal.Tip = journal.StoredVersion = image.Version;
        if (image.Snapshot is not null) journal.LastSnapshotVersion = image.SnapshotVersion;
        if (actor is null) return;
        journal.ActorId = actor.Id;
        journal.LastSegment = actor.LastSegment;
        journal.Digest = actor.Digest;
    }

    private static LogPoisonedException Poisoned(LogPoisonedException cause) => new(cause.Message, cause);

    private (ActorRow? Actor, JournalImage Image) Read(string actorKey)
    {
        using var lease = readers.Rent();
        var session = lease.Reader;
        session.Execute("BEGIN");
        try
        {
            var actor = JournalReading.FindActor(session, actorKey);
            return (actor, actor is null ? JournalImage.Empty : JournalReading.ReadImage(session, actor));
        }
        finally
        {
            session.Rollback();
        }
    }

    private JournalHandle HandleOf(IJournal journal)
    {
        if (journal is JournalHandle handle && ReferenceEquals(handle.Log, this)) return handle;
        throw new ArgumentException("The journal belongs to another log.", nameof(journal));
    }

    private void ThrowIfClosed()
    {
        if (poison is { } cause) throw Poisoned(cause);
        ObjectDisposedException.ThrowIf(isStopping, this);
    }

    private static void ThrowIfNotOwner(JournalHandle handle)
    {
        if (handle.IsFenced) throw new JournalFencedException($"'{handle.ActorKey}' was taken over or given up.");
    }

    private void MakeRoom(long bytes)
    {
        if (queuedBytes + bytes > options.QueuedBytesMax * HardLimitFactor)
            throw new LogSaturatedException($"{queuedBytes} bytes wait for the disk; nothing was appended.");
        Volatile.Write(ref queuedBytes, queuedBytes + bytes);
    }
}
