namespace Dtao.Storage;

/// <summary>What every store asks of a batch before it looks at it.</summary>
internal static class RecordBatch
{
    public static void Check(IReadOnlyList<RecordWrite> writes)
    {
        ArgumentNullException.ThrowIfNull(writes);
        if (writes.Count == 0) throw new ArgumentException("A commit needs at least one write.", nameof(writes));
        HashSet<RecordKey> keys = new(writes.Count);
        foreach (var write in writes)
        {
            if (write.Kind == RecordWriteKind.None) throw new ArgumentException("A write of the batch is not set.", nameof(writes));
            if (!keys.Add(write.Key)) throw new ArgumentException($"{write.Key} is in the batch twice.", nameof(writes));
        }
    }

    /// <summary>Whether the record's tag is what the write expects; null stands for no record.</summary>
    public static bool Expects(in RecordWrite write, string? storedETag) =>
        write.Kind == RecordWriteKind.Insert ? storedETag is null : storedETag is not null && storedETag == write.ExpectedETag;
}
