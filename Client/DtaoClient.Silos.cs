using Dtao.Economics;
using Dtao.Grains;
using Orleans.Runtime;

namespace Dtao.Client;

/// <summary>A process of the network.</summary>
/// <param name="Address">Its address with its generation, as it stands in logs.</param>
/// <param name="Status">As the cluster sees it: Active, Joining, ShuttingDown, Stopping, Dead.</param>
/// <param name="StartedAt">When it came.</param>
/// <param name="Netuids">The subnets whose pools are active in it, ascending.</param>
public sealed record SiloInfo(string Address, string Status, DateTimeOffset StartedAt, IReadOnlyList<NetUid> Netuids);

/// <summary>What a process of the network uses, as it last told the cluster: some seconds old.</summary>
/// <param name="Address">As in <see cref="SiloInfo"/>.</param>
/// <param name="CpuPermille">Of all processors of its machine, smoothed.</param>
/// <param name="ManagedBytes">Memory that its runtime manages, smoothed.</param>
public sealed record SiloUse(string Address, long CpuPermille, long ManagedBytes)
{
    private const int PermillePerPercent = 10;

    internal static SiloUse Of(SiloAddress address, SiloRuntimeStatistics told) => new(
        address.ToParsableString(), (long)(told.EnvironmentStatistics.FilteredCpuUsagePercentage * PermillePerPercent), told.EnvironmentStatistics.FilteredMemoryUsageBytes);
}

/// <content>The processes behind the network.</content>
public sealed partial class DtaoClient
{
    /// <summary>What each active silo uses, by address. Silos that join or leave meanwhile, or do not answer, may be left out.</summary>
    public async Task<IReadOnlyList<SiloUse>> GetSiloUsesAsync(CancellationToken cancellationToken = default)
    {
        var management = _grains.GetGrain<IManagementGrain>(0);
        var silos = (await management.GetHosts(onlyActive: true, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false)).Keys.Order().ToArray();
        var told = await Task.WhenAll(silos.Select(async silo => (Silo: silo, Use: await TryGetUse(management, silo, cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false);
        return [.. told.Where(one => one.Use is not null).Select(one => SiloUse.Of(one.Silo, one.Use!))];
    }

    /// <summary>Asked alone: of several the answer fails with the first that is gone.</summary>
    private static async Task<SiloRuntimeStatistics?> TryGetUse(IManagementGrain management, SiloAddress silo, CancellationToken cancellationToken)
    {
        try
        {
            return (await management.GetRuntimeStatistics([silo], cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false)).SingleOrDefault();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>The silos that the cluster knows, by address, each with the subnets whose pools are active in it. Two looks after one another: a pool may move in between.</summary>
    public async Task<IReadOnlyList<SiloInfo>> GetSilosAsync(CancellationToken cancellationToken = default)
    {
        var network = await GetNetworkAsync(cancellationToken).ConfigureAwait(false);
        var management = _grains.GetGrain<IManagementGrain>(0);
        var places = await OverSubnets(network.Subnets, async (entry, token) =>
            (entry.Netuid, Silo: await management.GetActivationAddress(Pool(entry.PoolKey), token).AsTask().WaitAsync(token).ConfigureAwait(false)), cancellationToken).ConfigureAwait(false);
        var hosts = await management.GetDetailedHosts(onlyActive: false, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        return
        [
            .. hosts.OrderBy(host => host.SiloAddress).Select(host => new SiloInfo(
                host.SiloAddress.ToParsableString(), host.Status.ToString(), new DateTimeOffset(DateTime.SpecifyKind(host.StartTime, DateTimeKind.Utc)),
                [.. places.Where(place => host.SiloAddress.Equals(place.Silo)).Select(place => place.Netuid)])),
        ];
    }
}
