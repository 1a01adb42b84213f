using Azure;
using Azure.Data.Tables;

namespace Dtao.Storage;

/// <summary>
/// Writes batches of rows that share a partition: one transaction for all, a plain request for one alone. A row that cannot
/// be written fails alone; its neighbours go on without it.
/// </summary>
/// <remarks>
/// All requests are conditional, so that sending one again does no harm: a write that was done already is refused the second
/// time. Whenever the service refuses a row as not the expected one, the row is read back: if it bears this write's id, an
/// attempt whose answer was lost had written it, and with it, as transactions are whole, everything else in the batch.
/// </remarks>
internal sealed class TableWriter(string provider, TableClient table, AzureRetry retry)
{
    /// <summary>The service's bound on a transaction's operations.</summary>
    public const int BatchRowsMax = 100;

    /// <summary>The service takes 4 MiB of request text; a part is left for what the estimate misses.</summary>
    public const int BatchBytesMax = 3_670_016;

    // After so many failures in one batch what is left is halved, so that many conflicts do not cost a round trip each for all.
    private const int FailuresBeforeHalving = 3;

    /// <summary>Writes all rows and answers each; ends when the last one is answered.</summary>
    public async Task WriteBatch(List<PendingWrite<TableWrite>> batch)
    {
        CheckBatch(batch);
        Stack<List<PendingWrite<TableWrite>>> parts = new([batch]);
        var failures = 0;
        while (parts.TryPop(out var part))
        {
            var outcome = await Send([.. part.Select(pending => pending.Write)]).ConfigureAwait(false);
            if (outcome.Answers is { } answers)
            {
                StoreMetrics.RecordsCommitted(provider, part.Count);
                for (var index = 0; index < part.Count; index++) Answer(part[index], answers[index]);
                continue;
            }

            failures++;
            if (outcome.FailedIndex is { } failed)
            {
                if (outcome.Fault is { } fault) part[failed].TryFail(fault.ToException(Subject(part[failed].Write)));
                else Answer(part[failed], outcome.Conflict);
                part = [.. part.Where((_, index) => index != failed)];
            }
            else if (part.Count == 1 || outcome.Fault!.Kind is AzureFaultKind.Denied or AzureFaultKind.Unanswered)
            {
                foreach (var pending in part) pending.TryFail(outcome.Fault!.ToException(Subject(pending.Write)));
                continue;
            }

            var isHalved = part.Count > 1 && (failures >= FailuresBeforeHalving || outcome.FailedIndex is null);
            if (!isHalved)
            {
                if (part.Count > 0) parts.Push(part);
                continue;
            }

            parts.Push(part[(part.Count / 2)..]);
            parts.Push(part[..(part.Count / 2)]);
        }
    }

    /// <summary>Writes one row, as a plain request.</summary>
    public async Task<RecordAnswer> WriteOne(TableWrite write)
    {
        var outcome = await Send([write]).ConfigureAwait(false);
        if (outcome.Fault is { } fault) throw fault.ToException(Subject(write));
        var answer = outcome.Answers is { } answers ? answers[0] : outcome.Conflict;
        if (outcome.Answers is not null) StoreMetrics.RecordsCommitted(provider, 1);
        if (!answer.IsCommitted) StoreMetrics.RecordConflicted(provider);
        return answer;
    }

    /// <summary>What the service checks, and the emulator does not: one partition, no row twice, not too many.</summary>
    internal static void CheckBatch(List<PendingWrite<TableWrite>> batch)
    {
        if (batch.Count is 0 or > BatchRowsMax) throw new InvalidOperationException($"A transaction of {batch.Count} rows cannot be sent.");
        var partition = batch[0].Write.Address.PartitionKey;
        HashSet<string> rows = new(batch.Count, StringComparer.Ordinal);
        foreach (var pending in batch)
        {
            if (pending.Write.Address.PartitionKey != partition)
                throw new InvalidOperationException($"A transaction of partition {partition} has a row of {pending.Write.Address.PartitionKey}.");
            if (!rows.Add(pending.Write.Address.RowKey))
                throw new InvalidOperationException($"A transaction has row {pending.Write.Address.RowKey} twice.");
        }
    }

    private async Task<SendOutcome> Send(TableWrite[] writes)
    {
        var sent = writes.Length == 1
            ? await retry.Run(token => SendOne(writes[0], token)).ConfigureAwait(false)
            : await retry.Run(token => SendTransaction(writes, token)).ConfigureAwait(false);
        if (sent.Fault is not { } fault) return SendOutcome.Done([.. sent.Value!.Select(tag => RecordAnswer.Committed(AzureTags.ToText(tag)))]);
        var index = writes.Length == 1 ? 0 : fault.Index;
        if (index < 0 || index >= writes.Length) index = null;
        return fault.Kind switch
        {
            AzureFaultKind.Conflict => await LookAfterConflict(writes, index ?? 0, fault, sent.WasUnanswered).ConfigureAwait(false),
            AzureFaultKind.Unanswered => await LookAfterSilence(writes, fault).ConfigureAwait(false),
            AzureFaultKind.Denied => SendOutcome.Failed(null, fault),
            // Too large may be meant of the whole request: then the index is of no use, and halves are tried.
            _ => SendOutcome.Failed(writes.Length > 1 && fault.Exception is RequestFailedException { Status: 413 } ? null : index, fault),
        };
    }

    private async Task<ETag?[]> SendOne(TableWrite write, CancellationToken cancellationToken)
    {
        var response = write.Kind switch
        {
            RecordWriteKind.Insert => await table.AddEntityAsync(write.Entity, cancellationToken).ConfigureAwait(false),
            RecordWriteKind.Update => await table.UpdateEntityAsync(write.Entity, write.ExpectedETag, TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false),
            _ => await table.DeleteEntityAsync(write.Address.PartitionKey, write.Address.RowKey, write.ExpectedETag, cancellationToken).ConfigureAwait(false),
        };
        // The SDK takes the deleting of a row that is not there for a success.
        if (response.Status == 404) throw new RequestFailedException(response);
        return [write.Kind == RecordWriteKind.Delete ? null : response.Headers.ETag];
    }

    private async Task<ETag?[]> SendTransaction(TableWrite[] writes, CancellationToken cancellationToken)
    {
        var responses = await table.SubmitTransactionAsync(writes.Select(write => write.ToAction()), cancellationToken).ConfigureAwait(false);
        return [.. responses.Value.Select((response, index) => writes[index].Kind == RecordWriteKind.Delete ? null : response.Headers.ETag)];
    }

    // Somebody else wrote the row, or this very write did and its answer was lost: the row says which.
    private async Task<SendOutcome> LookAfterConflict(TableWrite[] writes, int index, AzureFault fault, bool wasUnanswered)
    {
        var (row, unread) = await ReadBack(writes[index]).ConfigureAwait(false);
        if (unread is not null) return SendOutcome.Failed(index, unread);
        if (IsDone(writes[index], row, wasUnanswered)) return await CollectAnswers(writes, index, row).ConfigureAwait(false);
        if (fault.Index is not null || writes.Length == 1) return SendOutcome.Conflicted(index, AzureTags.ToText(row?.ETag));
        // A conflict of nobody in particular: halves will tell.
        return SendOutcome.Failed(null, fault);
    }

    // No attempt was answered. What can be read now may still change, unless the write is seen to be there.
    private async Task<SendOutcome> LookAfterSilence(TableWrite[] writes, AzureFault fault)
    {
        var first = Math.Max(0, Array.FindIndex(writes, write => write.Kind != RecordWriteKind.Delete));
        var (row, unread) = await ReadBack(writes[first]).ConfigureAwait(false);
        return unread is null && row is not null && IsDone(writes[first], row, wasUnanswered: true)
            ? await CollectAnswers(writes, first, row).ConfigureAwait(false)
            : SendOutcome.Failed(null, fault);
    }

    private static bool IsDone(TableWrite write, TableEntity? row, bool wasUnanswered) => write.Kind == RecordWriteKind.Delete
        ? row is null && wasUnanswered
        : row is not null && TableRowFormat.WriteIdOf(row) == write.WriteId;

    // The batch is in. A row that bears another write's id has been written over since, which its writer has to be told.
    private async Task<SendOutcome> CollectAnswers(TableWrite[] writes, int known, TableEntity? knownRow)
    {
        var answers = new RecordAnswer[writes.Length];
        for (var index = 0; index < writes.Length; index++)
        {
            var (row, unread) = index == known ? (knownRow, null) : await ReadBack(writes[index]).ConfigureAwait(false);
            if (unread is not null) return SendOutcome.Failed(null, unread with { Kind = AzureFaultKind.Unanswered });
            answers[index] = IsDone(writes[index], row, wasUnanswered: true)
                ? RecordAnswer.Committed(AzureTags.ToText(row?.ETag))
                : RecordAnswer.Conflicted(AzureTags.ToText(row?.ETag));
        }

        return SendOutcome.Done(answers);
    }

    private async Task<(TableEntity? Row, AzureFault? Fault)> ReadBack(TableWrite write)
    {
        var read = await retry.Run(token => AzureTables.Find(
            table, write.Address.PartitionKey, write.Address.RowKey, [TableRowFormat.WriteIdProperty], token)).ConfigureAwait(false);
        return read.Fault is { } fault ? (null, fault) : (read.Value!.HasValue ? read.Value.Value : null, null);
    }

    private void Answer(PendingWrite<TableWrite> pending, RecordAnswer answer)
    {
        if (!answer.IsCommitted) StoreMetrics.RecordConflicted(provider);
        pending.Complete(answer);
    }

    private static string Subject(TableWrite write) => $"{write.Key.Owner} ({write.Key.Name})";

    /// <summary>All rows answered, or one that failed, by its conflict or its fault, or a fault of nobody in particular.</summary>
    private readonly record struct SendOutcome(RecordAnswer[]? Answers, int? FailedIndex, RecordAnswer Conflict, AzureFault? Fault)
    {
        public static SendOutcome Done(RecordAnswer[] answers) => new(answers, null, default, null);

        public static SendOutcome Conflicted(int index, string? storedETag) => new(null, index, RecordAnswer.Conflicted(storedETag), null);

        public static SendOutcome Failed(int? index, AzureFault fault) => new(null, index, default, fault);
    }
}
