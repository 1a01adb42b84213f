using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Dtao.Economics.Ledger;
using Dtao.Grains.Feed;
using Dtao.Grains.Feed.Index;
using Dtao.Grains.Shell;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Cluster;
using Dtao.Hosting.Feed;
using Dtao.Hosting.Network;
using Dtao.Hosting.Scenarios;
using Dtao.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Storage;
using Xunit;

namespace Dtao.TestKit;

/// <summary>Which Orleans storage keeps the journals.</summary>
public enum JournalStore
{
    None,
    /// <summary>The framework's own; it goes with its silos.</summary>
    OrleansMemory,
    /// <summary>Group commit over records in memory, which outlive the silos.</summary>
    RecordMemory,
    /// <summary>Group commit over SQLite.</summary>
    Sqlite,
}

/// <summary>A cluster whose actors keep their journals in Orleans grain storage: no order over actors, every step awaited.</summary>
/// <remarks>The host's ordered log carries nothing but block 0, from which every actor's first snapshot is taken.</remarks>
public sealed class GrainStorageNetwork : ForwardingNetwork, IRestartable, IJournaledNetwork
{
    private const string Provider = "journals";

    private readonly ClusterNetwork _cluster;
    private readonly Stores _stores;
    private readonly GenesisState _genesis;

    private GrainStorageNetwork(ClusterNetwork cluster, Stores stores, GenesisState genesis)
        : base(cluster)
    {
        _cluster = cluster;
        _stores = stores;
        _genesis = genesis;
    }

    public IGrainFactory Grains => _cluster.Host.Grains;

    private IActorJournals Journals => _cluster.Host.Services.GetRequiredService<IActorJournals>();

    /// <param name="configure">What a test adds to each silo.</param>
    public static Task<GrainStorageNetwork> StartAsync(GenesisState genesis, JournalStore store, int silos = 1, Action<ISiloBuilder>? configure = null) =>
        StartAsync(genesis, new Stores(store, genesis, null), silos, configure);

    /// <summary>With the notes and the feed that silos have which share nothing but storage.</summary>
    public static Task<GrainStorageNetwork> StartWithFeedAsync(GenesisState genesis, JournalStore store, int silos) =>
        StartAsync(genesis, new Stores(store, genesis, null) { HasFeed = true }, silos, null);

    /// <param name="addStorage">Adds the storage that keeps the journals, under the name that it is told.</param>
    public static Task<GrainStorageNetwork> StartAsync(GenesisState genesis, Action<ISiloBuilder, string> addStorage, int silos = 1) =>
        StartAsync(genesis, new Stores(JournalStore.None, genesis, addStorage), silos, null);

    private static async Task<GrainStorageNetwork> StartAsync(GenesisState genesis, Stores stores, int silos, Action<ISiloBuilder>? configure)
    {
        try
        {
            return new GrainStorageNetwork(await ClusterNetwork.StartAsync(genesis, silos, silo: silo =>
            {
                stores.AddTo(silo);
                configure?.Invoke(silo);
            }), stores, genesis);
        }
        catch
        {
            stores.Dispose();
            throw;
        }
    }

    public NetworkHost Host => _cluster.Host;

    public async Task RestartAsync()
    {
        var before = _stores.HasFeed ? await Host.Services.GetRequiredService<SiloDirectory>().ReadAsync() : [];
        await _cluster.RestartAsync();
        foreach (var listed in before)
        {
            await ActiveAccounts.EndAndReadAsync(Journals, listed.Silo);
            await Host.Services.GetRequiredService<SiloDirectory>().RemoveAsync(listed.Silo);
        }
    }

    /// <summary>An actor's journal as another activation of it would open it.</summary>
    public IActorJournal OpenJournal(string actorKey) => Journals.Open(actorKey);

    /// <summary>When no batch of the lane is under way: a sender is answered before it has taken in what changed of its own lists.</summary>
    public override async Task<INetworkState> Read()
    {
        // First seen to be at rest, and then read: the journals are read one after the other.
        await Patience.Until(async () => (await ReadImage()).Lane.Undelivered is null, "The lane's batch never reached everyone.");
        return new StoredNetworkState(await ReadImage());
    }

    /// <summary>What actors would start from: snapshots and the events after them.</summary>
    public async Task<NetworkImage> ReadImage()
    {
        var images = (await Task.WhenAll(_stores.ActorKeys.Select(Load))).ToDictionary(StringComparer.Ordinal);
        return NetworkImage.Of(images.Keys, images.GetValueOrDefault);

        async Task<KeyValuePair<string, ActorImage>> Load(string actorKey)
        {
            using var journal = Journals.Open(actorKey);
            return KeyValuePair.Create(actorKey, await journal.LoadAsync());
        }
    }

    public async Task<IReadOnlyDictionary<string, IReadOnlyList<ReadOnlyMemory<byte>>>> ReadJournals()
    {
        var journals = await Task.WhenAll(_stores.ActorKeys.Select(async actorKey => (actorKey, events: await Journals.ReadEventsAsync(actorKey, 1, int.MaxValue))));
        return journals.ToDictionary(journal => journal.actorKey, journal => journal.events, StringComparer.Ordinal);
    }

    /// <summary>Copies the journals, event by event, to an ordered log behind block 0, audits that, and compares it with what actors would start from.</summary>
    public async Task AssertClean()
    {
        var state = await Read();
        var folder = Directory.CreateTempSubdirectory("dtao-journal-copy-");
        try
        {
            using var log = OrderedLog.Open(Path.Combine(folder.FullName, "ledger.db"));
            await CopyTo(log);
            using var view = log.OpenReadView();
            AuditAssert.IsClean(LedgerAudit.Run(view));
            Assert.Equal(Text(new StoredNetworkState(NetworkImage.Read(view))), Text(state));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Makes an empty log the same ledger, event by event, behind the same block 0.</summary>
    public async Task CopyTo(OrderedLog log)
    {
        GenesisLoader.Load(log, NetworkGenesis.Of(_genesis));
        var last = 0L;
        foreach (var actorKey in _stores.ActorKeys)
        {
            var copy = log.Open(actorKey);
            await copy.LoadAsync();
            foreach (var happened in await Journals.ReadEventsAsync(actorKey, 1, int.MaxValue)) last = log.Append(copy, happened);
        }

        await log.WhenDurable(last);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _stores.Dispose();
    }

    private static string Text(INetworkState state) =>
        System.Text.Encoding.ASCII.GetString(CanonicalJson.Write(CanonicalState.Of(state, "copy", new Aliases([]), results: null)));

    /// <summary>What outlives the silos: the records, and which actors have some.</summary>
    private sealed class Stores : IDisposable
    {
        private readonly JournalStore _store;
        private readonly ConcurrentDictionary<string, bool> _actorKeys = new(StringComparer.Ordinal);
        private readonly List<(string ActorKey, ReadOnlyMemory<byte> Snapshot)> _genesis = [];
        private readonly MemoryRecordStore _records = new();
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtao-journals-");
        private readonly SqliteDatabase? _database;
        private int _isLoaded;

        private readonly Action<ISiloBuilder, string>? _addStorage;

        public Stores(JournalStore store, GenesisState genesis, Action<ISiloBuilder, string>? addStorage)
        {
            _store = store;
            _addStorage = addStorage;
            if (store == JournalStore.Sqlite) _database = SqliteDatabase.Open(Path.Combine(_folder.FullName, "journals.db"));
            using var log = OrderedLog.Open(Path.Combine(_folder.FullName, "genesis.db"));
            GenesisLoader.Load(log, NetworkGenesis.Of(genesis));
            using var view = log.OpenReadView();
            foreach (var actor in view.ScanActors())
            {
                _genesis.Add((actor.ActorKey, view.ReadSnapshot(actor.ActorKey)!.State));
                _actorKeys.TryAdd(actor.ActorKey, true);
            }
        }

        public bool HasFeed { get; init; }

        public IEnumerable<string> ActorKeys => _actorKeys.Keys.Order(StringComparer.Ordinal);

        public void AddTo(ISiloBuilder silo)
        {
            silo.Services.RemoveAll<IActorJournals>();
            if (HasFeed) AddFeed(silo.Services);
            else silo.Services.AddSingleton<IActorJournals>(services => new KeepingJournals(new GrainStorageJournals(StorageOf(services)), _actorKeys));
            silo.AddStartupTask(LoadGenesis);
            if (_addStorage is { } add)
            {
                add(silo, Provider);
                return;
            }

            _ = _store switch
            {
                JournalStore.OrleansMemory => silo.AddMemoryGrainStorage(Provider),
                JournalStore.RecordMemory => silo.AddMemoryRecordGrainStorage(Provider, options => options.Store = _records),
                _ => silo.AddSqliteGrainStorage(Provider, options => options.Database = _database),
            };
        }

        public void Dispose()
        {
            _database?.Dispose();
            _folder.Delete(recursive: true);
        }

        private static IGrainStorage StorageOf(IServiceProvider services) => services.GetRequiredKeyedService<IGrainStorage>(Provider);

        private void AddFeed(IServiceCollection services)
        {
            services.RemoveAll<ILedgerFeed>();
            services.AddSingleton(provider => new SiloDirectory(StorageOf(provider), () => 0));
            ClusterFeed.AddTo(services, StorageOf, ReadActors);
            var journals = services.Single(service => service.ServiceType == typeof(IActorJournals));
            services.Remove(journals);
            services.AddSingleton<IActorJournals>(provider => new KeepingJournals((IActorJournals)journals.ImplementationFactory!(provider), _actorKeys));
            services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, NotingSilo>();
        }

        private async IAsyncEnumerable<StoredActor> ReadActors([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            foreach (var actorKey in ActorKeys) yield return new StoredActor(actorKey, _genesis.Any(actor => actor.ActorKey == actorKey), HasEvents: true);
        }

        /// <summary>Once in a network's life, by its first silo.</summary>
        private async Task LoadGenesis(IServiceProvider services, CancellationToken cancellationToken)
        {
            if (Interlocked.Exchange(ref _isLoaded, 1) != 0) return;
            var journals = services.GetRequiredService<IActorJournals>();
            foreach (var (actorKey, snapshot) in _genesis)
            {
                using var journal = journals.Open(actorKey);
                await journal.LoadAsync();
                await journal.PutSnapshotAsync(0, snapshot);
            }
        }
    }

    /// <summary>Remembers which actors have opened a journal: grain storage cannot list its records.</summary>
    private sealed class KeepingJournals(IActorJournals inner, ConcurrentDictionary<string, bool> actorKeys) : IActorJournals
    {
        public Guid LogId => inner.LogId;

        public bool IsSaturated => inner.IsSaturated;

        public IActorJournal Open(string actorKey)
        {
            actorKeys.TryAdd(actorKey, true);
            return inner.Open(actorKey);
        }

        public ValueTask EnterAsync(string actorKey) => inner.EnterAsync(actorKey);

        public void Leave(string actorKey) => inner.Leave(actorKey);

        public Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadEventsAsync(string actorKey, long firstEvent, int countMax) =>
            inner.ReadEventsAsync(actorKey, firstEvent, countMax);
    }

    /// <summary>A silo that notes who is active in it, as one of a cluster does.</summary>
    private sealed class NotingSilo(ActiveAccounts accounts, ILocalSiloDetails silo) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle observer) => observer.Subscribe(
            nameof(NotingSilo), ServiceLifecycleStage.ApplicationServices + 1_000,
            _ =>
            {
                accounts.BeginAs(silo.SiloAddress.ToParsableString());
                return Task.CompletedTask;
            },
            _ => accounts.StopAsync());
    }
}
