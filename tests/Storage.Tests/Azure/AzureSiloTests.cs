using Dtao.AzuriteKit;
using Microsoft.Extensions.Configuration;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace Dtao.Storage.Tests;

/// <summary>The providers in silos, as a host registers them.</summary>
public sealed class AzureSiloTests(AzuriteFixture azurite)
{
    private const string Provider = "ledger";

    [Theory]
    [InlineData(AzureTableLayout.Bucketed)]
    [InlineData(AzureTableLayout.Orleans)]
    public async Task AddAzureTableGrainStorage_TwoSilos_KeepStateOverARestart(AzureTableLayout layout)
    {
        var server = await azurite.ServerAsync();
        var table = AzuriteFixture.NewName();

        await KeepsStateOverARestart(silo => silo.AddAzureTableGrainStorage(Provider, options =>
        {
            options.ConfigureTableServiceClient(server.ConnectionString);
            (options.TableName, options.Layout, options.BucketCount) = (table, layout, 4);
        }));
    }

    [Fact]
    public async Task AddAzureBlobGrainStorage_TwoSilos_KeepStateOverARestart()
    {
        var server = await azurite.ServerAsync();
        var container = AzuriteFixture.NewName("c");

        await KeepsStateOverARestart(silo => silo.AddAzureBlobGrainStorage(Provider, options =>
        {
            options.ConfigureBlobServiceClient(server.ConnectionString);
            options.ContainerName = container;
        }));
    }

    [Theory]
    [InlineData("AzureTableStorage", "TableName")]
    [InlineData("AzureBlobStorage", "ContainerName")]
    public async Task Configuration_ProviderTypeAndConnection_IsEnough(string providerType, string nameSetting)
    {
        var server = await azurite.ServerAsync();
        Dictionary<string, string?> settings = new(StringComparer.Ordinal)
        {
            [$"Orleans:GrainStorage:{Provider}:ProviderType"] = providerType,
            [$"Orleans:GrainStorage:{Provider}:ConnectionName"] = "account",
            [$"Orleans:GrainStorage:{Provider}:{nameSetting}"] = AzuriteFixture.NewName("c"),
            ["ConnectionStrings:account"] = server.ConnectionString,
        };

        await using var cluster = await Start(_ => { }, "configured", settings);

        Assert.Equal(3, await cluster.Client.GetGrain<ICounterGrain>("a").Add(3));
        Assert.Equal(5, await cluster.Client.GetGrain<ICounterGrain>("a").Add(2));
    }

    [Fact]
    public async Task WriteState_GrainsOfBothSilosAtOnce_NeverConflictAndAreReadBackAfterDeactivation()
    {
        var server = await azurite.ServerAsync();
        var options = AzureTableHarness.Options(server);
        await using var cluster = await Start(
            silo => silo.AddAzureTableGrainStorage(Provider, configured =>
            {
                (configured.TableServiceClient, configured.TableName, configured.BucketCount) = (options.TableServiceClient, options.TableName, 2);
            }),
            "service");
        string[] keys = [.. Enumerable.Range(0, 200).Select(number => $"counter {number}")];

        for (var round = 1; round <= 3; round++)
        {
            var counts = await Task.WhenAll(keys.Select(key => cluster.Client.GetGrain<ICounterGrain>(key).Add(1)));
            Assert.All(counts, count => Assert.Equal(round, count));
            // Activations go, on both silos; the next round reads what they wrote.
            await cluster.Client.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Start_OtherBucketCount_StopsTheSiloFromStarting()
    {
        var server = await azurite.ServerAsync();
        var table = AzuriteFixture.NewName();
        await using (await Start(silo => Add(silo, 4), "service"))
        {
            // Started once, the table is laid out.
        }

        var refused = await Assert.ThrowsAnyAsync<Exception>(() => Start(silo => Add(silo, 8), "service"));

        Assert.Contains("has 4 buckets", refused.ToString(), StringComparison.Ordinal);

        void Add(ISiloBuilder silo, int buckets) => silo.AddAzureTableGrainStorage(Provider, options =>
        {
            options.ConfigureTableServiceClient(server.ConnectionString);
            (options.TableName, options.BucketCount) = (table, buckets);
        });
    }

    [Fact]
    public async Task WriteState_TableDeletedUnderTheSilo_ReachesTheCallerWithItsCode()
    {
        var options = AzureTableHarness.Options(await azurite.ServerAsync());
        await using var cluster = await Start(
            silo => silo.AddAzureTableGrainStorage(Provider, configured =>
            {
                (configured.TableServiceClient, configured.TableName, configured.BucketCount) = (options.TableServiceClient, options.TableName, 2);
            }),
            "service");
        var grain = cluster.Client.GetGrain<ICounterGrain>("a");
        await grain.Add(1);
        await options.TableServiceClient!.DeleteTableAsync(options.TableName, TestContext.Current.CancellationToken);

        // The framework puts what a storage throws into an exception of its own.
        var failed = await Assert.ThrowsAsync<OrleansException>(() => grain.Add(1));

        var refused = Assert.IsType<StoreException>(failed.InnerException);
        Assert.Equal(StoreErrorCode.Refused, refused.Code);
        Assert.Contains("404 TableNotFound", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith(refused.Remedy, refused.Message, StringComparison.Ordinal);
    }

    private static async Task KeepsStateOverARestart(Action<ISiloBuilder> configure)
    {
        string[] keys = [.. Enumerable.Range(0, 50).Select(number => $"counter/{number}")];
        for (var start = 1; start <= 2; start++)
        {
            await using var cluster = await Start(configure, "kept");

            var counts = await Task.WhenAll(keys.Select(key => cluster.Client.GetGrain<ICounterGrain>(key).Add(10)));

            Assert.All(counts, count => Assert.Equal(10 * start, count));
            await cluster.StopAllSilosAsync(TestContext.Current.CancellationToken);
        }
    }

    private static async Task<InProcessTestCluster> Start(
        Action<ISiloBuilder> configure, string serviceId, Dictionary<string, string?>? settings = null)
    {
        InProcessTestClusterBuilder builder = new(2);
        builder.Options.ServiceId = serviceId;
        builder.ConfigureSiloHost((_, host) => host.Configuration.AddInMemoryCollection(settings));
        builder.ConfigureSilo((_, silo) => configure(silo));
        var cluster = builder.Build();
        try
        {
            await cluster.DeployAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }
}
