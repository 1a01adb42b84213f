using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using Dtao.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Serialization.Serializers;

namespace Orleans.Storage;

/// <summary>
/// Grain storage on Azure Tables. In the bucketed layout concurrent writes of many grains become one transaction of up to 100
/// rows, with each row's tag checked on its own; a write that comes alone is a plain request.
/// </summary>
/// <remarks>
/// Every write is durable when its task ends. A write that fails with <see cref="InconsistentStateException"/> was not done, a
/// busy one neither; after <see cref="StoreErrorCode.Unanswered"/> the write may or may not be there. A write without a tag
/// makes a row and fails on one that exists.
/// </remarks>
public sealed partial class AzureTableGrainStorage : GrainStorageBase, ILifecycleParticipant<ISiloLifecycle>, IAsyncDisposable
{
    private const int ReadsOfOneStateMax = 3;
    private readonly string name;
    private readonly AzureTableStorageOptions options;
    private readonly string serviceId;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly AzureRetry retry;
    private readonly CancellationTokenSource stopping = new();
    private TableClient? table;
    private TableWriteLines? lines;
    private LargeStates? large;
    private Task sweeping = Task.CompletedTask;
    private int isDisposed;

    /// <summary>Makes a provider; the registration methods do this for a silo.</summary>
    public AzureTableGrainStorage(
        string name,
        AzureTableStorageOptions options,
        string serviceId,
        IActivatorProvider activators,
        TimeProvider time,
        ILogger<AzureTableGrainStorage> logger)
        : base(ThrowIfNull(options).GrainStorageSerializer, activators)
    {
        this.name = name;
        this.options = options;
        this.serviceId = serviceId;
        this.time = time;
        this.logger = logger;
        retry = AzureRetry.ForOperations(name, options.StoragePolicyOptions, time);
    }

    /// <summary>Makes the table when it is missing, and checks that it has the layout of the options.</summary>
    /// <exception cref="StoreException">The table has another layout, or cannot be reached.</exception>
    public async Task InitializeAsync(CancellationToken cancellationToken = default)
    {
        var service = await options.GetTableServiceClientAsync().ConfigureAwait(false);
        var client = service.GetTableClient(options.TableName);
        await TableSettings.PrepareAsync(name, client, options, serviceId, time, cancellationToken).ConfigureAwait(false);
        if (options.LargeStateBlobServiceClient is { } blobs)
        {
            large = new(name, blobs.GetBlobContainerClient(options.LargeStateContainerName), client, options, serviceId, time);
            await large.PrepareAsync(cancellationToken).ConfigureAwait(false);
            sweeping = Task.Run(SweepLargeStates, CancellationToken.None);
        }

        lines = new(name, options, new(name, client, retry), time);
        table = client;
    }

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        observer.Subscribe($"{nameof(AzureTableGrainStorage)}-{name}", options.InitStage, InitializeAsync, _ => StopAsync());
    }

    /// <summary>Takes no more writes, and ends after those that were taken.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) != 0) return;
        await StopAsync().ConfigureAwait(false);
        stopping.Dispose();
    }

    /// <summary>How many partitions hold the states, in the bucketed layout.</summary>
    public int BucketCount => options.BucketCount;

    /// <summary>The states of one bucket, a page of rows after the other, each with its row's key and in the order of the keys. A state that was cleared is left out.</summary>
    /// <param name="bucket">From 0 on.</param>
    /// <param name="firstRow">Rows from this key on.</param>
    /// <param name="endRow">And before this one.</param>
    /// <param name="isWanted">Asked of each row's key; of others nothing is read but their row.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="StoreException">The table cannot be read.</exception>
    public async IAsyncEnumerable<(string RowKey, T State)> ReadBucketAsync<T>(
        int bucket, string firstRow, string endRow, Predicate<string> isWanted, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(isWanted);
        var (client, partition) = (Ready(table), TableKeys.BucketPartition(serviceId, bucket));
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {firstRow} and RowKey lt {endRow}");
        await foreach (var page in AzureTables.QueryPages(name, client, retry, filter, null, cancellationToken).ConfigureAwait(false))
        {
            foreach (var entity in page)
            {
                if (!isWanted(entity.RowKey)) continue;
                TableAddress address = new(partition, entity.RowKey, entity.GetString(TableRowFormat.KeyProperty));
                var record = await ReadValue(address, TableRowFormat.Read(address, entity), $"Row {entity.RowKey}", cancellationToken).ConfigureAwait(false);
                if (record.Value is { } value) yield return (entity.RowKey, Decode<T>(value));
            }
        }
    }

    private protected override async Task<ReadRecord> ReadRecordAsync(string stateName, GrainId grainId, CancellationToken cancellationToken)
    {
        var address = AddressOf(stateName, grainId);
        return await ReadValue(address, await ReadRow(address, cancellationToken).ConfigureAwait(false), $"{grainId} ({stateName})", cancellationToken).ConfigureAwait(false);
    }

    private async Task<ReadRecord> ReadValue(TableAddress address, TableRow? row, string subject, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (row?.BlobName is not { } blob) return new(row?.Value, row?.ETag);
            if (large is null)
                throw new StoreException(StoreErrorCode.OtherLayout, $"{subject} is in a blob, and '{name}' has no {nameof(options.LargeStateBlobServiceClient)}.");
            if (await large.Read(address, blob, cancellationToken).ConfigureAwait(false) is { } value) return new(value, row.ETag);
            // The row was written over between the two reads, and names another blob by now.
            if (attempt == ReadsOfOneStateMax)
                throw new StoreException(StoreErrorCode.Corrupt, $"{subject} names blob '{blob}', which is not there.");
            row = await ReadRow(address, cancellationToken).ConfigureAwait(false);
        }
    }

    private protected override async Task<RecordAnswer> WriteRecordAsync(
        string stateName, GrainId grainId, ReadOnlyMemory<byte> value, string? etag, CancellationToken cancellationToken)
    {
        var address = AddressOf(stateName, grainId);
        var writeId = Guid.NewGuid();
        if (large is null || value.Length < options.LargeStateBytesMin)
        {
            var entity = options.UseStringFormat
                ? TableRowFormat.WithText(address, writeId, value.Span)
                : TableRowFormat.WithBytes(address, writeId, value.Span);
            return await Submit(KeyOf(stateName, grainId), address, entity, writeId, value.Length, null, etag, cancellationToken).ConfigureAwait(false);
        }

        // The blob's bytes count for as long as they are on their way; the row's are counted for themselves.
        var bytes = Ready(lines).Bytes;
        string blob;
        await bytes.EnterAsync(value.Length, cancellationToken).ConfigureAwait(false);
        try
        {
            blob = await large.Write(address, writeId, value, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            bytes.Leave(value.Length);
        }

        var named = TableRowFormat.WithBlob(address, writeId, blob);
        return await Submit(KeyOf(stateName, grainId), address, named, writeId, 0, blob, etag, cancellationToken).ConfigureAwait(false);
    }

    private protected override Task<RecordAnswer> ClearRecordAsync(
        string stateName, GrainId grainId, string etag, CancellationToken cancellationToken)
    {
        var address = AddressOf(stateName, grainId);
        var writeId = Guid.NewGuid();
        return Submit(
            KeyOf(stateName, grainId), address, TableRowFormat.Empty(address, writeId), writeId, 0, null, etag, cancellationToken, isClear: true);
    }

    private protected override InconsistentStateException Inconsistent(string stateName, GrainId grainId, string? stored, string? expected) =>
        new TableStorageUpdateConditionNotSatisfiedException(
            ConflictMessage(stateName, grainId), stateName, grainId.ToString(), options.TableName, stored ?? "none", expected ?? "none");

    internal Task<int> SweepLargeStatesOnce(CancellationToken cancellationToken) => large!.Sweep(cancellationToken);

    private async Task<RecordAnswer> Submit(
        RecordKey key,
        TableAddress address,
        TableEntity entity,
        Guid writeId,
        int valueLength,
        string? blob,
        string? etag,
        CancellationToken cancellationToken,
        bool isClear = false)
    {
        var expected = etag is null ? default(ETag) : AzureTags.ToRowTag(etag);
        RecordAnswer answer;
        if (expected is { } tag)
        {
            TableWrite write = new()
            {
                Key = key,
                Address = address,
                Kind = etag is null ? RecordWriteKind.Insert : isClear && options.DeleteStateOnClear ? RecordWriteKind.Delete : RecordWriteKind.Update,
                Entity = entity,
                ExpectedETag = tag,
                WriteId = writeId,
                BatchBytes = TableRowFormat.BatchBytesOf(address, valueLength),
            };
            answer = await Ready(lines).Write(write, valueLength, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            answer = RecordAnswer.Conflicted((await ReadRow(address, cancellationToken).ConfigureAwait(false))?.ETag);
        }

        if (large is null) return answer;
        if (answer.IsCommitted) await large.Replaced(address, blob).ConfigureAwait(false);
        else if (blob is not null) await large.TryDelete(blob).ConfigureAwait(false);
        return answer;
    }

    private async Task<TableRow?> ReadRow(TableAddress address, CancellationToken cancellationToken)
    {
        var client = Ready(table);
        var read = await retry.RunOrThrow(
            $"Row {address.RowKey}",
            token => AzureTables.Find(client, address.PartitionKey, address.RowKey, null, token),
            cancellationToken).ConfigureAwait(false);
        if (read.HasValue) return TableRowFormat.Read(address, read.Value!);
        AzureTables.ThrowIfMissing(client, read.GetRawResponse());
        return null;
    }

    private async Task SweepLargeStates()
    {
        using PeriodicTimer timer = new(options.LargeStateSweepPeriod, time);
        try
        {
            do
            {
                try
                {
                    var removed = await large!.Sweep(stopping.Token).ConfigureAwait(false);
                    if (removed > 0) LogSwept(name, removed);
                }
#pragma warning disable CA1031 // A sweep that fails is tried again at the next turn; nothing waits for it.
                catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
                {
                    LogSweepFailed(name, e);
                }
            }
            while (await timer.WaitForNextTickAsync(stopping.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private async Task StopAsync()
    {
        if (lines is not null) await lines.DisposeAsync().ConfigureAwait(false);
        await stopping.CancelAsync().ConfigureAwait(false);
        await sweeping.ConfigureAwait(false);
    }

    private TableAddress AddressOf(string stateName, GrainId grainId) =>
        TableKeys.Of(options.Layout, options.BucketCount, serviceId, grainId, stateName);

    private T Ready<T>(T? part)
        where T : class => part ?? throw new InvalidOperationException($"Grain storage '{name}' has not been started.");

    private static AzureTableStorageOptions ThrowIfNull(AzureTableStorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options;
    }

    [LoggerMessage(1, LogLevel.Information, "Grain storage {Provider} removed {Count} blobs that no row named")]
    private partial void LogSwept(string provider, int count);

    [LoggerMessage(2, LogLevel.Warning, "Grain storage {Provider} could not look for blobs that no row names")]
    private partial void LogSweepFailed(string provider, Exception exception);
}
