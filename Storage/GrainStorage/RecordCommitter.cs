namespace Dtao.Storage;

/// <summary>Gathers the writes of many grains into commits of a record store.</summary>
/// <remarks>
/// Each caller is answered after the commit that his write was in. A write that conflicts is answered with the conflict
/// and taken out; its neighbours go on without it.
/// </remarks>
internal sealed class RecordCommitter : IAsyncDisposable
{
    private readonly string provider;
    private readonly IRecordStore store;
    private readonly WriteGatherer<RecordWrite> gatherer;

    public RecordCommitter(string provider, IRecordStore store, GroupCommitOptions options, TimeProvider time)
    {
        this.provider = provider;
        this.store = store;
        gatherer = new(provider, options, time, Commit, CommitOne);
    }

    /// <summary>Commits one write; ends when it is durable, or with the conflict.</summary>
    /// <exception cref="GrainStorageBusyException">The queue stayed full; nothing was written.</exception>
    /// <exception cref="StoreException">The commit failed.</exception>
    public Task<RecordAnswer> Submit(RecordWrite write, CancellationToken cancellationToken = default)
    {
        // A key that cannot be stored must not reach a batch, where it would fail its neighbours.
        _ = EncodedKey.Of(write.Key);
        return gatherer.Submit(write, cancellationToken);
    }

    /// <summary>Takes no more writes and ends after those that it has taken.</summary>
    public ValueTask DisposeAsync() => gatherer.DisposeAsync();

    private async Task<RecordAnswer> CommitOne(RecordWrite write)
    {
        var result = await store.CommitAsync([write]).ConfigureAwait(false);
        if (result.IsCommitted)
        {
            StoreMetrics.RecordsCommitted(provider, 1);
            return RecordAnswer.Committed(result.ETags[0]);
        }

        StoreMetrics.RecordConflicted(provider);
        return RecordAnswer.Conflicted(result.Conflicts[0].StoredETag);
    }

    private async Task Commit(List<PendingWrite<RecordWrite>> batch)
    {
        while (batch.Count > 0)
        {
            var result = await store.CommitAsync([.. batch.Select(pending => pending.Write)]).ConfigureAwait(false);
            if (result.IsCommitted)
            {
                StoreMetrics.RecordsCommitted(provider, batch.Count);
                for (var index = 0; index < batch.Count; index++) batch[index].Complete(RecordAnswer.Committed(result.ETags[index]));
                return;
            }

            foreach (var conflict in result.Conflicts)
            {
                StoreMetrics.RecordConflicted(provider);
                batch[conflict.Index].Complete(RecordAnswer.Conflicted(conflict.StoredETag));
            }

            // The neighbours go on without those that conflicted.
            var conflicting = result.Conflicts.Select(conflict => conflict.Index).ToHashSet();
            batch = [.. batch.Where((_, index) => !conflicting.Contains(index))];
        }
    }
}
