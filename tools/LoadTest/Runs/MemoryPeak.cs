namespace Dtao.LoadTest.Runs;

/// <summary>Watches the resident memory of this process from now on, on a thread of its own: whoever fills the memory may keep the pool's threads busy.</summary>
internal sealed class MemoryPeak
{
    private const int LookMilliseconds = 100;

    private readonly Task<long> _watching;
    private volatile bool _isOver;

    public MemoryPeak() => _watching = Task.Factory.StartNew(Watch, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Ends it.</summary>
    /// <returns>The most that was seen, in bytes.</returns>
    public Task<long> EndAsync()
    {
        _isOver = true;
        return _watching;
    }

    private long Watch()
    {
        long peak = 0;
        while (!_isOver)
        {
            peak = Math.Max(peak, ProcessWatch.ResidentBytes(Environment.ProcessId));
            Thread.Sleep(LookMilliseconds);
        }

        return Math.Max(peak, ProcessWatch.ResidentBytes(Environment.ProcessId));
    }
}
