using System.Collections.Concurrent;
using System.Diagnostics;
using Orleans.Configuration;

namespace Dtao.Storage;

/// <summary>
/// The ways on which writes reach a table: a line for each partition, where they gather into transactions, and beside them
/// single requests for states that are large, and for layouts whose partitions are too small to gather.
/// </summary>
internal sealed class TableWriteLines : IAsyncDisposable
{
    private readonly string provider;
    private readonly AzureTableStorageOptions options;
    private readonly TableWriter writer;
    private readonly TimeProvider time;
    private readonly GroupCommitOptions bounds;
    private readonly ByteBudget bytes;
    private readonly SemaphoreSlim singles;
    private readonly ConcurrentDictionary<string, Lazy<WriteGatherer<TableWrite>>> gatherers = new(StringComparer.Ordinal);
    private volatile bool isStopping;

    public TableWriteLines(string provider, AzureTableStorageOptions options, TableWriter writer, TimeProvider time)
    {
        this.provider = provider;
        this.options = options;
        this.writer = writer;
        this.time = time;
        bounds = new()
        {
            QueueLengthMax = options.QueueLengthMax,
            QueueWaitMax = options.QueueWaitMax,
            BatchRecordsMax = options.StoragePolicyOptions.MaxBulkUpdateRows,
            BatchBytesMax = TableWriter.BatchBytesMax,
        };
        bytes = new(options.QueuedBytesMax, options.QueueWaitMax, time);
        singles = new(options.SingleWritesMax);
    }

    /// <summary>Writes one row; ends when it is durable, or with the conflict.</summary>
    /// <exception cref="GrainStorageBusyException">It was not let in in time; nothing was written.</exception>
    public async Task<RecordAnswer> Write(TableWrite write, int valueLength, CancellationToken cancellationToken)
    {
        if (isStopping) throw Stopping();
        await bytes.EnterAsync(write.BatchBytes, cancellationToken).ConfigureAwait(false);
        try
        {
            var goesAlone = options.Layout == AzureTableLayout.Orleans || valueLength >= options.SingleWriteBytesMin;
            return goesAlone
                ? await WriteAlone(write, cancellationToken).ConfigureAwait(false)
                : await GathererOf(write.Address.PartitionKey).Submit(write, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            bytes.Leave(write.BatchBytes);
        }
    }

    /// <summary>Takes no more writes and ends after those that it has taken.</summary>
    public async ValueTask DisposeAsync()
    {
        isStopping = true;
        await Task.WhenAll(gatherers.Values.Select(gatherer => gatherer.Value.DisposeAsync().AsTask())).ConfigureAwait(false);
        // Whoever holds a place is under way; to hold all of them is to have waited for all.
        for (var place = 0; place < options.SingleWritesMax; place++) await singles.WaitAsync().ConfigureAwait(false);
        singles.Release(options.SingleWritesMax);
    }

    private async Task<RecordAnswer> WriteAlone(TableWrite write, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        StoreMetrics.RecordQueueChanged(provider, 1);
        try
        {
            await EnterSingles(cancellationToken).ConfigureAwait(false);
            try
            {
                if (isStopping) throw Stopping();
                return await writer.WriteOne(write).ConfigureAwait(false);
            }
            finally
            {
                singles.Release();
            }
        }
        finally
        {
            StoreMetrics.RecordQueueChanged(provider, -1);
            StoreMetrics.RecordAnswered(provider, start);
        }
    }

    private async Task EnterSingles(CancellationToken cancellationToken)
    {
        if (singles.Wait(0, cancellationToken)) return;
        using CancellationTokenSource patience = new(options.QueueWaitMax, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await singles.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new GrainStorageBusyException(
                $"{options.SingleWritesMax} single writes were under way for '{provider}' for {options.QueueWaitMax}; nothing was written.", e);
        }
    }

    private WriteGatherer<TableWrite> GathererOf(string partition) =>
        gatherers.GetOrAdd(partition, _ => new(() => new(provider, bounds, time, writer.WriteBatch))).Value;

    private GrainStorageBusyException Stopping() => new($"'{provider}' is stopping; nothing was written.");
}
