using Azure.Data.Tables;
using Orleans.Configuration;
using Orleans.Persistence.AzureStorage;

namespace Dtao.Storage;

/// <summary>
/// Makes a provider's table ready, and holds it to the layout that it was first used with: with another number of partitions
/// most records would seem not to exist.
/// </summary>
internal static class TableSettings
{
    private const string Row = "layout";
    private const string VersionProperty = "Version";
    private const string BucketsProperty = "BucketCount";
    private const int Version = 1;

    /// <exception cref="StoreException">The table was laid out with other settings, or cannot be reached.</exception>
    public static async Task PrepareAsync(
        string provider, TableClient table, AzureTableStorageOptions options, string serviceId, TimeProvider time, CancellationToken cancellationToken)
    {
        var retry = AzureRetry.ForCreation(provider, options.StoragePolicyOptions, time);
        var subject = $"Table {table.Name} of '{provider}'";
        await retry.RunOrThrow(subject, async token =>
        {
            await table.CreateIfNotExistsAsync(token).ConfigureAwait(false);
            return true;
        }, cancellationToken).ConfigureAwait(false);

        var partition = TableKeys.SettingsPartition(serviceId);
        var stored = await Read().ConfigureAwait(false);
        if (stored is null && options.Layout == AzureTableLayout.Bucketed)
        {
            TableEntity first = new(partition, Row) { [VersionProperty] = Version, [BucketsProperty] = options.BucketCount };
            var added = await retry.Run(token => table.AddEntityAsync(first, token), cancellationToken).ConfigureAwait(false);
            // Another silo may have been first; then its settings hold.
            if (added.Fault is { Kind: not AzureFaultKind.Conflict } fault) throw fault.ToException(subject);
            stored = await Read().ConfigureAwait(false);
        }

        if (stored is not null) Check(stored);

        Task<TableEntity?> Read() => ReadAsync(retry, subject, table, partition, cancellationToken);

        void Check(TableEntity settings)
        {
            if (settings.GetInt32(VersionProperty) is not Version)
                throw new StoreException(StoreErrorCode.NewerVersion, $"{subject} has version {settings[VersionProperty]} of the layout.");
            if (options.Layout != AzureTableLayout.Bucketed)
                throw new StoreException(StoreErrorCode.OtherLayout, $"{subject} is laid out in buckets for service '{serviceId}', and {nameof(options.Layout)} is {options.Layout}.");
            if (settings.GetInt32(BucketsProperty) is var buckets && buckets != options.BucketCount)
                throw new StoreException(StoreErrorCode.OtherLayout, $"{subject} has {buckets} buckets for service '{serviceId}', and {nameof(options.BucketCount)} is {options.BucketCount}.");
        }
    }

    /// <summary>Completes when the table is still the one that was made ready. Rows of the official layout have no settings to look for.</summary>
    /// <exception cref="StoreException">It is gone, or was made anew and is empty.</exception>
    public static async Task ConfirmAsync(
        string provider, TableClient table, AzureTableStorageOptions options, string serviceId, TimeProvider time, CancellationToken cancellationToken)
    {
        if (options.Layout != AzureTableLayout.Bucketed) return;
        var subject = $"Table {table.Name} of '{provider}'";
        var retry = AzureRetry.ForOperations(provider, options.StoragePolicyOptions, time);
        if (await ReadAsync(retry, subject, table, TableKeys.SettingsPartition(serviceId), cancellationToken).ConfigureAwait(false) is null)
            throw new StoreException(StoreErrorCode.Refused, $"{subject} is not the one that was made ready: its settings are gone.");
    }

    private static async Task<TableEntity?> ReadAsync(AzureRetry retry, string subject, TableClient table, string partition, CancellationToken cancellationToken)
    {
        var read = await retry.RunOrThrow(
            subject, token => AzureTables.Find(table, partition, Row, null, token), cancellationToken).ConfigureAwait(false);
        return read.HasValue ? read.Value : null;
    }
}
