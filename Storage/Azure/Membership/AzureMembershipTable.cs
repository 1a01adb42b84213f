using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Storage;

namespace Dtao.Storage;

/// <summary>
/// A cluster's membership in an Azure table, with the official provider's rows. A silo's row changes only together with the
/// version row, in one transaction that is conditional on both, so that silos see all changes in one order.
/// </summary>
/// <remarks>
/// A change whose answer was lost is refused when it is sent again, and reported as not done: the silo reads the table and
/// sees what is there, as it does after a change of another.
/// </remarks>
internal sealed partial class AzureMembershipTable : IMembershipTable
{
    private const int SnapshotReadsMax = 5;
    private const string Subject = "Membership";
    private readonly AzureStorageClusteringOptions options;
    private readonly string clusterId;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly AzureRetry retry;
    private readonly string partition;
    private TableClient? table;

    public AzureMembershipTable(
        IOptions<AzureStorageClusteringOptions> options, IOptions<ClusterOptions> cluster, ILogger<AzureMembershipTable> logger, TimeProvider? time = null)
    {
        this.options = options.Value;
        clusterId = cluster.Value.ClusterId;
        partition = SiloRows.Partition(clusterId);
        this.time = time ?? TimeProvider.System;
        this.logger = logger;
        retry = AzureRetry.ForOperations(Subject, this.options.StoragePolicyOptions, this.time);
    }

    /// <summary>How many rows the service sends at once; null for as many as it likes, which is 1,000.</summary>
    internal int? RowsPerPage { get; init; }

    private TableClient Table => table ?? throw new InvalidOperationException("The membership table has not been initialized.");

    public async Task InitializeMembershipTable(bool tryInitTableVersion)
    {
        table = await AzureTables.Open(Subject, options, time).ConfigureAwait(false);
        if (!tryInitTableVersion) return;
        var added = await retry.Run(token => Table.AddEntityAsync(SiloRows.WithVersion(clusterId, 0), token)).ConfigureAwait(false);
        // Where it is already, another silo was first.
        if (added.Fault is { Kind: not AzureFaultKind.Conflict } fault) throw fault.ToException(Subject);
    }

    public Task<MembershipTableData> ReadRow(SiloAddress key) => ReadSnapshot(
        TableClient.CreateQueryFilter($"PartitionKey eq {partition} and (RowKey eq {SiloRows.RowOf(key)} or RowKey eq {SiloRows.VersionRow})"));

    public Task<MembershipTableData> ReadAll() => ReadSnapshot(TableClient.CreateQueryFilter($"PartitionKey eq {partition}"));

    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) =>
        TryCommit(new(TableTransactionActionType.Add, SiloRows.Of(clusterId, entry)), tableVersion);

    public async Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) =>
        AzureTags.ToRowTag(etag ?? "") is { } tag
        && await TryCommit(new(TableTransactionActionType.UpdateReplace, SiloRows.Of(clusterId, entry), tag), tableVersion).ConfigureAwait(false);

    public Task UpdateIAmAlive(MembershipEntry entry) => retry.RunOrThrow(
        $"{Subject} of {entry.SiloAddress}",
        token => Table.UpdateEntityAsync(SiloRows.WithHeartbeat(clusterId, entry), ETag.All, TableUpdateMode.Merge, token));

    public async Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate)
    {
        var rows = await Rows(partition).ConfigureAwait(false);
        // With their tags: an entry that changes meanwhile stays.
        await AzureTables.Delete(Subject, Table, retry, rows.Where(IsDefunct).Select(row => (row.RowKey, row.ETag)), partition).ConfigureAwait(false);

        bool IsDefunct(TableEntity row) => SiloRows.IsSilo(row) && TryRead(row) is { } entry
            && entry.Status != SiloStatus.Active && SiloRows.LastChange(entry) < beforeDate.UtcDateTime;
    }

    public async Task DeleteMembershipTableEntries(string clusterId)
    {
        var deleted = SiloRows.Partition(clusterId);
        var rows = await Rows(deleted).ConfigureAwait(false);
        // The version goes last, so that what is left of an interrupted deletion can be read, and deleted.
        await AzureTables.Delete(Subject, Table, retry, rows.OrderBy(SiloRows.IsVersion).Select(row => (row.RowKey, ETag.All)), deleted).ConfigureAwait(false);
    }

    private async Task<bool> TryCommit(TableTransactionAction change, TableVersion version)
    {
        if (version is null || AzureTags.ToRowTag(version.VersionEtag ?? "") is not { } tag) return false;
        TableTransactionAction[] both = [change, new(TableTransactionActionType.UpdateReplace, SiloRows.WithVersion(clusterId, version.Version), tag)];
        var outcome = await retry.Run(token => Table.SubmitTransactionAsync(both, token)).ConfigureAwait(false);
        return outcome.Fault switch
        {
            null => true,
            { Kind: AzureFaultKind.Conflict } => false,
            var fault => throw fault.ToException(Subject),
        };
    }

    // One page is one moment. Rows of several pages belong together when the version was the same before and after; a heartbeat
    // does not change it, and does not matter.
    private async Task<MembershipTableData> ReadSnapshot(string filter)
    {
        for (var attempt = 1; attempt <= SnapshotReadsMax; attempt++)
        {
            var before = attempt == 1 ? null : await ReadVersion().ConfigureAwait(false);
            var (rows, pages) = await Query(filter).ConfigureAwait(false);
            if (pages == 1) return Data(rows);
            if (before is not null && before == await ReadVersion().ConfigureAwait(false)) return Data(rows);
        }

        throw new InconsistentStateException($"The membership of '{clusterId}' changed during each of {SnapshotReadsMax} readings.");
    }

    private async Task<ETag?> ReadVersion()
    {
        var read = await retry.RunOrThrow(
            Subject, token => AzureTables.Find(Table, partition, SiloRows.VersionRow, null, token)).ConfigureAwait(false);
        return read.HasValue ? read.Value!.ETag : null;
    }

    private async Task<List<TableEntity>> Rows(string ofPartition) =>
        (await Query(TableClient.CreateQueryFilter($"PartitionKey eq {ofPartition}")).ConfigureAwait(false)).Rows;

    private Task<(List<TableEntity> Rows, int Pages)> Query(string filter) => AzureTables.Query(Subject, Table, retry, filter, RowsPerPage);

    private MembershipTableData Data(List<TableEntity> rows)
    {
        var version = rows.Find(SiloRows.IsVersion)
            ?? throw new KeyNotFoundException($"Table {Table.Name} has no version of cluster '{clusterId}'.");
        List<Tuple<MembershipEntry, string>> members = [];
        foreach (var row in rows.Where(SiloRows.IsSilo))
        {
            if (TryRead(row) is { } entry) members.Add(Tuple.Create(entry, AzureTags.ToText(row.ETag)!));
        }

        return new(members, SiloRows.VersionOf(version));
    }

    // One row that nobody can read must not hide the others.
    private MembershipEntry? TryRead(TableEntity row)
    {
        try
        {
            return SiloRows.Read(row);
        }
#pragma warning disable CA1031 // Parsers of addresses and times throw what they like; all of it means the same.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogUnreadable(row.RowKey, e);
            return null;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Row {Row} of the membership table cannot be read and is left out")]
    private partial void LogUnreadable(string row, Exception exception);
}
