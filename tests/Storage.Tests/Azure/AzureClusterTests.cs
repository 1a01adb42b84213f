using System.Net;
using Dtao.AzuriteKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Storage;
using Orleans.TestingHost;

namespace Dtao.Storage.Tests;

/// <summary>Silos and a client that find each other through the table, with states in tables too.</summary>
public sealed class AzureClusterTests(AzuriteFixture azurite)
{
    // No more than a net: on a machine so busy that living silos are taken for dead, a test fails and does not wait for ever.
    private const int TimeMaxMs = 420_000;

    private static readonly string[] Keys = [.. Enumerable.Range(0, 20).Select(number => $"counter {number}")];

    [Fact(Timeout = TimeMaxMs)]
    public async Task UseAzureStorageClustering_SiloJoinsAndStops_IsSeenByAll()
    {
        await using var cluster = await TableCluster.Start(await azurite.ServerAsync());
        var (first, second) = (cluster.Silos[0], cluster.Silos[1]);
        var joined = await cluster.AddSilo();
        foreach (var silo in cluster.Silos) await Await(silo, snapshot => Actives(snapshot) == 3);

        Assert.Equal(3, (await cluster.Management.GetHosts(true, TestContext.Current.CancellationToken)).Count);
        await AddToAll(cluster, 1);
        await joined.StopAsync(TestContext.Current.CancellationToken);

        foreach (var silo in (IHost[])[first, second]) await Await(silo, snapshot => Actives(snapshot) == 2);
        var hosts = await cluster.Management.GetHosts(false, TestContext.Current.CancellationToken);
        Assert.Contains(hosts[TableCluster.AddressOf(joined)], (SiloStatus[])[SiloStatus.ShuttingDown, SiloStatus.Stopping, SiloStatus.Dead]);
        await AddToAll(cluster, 2);
    }

    [Fact(Timeout = TimeMaxMs)]
    public async Task UseAzureStorageClustering_SiloIsKilledAndAnotherStarts_AllGrainsAnswer()
    {
        await using var cluster = await TableCluster.Start(await azurite.ServerAsync(), isTakenForDeadSoon: true);
        var (first, second) = (cluster.Silos[0], cluster.Silos[1]);
        var killed = await cluster.AddSilo();
        var address = TableCluster.AddressOf(killed);
        await AddToAll(cluster, 1);
        using CancellationTokenSource traffic = new();
        var calls = Task.WhenAll(Keys.Select(key => Call(key, traffic.Token)));

        // No time to say goodbye: it stays active in the table until the others declare it dead.
        await killed.StopAsync(new CancellationToken(canceled: true));

        foreach (var silo in (IHost[])[first, second]) await Await(silo, snapshot => snapshot.GetSiloStatus(address) == SiloStatus.Dead);
        await traffic.CancelAsync();
        await calls;
        Assert.Equal(2, (await cluster.Management.GetHosts(true, TestContext.Current.CancellationToken)).Count);
        await AddToAll(cluster, 2);
        var restarted = await cluster.AddSilo();
        foreach (var silo in (IHost[])[first, second, restarted]) await Await(silo, snapshot => Actives(snapshot) == 3);
        await AddToAll(cluster, 3);
        Assert.Equal(1, await cluster.Client.GetGrain<ICounterGrain>("a new one").Add(1));

        // The last call begins when every silo knows of the death, and succeeds.
        async Task Call(string key, CancellationToken allKnow)
        {
            while (true)
            {
                var isLast = allKnow.IsCancellationRequested;
                try
                {
                    await cluster.Client.GetGrain<ICounterGrain>(key).Add(0);
                    if (isLast) return;
                }
                catch (Exception e) when (e is OrleansException or TimeoutException)
                {
                    // The grain was on the silo that died; it is called again.
                }
            }
        }
    }

    [Fact(Timeout = TimeMaxMs)]
    public async Task Configuration_ClusteringOfSilosAndClient_IsEnough()
    {
        var server = await azurite.ServerAsync();
        Dictionary<string, string?> settings = new(StringComparer.Ordinal)
        {
            ["Orleans:Clustering:ProviderType"] = "AzureTableStorage",
            ["Orleans:Clustering:ConnectionName"] = "account",
            ["Orleans:Clustering:TableName"] = AzuriteFixture.NewName(),
            ["ConnectionStrings:account"] = server.ConnectionString,
        };

        await using var cluster = await TableCluster.Start(server, settings);

        await AddToAll(cluster, 1);
        Assert.Equal(2, (await cluster.Management.GetHosts(true, TestContext.Current.CancellationToken)).Count);
    }

    [Theory]
    [InlineData(false, "OrleansSiloInstances", "no account")]
    [InlineData(true, "no-table", "no-table")]
    public void UseAzureStorageClustering_WrongOptions_AreRefusedByName(bool hasAccount, string tableName, string named)
    {
        AzureStorageClusteringOptions silo = new() { TableName = tableName };
        AzureStorageGatewayOptions client = new() { TableName = tableName };
        if (hasAccount) silo.ConfigureTableServiceClient("UseDevelopmentStorage=true");
        if (hasAccount) client.ConfigureTableServiceClient("UseDevelopmentStorage=true");

        var ofSilo = Assert.Throws<OrleansConfigurationException>(new AzureStorageClusteringOptionsValidator(silo).ValidateConfiguration);
        var ofClient = Assert.Throws<OrleansConfigurationException>(new AzureStorageGatewayOptionsValidator(client).ValidateConfiguration);

        Assert.Contains(named, ofSilo.Message, StringComparison.Ordinal);
        Assert.Contains(named, ofClient.Message, StringComparison.Ordinal);
    }

    private static int Actives(ClusterMembershipSnapshot snapshot) => snapshot.Members.Values.Count(member => member.Status == SiloStatus.Active);

    private static async Task AddToAll(TableCluster cluster, int expected)
    {
        var counts = await Task.WhenAll(Keys.Select(Add));
        Assert.All(counts, count => Assert.Equal(expected, count));

        async Task<int> Add(string key)
        {
            while (true)
            {
                try
                {
                    return await cluster.Client.GetGrain<ICounterGrain>(key).Add(1);
                }
                catch (InconsistentStateException)
                {
                    // Where silos come and go a grain may live twice for a while: the older one was refused, has written nothing, and has ended.
                }
            }
        }
    }

    private static async Task Await(IHost silo, Func<ClusterMembershipSnapshot, bool> condition)
    {
        var membership = silo.Services.GetRequiredService<IClusterMembershipService>();
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(TestContext.Current.CancellationToken))
        {
            if (condition(snapshot)) return;
        }
    }
}

/// <summary>Two silos and a client as a host makes them, on ports of loopback; more silos on demand.</summary>
internal sealed class TableCluster : IAsyncDisposable
{
    private readonly TestClusterPortAllocator ports = new();
    private readonly Dictionary<string, string?>? settings;
    private readonly bool isTakenForDeadSoon;
    private readonly string connection;
    private readonly string membership = AzuriteFixture.NewName();
    private readonly string states = AzuriteFixture.NewName();
    private readonly List<IHost> silos = [];
    private IHost? client;

    private TableCluster(AzuriteServer server, Dictionary<string, string?>? settings, bool isTakenForDeadSoon)
    {
        connection = server.ConnectionString;
        this.settings = settings;
        this.isTakenForDeadSoon = isTakenForDeadSoon;
    }

    public IReadOnlyList<IHost> Silos => silos;

    public IClusterClient Client => client!.Services.GetRequiredService<IClusterClient>();

    public IManagementGrain Management => Client.GetGrain<IManagementGrain>(0);

    /// <summary>Starts it: by the settings alone where there are some, else by the methods.</summary>
    public static async Task<TableCluster> Start(AzuriteServer server, Dictionary<string, string?>? settings = null, bool isTakenForDeadSoon = false)
    {
        TableCluster cluster = new(server, settings, isTakenForDeadSoon);
        try
        {
            await cluster.AddSilo();
            await cluster.AddSilo();
            cluster.client = cluster.Build(builder => builder.UseOrleansClient(orleans =>
            {
                orleans.Configure<ClusterOptions>(options => options.ClusterId = options.ServiceId = "tables");
                if (settings is null)
                {
                    orleans.UseAzureStorageClustering(options =>
                    {
                        options.ConfigureTableServiceClient(cluster.connection);
                        options.TableName = cluster.membership;
                    });
                }
            }));
            await cluster.client.StartAsync(TestContext.Current.CancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public static SiloAddress AddressOf(IHost silo) => silo.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;

    public async Task<IHost> AddSilo()
    {
        var (siloPort, gatewayPort) = ports.AllocateConsecutivePortPairs(1);
        var silo = Build(builder => builder.UseOrleans(orleans =>
        {
            orleans.Configure<ClusterOptions>(options => options.ClusterId = options.ServiceId = "tables");
            orleans.ConfigureEndpoints(IPAddress.Loopback, siloPort, gatewayPort);
            if (settings is null)
            {
                orleans.UseAzureStorageClustering(options =>
                {
                    options.ConfigureTableServiceClient(connection);
                    options.TableName = membership;
                });
            }

            orleans.AddAzureTableGrainStorage("ledger", options =>
            {
                options.ConfigureTableServiceClient(connection);
                (options.TableName, options.BucketCount) = (states, 2);
            });
            // Soon enough for a test, and long enough for a busy machine; where no silo dies, none is to be taken for dead.
            orleans.Configure<ClusterMembershipOptions>(options => options.ProbeTimeout = TimeSpan.FromSeconds(isTakenForDeadSoon ? 4 : 30));
        }));
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

    private IHost Build(Action<HostApplicationBuilder> configure)
    {
        HostApplicationBuilder builder = new(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings);
        configure(builder);
        return builder.Build();
    }
}
