namespace Dtao.Api.ReadSide;

/// <summary>Lets few look into the database at once; whoever else asks waits, without a thread, for as long as a request may.</summary>
/// <remarks>
/// SQLite carries a query out on the thread that asks, and within an embedded network those threads are also the ledger's. So many questions at once cost that many threads at most,
/// and how many may wait is bounded by the requests and streams that there may be.
/// </remarks>
internal sealed class ReadDesk(IReadStore store, ApiLimits limits) : IDisposable
{
    private readonly SemaphoreSlim _places = new(limits.HistoryReadsMax);

    /// <summary>Begins a look at one state of the database; its end makes place for another.</summary>
    public async Task<ReadView> ReadAsync(CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var view = await store.ReadAsync(cancellationToken).ConfigureAwait(false);
            view.Ended = () => _places.Release();
            return view;
        }
        catch
        {
            _places.Release();
            throw;
        }
    }

    public void Dispose() => _places.Dispose();
}
