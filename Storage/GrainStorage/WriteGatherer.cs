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
/// whatever arrived meanwhile, and a write that comes alone goes alone, at once, on its caller's way.
/// </summary>
/// <remarks>
/// At any time at most one commits: it owns the line. Two writes of one record never share a batch: the later one waits. Whoever
/// commits a batch answers each of its writes; those that it leaves without an answer get the exception that it ended with.
/// </remarks>
internal sealed class WriteGatherer<TWrite> : IAsyncDisposable
    where TWrite : IGatherableWrite
{
    private readonly string provider;
    private readonly GroupCommitOptions options;
    private readonly TimeProvider time;
    private readonly Func<List<PendingWrite<TWrite>>, Task> commit;
    private readonly Func<TWrite, Task<RecordAnswer>> commitOne;
    private readonly Channel<PendingWrite<TWrite>> queue;

    // Only the line's owner touches it; empty whenever there is none.
    private readonly Queue<PendingWrite<TWrite>> held = [];
    private readonly Lock gate = new();
    private bool isOwned;
    private bool isStopping;
    private TaskCompletionSource? idle;

    /// <summary>Makes an empty line.</summary>
    /// <param name="provider">The name under which it is measured.</param>
    /// <param name="options">Bounds of the line and of a batch.</param>
    /// <param name="time">Measures how long a write waits to be let in.</param>
    /// <param name="commit">Commits a batch and answers each of its writes.</param>
    /// <param name="commitOne">Commits a write that comes alone.</param>
    public WriteGatherer(
        string provider,
        GroupCommitOptions options,
        TimeProvider time,
        Func<List<PendingWrite<TWrite>>, Task> commit,
        Func<TWrite, Task<RecordAnswer>> commitOne)
    {
        this.provider = provider;
        this.options = options;
        this.time = time;
        this.commit = commit;
        this.commitOne = commitOne;
        queue = Channel.CreateBounded<PendingWrite<TWrite>>(new BoundedChannelOptions(options.QueueLengthMax) { SingleReader = true });
    }

    /// <summary>Commits one write; ends when it is durable, or with the conflict.</summary>
    /// <param name="write">What to write.</param>
    /// <param name="cancellationToken">Takes the write out while it waits; once it is in a batch it is carried to its end.</param>
    /// <exception cref="GrainStorageBusyException">The queue stayed full; nothing was written.</exception>
    public Task<RecordAnswer> Submit(TWrite write, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled<RecordAnswer>(cancellationToken);
        return TryOwnIdle() ? CommitAlone(write) : WaitInLine(write, cancellationToken);
    }

    /// <summary>Takes no more writes and ends after those that it has taken.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        Task ended;
        lock (gate)
        {
            isStopping = true;
            if (IsIdle) return;
            idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            ended = idle.Task;
        }

        StartIfNobodyOwns();
        await ended.ConfigureAwait(false);
    }

    private bool IsIdle => !isOwned && queue.Reader.Count == 0;

    // The way of whoever finds nobody before him: no place in line, and no hand-over to another thread and back.
    private async Task<RecordAnswer> CommitAlone(TWrite write)
    {
        var start = Stopwatch.GetTimestamp();
        StoreMetrics.RecordQueueChanged(provider, 1);
        try
        {
            return await commitOne(write).ConfigureAwait(false);
        }
        finally
        {
            // Those who came meanwhile are committed on the pool, and not on the way of this caller.
            if (!TryLeave()) _ = Task.Run(CommitBatches);
            StoreMetrics.RecordQueueChanged(provider, -1);
            StoreMetrics.RecordAnswered(provider, start);
        }
    }

    private async Task<RecordAnswer> WaitInLine(TWrite write, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        PendingWrite<TWrite> pending = new(write);
        await Enqueue(pending, cancellationToken).ConfigureAwait(false);
        StoreMetrics.RecordQueueChanged(provider, 1);
        try
        {
            // The owner may have left between the look at the line and the place in it.
            StartIfNobodyOwns();
            await using var registration = cancellationToken.Register(pending.Cancel, cancellationToken).ConfigureAwait(false);
            return await pending.Answer.ConfigureAwait(false);
        }
        finally
        {
            StoreMetrics.RecordQueueChanged(provider, -1);
            StoreMetrics.RecordAnswered(provider, start);
        }
    }

    private bool TryOwnIdle()
    {
        lock (gate)
        {
            if (isStopping || !IsIdle) return false;
            return isOwned = true;
        }
    }

    private void StartIfNobodyOwns()
    {
        lock (gate)
        {
            if (isOwned || queue.Reader.Count == 0) return;
            isOwned = true;
        }

        // On the pool, so that commits of many do not run inside the grain that happened to write first.
        _ = Task.Run(CommitBatches);
    }

    /// <summary>Gives the line up, unless there is somebody in it.</summary>
    private bool TryLeave()
    {
        lock (gate)
        {
            if (held.Count > 0 || queue.Reader.Count > 0) return false;
            isOwned = false;
            idle?.TrySetResult();
            return true;
        }
    }

    private async ValueTask Enqueue(PendingWrite<TWrite> pending, CancellationToken cancellationToken)
    {
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
        do
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
        while (!TryLeave());
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
