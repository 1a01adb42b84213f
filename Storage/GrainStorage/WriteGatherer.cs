using System.Diagnostics;
using System.Threading.Channels;

namespace Dtao.Storage;

/// <summary>A write that can wait in line and be put into a batch.</summary>
internal interface IGatherableWrite
{
    /// <summary>No batch has two writes of one key.</summary>
    RecordKey Key { get; }

    /// <summary>What it adds to a batch's size.</summary>
    int BatchBytes { get; }
}

/// <summary>
/// Turns single writes into batches of many: while one batch is under way the next gathers. There is no timer; a batch is
/// whatever arrived meanwhile, and a write that comes alone goes alone, at once.
/// </summary>
/// <remarks>
/// Two writes of one record never share a batch: the later one waits. Whoever commits a batch answers each of its writes;
/// those that it leaves without an answer get the exception that it ended with.
/// </remarks>
internal sealed class WriteGatherer<TWrite> : IAsyncDisposable
    where TWrite : IGatherableWrite
{
    private readonly string provider;
    private readonly GroupCommitOptions options;
    private readonly TimeProvider time;
    private readonly Func<List<PendingWrite<TWrite>>, Task> commit;
    private readonly Channel<PendingWrite<TWrite>> queue;
    private readonly Queue<PendingWrite<TWrite>> held = [];
    private readonly Task loop;

    public WriteGatherer(string provider, GroupCommitOptions options, TimeProvider time, Func<List<PendingWrite<TWrite>>, Task> commit)
    {
        this.provider = provider;
        this.options = options;
        this.time = time;
        this.commit = commit;
        queue = Channel.CreateBounded<PendingWrite<TWrite>>(new BoundedChannelOptions(options.QueueLengthMax) { SingleReader = true });
        // Started on the pool, so that commits do not run inside the grain that happened to write first.
        loop = Task.Run(CommitBatches);
    }

    /// <summary>Commits one write; ends when it is durable, or with the conflict.</summary>
    /// <param name="write">What to write.</param>
    /// <param name="cancellationToken">Takes the write out while it waits; once it is in a batch it is carried to its end.</param>
    /// <exception cref="GrainStorageBusyException">The queue stayed full; nothing was written.</exception>
    public async Task<RecordAnswer> Submit(TWrite write, CancellationToken cancellationToken = default)
    {
        var start = Stopwatch.GetTimestamp();
        PendingWrite<TWrite> pending = new(write);
        await Enqueue(pending, cancellationToken).ConfigureAwait(false);
        StoreMetrics.RecordQueueChanged(provider, 1);
        try
        {
            await using var registration = cancellationToken.Register(pending.Cancel, cancellationToken).ConfigureAwait(false);
            return await pending.Answer.ConfigureAwait(false);
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

    private async ValueTask Enqueue(PendingWrite<TWrite> pending, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (queue.Writer.TryWrite(pending)) return;
        using CancellationTokenSource patience = new(options.QueueWaitMax, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await queue.Writer.WriteAsync(pending, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
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
            if (batch.Count == 0) continue;
            try
            {
                await commit(batch).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever the store throws belongs to the callers of this batch; the next one may do better.
            catch (Exception e)
#pragma warning restore CA1031
            {
                foreach (var pending in batch) pending.TryFail(e);
            }
        }
    }

    private List<PendingWrite<TWrite>> Gather()
    {
        List<PendingWrite<TWrite>> batch = [];
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

        void Take(PendingWrite<TWrite> pending)
        {
            var length = pending.Write.BatchBytes;
            var fits = batch.Count == 0 || (batch.Count < options.BatchRecordsMax && bytes + length <= options.BatchBytesMax);
            if (!fits || keys.Contains(pending.Write.Key))
            {
                held.Enqueue(pending);
                return;
            }

            if (!pending.TryTake()) return;
            keys.Add(pending.Write.Key);
            batch.Add(pending);
            bytes += length;
        }
    }
}

/// <summary>A write in line, and the answer that its caller waits for.</summary>
internal sealed class PendingWrite<TWrite>(TWrite write)
{
    private readonly TaskCompletionSource<RecordAnswer> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int isDecided;

    public TWrite Write => write;

    public Task<RecordAnswer> Answer => completion.Task;

    /// <summary>Puts it into a batch, unless its caller gave up before.</summary>
    public bool TryTake() => Interlocked.Exchange(ref isDecided, 1) == 0;

    public void Cancel(object? token)
    {
        if (Interlocked.Exchange(ref isDecided, 1) == 0) completion.TrySetCanceled((CancellationToken)token!);
    }

    public void Complete(RecordAnswer answer) => completion.SetResult(answer);

    public void TryFail(Exception failure) => completion.TrySetException(failure);
}

/// <summary>What became of one write: its new tag (null after a delete), or the tag that it found instead.</summary>
internal readonly record struct RecordAnswer(bool IsCommitted, string? ETag)
{
    public static RecordAnswer Committed(string? etag) => new(true, etag);

    public static RecordAnswer Conflicted(string? storedETag) => new(false, storedETag);
}
