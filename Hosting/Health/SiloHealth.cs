using System.Globalization;
using Dtao.Grains;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Dtao.Hosting.Health;

/// <summary>Why a silo is not ready, or not alive. The codes are stable.</summary>
/// <param name="Code">For programs.</param>
/// <param name="Text">For people.</param>
public sealed record HealthReason(string Code, string Text);

/// <summary>How a silo is at an instant.</summary>
/// <param name="IsOk">Whether there is no reason against it.</param>
/// <param name="Block">The newest closed block that it knows.</param>
/// <param name="BlockSeconds">How long ago it heard of that block.</param>
public sealed record HealthReport(bool IsOk, IReadOnlyList<HealthReason> Reasons, ulong Block, long BlockSeconds);

/// <summary>Bounds of a silo's health.</summary>
public sealed record HealthOptions
{
    public const int BlockSecondsMaxDefault = 60;

    /// <summary>Without a new block for longer than this a silo is not ready, where blocks close by themselves.</summary>
    public int BlockSecondsMax { get; init; } = BlockSecondsMaxDefault;

    /// <summary>How long the store may leave a look unanswered.</summary>
    public int StoreSecondsMax { get; init; } = 10;

    /// <summary>What whoever asks has to know, although it is no reason against the silo.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>Looks whether the store answers.</summary>
public interface IStoreProbe
{
    /// <summary>Why the store will never take anything from this process again; null while it may.</summary>
    string? Lost { get; }

    /// <summary>Throws when the store does not answer.</summary>
    /// <exception cref="LedgerMissingException">It answers, and does not hold the ledger any more.</exception>
    Task LookAsync(CancellationToken cancellationToken);
}

/// <summary>Whether this silo is alive, and whether it is ready for clients; and why not.</summary>
/// <remarks>
/// Not alive: only a new process helps. Not ready: it may become so by itself. It looks once a second, and answers from what it saw last, so that
/// whoever asks often costs nothing.
/// </remarks>
public sealed class SiloHealth(
    IGrainFactory grains, NetworkContext network, IClusterMembershipService membership, ILocalSiloDetails local, IStoreProbe store,
    HealthOptions options, IHostApplicationLifetime lifetime, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan LookPause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private ulong _block;
    private long? _blockAt;
    private HealthReason? _storeFault = new("StoreUnreachable", "The store has not been looked at yet.");
    private long? _interval;

    public string Silo => local.SiloAddress.ToParsableString();

    public IReadOnlyList<string> Warnings => options.Warnings;

    public HealthReport Live()
    {
        var reasons = new List<HealthReason>();
        if (store.Lost is { } lost) reasons.Add(new("StoreLost", lost));
        if (membership.CurrentSnapshot.GetSiloStatus(local.SiloAddress) == SiloStatus.Dead) reasons.Add(new("DeclaredDead", "The cluster has declared this silo dead; another process has to take its place."));
        return Report(reasons);
    }

    public HealthReport Ready()
    {
        var reasons = Live().Reasons.ToList();
        if (lifetime.ApplicationStopping.IsCancellationRequested) reasons.Add(new("Stopping", "The silo is stopping."));
        var status = membership.CurrentSnapshot.GetSiloStatus(local.SiloAddress);
        if (!lifetime.ApplicationStarted.IsCancellationRequested || status is not (SiloStatus.Active or SiloStatus.Dead))
        {
            reasons.Add(new("NotJoined", $"The silo has not joined the cluster: its status is {status}."));
        }

        lock (_lock)
        {
            if (_storeFault is not null) reasons.Add(_storeFault);
            if (_interval is null) reasons.Add(new("NetworkUnknown", "The registry has not answered yet which network this is."));
            var seconds = SecondsSinceBlock();
            if (_interval >= 0 && seconds > options.BlockSecondsMax + (_interval / 1_000))
            {
                reasons.Add(new("NoBlock", string.Create(CultureInfo.InvariantCulture, $"No block after {_block} for {seconds} seconds.")));
            }
        }

        return Report(reasons);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookPause, time);
        try
        {
            do
            {
                NoteBlock();
                await Task.WhenAll(LookAtStore(stoppingToken), LookAtNetwork(stoppingToken));
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private HealthReport Report(List<HealthReason> reasons)
    {
        lock (_lock) return new(reasons.Count == 0, reasons, _block, SecondsSinceBlock());
    }

    private long SecondsSinceBlock() => _blockAt is { } at ? time.GetElapsedTime(at).Ticks / TimeSpan.TicksPerSecond : 0;

    private void NoteBlock()
    {
        lock (_lock)
        {
            if (_blockAt is not null && network.Head.Value == _block) return;
            (_block, _blockAt) = (network.Head.Value, time.GetTimestamp());
        }
    }

    private async Task LookAtStore(CancellationToken stopping)
    {
        var fault = await FaultOf(store.LookAsync, TimeSpan.FromSeconds(options.StoreSecondsMax), stopping);
        lock (_lock)
        {
            _storeFault = fault switch
            {
                null => null,
                LedgerMissingException => new("LedgerMissing", fault.Message),
                TimeoutException => new("StoreUnreachable", $"The store does not answer: no answer within {options.StoreSecondsMax} seconds."),
                _ => new("StoreUnreachable", $"The store does not answer: {fault.Message}"),
            };
        }
    }

    private async Task LookAtNetwork(CancellationToken stopping)
    {
        if (_interval is not null || !lifetime.ApplicationStarted.IsCancellationRequested) return;
        await FaultOf(
            async _ =>
            {
                var view = await grains.Registry().GetNetwork();
                lock (_lock)
                {
                    if (view.Name is not null) _interval = view.BlockIntervalMilliseconds;
                }
            },
            TimeSpan.FromSeconds(options.StoreSecondsMax), stopping);
    }

    private async Task<Exception?> FaultOf(Func<CancellationToken, Task> look, TimeSpan patience, CancellationToken stopping)
    {
        try
        {
            await look(stopping).WaitAsync(patience, time, stopping);
            return null;
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested && exception is not OutOfMemoryException)
        {
            return exception;
        }
    }
}

public static class SiloHealthExtensions
{
    public static IServiceCollection AddSiloHealth(this IServiceCollection services, HealthOptions? options = null)
    {
        services.AddSingleton(options ?? new HealthOptions());
        services.AddSingleton<SiloHealth>();
        return services.AddHostedService(provider => provider.GetRequiredService<SiloHealth>());
    }
}
