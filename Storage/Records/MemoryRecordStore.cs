using System.Globalization;
using System.Runtime.CompilerServices;

namespace Dtao.Storage;

/// <summary>A record store that lives as long as the process: for tests, and for networks that nobody needs to keep.</summary>
public sealed class MemoryRecordStore : IRecordStore
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<EncodedKey, StoredRecord> records = [];
    private long lastVersion;

    /// <inheritdoc/>
    public ValueTask<StoredRecord?> ReadAsync(RecordKey key, CancellationToken cancellationToken = default)
    {
        var encoded = EncodedKey.Of(key);
        lock (gate) return new(records.GetValueOrDefault(encoded));
    }

    /// <inheritdoc/>
    public ValueTask<CommitResult> CommitAsync(IReadOnlyList<RecordWrite> writes)
    {
        RecordBatch.Check(writes);
        var keys = writes.Select(write => EncodedKey.Of(write.Key)).ToArray();
        lock (gate)
        {
            List<RecordConflict> conflicts = [];
            for (var index = 0; index < keys.Length; index++)
            {
                var stored = records.GetValueOrDefault(keys[index])?.ETag;
                if (!RecordBatch.Expects(writes[index], stored)) conflicts.Add(new(index, stored));
            }

            if (conflicts.Count > 0) return ValueTask.FromResult(new CommitResult([], conflicts));
            return ValueTask.FromResult(new CommitResult([.. writes.Select((write, index) => Write(keys[index], write))], []));
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredRecord> ScanAsync(
        string ownerPrefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ownerPrefix);
        var prefix = StoreText.Encode(ownerPrefix);
        StoredRecord[] found;
        lock (gate) found = [.. records.Where(item => item.Key.Owner.AsSpan().StartsWith(prefix)).Select(item => item.Value)];
        foreach (var record in found)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return record;
        }

        await ValueTask.CompletedTask.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> CheckIntegrityAsync(CancellationToken cancellationToken = default) => new([]);

    private string? Write(EncodedKey key, in RecordWrite write)
    {
        if (write.Kind == RecordWriteKind.Delete)
        {
            records.Remove(key);
            return null;
        }

        var etag = (++lastVersion).ToString(CultureInfo.InvariantCulture);
        records[key] = new(write.Key, write.Value.ToArray(), etag);
        return etag;
    }
}
