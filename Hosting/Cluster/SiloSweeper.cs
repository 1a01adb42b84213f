using System.Diagnostics;
using Dtao.Grains;
using Dtao.Grains.Blocks;
using Dtao.Grains.Lanes;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dtao.Hosting.Cluster;

/// <summary>
/// Wakes what a silo that died has left unfinished: the accounts that were active there, and everyone whose own activation finishes what was under way.
/// </summary>
/// <remarks>
/// The eldest silo does it; where two think that they are, both do, which is harmless. A silo is swept up after twice, the second time when one that
/// was only thought dead has had time to find out: what it began in between is found then. Only after that it is taken off the list.
/// </remarks>
internal sealed partial class SiloSweeper(
    IGrainFactory grains, IActorJournals journals, SiloDirectory directory, IClusterMembershipService membership, ILocalSiloDetails local,
    SweepOptions options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<SiloSweeper> logger) : BackgroundService
{
    private const int WidthMax = 64;

    /// <summary>Then the sweep is begun anew at the next look.</summary>
    private const int TriesMax = 20;

    private readonly Dictionary<string, long> _sweptAt = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        try
        {
            await lifetime.StartedAsync(stopping.Token);
            using var timer = new PeriodicTimer(options.Pause, time);
            do
            {
                await LookAround(stopping.Token);
            }
            while (await timer.WaitForNextTickAsync(stopping.Token));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private async Task LookAround(CancellationToken stopping)
    {
        try
        {
            if (!IsEldest(membership.CurrentSnapshot, local.SiloAddress)) return;
            foreach (var listed in await directory.ReadAsync())
            {
                var silo = SiloAddress.FromParsableString(listed.Silo);
                if (membership.CurrentSnapshot.GetSiloStatus(silo, new MembershipVersion(listed.SeenAt)) != SiloStatus.Dead) continue;
                if (!_sweptAt.TryGetValue(listed.Silo, out var sweptAt))
                {
                    await Sweep(listed.Silo, stopping);
                    _sweptAt[listed.Silo] = time.GetTimestamp();
                }
                else if (time.GetElapsedTime(sweptAt) >= options.SecondAfter)
                {
                    await Sweep(listed.Silo, stopping);
                    await directory.RemoveAsync(listed.Silo);
                    _sweptAt.Remove(listed.Silo);
                }
            }
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested && exception is not OutOfMemoryException)
        {
            LogFailed(exception.Message);
        }
    }

    /// <summary>Whether a silo is the one that does for all what is done once.</summary>
    public static bool IsEldest(ClusterMembershipSnapshot snapshot, SiloAddress silo) =>
        snapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress)
            .OrderBy(address => address.Generation).ThenBy(address => address).FirstOrDefault()?.Equals(silo) == true;

    private async Task Sweep(string silo, CancellationToken stopping)
    {
        var began = Stopwatch.GetTimestamp();
        // Hotkeys finish nothing by themselves, and pools are woken below.
        var accounts = (await ActiveAccounts.EndAndReadAsync(journals, silo)).Where(actor => actor.StartsWith(ActorKeys.AccountPrefix, StringComparison.Ordinal)).ToArray();
        await Parallel.ForEachAsync(
            accounts,
            new ParallelOptions { MaxDegreeOfParallelism = WidthMax, CancellationToken = stopping },
            async (account, token) => await Insist(account, grains.GetGrain<IStakerAccountGrain>(account[ActorKeys.AccountPrefix.Length..]).Wake, token));
        await WakeOthers(stopping);
        LogSwept(silo, accounts.Length, Stopwatch.GetElapsedTime(began).Ticks / TimeSpan.TicksPerMillisecond);
    }

    /// <summary>Those whose activation goes on by itself with what was under way.</summary>
    private async Task WakeOthers(CancellationToken stopping)
    {
        NetworkView? network = null;
        await Insist(ActorKeys.Registry, async () => network = await grains.Registry().GetNetwork(), stopping);
        await Task.WhenAll([
            Insist(ActorKeys.Lane, grains.Lane().Wake, stopping),
            Insist(ActorKeys.Coordinator, grains.Coordinator().GetHead, stopping),
            .. network!.Subnets.Select(subnet => Insist(ActorKeys.Pool(subnet.PoolKey), grains.Pool(subnet.PoolKey).GetSettledBelow, stopping))]);
    }

    private async Task Insist(string whom, Func<Task> wake, CancellationToken stopping)
    {
        for (var attempt = 0; ; attempt++)
        {
            if (attempt > 0) await Task.Delay(Retry.Delay(attempt), time, stopping);
            try
            {
                await wake().WaitAsync(stopping);
                return;
            }
            catch (Exception exception) when (attempt < TriesMax && !stopping.IsCancellationRequested && exception is not OutOfMemoryException)
            {
                LogAsleep(whom, exception.Message);
            }
        }
    }

    [LoggerMessage(751, LogLevel.Information, "What silo {Silo} left is taken up: {Accounts} accounts were woken in {Milliseconds} ms")]
    private partial void LogSwept(string silo, int accounts, long milliseconds);

    [LoggerMessage(752, LogLevel.Warning, "What dead silos left cannot be taken up at this moment: {Reason}")]
    private partial void LogFailed(string reason);

    [LoggerMessage(753, LogLevel.Warning, "{Actor} does not wake and is asked again: {Reason}")]
    private partial void LogAsleep(string actor, string reason);
}

/// <summary>When dead silos are looked for.</summary>
/// <param name="Pause">Between two looks.</param>
/// <param name="SecondAfter">After the first sweep: how long a silo that was only thought dead may take to find out.</param>
internal sealed record SweepOptions(TimeSpan Pause, TimeSpan SecondAfter)
{
    public static SweepOptions Default { get; } = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(60));
}
