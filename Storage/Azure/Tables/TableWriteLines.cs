using System.Collections.Concurrent;
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
    private readonly WriteSlots singles;
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
        singles = new(provider, options.SingleWritesMax, options.QueueWaitMax, time);
    }

    /// <summary>What this silo may have on its way to the account.</summary>
    public ByteBudget Bytes => bytes;

    /// <summary>Writes one row; ends when it is durable, or with the conflict.</summary>
    /// <exception cref="GrainStorageBusyException">It was not let in in time; nothing was written.</exception>
    public async Task<RecordAnswer> Write(TableWrite write, int valueLength, CancellationToken cancellationToken)
    {
        if (isStopping) throw new GrainStorageBusyException($"'{provider}' is stopping; nothing was written.");
        await bytes.EnterAsync(write.BatchBytes, cancellationToken).ConfigureAwait(false);
        try
        {
            var goesAlone = options.Layout == AzureTableLayout.Orleans || valueLength >= options.SingleWriteBytesMin;
            return goesAlone
                ? await singles.Run(() => writer.WriteOne(write), cancellationToken).ConfigureAwait(false)
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
        await singles.DisposeAsync().ConfigureAwait(false);
    }

    private WriteGatherer<TableWrite> GathererOf(string partition) =>
        gatherers.GetOrAdd(partition, _ => new(() => new(provider, bounds, time, writer.WriteBatch, writer.WriteOne))).Value;
}
