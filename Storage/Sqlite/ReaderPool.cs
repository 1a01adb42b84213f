using System.Collections.Concurrent;

namespace Dtao.Storage;

/// <summary>Keeps a few idle readers, each with a connection of its own, and makes more when all are busy.</summary>
internal sealed class ReaderPool<TReader>(Func<TReader> open) : IDisposable
    where TReader : class, IDisposable
{
    private const int IdleMax = 8;
    private readonly ConcurrentBag<TReader> idle = [];
    private volatile bool isDisposed;

    public Lease Rent()
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        return new(this, idle.TryTake(out var reader) ? reader : open());
    }

    public void Dispose()
    {
        isDisposed = true;
        while (idle.TryTake(out var reader)) reader.Dispose();
    }

    private void GiveBack(TReader reader)
    {
        if (isDisposed || idle.Count >= IdleMax)
        {
            reader.Dispose();
            return;
        }

        idle.Add(reader);
        if (isDisposed) Dispose();
    }

    internal readonly struct Lease(ReaderPool<TReader> pool, TReader reader) : IDisposable
    {
        public TReader Reader => reader;

        public void Dispose() => pool.GiveBack(reader);
    }
}
