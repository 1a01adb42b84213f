using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;
using Orleans.Runtime;

namespace Dtao.Storage;

/// <summary>Finds a cluster's gateways for clients in the table that its silos keep: the active ones that have a gateway port.</summary>
internal sealed class AzureGatewayListProvider(
    IOptions<AzureStorageGatewayOptions> options, IOptions<ClusterOptions> cluster, IOptions<GatewayOptions> gateways, TimeProvider? time = null) : IGatewayListProvider
{
    private const string Subject = "Gateways";
    private readonly AzureRetry retry = AzureRetry.ForOperations(Subject, options.Value.StoragePolicyOptions, time ?? TimeProvider.System);
    private TableClient? table;

    public TimeSpan MaxStaleness => gateways.Value.GatewayListRefreshPeriod;

    public bool IsUpdatable => true;

    public async Task InitializeGatewayListProvider() =>
        table = await AzureTables.Open(Subject, options.Value, time ?? TimeProvider.System).ConfigureAwait(false);

    public async Task<IList<Uri>> GetGateways()
    {
        var client = table ?? throw new InvalidOperationException("The list of gateways has not been initialized.");
        var (partition, active) = (SiloRows.Partition(cluster.Value.ClusterId), nameof(SiloStatus.Active));
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and Status eq {active}");
        var (rows, _) = await AzureTables.Query(Subject, client, retry, filter, null).ConfigureAwait(false);
        return [.. rows.Where(SiloRows.IsSilo).Select(SiloRows.GatewayOf).OfType<Uri>()];
    }
}
