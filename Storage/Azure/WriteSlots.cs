using System.Diagnostics;

namespace Dtao.Storage;

/// <summary>Lets a bounded number of writes be under way at once; the others wait, and not for ever.</summary>
internal sealed class WriteSlots(string provider, int slots, TimeSpan waitMax, TimeProvider time) : IAsyncDisposable
{
    private readonly SemaphoreSlim free = new(slots);
    private volatile bool isStopping;

    /// <summary>Runs one write when there is room for it.</summary>
    /// <param name="write">What to do; it is carried to its end.</param>
    /// <param name="cancellationToken">Gives up the place in line.</param>
    /// <exception cref="GrainStorageBusyException">There was no room in time, or the silo stops; nothing was written.</exception>
    public async Task<RecordAnswer> Run(Func<Task<RecordAnswer>> write, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        StoreMetrics.RecordQueueChanged(provider, 1);
        try
        {
            await Enter(cancellationToken).ConfigureAwait(false);
            try
            {
                if (isStopping) throw new GrainStorageBusyException($"'{provider}' is stopping; nothing was written.");
                return await write().ConfigureAwait(false);
            }
            finally
            {
                free.Release();
            }
        }
        finally
        {
            StoreMetrics.RecordQueueChanged(provider, -1);
            StoreMetrics.RecordAnswered(provider, start);
        }
    }

    /// <summary>Lets no more writes in and ends after those that are under way.</summary>
    public async ValueTask DisposeAsync()
    {
        isStopping = true;
        // To hold all places is to have waited for everybody. They are given back for those that still come, and are refused.
        for (var place = 0; place < slots; place++) await free.WaitAsync().ConfigureAwait(false);
        free.Release(slots);
    }

    private async Task Enter(CancellationToken cancellationToken)
    {
        if (await free.WaitAsync(0, cancellationToken).ConfigureAwait(false)) return;
        using CancellationTokenSource patience = new(waitMax, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await free.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new GrainStorageBusyException($"{slots} writes were under way for '{provider}' for {waitMax}; nothing was written.", e);
        }
    }
}
