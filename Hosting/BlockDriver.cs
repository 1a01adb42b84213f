using Dtao.Grains;
using Dtao.Grains.Blocks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dtao.Hosting;

/// <summary>
/// Pokes the block coordinator once a second from every silo, so that blocks go on wherever the coordinator's silo died: whoever pokes first
/// after a death activates it afresh, and it finishes what was under way.
/// </summary>
/// <remarks>Between the host's start and its stop only, whatever the order in which its services start: before and after there is no silo to ask.</remarks>
public sealed partial class BlockDriver(
    IGrainFactory grains, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<BlockDriver> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        try
        {
            await HostStarted().WaitAsync(stopping.Token);
            using var timer = new PeriodicTimer(Interval, time);
            do
            {
                await Poke();
            }
            while (await timer.WaitForNextTickAsync(stopping.Token));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            LogStopped();
        }
    }

    private async Task HostStarted()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task;
    }

    private async Task Poke()
    {
        try
        {
            await grains.Coordinator().Poke();
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
