namespace Dtao.LoadTest.Runs;

/// <summary>Watches the resident memory of this process from now on, on a thread of its own: whoever fills the memory may keep the pool's threads busy.</summary>
internal sealed class MemoryPeak
{
    private const int LookMilliseconds = 100;

    private readonly ManualResetEventSlim _over = new();
    private readonly Task<long> _watching;

    public MemoryPeak() => _watching = Task.Factory.StartNew(Watch, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Ends it.</summary>
    /// <returns>The most that was seen, in bytes.</returns>
    public async Task<long> EndAsync()
    {
        _over.Set();
        var peak = await _watching;
        _over.Dispose();
        return peak;
    }

    private long Watch()
    {
        long peak = 0;
        do peak = Math.Max(peak, ProcessWatch.ResidentBytes(Environment.ProcessId));
        while (!_over.Wait(LookMilliseconds));
        return Math.Max(peak, ProcessWatch.ResidentBytes(Environment.ProcessId));
    }
}
