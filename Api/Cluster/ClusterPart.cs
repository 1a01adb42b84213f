using Dtao.Api.Json;
using Dtao.Api.Requests;
using Dtao.Client;
using Dtao.Economics;
using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Api.Cluster;

/// <summary>The processes behind the network.</summary>
internal sealed class ClusterPart : IApiPart
{
    public string Name => "Cluster";

    public void Add(IServiceCollection services, ApiOptions options)
    {
    }

    public void Map(ApiRoutes routes) =>
        routes.Get("/api/cluster/v1", "get_cluster", "The silos, the subnets whose pools are active in each, and what the network is.", [], Read);

    private static async Task<ClusterView> Read(ApiRequest request)
    {
        var client = request.Context.RequestServices.GetRequiredService<DtaoClient>();
        var network = await client.GetNetworkAsync(request.Aborted);
        var head = await client.GetHeadAsync(request.Aborted);
        var silos = await client.GetSilosAsync(request.Aborted);
        return new(
            network.Name, network.NetworkId, network.RequiresSignatures, head.Header?.RuleSet, DtaoVersion.Text,
            request.Context.RequestServices.GetRequiredService<ApiOptions>().Audit?.Invoke(),
            [.. silos.Select(silo => new SiloView(silo.Address, silo.Status, new Timestamp(silo.StartedAt.ToUnixTimeMilliseconds()), silo.Netuids))]);
    }
}

/// <summary>The processes behind the network.</summary>
/// <param name="Network">The network's name; null before genesis.</param>
/// <param name="NetworkId">Its id.</param>
/// <param name="RequiresSignatures">Whether it takes signed operations only.</param>
/// <param name="RuleSet">The rule set of the newest block; null before the first.</param>
/// <param name="Version">The version of the program that answers.</param>
/// <param name="Audit">What the last audit of the ledger said; null where this process runs none.</param>
/// <param name="Silos">By address.</param>
internal sealed record ClusterView(string? Network, string NetworkId, bool RequiresSignatures, string? RuleSet, string Version, AuditNote? Audit, IReadOnlyList<SiloView> Silos);

/// <summary>What an audit of the ledger said.</summary>
/// <param name="Outcome">pending, clean, off, or failed: it could not be run.</param>
/// <param name="BlockNumber">The block that was audited.</param>
public sealed record AuditNote(string Outcome, BlockNumber BlockNumber);

/// <summary>One silo.</summary>
/// <param name="Address">Its address with its generation, as it stands in logs.</param>
/// <param name="Status">As the cluster sees it: Active, Joining, ShuttingDown, Stopping, Dead.</param>
/// <param name="StartedAt">When it came.</param>
/// <param name="Netuids">The subnets whose pools are active in it.</param>
internal sealed record SiloView(string Address, string Status, Timestamp StartedAt, IReadOnlyList<NetUid> Netuids);
