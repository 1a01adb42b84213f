using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace Dtao.Storage.Tests;

/// <summary>Two silos and a client as a host makes them, on ports of loopback; more silos on demand.</summary>
internal sealed class HostCluster : IAsyncDisposable
{
    private readonly string id = $"cluster{Guid.NewGuid():N}";
    private readonly TestClusterPortAllocator ports = new();
    private readonly Dictionary<string, string?>? siloSettings;
    private readonly Action<ISiloBuilder>? configureSilo;
    private readonly List<IHost> silos = [];
    private IHost? client;

    private HostCluster(Dictionary<string, string?>? siloSettings, Action<ISiloBuilder>? configureSilo)
    {
        this.siloSettings = siloSettings;
        this.configureSilo = configureSilo;
    }

    public IReadOnlyList<IHost> Silos => silos;

    public IClusterClient Client => client!.Services.GetRequiredService<IClusterClient>();

    public IManagementGrain Management => Client.GetGrain<IManagementGrain>(0);

    /// <summary>Starts it, by settings, by methods, or by both.</summary>
    public static async Task<HostCluster> Start(
        Dictionary<string, string?>? siloSettings = null,
        Dictionary<string, string?>? clientSettings = null,
        Action<ISiloBuilder>? configureSilo = null,
        Action<IClientBuilder>? configureClient = null)
    {
        HostCluster cluster = new(siloSettings, configureSilo);
        try
        {
            await cluster.AddSilo();
            await cluster.AddSilo();
            cluster.client = BuildClient(cluster.id, clientSettings, configureClient);
            await cluster.client.StartAsync(TestContext.Current.CancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>A silo that is not started.</summary>
    public static IHost BuildSilo(string id, Dictionary<string, string?>? settings, Action<ISiloBuilder>? configure = null) =>
        Build(settings, builder => builder.UseOrleans(silo =>
        {
            silo.Configure<ClusterOptions>(options => options.ClusterId = options.ServiceId = id);
            configure?.Invoke(silo);
        }));

    /// <summary>A client that is not started.</summary>
    public static IHost BuildClient(string id, Dictionary<string, string?>? settings, Action<IClientBuilder>? configure = null) =>
        Build(settings, builder => builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(options => options.ClusterId = options.ServiceId = id);
            configure?.Invoke(client);
        }));

    public static SiloAddress AddressOf(IHost silo) => silo.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;

    public async Task<IHost> AddSilo()
    {
        var (siloPort, gatewayPort) = ports.AllocateConsecutivePortPairs(1);
        var silo = BuildSilo(id, siloSettings, builder =>
        {
            builder.ConfigureEndpoints(IPAddress.Loopback, siloPort, gatewayPort);
            // No silo dies in these tests, however busy the machine.
            builder.Configure<ClusterMembershipOptions>(options => options.ProbeTimeout = TimeSpan.FromSeconds(30));
            configureSilo?.Invoke(builder);
        });
        silos.Add(silo);
        await silo.StartAsync(TestContext.Current.CancellationToken);
        return silo;
    }

    public async ValueTask DisposeAsync()
    {
        if (client is not null) await Stop(client);
        await Task.WhenAll(silos.Select(Stop));
        ports.Dispose();

        static async Task Stop(IHost host)
        {
            await host.StopAsync();
            if (host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        }
    }

    private static IHost Build(Dictionary<string, string?>? settings, Action<HostApplicationBuilder> configure)
    {
        HostApplicationBuilder builder = new(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings);
        configure(builder);
        return builder.Build();
    }
}
