using System.Diagnostics;

namespace Dtao.Storage;

/// <content>The writer's thread: one transaction after the other, until the log is closed or poisoned.</content>
public sealed partial class OrderedLog
{
    /// <summary>Commands wait for their batch, and nobody for a snapshot: so many bytes of these go with one batch, and the rest with the next.</summary>
    private const int SnapshotBytesPerBatch = 512 * 1024;

    private bool isWriterWaiting;

    // Snapshots stand in the order of the positions that they wait for.
    private bool HasReadySnapshot => snapshots.TryPeek(out var first) && first.AfterPosition <= durable;

    private bool HasWork => filling.Count > 0 || HasReadySnapshot;

    /// <summary>Ends all writing because the file is damaged. The batch that is being written is not stopped, and its outcome is told as it is.</summary>
    internal void EndWriting(StoreException cause)
    {
        lock (gate)
        {
            damage ??= cause;
            Monitor.PulseAll(gate);
        }
    }

    private void WakeWriter()
    {
        if (isWriterWaiting) Monitor.Pulse(gate);
    }

    private void WriteBatches()
    {
        while (Take() is { } batch)
        {
            var start = Stopwatch.GetTimestamp();
            var began = batch.Events.Traced.Count == 0 ? default : DateTimeOffset.UtcNow;
            try
            {
                batch.Events.GroupByActor(batch.Actors);
                writer.Write(batch);
            }
#pragma warning disable CA1031 // Whatever went wrong, the outcome is not known: nothing may be written after it.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Poison(FailedCommit(e), batch);
                return;
            }

            StoreMetrics.LogCommitted(batch.Events.Count, start);
            StoreTraces.Committed(batch.Events.Traced, began, batch.Events.Count, batch.Actors.Count, batch.LastPosition);
            Complete(batch);
        }

        if (damage is { } found) Poison(new($"Nothing is written any more. {found.Message}", found));
    }

    private LogBatch? Take()
    {
        lock (gate)
        {
            isWriterWaiting = true;
            while (!HasWork && !isStopping && poison is null && damage is null) Monitor.Wait(gate);
            isWriterWaiting = false;
            if (!HasWork || poison is not null || damage is not null) return null;
            (filling, writing) = (writing, filling);
            writingLast = appended;
            var batch = new LogBatch(writing, writingLast);
            for (var bytes = 0; HasReadySnapshot && bytes < SnapshotBytesPerBatch; bytes += batch.Snapshots[^1].State.Length) batch.Snapshots.Add(snapshots.Dequeue());
            return batch;
        }
    }

    private void Complete(LogBatch batch)
    {
        var completion = batch.Events.Completion;
        var bytes = batch.Events.Bytes + ((long)batch.Events.Count * EventOverheadBytes);
        foreach (var snapshot in batch.Snapshots) bytes += snapshot.State.Length;
        lock (gate)
        {
            Volatile.Write(ref durable, batch.LastPosition);
            Volatile.Write(ref queuedBytes, queuedBytes - bytes);
            foreach (var snapshot in batch.Snapshots)
            {
                snapshot.Journal.QueuedSnapshots--;
                ForgetIfIdle(snapshot.Journal);
            }

            foreach (var journal in batch.Actors) ForgetIfIdle(journal);
        }

        // Nobody new can wait for this buffer: its positions are durable already.
        batch.Events.Clear();
        completion.SetResult();
        foreach (var snapshot in batch.Snapshots) snapshot.Completion.SetResult();
    }

    private static LogPoisonedException FailedCommit(Exception cause) => new($"A commit of the ordered log failed: {cause.Message}", cause);

    private void ForgetIfIdle(JournalEntry journal)
    {
        if (journal.Owner is not null || journal.QueuedSnapshots > 0 || journal.LastPosition > durable) return;
        ((ICollection<KeyValuePair<string, JournalEntry>>)journals).Remove(new(journal.ActorKey, journal));
    }

    // First the mark, so that no turn goes on with what may be lost; then those who wait; then the host.
    private void Poison(LogPoisonedException exception, LogBatch? batch = null)
    {
        List<TaskCompletionSource> waiters;
        lock (gate)
        {
            if (poison is not null) return;
            poison = exception;
            database.Fail(exception);
            waiters = [writing.Completion, filling.Completion, .. snapshots.Select(snapshot => snapshot.Completion)];
            if (batch is not null) waiters.AddRange(batch.Snapshots.Select(snapshot => snapshot.Completion));
            Monitor.PulseAll(gate);
        }

        foreach (var waiter in waiters)
        {
            waiter.SetException(Poisoned(exception));
            // Looked at here, because not every batch has somebody who waits for it.
            _ = waiter.Task.Exception;
        }

        options.OnPoisoned?.Invoke(exception);
    }
}
