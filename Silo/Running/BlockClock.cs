using Dtao.Grains;
using Dtao.Grains.Blocks;

namespace Dtao.Silo.Running;

/// <summary>Closes blocks on this process's own clock, where the command line asks for another interval than the ledger's, or for a number of blocks.</summary>
internal sealed class BlockClock(IGrainFactory grains, TimeProvider time)
{
    /// <summary>Closes blocks until the count is reached or it is cancelled. A block that was begun is finished.</summary>
    /// <param name="milliseconds">Between the beginnings of two blocks; 0 = one after the other.</param>
    /// <param name="count">Null = without end.</param>
    public async Task Run(long milliseconds, long? count, CancellationToken cancellationToken)
    {
        var coordinator = grains.Coordinator();
        using var timer = milliseconds == 0 ? null : new PeriodicTimer(TimeSpan.FromMilliseconds(milliseconds), time);
        try
        {
            for (var closed = 0L; count is null || closed < count; closed++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (timer is not null) await timer.WaitForNextTickAsync(cancellationToken);
                await coordinator.CloseBlock();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The way it is meant to end.
        }
    }
}
