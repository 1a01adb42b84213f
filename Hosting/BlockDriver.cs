using Dtao.Grains.Blocks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dtao.Hosting;

/// <summary>
/// Pokes the block coordinator once a second from every silo, so that blocks go on wherever the coordinator's silo died: whoever pokes first
/// after a death activates it afresh, and it finishes what was under way.
/// </summary>
public sealed partial class BlockDriver(IGrainFactory grains, TimeProvider time, ILogger<BlockDriver> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                await Poke();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            LogStopped();
        }
    }

    private async Task Poke()
    {
        try
        {
            await grains.GetGrain<IBlockCoordinatorGrain>(0).Poke();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogPokeFailed(exception.Message);
        }
    }

    [LoggerMessage(701, LogLevel.Warning, "The block coordinator does not answer: {Reason}")]
    private partial void LogPokeFailed(string reason);

    [LoggerMessage(702, LogLevel.Debug, "The block driver has stopped")]
    private partial void LogStopped();
}
