namespace Dtao.Storage;

/// <summary>
/// A small store of records: named values with a tag that changes on every write, and commits of many records that
/// happen as a whole or not at all.
/// </summary>
public interface IRecordStore
{
    /// <summary>Reads one record; null when there is none.</summary>
    ValueTask<StoredRecord?> ReadAsync(RecordKey key, CancellationToken cancellationToken = default);

    /// <summary>
    /// Commits all writes or none. When the task ends, the writes are durable. A batch with a conflict changes nothing
    /// and lists the conflicting writes: all of them where the store sees all (SQLite, memory), at least one elsewhere.
    /// </summary>
    /// <param name="writes">At least one; no key twice.</param>
    /// <exception cref="StoreException">Nothing was written, or the store can no longer tell and refuses all later work.</exception>
    ValueTask<CommitResult> CommitAsync(IReadOnlyList<RecordWrite> writes);

    /// <summary>
    /// Reads all records whose owner starts with a prefix, ordered by owner, then name, both as UTF-8 bytes. What is
    /// read is the store at one instant.
    /// </summary>
    IAsyncEnumerable<StoredRecord> ScanAsync(string ownerPrefix, CancellationToken cancellationToken = default);

    /// <summary>Reads everything and returns what is damaged: at most 100 sentences, none when all is well.</summary>
    ValueTask<IReadOnlyList<string>> CheckIntegrityAsync(CancellationToken cancellationToken = default);
}

/// <summary>Names one record. Any text is allowed, as long as it is well-formed Unicode.</summary>
/// <param name="Owner">Whose record it is, for instance a grain id.</param>
/// <param name="Name">Which of the owner's records.</param>
public readonly record struct RecordKey(string Owner, string Name);

/// <summary>A record as it is stored.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">Its bytes.</param>
/// <param name="ETag">Changes on every write and is never used again, not even after a delete.</param>
public sealed record StoredRecord(RecordKey Key, ReadOnlyMemory<byte> Value, string ETag);

/// <summary>What a write does.</summary>
public enum RecordWriteKind
{
    /// <summary>Not set.</summary>
    None = 0,

    /// <summary>Makes a record; conflicts with one that exists.</summary>
    Insert = 1,

    /// <summary>Replaces a record that still has the expected tag.</summary>
    Update = 2,

    /// <summary>Removes a record that still has the expected tag.</summary>
    Delete = 3,
}

/// <summary>One write of a batch.</summary>
public readonly record struct RecordWrite : IGatherableWrite
{
    private RecordWrite(RecordWriteKind kind, RecordKey key, ReadOnlyMemory<byte> value, string? expectedETag) =>
        (Kind, Key, Value, ExpectedETag) = (kind, key, value, expectedETag);

    /// <summary>What it does.</summary>
    public RecordWriteKind Kind { get; }

    /// <summary>To which record.</summary>
    public RecordKey Key { get; }

    /// <summary>The new bytes; empty for a delete.</summary>
    public ReadOnlyMemory<byte> Value { get; }

    /// <summary>The tag that the record must have; null for an insert.</summary>
    public string? ExpectedETag { get; }

    int IGatherableWrite.BatchBytes => Value.Length;

    /// <summary>Makes a record that must not exist yet.</summary>
    public static RecordWrite Insert(RecordKey key, ReadOnlyMemory<byte> value) =>
        new(RecordWriteKind.Insert, key, value, null);

    /// <summary>Replaces a record that must have this tag.</summary>
    public static RecordWrite Update(RecordKey key, ReadOnlyMemory<byte> value, string expectedETag) =>
        new(RecordWriteKind.Update, key, value, expectedETag);

    /// <summary>Removes a record that must have this tag.</summary>
    public static RecordWrite Delete(RecordKey key, string expectedETag) =>
        new(RecordWriteKind.Delete, key, default, expectedETag);
}

/// <summary>A write that did not find what it expected.</summary>
/// <param name="Index">Its place in the batch.</param>
/// <param name="StoredETag">The tag that the record has, or null when it does not exist.</param>
public readonly record struct RecordConflict(int Index, string? StoredETag);

/// <summary>The outcome of a commit: new tags, or conflicts and nothing written.</summary>
/// <param name="ETags">The new tag of each write in the batch's order, null for a delete; empty when nothing was written.</param>
/// <param name="Conflicts">The conflicting writes; empty when the batch was committed.</param>
public sealed record CommitResult(IReadOnlyList<string?> ETags, IReadOnlyList<RecordConflict> Conflicts)
{
    /// <summary>True when all writes are durable.</summary>
    public bool IsCommitted => Conflicts.Count == 0;
}
