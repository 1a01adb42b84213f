using System.Globalization;
using Azure.Data.Tables;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;
using Dtao.Hosting.Audit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace Dtao.Hosting.Cluster;

/// <summary>The ledger of a cluster as it stands in its storage account, read without a silo.</summary>
/// <remarks>
/// Rows are read one after the other, and Azure keeps no order over them: what is read is one instant only while no silo runs.
/// </remarks>
public sealed class ClusterStore : IAsyncDisposable
{
    /// <summary>How the provider writes the slash between parts of a grain's id, in a row's key.</summary>
    private const string Slash = "%002F";
    private const string FirstRow = GrainStorageJournals.GrainTypeName + Slash;
    private const int WidthMax = 64;

    private readonly ServiceProvider _services;
    private readonly AzureTableGrainStorage _storage;
    private readonly TableClient _table;
    private readonly string _serviceId;

    private ClusterStore(ServiceProvider services, AzureTableGrainStorage storage, TableClient table, string serviceId)
    {
        _services = services;
        _storage = storage;
        _table = table;
        _serviceId = serviceId;
    }

    /// <exception cref="Storage.StoreException">The account cannot be reached, or the table is laid out otherwise.</exception>
    public static async Task<ClusterStore> OpenAsync(ClusterSiloOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.FindFaults() is { Count: > 0 } faults) throw new ArgumentException(string.Join(Environment.NewLine, faults), nameof(options));
        var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var table = new AzureTableStorageOptions();
        ClusterSilo.Configure(table, options, services.GetRequiredService<Serializer>());
        var storage = new AzureTableGrainStorage(
            ClusterSilo.StorageName, table, options.ServiceId, services.GetRequiredService<IActivatorProvider>(), TimeProvider.System,
            NullLogger<AzureTableGrainStorage>.Instance);
        await storage.InitializeAsync(cancellationToken);
        return new ClusterStore(services, storage, options.Account.Tables().GetTableClient(options.Table), options.ServiceId);
    }

    public IActorJournals Journals => new GrainStorageJournals(_storage);

    internal IGrainStorage Storage => _storage;

    /// <summary>Every actor that has a journal.</summary>
    public async Task<IReadOnlyList<string>> ReadActorKeysAsync(CancellationToken cancellationToken = default)
    {
        // From the service's first bucket to behind its last; from the first row of a journal to behind the last.
        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey ge {_serviceId + "-"} and PartitionKey lt {_serviceId + "."} and RowKey ge {FirstRow} and RowKey lt {GrainStorageJournals.GrainTypeName + "%0030"}");
        var found = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var row in _table.QueryAsync<TableEntity>(filter, select: ["RowKey"], cancellationToken: cancellationToken))
        {
            var end = row.RowKey.IndexOf('|', StringComparison.Ordinal);
            found.Add(row.RowKey[FirstRow.Length..end].Replace(Slash, "/", StringComparison.Ordinal));
        }

        return [.. found];
    }

    /// <summary>The state of every actor, rebuilt from its journal.</summary>
    public async Task<NetworkImage> ReadImageAsync(CancellationToken cancellationToken = default)
    {
        var actorKeys = await ReadActorKeysAsync(cancellationToken);
        var images = new System.Collections.Concurrent.ConcurrentDictionary<string, ActorImage>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            actorKeys, new ParallelOptions { MaxDegreeOfParallelism = WidthMax, CancellationToken = cancellationToken },
            async (actorKey, _) =>
            {
                using var journal = Journals.Open(actorKey);
                images[actorKey] = await journal.LoadAsync();
            });
        return NetworkImage.Of(actorKeys, images.GetValueOrDefault);
    }

    /// <summary>Adds up every rao of the ledger by the place where it is booked.</summary>
    public async Task<AuditReport> AuditAsync(CancellationToken cancellationToken = default)
    {
        var image = await ReadImageAsync(cancellationToken);
        var genesis = new Dictionary<Economics.NetUid, PoolState>();
        foreach (var netuid in image.Pools.Keys)
        {
            if (await new GrainStorageJournals(_storage).ReadFirstAsync(ActorKeys.Pool(netuid.Value)) is { } first) genesis.Add(netuid, PoolModel.Instance.ReadSnapshot(first.Span));
        }

        return LedgerAudit.Run(image, genesis, chains: null);
    }

    public async ValueTask DisposeAsync()
    {
        await _storage.DisposeAsync();
        await _services.DisposeAsync();
    }
}
