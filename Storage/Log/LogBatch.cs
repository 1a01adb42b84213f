namespace Dtao.Storage;

/// <summary>What one transaction of the log writes.</summary>
/// <param name="Events">All events that were appended while the batch before was written.</param>
/// <param name="LastPosition">The position of the last event; durable once the transaction is.</param>
internal sealed record LogBatch(AppendBuffer Events, long LastPosition)
{
    /// <summary>The actors of the events, each once, in the order of their first event.</summary>
    public List<JournalEntry> Actors { get; } = [];

    /// <summary>Snapshots whose events were durable before this batch.</summary>
    public List<QueuedSnapshot> Snapshots { get; } = [];
}

/// <summary>A snapshot that waits for its events, then for the disk.</summary>
internal sealed record QueuedSnapshot(JournalEntry Journal, long Version, ReadOnlyMemory<byte> State, long AfterPosition)
{
    public TaskCompletionSource Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Writes batches. Anything that it throws poisons the log, because the outcome may not be known.</summary>
internal interface ILogWriter
{
    /// <summary>Position of the last event in the file, before any write of this process.</summary>
    long StoredPosition { get; }

    void Write(LogBatch batch);
}
