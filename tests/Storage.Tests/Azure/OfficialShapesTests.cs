using Azure;
using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage;
using Azure.Storage.Blobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Persistence.AzureStorage;
using Orleans.Reminders.AzureStorage;
using Orleans.Runtime;
using Orleans.Storage;

namespace Dtao.Storage.Tests;

/// <summary>
/// A host that is written against the official Azure providers, in all the shapes that their methods and options have: it
/// has to compile against these, and to register a storage under each name.
/// </summary>
public sealed class OfficialShapesTests
{
    private static readonly Uri Endpoint = new("https://account.table.core.windows.net");

    [Fact]
    public void Host_WrittenForTheOfficialProviders_CompilesAndRegisters()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering()
            .AddAzureTableGrainStorage("table", options =>
            {
                options.TableServiceClient = new TableServiceClient(Endpoint, new DefaultAzureCredential());
                options.TableName = AzureTableStorageOptions.DEFAULT_TABLE_NAME;
                options.DeleteStateOnClear = true;
                options.UseStringFormat = false;
                options.InitStage = AzureTableStorageOptions.DEFAULT_INIT_STAGE;
                options.ClientOptions = new TableClientOptions();
                options.StoragePolicyOptions.MaxBulkUpdateRows = 100;
                options.StoragePolicyOptions.MaxCreationRetries = 60;
                options.StoragePolicyOptions.MaxOperationRetries = 5;
                options.StoragePolicyOptions.PauseBetweenCreationRetries = TimeSpan.FromSeconds(1);
                options.StoragePolicyOptions.PauseBetweenOperationRetries = TimeSpan.FromMilliseconds(800);
                options.StoragePolicyOptions.CreationTimeout = TimeSpan.FromMinutes(3);
                options.StoragePolicyOptions.OperationTimeout = TimeSpan.FromSeconds(100);
            })
            .AddAzureTableGrainStorageAsDefault(options => options.ConfigureTableServiceClient("UseDevelopmentStorage=true"))
            .AddAzureTableGrainStorage("table of services", (OptionsBuilder<AzureTableStorageOptions> options) =>
                options.Configure<TableServiceClient>((configured, client) => configured.TableServiceClient = client))
            .AddAzureBlobGrainStorage("blob", options =>
            {
                options.BlobServiceClient = new BlobServiceClient("UseDevelopmentStorage=true");
                options.ContainerName = AzureBlobStorageOptions.DEFAULT_CONTAINER_NAME;
                options.DeleteStateOnClear = true;
                options.InitStage = AzureBlobStorageOptions.DEFAULT_INIT_STAGE;
                options.BuildContainerFactory = (_, _) => new OwnContainers();
            })
            .AddAzureBlobGrainStorage("blob of services", (OptionsBuilder<AzureBlobStorageOptions> options) =>
                options.Configure<BlobServiceClient>((configured, client) => configured.BlobServiceClient = client))
            .UseAzureTableReminderService("UseDevelopmentStorage=true")
            .UseAzureTableReminderService(options => options.TableName = AzureTableReminderStorageOptions.DEFAULT_TABLE_NAME)
            .UseAzureTableReminderService((OptionsBuilder<AzureTableReminderStorageOptions> options) =>
                options.Configure<TableServiceClient>((configured, client) => configured.TableServiceClient = client)));
        builder.Services.AddSingleton(new TableServiceClient("UseDevelopmentStorage=true"));
        builder.Services.AddSingleton(new BlobServiceClient("UseDevelopmentStorage=true"));
        builder.Services.AddAzureBlobGrainStorage("blob by services", options => options.ConfigureBlobServiceClient("UseDevelopmentStorage=true"));

        using var host = builder.Build();

        foreach (var name in (string[])["table", "Default", "table of services"])
            Assert.IsType<AzureTableGrainStorage>(host.Services.GetRequiredKeyedService<IGrainStorage>(name));
        foreach (var name in (string[])["blob", "blob of services", "blob by services"])
            Assert.IsType<AzureBlobGrainStorage>(host.Services.GetRequiredKeyedService<IGrainStorage>(name));
        Assert.IsType<AzureTableGrainStorage>(host.Services.GetRequiredService<IGrainStorage>());
        Assert.IsType<AzureReminderTable>(host.Services.GetRequiredService<IReminderTable>());
        foreach (var validator in host.Services.GetServices<IConfigurationValidator>()) validator.ValidateConfiguration();
    }

    [Fact]
    public async Task ConfigureServiceClient_EveryCredential_MakesAClientWithoutRetries()
    {
        TokenCredential token = new DefaultAzureCredential();
        AzureSasCredential signature = new("sv=1&sig=abc");
        var blobs = new Uri("https://account.blob.core.windows.net");
        Action<AzureTableStorageOptions>[] tables =
        [
            options => options.ConfigureTableServiceClient("UseDevelopmentStorage=true"),
            options => options.ConfigureTableServiceClient(Endpoint),
            options => options.ConfigureTableServiceClient(new Uri($"{Endpoint}?sv=1&sig=abc")),
            options => options.ConfigureTableServiceClient(Endpoint, token),
            options => options.ConfigureTableServiceClient(Endpoint, signature),
            options => options.ConfigureTableServiceClient(Endpoint, new TableSharedKeyCredential("account", AzuriteServer.AccountKey)),
            options => options.ConfigureTableServiceClient(() => Task.FromResult(new TableServiceClient("UseDevelopmentStorage=true"))),
        ];
        Action<AzureBlobStorageOptions>[] containers =
        [
            options => options.ConfigureBlobServiceClient("UseDevelopmentStorage=true"),
            options => options.ConfigureBlobServiceClient(blobs),
            options => options.ConfigureBlobServiceClient(new Uri($"{blobs}?sv=1&sig=abc")),
            options => options.ConfigureBlobServiceClient(blobs, token),
            options => options.ConfigureBlobServiceClient(blobs, signature),
            options => options.ConfigureBlobServiceClient(blobs, new StorageSharedKeyCredential("account", AzuriteServer.AccountKey)),
            options => options.ConfigureBlobServiceClient(() => Task.FromResult(new BlobServiceClient("UseDevelopmentStorage=true"))),
        ];

        foreach (var configure in tables)
        {
            AzureTableStorageOptions options = new();
            configure(options);
            Assert.NotEmpty((await options.GetTableServiceClientAsync()).AccountName);
        }

        foreach (var configure in containers)
        {
            AzureBlobStorageOptions options = new();
            configure(options);
            Assert.NotEmpty((await options.GetBlobServiceClientAsync()).AccountName);
        }

        Assert.Equal(0, AzureServiceClients.WithoutRetries((TableClientOptions?)null).Retry.MaxRetries);
        Assert.Equal(3, AzureServiceClients.WithoutRetries(new BlobClientOptions { Retry = { MaxRetries = 3 } }).Retry.MaxRetries);
    }

    public static TheoryData<string, Action<AzureTableStorageOptions>> BadTableOptions => new()
    {
        { "TableServiceClient", options => options.TableServiceClient = null },
        { "TableName", options => options.TableName = "1table" },
        { "TableName", options => options.TableName = "ta" },
        { "TableName", options => options.TableName = "my-table" },
        { "BucketCount", options => options.BucketCount = 0 },
        { "BucketCount", options => options.BucketCount = 4_097 },
        { "MaxBulkUpdateRows", options => options.StoragePolicyOptions.MaxBulkUpdateRows = 101 },
        { "OperationTimeout", options => options.StoragePolicyOptions.OperationTimeout = TimeSpan.Zero },
        { "QueueLengthMax", options => options.QueueLengthMax = 0 },
        { "QueuedBytesMax", options => options.QueuedBytesMax = 1 },
        { "QueueWaitMax", options => options.QueueWaitMax = TimeSpan.Zero },
        { "SingleWritesMax", options => options.SingleWritesMax = 0 },
        { "LargeStateBytesMin", options => options.LargeStateBytesMin = 0 },
        { "Layout", options => options.Layout = (AzureTableLayout)7 },
        { "LargeStateContainerName", options => (options.LargeStateBlobServiceClient, options.LargeStateContainerName) = (new("UseDevelopmentStorage=true"), "Large") },
        { "LargeStateOrphanAgeMin", options => (options.LargeStateBlobServiceClient, options.LargeStateOrphanAgeMin) = (new("UseDevelopmentStorage=true"), TimeSpan.FromSeconds(100)) },
    };

    [Theory]
    [MemberData(nameof(BadTableOptions))]
    public void TableOptions_OutOfBounds_AreRefusedByProviderAndSetting(string setting, Action<AzureTableStorageOptions> spoil)
    {
        AzureTableStorageOptions options = new() { TableServiceClient = new("UseDevelopmentStorage=true") };
        new AzureTableGrainStorageOptionsValidator(options, "ledger").ValidateConfiguration();

        spoil(options);
        var refused = Assert.Throws<OrleansConfigurationException>(() => new AzureTableGrainStorageOptionsValidator(options, "ledger").ValidateConfiguration());

        Assert.Contains(setting, refused.Message, StringComparison.Ordinal);
        Assert.Contains("ledger", refused.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, Action<AzureBlobStorageOptions>> BadBlobOptions => new()
    {
        { "BlobServiceClient", options => options.BlobServiceClient = null },
        { "ContainerName", options => options.ContainerName = "Grains" },
        { "ContainerName", options => options.ContainerName = "a--b" },
        { "ContainerName", options => options.ContainerName = "ab" },
        { "ConcurrentWritesMax", options => options.ConcurrentWritesMax = 0 },
        { "QueueWaitMax", options => options.QueueWaitMax = TimeSpan.Zero },
        { "Layout", options => options.Layout = (AzureBlobLayout)7 },
    };

    [Theory]
    [MemberData(nameof(BadBlobOptions))]
    public void BlobOptions_OutOfBounds_AreRefusedByProviderAndSetting(string setting, Action<AzureBlobStorageOptions> spoil)
    {
        AzureBlobStorageOptions options = new() { BlobServiceClient = new("UseDevelopmentStorage=true") };
        new AzureBlobStorageOptionsValidator(options, "ledger").ValidateConfiguration();

        spoil(options);
        var refused = Assert.Throws<OrleansConfigurationException>(() => new AzureBlobStorageOptionsValidator(options, "ledger").ValidateConfiguration());

        Assert.Contains(setting, refused.Message, StringComparison.Ordinal);
    }

    private sealed class OwnContainers : IBlobContainerFactory
    {
        public BlobContainerClient GetBlobContainerClient(GrainId grainId) => throw new NotSupportedException("Never asked here.");

        public Task InitializeAsync(BlobServiceClient client) => Task.CompletedTask;
    }
}
