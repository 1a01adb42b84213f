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
    private FileCheck? check;
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

    /// <summary>Opens a file, making it when it does not exist, and checks that it is whole; of a large one most is checked beside its use.</summary>
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
            var isCheckedBeside = CheckBeforeUse(session, path, options);
            if (!options.IsReadOnly) StoreSchema.Extend(session);
            var database = new SqliteDatabase(path, options, lockFile, session);
            if (isCheckedBeside) database.CheckBeside(options);
            return database;
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
        check?.Dispose();
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
        if (failure is not { } cause) return;
        throw cause is StoreException { Code: StoreErrorCode.Corrupt }
            ? new StoreException(StoreErrorCode.Corrupt, $"{Path} is not written any more, because damage was found in it.", cause)
            : new StoreException(StoreErrorCode.Unavailable, $"{Path} is not written any more after a failed commit.", cause);
    }

    /// <summary>Ends all writing through this object: a commit failed, or nobody knows whether it did.</summary>
    internal void Fail(Exception cause) => failure ??= cause;

    /// <summary>Ends all writing because of damage. Commits that are under way end as they would; those who wait for later ones are told.</summary>
    internal void EndWriting(StoreException damage)
    {
        Fail(damage);
        Volatile.Read(ref log)?.EndWriting(damage);
    }

    internal void AttachLog(OrderedLog owner)
    {
        if (Interlocked.CompareExchange(ref log, owner, null) is not null)
            throw new InvalidOperationException($"{Path} has an ordered log already; all silos of a process share it.");

        // Whoever found damage before this saw no log.
        if (failure is StoreException damage) owner.EndWriting(damage);
    }

    internal void DetachLog(OrderedLog owner) => Interlocked.CompareExchange(ref log, null, owner);

    /// <param name="table">Null: the whole file.</param>
    internal static List<string> FindDamage(SqliteSession session, string check, string? table = null)
    {
        List<string> said = [];
        using var statement = session.Rent($"PRAGMA {check}({table ?? "100"})");
        try
        {
            while (statement.Step()) said.Add(statement.Text(0));
        }
        catch (StoreException e) when (e.Code == StoreErrorCode.Corrupt && said.Count > 0)
        {
            // The pages were named before the rows on them could not be read.
        }

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

    internal static StoreException DamageOf(string path, string what) => new(StoreErrorCode.Corrupt, $"{path} is damaged: {what.TrimEnd('.')}.");

    /// <returns>Whether the rest is to be checked beside the file's use.</returns>
    private static bool CheckBeforeUse(SqliteSession session, string path, SqliteDatabaseOptions options)
    {
        if (!options.IsCheckedAtStart) return false;
        if (options.IsReadOnly || LengthOf(path) <= options.CheckedBeforeUseBytesMax)
        {
            CheckPages(session, path, table: null);
            return false;
        }

        // The tree of tables, with it the list of free pages, which the first commit takes some of; and what is read below.
        CheckPages(session, path, "sqlite_schema");
        CheckPages(session, path, "counters");

        // A page that was not looked at before is looked at when it is read.
        session.Execute("PRAGMA cell_size_check=ON");
        return true;
    }

    private static long LengthOf(string path)
    {
        var log = new FileInfo(path + "-wal");
        return new FileInfo(path).Length + (log.Exists ? log.Length : 0);
    }

    private static void CheckPages(SqliteSession session, string path, string? table)
    {
        var damage = FindDamage(session, "quick_check", table);
        if (damage.Count > 0) throw DamageOf(path, damage[0]);
    }

    private void CheckBeside(SqliteDatabaseOptions options)
    {
        check = new(this, options, checkpointer!);
        check.Begin();
    }
}
