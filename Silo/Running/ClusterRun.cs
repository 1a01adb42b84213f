using Dtao.Grains.Shell;
using Dtao.Hosting.Cluster;
using Dtao.Hosting.Genesis;
using Dtao.Hosting.Network;
using Dtao.Silo.Configuration;
using Dtao.Silo.Health;
using Dtao.Silo.Telemetry;
using Dtao.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dtao.Silo.Running;

/// <summary>One run of the process as a silo of a cluster, from checked options to the exit code.</summary>
internal sealed partial class ClusterRun(SiloOptions options, TextWriter output, TextWriter error, ILoggerFactory loggers, SiloTelemetry telemetry)
{
    private static readonly TimeSpan LinePause = TimeSpan.FromSeconds(10);

    private readonly ILogger _logger = loggers.CreateLogger("Dtao.Silo");

    public async Task<int> Run(CancellationToken stop)
    {
        try
        {
            return await RunSilo(stop);
        }
        catch (OtherGenesisException other)
        {
            await error.WriteLineAsync(other.Message);
            return ExitCode.LedgerExists;
        }
        catch (StoreException unusable)
        {
            LogStoreUnusable(unusable);
            await error.WriteLineAsync(unusable.Message);
            return ExitCode.StoreUnusable;
        }
        catch (Exception cancelled) when (stop.IsCancellationRequested && SiloRun.IsCancelled(cancelled))
        {
            return ExitCode.Stopped;
        }
        catch (Exception failure)
        {
            LogFailed(failure);
            await error.WriteLineAsync($"The silo failed: {failure.Message} The log in {options.LogDirectory} has the details.");
            return ExitCode.Failed;
        }
    }

    private async Task<int> RunSilo(CancellationToken stop)
    {
        if (await GenesisSource.Load(options, output, error, stop) is not { } proposed) return ExitCode.GenesisFaulty;
        long? interval = options.BlockClock is { } clock ? clock.Milliseconds ?? NetworkGenesis.Manual : null;
        var cluster = options.Cluster! with
        {
            Health = options.HealthBounds,
            Limits = options.Limits,
            Logging = logging => logging.Services.AddSerilogFactory(loggers),
            Silo = telemetry.Configure,
            // Whoever started the process sees that it goes on.
            GenesisProgress = count => output.WriteLine($"Genesis: {count} actors are stored."),
        };
        // The log's critical lines stand on the error output as well.
        if (cluster.FaultInjection is { Notice: var notice }) LogOnTrial(notice);

        var isGiven = (options.GenesisFile ?? options.SnapshotFile) is not null;
        var silo = await ClusterSilo.StartAsync(cluster, new(proposed, interval), isGiven, stop);
        try
        {
            using var metrics = new SiloMetrics(silo.Services.GetRequiredService<NetworkContext>(), silo.Health);
            await using var health = await HealthServer.StartAsync(options, silo.Services, telemetry, output);
            await output.WriteLineAsync(
                $"{(silo.MadeNetwork ? "New" : "Joined")} network '{silo.Genesis.Name}' in cluster '{cluster.ClusterId}' as {silo.Health.Silo}; "
                + $"clients connect to {cluster.AdvertisedAddress}:{silo.GatewayPort}.");
            await ShowBlocks(silo, stop);
            if (!stop.IsCancellationRequested)
            {
                await error.WriteLineAsync($"The silo left the cluster without being asked to. The log in {options.LogDirectory} has the details.");
                return ExitCode.LeftCluster;
            }

            await output.WriteLineAsync("Stopping: what is under way is finished and handed over.");
        }
        finally
        {
            await silo.DisposeAsync();
        }

        await output.WriteLineAsync("Stopped.");
        return ExitCode.Stopped;
    }

    private async Task ShowBlocks(ClusterSilo silo, CancellationToken stop)
    {
        var network = silo.Services.GetRequiredService<NetworkContext>();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, silo.Ending);
        using var timer = new PeriodicTimer(LinePause);
        try
        {
            do
            {
                await output.WriteLineAsync($"block {network.Head}");
            }
            while (await timer.WaitForNextTickAsync(either.Token));
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // The way it is meant to end.
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Notice}")]
    private partial void LogOnTrial(string notice);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The store cannot be used.")]
    private partial void LogStoreUnusable(Exception cause);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The silo failed.")]
    private partial void LogFailed(Exception cause);
}
