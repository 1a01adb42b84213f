using System.Diagnostics;
using System.Threading.Channels;

namespace Dtao.Storage;

/// <summary>
/// Turns single writes into commits of many: while one commit is under way the next gathers. There is no timer; a batch
/// is whatever arrived meanwhile, and a write that comes alone is committed alone, at once.
/// </summary>
/// <remarks>
/// Each caller is answered after the commit that his write was in. A write that conflicts is answered with the conflict
/// and taken out; its neighbours go on without it. Two writes of one record never share a commit: the later one waits.
/// </remarks>
internal sealed class RecordCommitter : IAsyncDisposable
{
    private readonly string provider;
    private readonly IRecordStore store;
    private readonly GroupCommitOptions options;
    private readonly TimeProvider time;
    private readonly Channel<PendingWrite> queue;
    private readonly Queue<PendingWrite> held = [];
    private readonly Task loop;

    public RecordCommitter(string provider, IRecordStore store, GroupCommitOptions options, TimeProvider time)
    {
        this.provider = provider;
        this.store = store;
        this.options = options;
        this.time = time;
        queue = Channel.CreateBounded<PendingWrite>(new BoundedChannelOptions(options.QueueLengthMax) { SingleReader = true });
        // Started on the pool, so that commits do not run inside the grain that happened to write first.
        loop = Task.Run(CommitBatches);
    }

    /// <summary>Commits one write; ends when it is durable, or with the conflict.</summary>
    /// <exception cref="GrainStorageBusyException">The queue stayed full; nothing was written.</exception>
    /// <exception cref="StoreException">The commit failed.</exception>
    public async Task<RecordAnswer> Submit(RecordWrite write)
    {
        // A key that cannot be stored must not reach a batch, where it would fail its neighbours.
        _ = EncodedKey.Of(write.Key);
        var start = Stopwatch.GetTimestamp();
        PendingWrite pending = new(write);
        await Enqueue(pending).ConfigureAwait(false);
        StoreMetrics.RecordQueueChanged(provider, 1);
        try
        {
            return await pending.Completion.Task.ConfigureAwait(false);
        }
        finally
        {
            StoreMetrics.RecordQueueChanged(provider, -1);
            StoreMetrics.RecordAnswered(provider, start);
        }
    }

    /// <summary>Takes no more writes and ends after those that it has taken.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await loop.ConfigureAwait(false);
    }

    private async ValueTask Enqueue(PendingWrite pending)
    {
        if (queue.Writer.TryWrite(pending)) return;
        using CancellationTokenSource patience = new(options.QueueWaitMax, time);
        try
        {
            await queue.Writer.WriteAsync(pending, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            throw new GrainStorageBusyException(
                $"{options.QueueLengthMax} writes waited for '{provider}' for {options.QueueWaitMax}; nothing was written.", e);
        }
        catch (ChannelClosedException e)
        {
            throw new GrainStorageBusyException($"'{provider}' is stopping; nothing was written.", e);
        }
    }

    private async Task CommitBatches()
    {
        while (held.Count > 0 || await queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            var batch = Gather();
            try
            {
                while (batch.Count > 0) batch = await Commit(batch).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever the store throws belongs to the callers of this batch; the next one may do better.
            catch (Exception e)
#pragma warning restore CA1031
            {
                foreach (var pending in batch) pending.Completion.TrySetException(e);
            }
        }
    }

    private List<PendingWrite> Gather()
    {
        List<PendingWrite> batch = [];
        HashSet<RecordKey> keys = [];
        long bytes = 0;
        for (var left = held.Count; left > 0; left--) Take(held.Dequeue());
        // Looking before taking keeps the queue's bound: what does not fit stays where others wait behind it.
        while (batch.Count < options.BatchRecordsMax && held.Count == 0 && bytes < options.BatchBytesMax
            && queue.Reader.TryRead(out var next))
        {
            Take(next);
        }

        return batch;

        void Take(PendingWrite pending)
        {
            var length = pending.Write.Value.Length;
            var fits = batch.Count == 0 || (batch.Count < options.BatchRecordsMax && bytes + length <= options.BatchBytesMax);
            if (!fits || !keys.Add(pending.Write.Key))
            {
                held.Enqueue(pending);
                return;
            }

            batch.Add(pending);
            bytes += length;
        }
    }

    // Returns what is left to commit: the neighbours of a conflict, without it.
    private async Task<List<PendingWrite>> Commit(List<PendingWrite> batch)
    {
        var result = await store.CommitAsync([.. batch.Select(pending => pending.Write)]).ConfigureAwait(false);
        if (result.IsCommitted)
        {
            StoreMetrics.RecordsCommitted(provider, batch.Count);
            for (var index = 0; index < batch.Count; index++) batch[index].Completion.SetResult(RecordAnswer.Committed(result.ETags[index]));
            return [];
        }

        foreach (var conflict in result.Conflicts)
        {
            StoreMetrics.RecordConflicted(provider);
            batch[conflict.Index].Completion.SetResult(RecordAnswer.Conflicted(conflict.StoredETag));
        }

        var conflicting = result.Conflicts.Select(conflict => conflict.Index).ToHashSet();
        return [.. batch.Where((_, index) => !conflicting.Contains(index))];
    }

    private sealed class PendingWrite(RecordWrite write)
    {
        public RecordWrite Write => write;

        public TaskCompletionSource<RecordAnswer> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>What became of one write: its new tag (null after a delete), or the tag that it found instead.</summary>
internal readonly record struct RecordAnswer(bool IsCommitted, string? ETag)
{
    public static RecordAnswer Committed(string? etag) => new(true, etag);

    public static RecordAnswer Conflicted(string? storedETag) => new(false, storedETag);
}
