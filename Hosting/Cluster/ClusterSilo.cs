using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Dtao.Grains.Feed.Index;
using Dtao.Grains.Shell;
using Dtao.Hosting.Chaos;
using Dtao.Hosting.Feed;
using Dtao.Hosting.Health;
using Dtao.Hosting.Network;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.Storage;

namespace Dtao.Hosting.Cluster;

/// <summary>One silo of a cluster on Azure storage, in this process.</summary>
public sealed class ClusterSilo : IAsyncDisposable
{
    /// <summary>The name of the grain storage that keeps the journals.</summary>
    public const string StorageName = "ledger";

    /// <summary>How long a silo that stops may take to finish what is under way and to hand over; whoever stops its process has to wait longer.</summary>
    public static readonly TimeSpan ShutdownMax = TimeSpan.FromSeconds(60);

    /// <summary>A port that was free when it was chosen may be taken when it is listened on.</summary>
    private const int PortTriesMax = 5;

    /// <summary>A start that failed does not wait longer for the silo to come to rest.</summary>
    private static readonly TimeSpan AbandonMax = TimeSpan.FromSeconds(15);

    private readonly IHost _host;

    private ClusterSilo(IHost host, int siloPort, int gatewayPort, ClusterGenesis genesis)
    {
        _host = host;
        SiloPort = siloPort;
        GatewayPort = gatewayPort;
        (Genesis, MadeNetwork) = genesis.Outcome;
    }

    public int SiloPort { get; }

    public int GatewayPort { get; }

    /// <summary>What the network began with.</summary>
    public AgreedGenesis Genesis { get; }

    /// <summary>Whether it was this silo that made the network.</summary>
    public bool MadeNetwork { get; }

    public IServiceProvider Services => _host.Services;

    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    public IClusterClient Client => Services.GetRequiredService<IClusterClient>();

    public SiloHealth Health => Services.GetRequiredService<SiloHealth>();

    /// <summary>Canceled when the silo ends, whoever ended it.</summary>
    public CancellationToken Ending => Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

    /// <summary>Starts a silo, makes the network when there is none yet, and joins the cluster.</summary>
    /// <param name="proposed">What a new network begins with; looked at only when there is no network.</param>
    /// <param name="isGiven">Whether somebody asked for just this genesis: see <see cref="StoredGenesis.EnsureAsync"/>.</param>
    /// <exception cref="ArgumentException">The options are faulty; the message lists every fault.</exception>
    /// <exception cref="OtherGenesisException">The network began with another genesis.</exception>
    public static async Task<ClusterSilo> StartAsync(
        ClusterSiloOptions options, AgreedGenesis proposed, bool isGiven = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.FindFaults() is { Count: > 0 } faults) throw new ArgumentException(string.Join(Environment.NewLine, faults), nameof(options));
        if (options.FaultInjection is { } injection)
        {
            var account = options.Account with { Faults = new FaultInjection(injection, TimeProvider.System).Policy };
            options = options with { Account = account, Health = options.Health with { Warnings = [.. options.Health.Warnings, injection.Notice] } };
        }

        for (var tries = 1; ; tries++)
        {
            var free = FreePorts(options.ListenAddress ?? options.AdvertisedAddress);
            var siloPort = options.SiloPort == 0 ? free.First : options.SiloPort;
            var gatewayPort = options.GatewayPort == 0 ? free.Second : options.GatewayPort;
            var genesis = new ClusterGenesis(proposed, isGiven, options.GenesisProgress);
            var host = Build(options, siloPort, gatewayPort, genesis);
            try
            {
                await host.StartAsync(cancellationToken);
                return new ClusterSilo(host, siloPort, gatewayPort, genesis);
            }
            catch (Exception failure)
            {
                await Task.WhenAny(Task.Run(() => Dispose(host), CancellationToken.None), Task.Delay(AbandonMax, CancellationToken.None));
                if (!IsPortTaken(failure) || tries == PortTriesMax || (options.SiloPort != 0 && options.GatewayPort != 0)) throw;
            }
        }
    }

    /// <summary>Takes nothing new, finishes what is under way, hands its actors over, and leaves the cluster.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await Dispose(_host);
    }

    private static IHost Build(ClusterSiloOptions options, int siloPort, int gatewayPort, ClusterGenesis genesis)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        options.Logging?.Invoke(builder.Logging);
        var services = builder.Services;
        services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownMax);
        services.AddSingleton<IHostLifetime, OwnersLifetime>();
        SteadyClock.AddTo(services);
        services.AddSingleton(new NetworkContext(options.Limits.NewGate()) { Administrators = options.Administrators });
        services.AddSingleton(options.Sweep);
        services.AddSingleton(provider => new SiloDirectory(StorageOf(provider), () => provider.GetRequiredService<IClusterMembershipService>().CurrentSnapshot.Version.Value));
        ClusterFeed.AddTo(services, StorageOf, cancellation => ReadActors(options, cancellation));
        services.AddSingleton<IActivationWorkingSetObserver, EndingActivations>();
        services.AddSingleton(genesis);
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, ClusterStart>();
        services.AddSingleton<IStoreProbe>(provider => new GrainStorageProbe(StorageOf(provider), provider.GetRequiredService<GrainStorageJournals>()));
        services.AddSiloHealth(options.Health);
        services.AddHostedService<NetworkFollower>();
        services.AddHostedService<SiloSweeper>();
        services.AddHostedService<PoolBalancer>();
        if (options.DrivesBlocks) services.AddHostedService<BlockDriver>();
        builder.UseOrleans(silo =>
        {
            Join(silo, options, siloPort, gatewayPort);
            // What the network's genesis says is known only when the store can be read.
            silo.AddIncomingGrainCallFilter<OutsideCalls>();
            options.Silo?.Invoke(silo);
        });
        return builder.Build();
    }

    private static void Join(ISiloBuilder silo, ClusterSiloOptions options, int siloPort, int gatewayPort)
    {
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ServiceId));
        silo.Configure<EndpointOptions>(endpoint =>
        {
            var listen = options.ListenAddress ?? options.AdvertisedAddress;
            endpoint.AdvertisedIPAddress = options.AdvertisedAddress;
            (endpoint.SiloPort, endpoint.GatewayPort) = (siloPort, gatewayPort);
            (endpoint.SiloListeningEndpoint, endpoint.GatewayListeningEndpoint) = (new(listen, siloPort), new(listen, gatewayPort));
        });
        silo.UseAzureStorageClustering(clustering =>
        {
            options.Account.ApplyTo(clustering);
            clustering.TableName = options.MembershipTable;
        });
        silo.AddAzureTableGrainStorage(StorageName, storage => storage.Configure<Serializer>((table, serializer) => Configure(table, options, serializer)));
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = TimeSpan.FromMilliseconds(options.ProbeMilliseconds);
            membership.NumMissedProbesLimit = options.MissedProbesMax;
            // A silo that starts after all others were killed waits for them no longer than this, three times.
            membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
            membership.TableRefreshTimeout = TimeSpan.FromSeconds(15);
        });
        silo.Configure<SiloMessagingOptions>(messaging =>
        {
            // A request that was forwarded to a silo which then died is answered by nobody, and its sender, who sent it elsewhere, is not told: it asks again after this.
            messaging.ResponseTimeout = TimeSpan.FromSeconds(10);
            messaging.MaxRequestProcessingTime = TimeSpan.FromMinutes(2);
        });
        silo.Configure<GrainCollectionOptions>(options.Limits.ApplyTo);
        if (options.Tls is { } tls) silo.UseTls(tls.ApplyToSilo);
    }

    /// <summary>Read beside the silo's own storage: once in the life of a network, and the whole table.</summary>
    private static async IAsyncEnumerable<StoredActor> ReadActors(ClusterSiloOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var store = await ClusterStore.OpenAsync(options, cancellationToken);
        await foreach (var rows in store.ReadJournalsAsync(cancellationToken)) yield return new StoredActor(rows.ActorKey, rows.HasGenesis, rows.Segments.Count > 0);
    }

    internal static void Configure(AzureTableStorageOptions table, ClusterSiloOptions options, Serializer serializer)
    {
        options.Account.ApplyTo(table);
        table.TableName = options.Table;
        table.BucketCount = options.BucketCount;
        table.LargeStateBlobServiceClient = options.Account.Blobs();
        table.LargeStateContainerName = options.Container;
        // Of a snapshot that was superseded nothing has to stay.
        table.DeleteStateOnClear = true;
        // The records are bytes already: text around them would be a third larger, and slower.
        table.GrainStorageSerializer = new OrleansGrainStorageSerializer(serializer);
    }

    private static IGrainStorage StorageOf(IServiceProvider services) => services.GetRequiredKeyedService<IGrainStorage>(StorageName);

    private static bool IsPortTaken(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }) return true;
            if (cause is AggregateException { InnerExceptions: var several }) return several.Any(IsPortTaken);
        }

        return false;
    }

    private static (int First, int Second) FreePorts(IPAddress address)
    {
        using var first = new TcpListener(address, 0);
        using var second = new TcpListener(address, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }

    private static async Task Dispose(IHost host)
    {
        if (host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        else host.Dispose();
    }
}

/// <summary>What a silo proposes as genesis, and what became of it.</summary>
internal sealed class ClusterGenesis(AgreedGenesis proposed, bool isGiven, Action<long>? progress)
{
    public Action<long>? Progress => progress;

    public (AgreedGenesis Genesis, bool IsOurs) Outcome { get; private set; }

    public async Task EnsureAsync(StoredGenesis stored, CancellationToken cancellationToken) => Outcome = await stored.EnsureAsync(proposed, isGiven, cancellationToken);
}

/// <summary>What has its place between the store and the silo's part in the cluster: before, nothing can be read; after, actors run.</summary>
internal sealed class ClusterStart(
    IServiceProvider services, ClusterGenesis genesis, ActiveAccounts accounts, ILocalSiloDetails silo, TimeProvider time, ILogger<StoredGenesis> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    private const int Stage = ServiceLifecycleStage.ApplicationServices + 1_000;

    public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(ClusterStart), Stage, Start, Stop);

    private async Task Start(CancellationToken cancellationToken)
    {
        var storage = services.GetRequiredKeyedService<IGrainStorage>(ClusterSilo.StorageName);
        await genesis.EnsureAsync(new StoredGenesis(storage, time, logger) { Progress = genesis.Progress }, cancellationToken);
        accounts.BeginAs(silo.SiloAddress.ToParsableString());
    }

    /// <summary>After the actors have ended and before the store does.</summary>
    private Task Stop(CancellationToken cancellationToken) => accounts.StopAsync();
}
