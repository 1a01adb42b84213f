using System.Globalization;

namespace Dtao.Storage;

/// <summary>
/// One database file, owned by this process for as long as the object lives. The ordered log and the record store of a
/// process can share one; so can all silos in it.
/// </summary>
public sealed class SqliteDatabase : IDisposable
{
    // The system's numbers, which an IOException carries outside Windows.
    internal const int NoSpaceLeft = 28;
    internal const int ReadOnlyFileSystem = 30;
    private static readonly byte[] FileMagic = "SQLite format 3\0"u8.ToArray();
    private readonly FileStream? lockFile;
    private OrderedLog? log;
    private readonly Checkpointer? checkpointer;
    private volatile Exception? failure;

    private SqliteDatabase(string path, SqliteDatabaseOptions options, FileStream? lockFile, SqliteSession writer)
    {
        Path = path;
        IsReadOnly = options.IsReadOnly;
        if (!IsReadOnly) checkpointer = new(path, WriteGate, options.CheckpointPages);
        this.lockFile = lockFile;
        Writer = writer;
        LastRecordVersion = StoreSchema.ReadCounter(writer, StoreSchema.RecordVersionCounter);
    }

    /// <summary>Full path of the file.</summary>
    public string Path { get; }

    /// <summary>True when it was opened for reading only.</summary>
    public bool IsReadOnly { get; }

    /// <summary>Whoever writes holds this lock: SQLite has one writer, and waiting for it here is cheaper than there.</summary>
    internal Lock WriteGate { get; } = new();

    /// <summary>The one connection that writes; in a read-only database it reads.</summary>
    internal SqliteSession Writer { get; }

    /// <summary>The newest tag of a record; guarded by the gate, and shared by all record stores on this file.</summary>
    internal long LastRecordVersion { get; set; }

    /// <summary>Opens a file, making it when it does not exist, and checks that it is whole.</summary>
    /// <exception cref="StoreException">It cannot be used; the code says why. A file that is not ours is left untouched.</exception>
    public static SqliteDatabase Open(SqliteDatabaseOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrWhiteSpace(options.Path);
        var path = System.IO.Path.GetFullPath(options.Path);
        var lockFile = options.IsReadOnly ? null : TakeLock(path);
        SqliteSession? session = null;
        try
        {
            RefuseOtherFiles(path, options.IsReadOnly);
            session = SqliteSession.Open(path, options.IsReadOnly);
            Recognize(session, path, options.IsReadOnly);
            if (!options.IsReadOnly) Configure(session, path, options);
            if (options.IsCheckedAtStart) CheckPages(session, path, "quick_check");
            if (!options.IsReadOnly) StoreSchema.Extend(session);
            return new(path, options, lockFile, session);
        }
        catch
        {
            session?.Dispose();
            lockFile?.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file with the default options.</summary>
    /// <exception cref="StoreException">It cannot be used; the code says why.</exception>
    public static SqliteDatabase Open(string path) => Open(new SqliteDatabaseOptions { Path = path });

    /// <inheritdoc/>
    public void Dispose()
    {
        checkpointer?.Dispose();
        lock (WriteGate)
        {
            Writer.Dispose();
            lockFile?.Dispose();
        }
    }

    /// <summary>A connection of its own that only reads.</summary>
    internal SqliteSession OpenReader() => SqliteSession.Open(Path, isReadOnly: true);

    /// <summary>Called after each commit, within the gate.</summary>
    internal void NoteCommit() => checkpointer?.NoteCommit(Writer);

    internal void RefuseIfNotWritable()
    {
        if (IsReadOnly) throw new StoreException(StoreErrorCode.ReadOnly, $"{Path} was opened for reading only.");
        if (failure is { } cause)
            throw new StoreException(StoreErrorCode.Unavailable, $"{Path} is not written any more after a failed commit.", cause);
    }

    /// <summary>Ends all writing through this object: a commit failed, or nobody knows whether it did.</summary>
    internal void Fail(Exception cause) => failure ??= cause;

    internal void AttachLog(OrderedLog owner)
    {
        if (Interlocked.CompareExchange(ref log, owner, null) is not null)
            throw new InvalidOperationException($"{Path} has an ordered log already; all silos of a process share it.");
    }

    internal void DetachLog(OrderedLog owner) => Interlocked.CompareExchange(ref log, null, owner);

    internal static List<string> FindDamage(SqliteSession session, string check)
    {
        List<string> said = [];
        using var statement = session.Rent($"PRAGMA {check}(100)");
        while (statement.Step()) said.Add(statement.Text(0));
        return said is ["ok"] ? [] : said;
    }

    // SQLite's own exclusive mode would also lock out this process's readers, so a file beside the database is locked.
    // The system lets go of it when the process ends, however it ends.
    private static FileStream TakeLock(string path)
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            return new(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StoreException(StoreErrorCode.ReadOnly, $"{path} may not be written.", e);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new StoreException(StoreErrorCode.Unavailable, $"The directory of {path} cannot be made.", e);
        }
        catch (IOException e)
        {
            throw LockFailed(path, e);
        }
    }

    // Only a file that somebody holds is worth the advice to stop him.
    internal static StoreException LockFailed(string path, IOException e) => OperatingSystem.IsWindows()
        ? new(StoreErrorCode.Locked, $"{path} is in use ({e.Message})", e)
        : e.HResult switch
        {
            ReadOnlyFileSystem => new(StoreErrorCode.ReadOnly, $"{path} lies on a file system that is mounted for reading only.", e),
            NoSpaceLeft => new(StoreErrorCode.Full, $"There is no room beside {path} ({e.Message})", e),
            _ => new(StoreErrorCode.Locked, $"{path} is in use ({e.Message})", e),
        };

    private static void RefuseOtherFiles(string path, bool isReadOnly)
    {
        if (Directory.Exists(path)) throw new StoreException(StoreErrorCode.NotAStore, $"{path} is a directory.");
        var file = new FileInfo(path);
        if (!file.Exists || file.Length == 0)
        {
            if (isReadOnly) throw new StoreException(StoreErrorCode.NotAStore, $"{path} does not exist or is empty.");
            return;
        }

        Span<byte> start = stackalloc byte[FileMagic.Length];
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (!start[..length].SequenceEqual(FileMagic))
            throw new StoreException(StoreErrorCode.NotAStore, $"{path} is not a database.");
    }

    private static void Recognize(SqliteSession session, string path, bool isReadOnly)
    {
        var applicationId = session.QueryInt64("PRAGMA application_id");
        var version = session.QueryInt64("PRAGMA user_version");
        var isEmpty = session.QueryInt64("SELECT count(*) FROM sqlite_schema") == 0;
        if (isEmpty && applicationId == 0 && version == 0 && !isReadOnly)
        {
            StoreSchema.Create(session);
            return;
        }

        if (applicationId != StoreSchema.ApplicationId)
            throw new StoreException(StoreErrorCode.NotAStore, $"{path} is another program's database.");
        if (version > StoreSchema.Version)
        {
            var (found, known) = (version, StoreSchema.Version);
            throw new StoreException(
                StoreErrorCode.NewerVersion,
                string.Create(CultureInfo.InvariantCulture, $"{path} has format {found}; this program knows up to {known}."));
        }

        if (StoreSchema.ReadCounter(session, StoreSchema.BulkLoadMark) != 0)
            throw new StoreException(StoreErrorCode.Incomplete, $"The bulk load of {path} did not finish.");
    }

    private static void Configure(SqliteSession session, string path, SqliteDatabaseOptions options)
    {
        var mode = session.QueryText("PRAGMA journal_mode=WAL");
        if (mode != "wal")
            throw new StoreException(StoreErrorCode.Unavailable, $"{path} cannot have a write-ahead log (journal mode '{mode}').");
        session.Execute("PRAGMA synchronous=FULL");

        // Not in the middle of somebody's commit: see Checkpointer.
        session.Execute("PRAGMA wal_autocheckpoint=0");
        if (options.FileBytesMax <= 0) return;
        var pages = Math.Max(1, options.FileBytesMax / session.QueryInt64("PRAGMA page_size"));
        session.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA max_page_count={pages}"));
    }

    private static void CheckPages(SqliteSession session, string path, string check)
    {
        var damage = FindDamage(session, check);
        if (damage.Count == 0) return;
        throw new StoreException(StoreErrorCode.Corrupt, $"{path} is damaged: {damage[0]}.");
    }
}
