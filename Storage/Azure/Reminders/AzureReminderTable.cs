using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Reminders.AzureStorage;
using Orleans.Runtime;

namespace Dtao.Storage;

/// <summary>
/// Reminders in an Azure table. Each is a row that is written over, whatever was there, and removed by its tag. A silo reads
/// the hashes that it is responsible for by the keys of partitions, and never the whole table for a part.
/// </summary>
internal sealed partial class AzureReminderTable : IReminderTable
{
    private const string Subject = "Reminders";
    private readonly AzureTableReminderStorageOptions options;
    private readonly string serviceId;
    private readonly string clusterId;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly AzureRetry retry;
    private TableClient? table;

    public AzureReminderTable(
        IOptions<AzureTableReminderStorageOptions> options, IOptions<ClusterOptions> cluster, ILogger<AzureReminderTable> logger, TimeProvider? time = null)
    {
        this.options = options.Value;
        (serviceId, clusterId) = (cluster.Value.ServiceId, cluster.Value.ClusterId);
        this.time = time ?? TimeProvider.System;
        this.logger = logger;
        retry = AzureRetry.ForOperations(Subject, this.options.StoragePolicyOptions, this.time);
    }

    private TableClient Table => table ?? throw new InvalidOperationException("The reminder table has not been started.");

    public async Task StartAsync(CancellationToken cancellationToken = default) =>
        table = await AzureTables.Open(Subject, options, time).WaitAsync(cancellationToken).ConfigureAwait(false);

    public Task Init() => StartAsync();

    public Task<ReminderTableData> ReadRows(GrainId grainId) => ReadRows(grainId, CancellationToken.None);

    public async Task<ReminderTableData> ReadRows(GrainId grainId, CancellationToken cancellationToken)
    {
        // Grains of one hash share a partition; they are few, and so are a grain's reminders.
        var rows = await Query(ReminderRows.OfGrain(serviceId, grainId), cancellationToken).ConfigureAwait(false);
        return Data(rows.Where(row => ReminderRows.IsOf(grainId, row)));
    }

    public Task<ReminderTableData> ReadRows(uint begin, uint end) => ReadRows(begin, end, CancellationToken.None);

    public async Task<ReminderTableData> ReadRows(uint begin, uint end, CancellationToken cancellationToken)
    {
        if (begin < end) return Data(await Query(ReminderRows.Between(serviceId, begin, end), cancellationToken).ConfigureAwait(false));
        if (begin == end) return Data(await Query(ReminderRows.OfService(serviceId), cancellationToken).ConfigureAwait(false));
        // Around the end of the ring. Two queries, because one with "or" would be answered by looking through the table.
        var parts = await Task.WhenAll(
            Query(ReminderRows.Between(serviceId, begin, uint.MaxValue), cancellationToken),
            Query(ReminderRows.UpTo(serviceId, end), cancellationToken)).ConfigureAwait(false);
        return Data(parts.SelectMany(rows => rows));
    }

    public Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) => ReadRow(grainId, reminderName, CancellationToken.None);

    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName, CancellationToken cancellationToken)
    {
        var address = ReminderRows.AddressOf(serviceId, grainId, reminderName);
        var read = await retry.RunOrThrow(
            Subject,
            token => AzureTables.Find(Table, address.PartitionKey, address.RowKey, null, token),
            cancellationToken).ConfigureAwait(false);
        if (read.HasValue) return ReminderRows.Read(read.Value!);
        AzureTables.ThrowIfMissing(Table, read.GetRawResponse());
        return null;
    }

    public Task<string?> UpsertRow(ReminderEntry entry) => UpsertRow(entry, CancellationToken.None);

    public async Task<string?> UpsertRow(ReminderEntry entry, CancellationToken cancellationToken)
    {
        // Once it is on its way it is carried to its end.
        cancellationToken.ThrowIfCancellationRequested();
        var row = ReminderRows.Of(serviceId, clusterId, entry);
        var response = await retry.RunOrThrow(Subject, token => Table.UpsertEntityAsync(row, TableUpdateMode.Replace, token), CancellationToken.None)
            .ConfigureAwait(false);
        return AzureTags.ToText(response.Headers.ETag);
    }

    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag) =>
        RemoveRow(grainId, reminderName, eTag, CancellationToken.None);

    public async Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (AzureTags.ToRowTag(eTag ?? "") is not { } tag) return false;
        var address = ReminderRows.AddressOf(serviceId, grainId, reminderName);
        var outcome = await retry.Run(token => Table.DeleteEntityAsync(address.PartitionKey, address.RowKey, tag, token), CancellationToken.None)
            .ConfigureAwait(false);
        if (outcome.Fault is { } fault) return fault.Kind == AzureFaultKind.Conflict ? false : throw fault.ToException(Subject);
        AzureTables.ThrowIfMissing(Table, outcome.Value!);
        // The SDK takes the deleting of a row that is not there for a success. After a lost answer it was there, and is gone.
        return outcome.Value!.Status != 404 || outcome.WasUnanswered;
    }

    public Task TestOnlyClearTable() => TestOnlyClearTable(CancellationToken.None);

    public async Task TestOnlyClearTable(CancellationToken cancellationToken)
    {
        var rows = await Query(ReminderRows.OfService(serviceId), cancellationToken).ConfigureAwait(false);
        foreach (var ofPartition in rows.GroupBy(row => row.PartitionKey, StringComparer.Ordinal))
            await AzureTables.Delete(Subject, Table, retry, ofPartition.Select(row => (row.RowKey, ETag.All)), ofPartition.Key).ConfigureAwait(false);
    }

    private async Task<List<TableEntity>> Query(string filter, CancellationToken cancellationToken)
    {
        var (rows, _) = await AzureTables.Query(Subject, Table, retry, filter, null, cancellationToken).ConfigureAwait(false);
        return rows.FindAll(row => ReminderRows.IsOf(serviceId, row));
    }

    private ReminderTableData Data(IEnumerable<TableEntity> rows)
    {
        List<ReminderEntry> entries = [];
        foreach (var row in rows)
        {
            try
            {
                entries.Add(ReminderRows.Read(row));
            }
#pragma warning disable CA1031 // One row that nobody can read must not hide the others.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogUnreadable(row.PartitionKey, row.RowKey, e);
            }
        }

        return new(entries);
    }

    [LoggerMessage(1, LogLevel.Error, "Row {Partition} / {Row} of the reminder table cannot be read and is left out")]
    private partial void LogUnreadable(string partition, string row, Exception exception);
}
