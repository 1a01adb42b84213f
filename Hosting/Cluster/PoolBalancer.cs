using Dtao.Grains;
using Dtao.Grains.Registry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Core.Internal;
using Orleans.Runtime.Placement;

namespace Dtao.Hosting.Cluster;

/// <summary>
/// Spreads pools evenly over the silos: looks every few seconds where they are, and has those that one silo has too many of move to where there are too few.
/// </summary>
/// <remarks>
/// The eldest silo does it. A pool that moves finishes the requests that run, ends, and begins from its journal where it was sent; requests that wait for
/// its next block are let go after a second, and sent again. A block that is under way waits for it as for any pool.
/// </remarks>
internal sealed partial class PoolBalancer(
    IGrainFactory grains, IClusterMembershipService membership, ILocalSiloDetails local, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<PoolBalancer> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        try
        {
            await lifetime.StartedAsync(stopping.Token);
            using var timer = new PeriodicTimer(Pause, time);
            while (await timer.WaitForNextTickAsync(stopping.Token)) await Look(stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    /// <summary>Where each active pool is.</summary>
    public static async Task<Dictionary<long, SiloAddress>> ReadPlaces(IGrainFactory grains)
    {
        var network = await grains.Registry().GetNetwork();
        var management = grains.GetGrain<IManagementGrain>(0);
        var places = new Dictionary<long, SiloAddress>(network.Subnets.Length);
        foreach (var key in network.Subnets.Select(subnet => subnet.PoolKey))
        {
            if (await management.GetActivationAddress(grains.Pool(key)) is { } silo) places[key] = silo;
        }

        return places;
    }

    private async Task Look(CancellationToken stopping)
    {
        try
        {
            if (!SiloSweeper.IsEldest(membership.CurrentSnapshot, local.SiloAddress)) return;
            var silos = membership.CurrentSnapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress).Order().ToArray();
            if (silos.Length < 2) return;
            var moves = PoolShares.Moves(await ReadPlaces(grains).WaitAsync(stopping), silos);
            if (moves.Count == 0) return;
            await Task.WhenAll(moves.Select(move => Move(move.Pool, move.To))).WaitAsync(stopping);
            LogMoved(moves.Count, silos.Length);
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested && exception is not OutOfMemoryException)
        {
            LogFailed(exception.Message);
        }
    }

    private async Task Move(long pool, SiloAddress to)
    {
        // Whoever places the activation that follows looks for this first.
        RequestContext.Set(IPlacementDirector.PlacementHintKey, to);
        await grains.Pool(pool).AsReference<IGrainManagementExtension>().MigrateOnIdle();
    }

    [LoggerMessage(761, LogLevel.Information, "{Count} pools move, so that they are spread evenly over {Silos} silos")]
    private partial void LogMoved(int count, int silos);

    [LoggerMessage(762, LogLevel.Warning, "Pools cannot be spread at this moment: {Reason}")]
    private partial void LogFailed(string reason);
}
