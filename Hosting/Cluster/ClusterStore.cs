using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Export;
using Dtao.Storage;
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
    private const string EndRow = GrainStorageJournals.GrainTypeName + "%0030";
    private const string SegmentPrefix = "segment-";
    private static readonly string s_genesisName = GrainStorageJournals.SnapshotName(0);

    /// <summary>A silo says every five seconds that it is there.</summary>
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(30);
    private const int StretchesAtOnce = 4;
    private const int BucketsFew = 16;

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

    /// <exception cref="StoreException">The account cannot be reached, or the table is laid out otherwise.</exception>
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
        var found = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var journal in ReadJournalsAsync(cancellationToken)) found.Add(journal.ActorKey);
        return [.. found];
    }

    /// <summary>The records of every journal, one journal after the other in the order of the rows; of one at a time it is known what it has.</summary>
    /// <exception cref="StoreException">The table cannot be read.</exception>
    internal async IAsyncEnumerable<JournalRecords> ReadJournalsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? actorKey = null;
        var (hasHead, hasGenesis, segments) = (false, false, new List<long>());
        await foreach (var (key, name) in ReadRecordNames(cancellationToken))
        {
            if (key != actorKey)
            {
                if (actorKey is not null) yield return new JournalRecords(actorKey, hasHead, hasGenesis, segments);
                (actorKey, hasHead, hasGenesis, segments) = (key, false, false, []);
            }

            if (name == GrainStorageJournals.HeadName) hasHead = true;
            else if (name == s_genesisName) hasGenesis = true;
            else if (name.StartsWith(SegmentPrefix, StringComparison.Ordinal)) segments.Add(Convert.ToInt64(name[SegmentPrefix.Length..], 16));
        }

        if (actorKey is not null) yield return new JournalRecords(actorKey, hasHead, hasGenesis, segments);
    }

    /// <summary>Which actor's record each row holds. Rows of one partition come in the order of their keys, so those of one actor stand together.</summary>
    private async IAsyncEnumerable<(string ActorKey, string Name)> ReadRecordNames([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // From the service's first bucket to behind its last; from the first row of a journal to behind the last.
        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey ge {_serviceId + "-"} and PartitionKey lt {_serviceId + "."} and RowKey ge {FirstRow} and RowKey lt {EndRow}");
        await using var rows = _table.QueryAsync<TableEntity>(filter, select: ["PartitionKey", "RowKey"], cancellationToken: cancellationToken).GetAsyncEnumerator(cancellationToken);
        var last = (Partition: string.Empty, Row: string.Empty);
        while (await MoveNext(rows))
        {
            var row = (Partition: rows.Current.PartitionKey, Row: rows.Current.RowKey);
            var order = string.CompareOrdinal(last.Partition, row.Partition);
            if (order > 0 || (order == 0 && string.CompareOrdinal(last.Row, row.Row) >= 0)) throw new StoreException(StoreErrorCode.Corrupt, $"Table {_table.Name} does not give its rows in the order of their keys.");
            last = row;
            yield return PartsOf(row.Row);
        }
    }

    private async Task<bool> MoveNext(IAsyncEnumerator<TableEntity> rows)
    {
        try
        {
            return await rows.MoveNextAsync();
        }
        catch (RequestFailedException failed)
        {
            throw new StoreException(StoreErrorCode.Unanswered, $"Table {_table.Name} could not be read: {failed.Message}", failed);
        }
    }

    /// <summary>Looks whether silos of the cluster are there: what is read or written beside them is of no one moment.</summary>
    /// <exception cref="NetworkFileException">Some run.</exception>
    /// <exception cref="StoreException">It cannot be told.</exception>
    public static async Task RefuseIfRunningAsync(ClusterSiloOptions options, TimeProvider? time = null)
    {
        var clustering = new AzureStorageClusteringOptions { TableName = options.MembershipTable };
        options.Account.ApplyTo(clustering);
        var running = await AzureClusterMembers.FindRunningAsync(clustering, options.ClusterId, SilenceMax, time ?? TimeProvider.System);
        if (running.Count > 0) throw new NetworkFileException(NetworkFileErrorCode.SilosRun, $"{running.Count} silos of cluster '{options.ClusterId}' run: {string.Join(", ", running.Select(silo => silo.ToParsableString()))}.");
    }

    /// <summary>The state of every actor, rebuilt from its journal.</summary>
    /// <remarks>Pages of rows, and not a journal's records one by one: with very many actors the requests are what takes the time.</remarks>
    public async Task<NetworkImage> ReadImageAsync(CancellationToken cancellationToken = default)
    {
        var images = new ConcurrentDictionary<string, ActorImage>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            Stretches(), new ParallelOptions { MaxDegreeOfParallelism = StretchesAtOnce, CancellationToken = cancellationToken },
            async (stretch, token) =>
            {
                var records = new OneJournal();
                await foreach (var (row, record) in _storage.ReadBucketAsync<JournalRecord>(stretch.Bucket, stretch.From, stretch.End, IsNeeded, token))
                {
                    var (actorKey, name) = PartsOf(row);
                    if (actorKey != records.ActorKey)
                    {
                        await Keep(records);
                        records = new OneJournal { ActorKey = actorKey };
                    }

                    records.Add(name, record);
                }

                await Keep(records);

                bool IsNeeded(string row)
                {
                    var (actorKey, name) = PartsOf(row);
                    return GrainStorageJournals.IsLoadedFrom(actorKey == records.ActorKey ? records.Head : null, name);
                }
            });
        return NetworkImage.Of(images.Keys.Order(StringComparer.Ordinal), images.GetValueOrDefault);

        async Task Keep(OneJournal records)
        {
            if (records.ActorKey is not { } actorKey) return;
            if (!images.TryAdd(actorKey, await Load(new GrainStorageJournals(records), actorKey) ?? await Load(new GrainStorageJournals(_storage), actorKey) ?? throw new StoreException(StoreErrorCode.Corrupt, $"The newest snapshot of {actorKey} is missing.")))
            {
                throw new StoreException(StoreErrorCode.Corrupt, $"Table {_table.Name} does not give its rows in the order of their keys.");
            }
        }
    }

    /// <summary>Every bucket; of few, each in several parts, between which no journal is cut: the emulator sorts all that a query lets through for each page.</summary>
    private IEnumerable<(int Bucket, string From, string End)> Stretches()
    {
        var accounts = FirstRow + ActorKeys.AccountPrefix.Replace("/", Slash, StringComparison.Ordinal);
        string[] cuts = _storage.BucketCount < BucketsFew ? [FirstRow, .. "123456789abcdef".Select(digit => accounts + digit), EndRow] : [FirstRow, EndRow];
        return Enumerable.Range(0, _storage.BucketCount).SelectMany(bucket => cuts.Zip(cuts.Skip(1), (from, end) => (bucket, from, end)));
    }

    /// <summary>Null when its snapshot is missing: where a silo runs, another one may have taken its place while pages were read.</summary>
    private static async Task<ActorImage?> Load(GrainStorageJournals journals, string actorKey)
    {
        try
        {
            using var journal = journals.Open(actorKey);
            return await journal.LoadAsync();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static (string ActorKey, string Name) PartsOf(string row)
    {
        var end = row.IndexOf('|', StringComparison.Ordinal);
        return (row[FirstRow.Length..end].Replace(Slash, "/", StringComparison.Ordinal), row[(end + 1)..]);
    }

    /// <summary>What the network began with.</summary>
    /// <exception cref="NetworkFileException">There is no ledger in that table and service.</exception>
    /// <exception cref="StoreException">There is none yet: an import did not come to an end.</exception>
    public async Task<AgreedGenesis> ReadGenesisAsync() =>
        await new StoredGenesis(_storage, TimeProvider.System, NullLogger.Instance).ReadAsync() ?? throw new NetworkFileException(NetworkFileErrorCode.NoNetwork, "The account holds no ledger in that table and service.");

    /// <summary>Adds up every rao of the ledger by the place where it is booked.</summary>
    public async Task<AuditReport> AuditAsync(CancellationToken cancellationToken = default) => await AuditAsync(await ReadImageAsync(cancellationToken));

    /// <summary>As <see cref="AuditAsync(CancellationToken)"/>, of what was read already.</summary>
    public async Task<AuditReport> AuditAsync(NetworkImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
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
