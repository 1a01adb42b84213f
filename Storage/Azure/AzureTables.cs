using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using Orleans.Persistence.AzureStorage;

namespace Dtao.Storage;

/// <summary>What membership and reminders ask of a table: to be there, to be read by a filter, and to have rows removed.</summary>
internal static class AzureTables
{
    /// <summary>The table, made when it is missing.</summary>
    public static async Task<TableClient> Open(string subject, AzureStorageOperationOptions options, TimeProvider time)
    {
        var service = await options.GetTableServiceClientAsync().ConfigureAwait(false);
        var table = service.GetTableClient(options.TableName);
        await AzureRetry.ForCreation(subject, options.StoragePolicyOptions, time).RunOrThrow($"{subject}: table {table.Name}", async token =>
        {
            await table.CreateIfNotExistsAsync(token).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
        return table;
    }

    /// <summary>The row, or none.</summary>
    /// <remarks>
    /// The SDK's <c>GetEntityIfExists</c> makes an entity of whatever answer comes but 404: of a service that is too busy one that has the error's text for a
    /// column, and no data. Taken for a row, that is a record which seems to be empty.
    /// </remarks>
    /// <exception cref="RequestFailedException">The answer does not say whether there is a row.</exception>
    public static async Task<NullableResponse<TableEntity>> Find(
        TableClient table, string partition, string row, IEnumerable<string>? columns, CancellationToken cancellationToken)
    {
        var read = await table.GetEntityIfExistsAsync<TableEntity>(partition, row, columns, cancellationToken).ConfigureAwait(false);
        var answer = read.GetRawResponse();
        return answer.Status is 200 or 404 ? read : throw new RequestFailedException(answer);
    }

    /// <summary>All rows that the filter lets through, and in how many pages they came: rows of two pages are of two moments.</summary>
    public static async Task<(List<TableEntity> Rows, int Pages)> Query(
        string subject, TableClient table, AzureRetry retry, string filter, int? rowsPerPage, CancellationToken cancellationToken = default)
    {
        List<TableEntity> rows = [];
        var pages = 0;
        await foreach (var page in QueryPages(subject, table, retry, filter, rowsPerPage, cancellationToken).ConfigureAwait(false))
        {
            pages++;
            rows.AddRange(page);
        }

        return (rows, pages);
    }

    /// <summary>All rows that the filter lets through, a page at a time, in the order of their keys.</summary>
    public static async IAsyncEnumerable<IReadOnlyList<TableEntity>> QueryPages(
        string subject, TableClient table, AzureRetry retry, string filter, int? rowsPerPage, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? next = null;
        do
        {
            var from = next;
            // Each page is a request of its own, and may be sent again.
            var page = await retry.RunOrThrow($"{subject}: table {table.Name}", async token =>
            {
                var pageable = table.QueryAsync<TableEntity>(filter, rowsPerPage, null, token).AsPages(from);
                await foreach (var first in pageable.ConfigureAwait(false)) return first;
                return null;
            }, cancellationToken).ConfigureAwait(false);
            yield return page?.Values ?? [];
            next = page?.ContinuationToken;
        }
        while (!string.IsNullOrEmpty(next));
    }

    /// <summary>A missing table answers as a missing row does, and must not be taken for one.</summary>
    /// <exception cref="StoreException">The answer says that there is no such table.</exception>
    public static void ThrowIfMissing(TableClient table, Response answer)
    {
        if (answer.Status == 404 && answer.Content.ToString().Contains("TableNotFound", StringComparison.Ordinal))
            throw new StoreException(StoreErrorCode.Refused, $"Table {table.Name} does not exist.");
    }

    /// <summary>Removes rows of one partition; those that have another tag by now, or are gone, are passed over.</summary>
    public static async Task Delete(
        string subject, TableClient table, AzureRetry retry, IEnumerable<(string RowKey, ETag Tag)> rows, string partition)
    {
        foreach (var batch in rows.Chunk(TableWriter.BatchRowsMax))
        {
            var actions = batch.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(partition, row.RowKey), row.Tag));
            var together = await retry.Run(token => table.SubmitTransactionAsync(actions, token)).ConfigureAwait(false);
            if (together.Fault is null) continue;
            if (together.Fault.Kind != AzureFaultKind.Conflict) throw together.Fault.ToException(subject);
            foreach (var (row, tag) in batch)
            {
                var alone = await retry.Run(token => table.DeleteEntityAsync(partition, row, tag, token)).ConfigureAwait(false);
                if (alone.Fault is { Kind: not AzureFaultKind.Conflict } fault) throw fault.ToException(subject);
            }
        }
    }
}
