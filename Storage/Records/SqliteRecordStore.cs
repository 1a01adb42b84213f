using System.Globalization;
using System.Runtime.CompilerServices;

namespace Dtao.Storage;

/// <summary>Records in a SQLite file. Every commit is one transaction that is on the disk when its task ends.</summary>
public sealed class SqliteRecordStore : IRecordStore, IDisposable
{
    private const int DamageMax = 100;
    private readonly SqliteDatabase database;
    private readonly bool ownsDatabase;
    private readonly ReaderPool<SqliteSession> readers;
    private readonly CommitThread thread = new("record store");

    private SqliteRecordStore(SqliteDatabase database, bool ownsDatabase)
    {
        this.database = database;
        this.ownsDatabase = ownsDatabase;
        readers = new(database.OpenReader);
    }

    /// <summary>Opens a file of the store's own; disposing the store closes it.</summary>
    /// <exception cref="StoreException">The file cannot be used; the code says why.</exception>
    public static SqliteRecordStore Open(SqliteDatabaseOptions options) => new(SqliteDatabase.Open(options), ownsDatabase: true);

    /// <summary>Opens a file of the store's own with the default options; disposing the store closes it.</summary>
    /// <exception cref="StoreException">The file cannot be used; the code says why.</exception>
    public static SqliteRecordStore Open(string path) => Open(new SqliteDatabaseOptions { Path = path });

    /// <summary>Opens the store in a file that others use beside it; whoever opened the database closes it, after the store.</summary>
    public static SqliteRecordStore Open(SqliteDatabase database)
    {
        ArgumentNullException.ThrowIfNull(database);
        return new(database, ownsDatabase: false);
    }

    /// <inheritdoc/>
    public ValueTask<StoredRecord?> ReadAsync(RecordKey key, CancellationToken cancellationToken = default)
    {
        var encoded = EncodedKey.Of(key);
        cancellationToken.ThrowIfCancellationRequested();
        using var lease = readers.Rent();
        using var row = lease.Reader.Rent("SELECT owner, name, version, checksum, value FROM records WHERE owner=?1 AND name=?2");
        return new(row.Bind(1, encoded.Owner).Bind(2, encoded.Name).Step() ? ReadRecord(row) : null);
    }

    /// <inheritdoc/>
    public ValueTask<CommitResult> CommitAsync(IReadOnlyList<RecordWrite> writes)
    {
        RecordBatch.Check(writes);
        database.RefuseIfNotWritable();
        var keys = writes.Select(write => EncodedKey.Of(write.Key)).ToArray();
        return new(thread.Run(() => Commit(writes, keys)));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredRecord> ScanAsync(
        string ownerPrefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ownerPrefix);
        var from = StoreText.Encode(ownerPrefix);
        var end = StoreText.AfterPrefix(from);
        using var session = database.OpenReader();
        var condition = end is null ? "" : "AND owner < ?2";
        // One statement reads one instant of the file, however long it runs.
        using var row = session.Rent(
            $"SELECT owner, name, version, checksum, value FROM records WHERE owner >= ?1 {condition} ORDER BY owner, name");
        row.Bind(1, from);
        if (end is not null) row.Bind(2, end);
        while (row.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return ReadRecord(row);
        }

        await ValueTask.CompletedTask.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> CheckIntegrityAsync(CancellationToken cancellationToken = default)
    {
        using var lease = readers.Rent();
        var damage = SqliteDatabase.FindDamage(lease.Reader, "integrity_check");
        using var row = lease.Reader.Rent("SELECT owner, name, version, checksum, value FROM records");
        while (damage.Count < DamageMax && row.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!IsIntact(row)) damage.Add($"The value of {KeyOf(row)} does not fit its checksum.");
        }

        return new(damage);
    }

    /// <summary>Ends after the commits that were handed over.</summary>
    public void Dispose()
    {
        thread.Dispose();
        readers.Dispose();
        if (ownsDatabase) database.Dispose();
    }

    private static StoredRecord ReadRecord(SqliteStatement row)
    {
        var key = KeyOf(row);
        if (!IsIntact(row)) throw new StoreException(StoreErrorCode.Corrupt, $"The value of {key} does not fit its checksum.");
        return new(key, row.Blob(4), TagOf(row.Int64(2)));
    }

    private static RecordKey KeyOf(SqliteStatement row) => new(StoreText.Decode(row.Span(0)), StoreText.Decode(row.Span(1)));

    private static bool IsIntact(SqliteStatement row) => Checksum.Of(row.Span(4)) == row.Int64(3);

    private static string TagOf(long version) => version.ToString(CultureInfo.InvariantCulture);

    private CommitResult Commit(IReadOnlyList<RecordWrite> writes, EncodedKey[] keys)
    {
        lock (database.WriteGate)
        {
            database.RefuseIfNotWritable();
            var session = database.Writer;
            var isCommitting = false;
            try
            {
                session.Execute("BEGIN IMMEDIATE");
                if (FindConflicts(session, writes, keys) is { Count: > 0 } conflicts) return new([], conflicts);
                var etags = Write(session, writes, keys);
                isCommitting = true;
                session.Execute("COMMIT");
                database.NoteCommit();
                return new(etags, []);
            }
            catch (StoreException e) when (isCommitting && e.Code is not (StoreErrorCode.Full or StoreErrorCode.Locked))
            {
                // A full disk and a busy file leave the transaction out for certain. After any other error, a sync that
                // failed above all, a restart may find it in: nothing may be written on top of that.
                database.Fail(e);
                throw;
            }
            finally
            {
                session.Rollback();
            }
        }
    }

    private static List<RecordConflict> FindConflicts(SqliteSession session, IReadOnlyList<RecordWrite> writes, EncodedKey[] keys)
    {
        List<RecordConflict> conflicts = [];
        using var row = session.Rent("SELECT version FROM records WHERE owner=?1 AND name=?2");
        for (var index = 0; index < keys.Length; index++)
        {
            var stored = row.Bind(1, keys[index].Owner).Bind(2, keys[index].Name).Step() ? TagOf(row.Int64(0)) : null;
            row.Reset();
            if (!RecordBatch.Expects(writes[index], stored)) conflicts.Add(new(index, stored));
        }

        return conflicts;
    }

    private string?[] Write(SqliteSession session, IReadOnlyList<RecordWrite> writes, EncodedKey[] keys)
    {
        var etags = new string?[keys.Length];
        for (var index = 0; index < keys.Length; index++)
        {
            // Versions are the store's, not the record's: a record made anew never gets a tag that it had before.
            var version = ++database.LastRecordVersion;
            using var statement = RentWrite(session, writes[index].Kind);
            statement.Bind(1, keys[index].Owner).Bind(2, keys[index].Name);
            if (writes[index].Kind != RecordWriteKind.Delete)
            {
                var value = writes[index].Value.Span;
                statement.Bind(3, version).Bind(4, Checksum.Of(value)).Bind(5, value);
                etags[index] = TagOf(version);
            }

            if (statement.RunAndCount() != 1) throw new StoreException(StoreErrorCode.Corrupt, $"{writes[index].Key} was written {session.Changes} times.");
        }

        StoreSchema.WriteCounter(session, StoreSchema.RecordVersionCounter, database.LastRecordVersion);
        return etags;
    }

    private static SqliteStatement RentWrite(SqliteSession session, RecordWriteKind kind) => session.Rent(kind switch
    {
        RecordWriteKind.Insert => "INSERT INTO records(owner, name, version, checksum, value) VALUES(?1, ?2, ?3, ?4, ?5)",
        RecordWriteKind.Update => "UPDATE records SET version=?3, checksum=?4, value=?5 WHERE owner=?1 AND name=?2",
        _ => "DELETE FROM records WHERE owner=?1 AND name=?2",
    });
}
