using Dtao.Grains;
using Dtao.Grains.Blocks;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dtao.Hosting.Cluster;

/// <summary>
/// Tells the actors of this process which block is closed, and which parameters are in force, wherever the coordinator and the registry live:
/// without it an account of another silo would go by what it last heard in an answer.
/// </summary>
internal sealed partial class NetworkFollower(
    IGrainFactory grains, NetworkContext network, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<NetworkFollower> logger) : BackgroundService
{
    /// <summary>Parameters change rarely, and asking for them is a read of the store.</summary>
    private static readonly TimeSpan ParametersPause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        try
        {
            await lifetime.StartedAsync(stopping.Token);
            await Follow(stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private async Task Follow(CancellationToken stopping)
    {
        var (readAt, failures) = ((long?)null, 0);
        while (true)
        {
            try
            {
                if (readAt is not { } last || time.GetElapsedTime(last) >= ParametersPause)
                {
                    var view = await grains.Registry().GetNetwork().WaitAsync(stopping);
                    readAt = time.GetTimestamp();
                    if (view.Name is not null)
                    {
                        network.Identify(view.NetworkId, view.RequiresSignatures);
                        network.Adopt(view.Revision, view.Parameters);
                    }
                }

                network.Advance((await grains.Coordinator().WaitForBlockAfter(network.Head).WaitAsync(stopping)).Block);
                failures = 0;
            }
            catch (Exception exception) when (!stopping.IsCancellationRequested && exception is not OutOfMemoryException)
            {
                LogLost(exception.Message);
                await Task.Delay(Retry.Delay(++failures), time, stopping);
            }
        }
    }

    [LoggerMessage(741, LogLevel.Information, "The network's head is not known at this moment: {Reason}")]
    private partial void LogLost(string reason);
}

internal static class HostLifetimeExtensions
{
    /// <summary>Completes when all of the host has started.</summary>
    public static async Task StartedAsync(this IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(cancellationToken);
    }
}
