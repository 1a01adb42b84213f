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

/// <content>The processes behind the network.</content>
public sealed partial class DtaoClient
{
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
