namespace Dtao.Storage.Tests;

/// <summary>Stands before the real writer: looks at batches, holds them back, and fails them before or after they are stored.</summary>
internal sealed class WatchedLogWriter(ILogWriter inner) : ILogWriter
{
    public Action<LogBatch>? BeforeWrite { get; init; }

    public Action<LogBatch>? AfterWrite { get; init; }

    /// <summary>Holds a batch until the test lets it go. A test that fails before must not leave the log waiting for ever.</summary>
    public static void WaitFor(ManualResetEventSlim release)
    {
        if (!release.Wait(TimeSpan.FromMinutes(3))) throw new TimeoutException("Nobody let the batch go.");
    }

    public long StoredPosition => inner.StoredPosition;

    public void Write(LogBatch batch)
    {
        BeforeWrite?.Invoke(batch);
        inner.Write(batch);
        AfterWrite?.Invoke(batch);
    }
}
