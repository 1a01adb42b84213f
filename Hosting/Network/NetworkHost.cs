using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;
using Dtao.Economics;
using Dtao.Grains;
using Dtao.Grains.Feed;
using Dtao.Grains.Shell;
using Dtao.Hosting.Feed;
using Dtao.Hosting.Health;
using Dtao.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Dtao.Hosting.Network;

/// <summary>How a network is hosted in this process.</summary>
public sealed record NetworkHostOptions
{
    public const string ClusterName = "dtao";

    /// <summary>The database file; it is created when missing.</summary>
    public required string DatabasePath { get; init; }

    /// <summary>How large the database may grow, in bytes; beyond it a write fails as on a full disk. 0 = as large as the disk lets it.</summary>
    public long DatabaseBytesMax { get; init; }

    /// <summary>Up to how many bytes the database is looked through for damage before the start; a larger one is looked through beside the network.</summary>
    public long DatabaseCheckedFirstBytesMax { get; init; } = SqliteDatabaseOptions.DefaultCheckedBeforeUseBytesMax;

    /// <summary>Called once when a check beside the network has ended. Damage ends all writing, and is told to <see cref="OnStoreLost"/> too.</summary>
    public Action<FileCheckReport>? OnDatabaseChecked { get; init; }

    /// <summary>What keeps one client's mistake from hurting the others.</summary>
    public SiloLimits Limits { get; init; } = new();

    /// <summary>Block 0 of a new network; not looked at when the file holds a ledger.</summary>
    public NetworkGenesis? Genesis { get; init; }

    /// <summary>How many silos, all in this process and on the one store.</summary>
    public int Silos { get; init; } = 1;

    /// <summary>0 = a free port. Only loopback is listened on.</summary>
    public int GatewayPort { get; init; }

    /// <summary>0 = a free port.</summary>
    public int SiloPort { get; init; }

    /// <summary>Whether blocks close by themselves at the network's interval.</summary>
    public bool DrivesBlocks { get; init; } = true;

    /// <summary>
    /// The keys that sign an administrator's calls. With any, clients at a gateway may only read, quote, submit, and make these calls; with none, whoever reaches the gateway of a
    /// network without signatures is the administrator, and nobody is on one with.
    /// </summary>
    public IReadOnlySet<AccountId> Administrators { get; init; } = FrozenSet<AccountId>.Empty;

    /// <summary>Called once when a write failed or its outcome is unknown, or when the database is damaged: the process has to stop.</summary>
    public Action<Exception>? OnStoreLost { get; init; }

    /// <summary>Bounds of each silo's <see cref="Health.SiloHealth"/>, which is among its services then; null = there is none.</summary>
    public Health.HealthOptions? Health { get; init; }

    public Action<ILoggingBuilder>? Logging { get; init; }

    /// <summary>Adds to what each silo hosts.</summary>
    public Action<ISiloBuilder>? Silo { get; init; }
}

/// <summary>A whole network in this process: the store, one or more silos, and a way to talk to them.</summary>
public sealed partial class NetworkHost : IAsyncDisposable
{
    /// <summary>A start goes on after this while actors that do not answer are still being woken.</summary>
    private static readonly TimeSpan WakeMax = TimeSpan.FromSeconds(10);

    /// <summary>A start that failed does not wait longer for silos to come to rest.</summary>
    private static readonly TimeSpan AbandonMax = TimeSpan.FromSeconds(15);

    /// <summary>A stop goes on after this while a block is still under way.</summary>
    private static readonly TimeSpan RestMax = TimeSpan.FromSeconds(5);

    /// <summary>How often a start chooses other ports when another process has taken those that were free.</summary>
    private const int PortTriesMax = 5;

    private readonly List<IHost> _silos;
    private readonly CancellationTokenSource _ending = new();
    private Task _waking = Task.CompletedTask;
    private Task? _rest;

    private NetworkHost(NetworkHostOptions options, OrderedLog log, List<IHost> silos, IReadOnlyList<int> gatewayPorts)
    {
        Options = options;
        Log = log;
        _silos = silos;
        GatewayPorts = gatewayPorts;
    }

    public NetworkHostOptions Options { get; }

    public OrderedLog Log { get; }

    /// <summary>Of the first silo.</summary>
    public int GatewayPort => GatewayPorts[0];

    /// <summary>One for each silo.</summary>
    public IReadOnlyList<int> GatewayPorts { get; }

    public IServiceProvider Services => _silos[0].Services;

    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    /// <summary>Speaks to the silo of this process without a socket.</summary>
    public IClusterClient Client => Services.GetRequiredService<IClusterClient>();

    /// <exception cref="ArgumentException">A limit is out of its bounds; the message names every one that is.</exception>
    /// <exception cref="StoreException">The file cannot be used; the code says why and what to do.</exception>
    /// <exception cref="InvalidOperationException">The file holds no ledger and no genesis was given.</exception>
    public static async Task<NetworkHost> StartAsync(NetworkHostOptions options, CancellationToken cancellationToken = default)
    {
        if (options.Limits.FindFaults() is { Count: > 0 } faults) throw new ArgumentException(string.Join(Environment.NewLine, faults), nameof(options));
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await StartOnce(options, cancellationToken);
            }
            catch (Exception caught) when (options is { GatewayPort: 0, SiloPort: 0 } && tries < PortTriesMax && IsPortTaken(caught))
            {
                // Between the look for free ports and their use anybody may take one.
            }
        }
    }

    private static bool IsPortTaken(Exception? caught) =>
        caught is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } || (caught is not null && IsPortTaken(caught.InnerException));

    private static async Task<NetworkHost> StartOnce(NetworkHostOptions options, CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = OrderedLog.Open(
            new SqliteDatabaseOptions
            {
                Path = options.DatabasePath,
                FileBytesMax = options.DatabaseBytesMax,
                CheckedBeforeUseBytesMax = options.DatabaseCheckedFirstBytesMax,
                CheckedAfter = started.Task,
                OnChecked = options.OnDatabaseChecked,
            },
            new OrderedLogOptions { OnPoisoned = options.OnStoreLost });
        var silos = new List<IHost>();
        try
        {
            if (!GenesisLoader.HasLedger(log))
            {
                GenesisLoader.Load(log, options.Genesis
                    ?? throw new InvalidOperationException($"{options.DatabasePath} holds no ledger, and no genesis was given."));
            }

            var journals = new OrderedLogJournals(log);
            var feed = new OrderedLogFeed(log);
            var network = new NetworkContext(options.Limits.NewGate()) { Administrators = options.Administrators };
            var isGuarded = GenesisLoader.RequiresSignatures(log) || options.Administrators.Count > 0;
            var ports = FreePorts(2 * options.Silos);
            var primary = options.SiloPort == 0 ? ports[0] : options.SiloPort;
            var gateway = options.GatewayPort == 0 ? ports[1] : options.GatewayPort;
            var gateways = new List<int>();
            for (var i = 0; i < options.Silos; i++)
            {
                var (siloPort, gatewayPort) = i == 0 ? (primary, gateway) : (ports[2 * i], ports[(2 * i) + 1]);
                var silo = Build(options, log, journals, feed, network, isGuarded, siloPort, gatewayPort, new IPEndPoint(IPAddress.Loopback, primary));
                silos.Add(silo);
                gateways.Add(gatewayPort);
                await silo.StartAsync(cancellationToken);
            }

            await WaitUntilAllKnowAll(silos, cancellationToken);
            var host = new NetworkHost(options, log, silos, gateways);
            await host.WakeAsync(cancellationToken);
            started.SetResult();
            return host;
        }
        catch
        {
            await Abandon(silos);
            log.Dispose();
            throw;
        }
    }

    /// <summary>Stops taking work, lets actors finish and hand over, and closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _waking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
        if (Options.DrivesBlocks) await RestAsync();
        for (var i = _silos.Count - 1; i >= 0; i--)
        {
            await _silos[i].StopAsync();
            if (_silos[i] is IAsyncDisposable silo) await silo.DisposeAsync();
            else _silos[i].Dispose();
        }

        await Log.DisposeAsync();
    }

    /// <summary>
    /// Before a stop: the block under way is closed while its pools are still there, no other is begun, and whoever waits for one is answered. A host that drives blocks does
    /// this when it is disposed. What does not come to an end within five seconds is finished at the next start. A second call waits for the first.
    /// </summary>
    public Task RestAsync() => _rest ??= RestOnce();

    private async Task RestOnce()
    {
        if (Log.IsPoisoned) return;
        using var patience = new CancellationTokenSource(RestMax);
        try
        {
            foreach (var driver in _silos.SelectMany(silo => silo.Services.GetServices<IHostedService>().OfType<BlockDriver>())) await driver.StopAsync(patience.Token);
            await Grains.Coordinator().Rest().WaitAsync(patience.Token);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // It is stopped all the same, and the next start finishes what was begun.
            LogNotAtRest(Services.GetRequiredService<ILogger<NetworkHost>>(), exception.Message);
        }
    }

    /// <summary>
    /// Waits until each silo has heard of every other: before that two of them may each begin the same actor, and one of the two is replaced in the middle of its
    /// work. That harms nothing and helps nobody. Gives up after a while: silos that do not hear of each other are the cluster's to judge.
    /// </summary>
    private static async Task WaitUntilAllKnowAll(List<IHost> silos, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(WakeMax);
        try
        {
            foreach (var silo in silos)
            {
                var membership = silo.Services.GetRequiredService<IClusterMembershipService>();
                await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(ending.Token))
                {
                    if (snapshot.Members.Values.Count(member => member.Status == SiloStatus.Active) >= silos.Count) break;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // What can start starts.
        }
    }

    /// <summary>Actors that had something in flight when the process ended go on with it; those that do not answer now are asked until they do.</summary>
    private async Task WakeAsync(CancellationToken cancellationToken)
    {
        _waking = new Waker(Grains, Log, Services.GetRequiredService<ILogger<Waker>>()).WakeAsync(_ending.Token);
        try
        {
            await _waking.WaitAsync(WakeMax, cancellationToken);
        }
        catch (TimeoutException) when (!_waking.IsCompleted)
        {
            // Everyone else is served meanwhile.
        }
        catch
        {
            await _ending.CancelAsync();
            throw;
        }
    }

    /// <summary>Lets go of silos that did not come up. What went wrong before is what the caller has to hear, whatever goes wrong here.</summary>
    private static async Task Abandon(List<IHost> silos)
    {
        var disposing = Task.Run(() => silos.ForEach(silo => silo.Dispose()));
        await Task.WhenAny(disposing, Task.Delay(AbandonMax));
    }

    private static IHost Build(
        NetworkHostOptions options, OrderedLog log, IActorJournals journals, ILedgerFeed feed, NetworkContext network, bool isGuarded, int siloPort, int gatewayPort, IPEndPoint primary)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        options.Logging?.Invoke(builder.Logging);
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        builder.Services.AddSingleton(journals);
        builder.Services.AddSingleton(feed);
        builder.Services.AddSingleton(network);
        SteadyClock.AddTo(builder.Services);
        if (options.Health is { } bounds)
        {
            builder.Services.AddSingleton<IStoreProbe>(new OrderedLogProbe(log));
            builder.Services.AddSiloHealth(bounds);
        }

        if (options.DrivesBlocks) builder.Services.AddHostedService<BlockDriver>();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(siloPort, gatewayPort, primary, serviceId: NetworkHostOptions.ClusterName, clusterId: NetworkHostOptions.ClusterName);
            silo.Configure<SiloMessagingOptions>(messaging =>
            {
                messaging.ResponseTimeout = TimeSpan.FromSeconds(30);
                messaging.MaxRequestProcessingTime = TimeSpan.FromMinutes(2);
            });
            silo.Configure<GrainCollectionOptions>(options.Limits.ApplyTo);
            if (isGuarded) silo.AddIncomingGrainCallFilter<OutsideCalls>();
            options.Silo?.Invoke(silo);
        });
        return builder.Build();
    }

    private static int[] FreePorts(int count)
    {
        var listeners = new TcpListener[count];
        for (var i = 0; i < count; i++)
        {
            listeners[i] = new TcpListener(IPAddress.Loopback, 0);
            listeners[i].Start();
        }

        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners) listener.Stop();
        return ports;
    }

    [LoggerMessage(781, LogLevel.Information, "The network stops while a block is under way, which is finished at the next start: {Reason}")]
    private static partial void LogNotAtRest(ILogger logger, string reason);
}
