using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Dtao.AzuriteKit;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;
using Orleans.Storage;

namespace Dtao.Storage.Tests;

/// <summary>Opens grain storage on the emulator's tables, with pauses that tests can afford.</summary>
internal static class AzureTableHarness
{
    public static AzureTableStorageOptions Options(AzuriteServer server, FaultPolicy? policy = null, int sdkRetries = 0)
    {
        TableClientOptions client = new();
        client.Retry.MaxRetries = sdkRetries;
        client.Retry.Delay = TimeSpan.FromMilliseconds(1);
        if (policy is not null) client.AddPolicy(policy, global::Azure.Core.HttpPipelinePosition.PerRetry);
        AzureTableStorageOptions options = new()
        {
            TableServiceClient = new(server.ConnectionString, client),
            TableName = AzuriteFixture.NewName(),
            BucketCount = 4,
            DeleteStateOnClear = true,
            GrainStorageSerializer = StoreServices.Serializer,
            QueueWaitMax = StoreServices.QueueWaitMax,
        };
        options.StoragePolicyOptions.PauseBetweenOperationRetries = TimeSpan.FromMilliseconds(1);
        return options;
    }

    public static async Task<AzureTableGrainStorage> Open(
        AzureTableStorageOptions options, string serviceId = "service", TimeProvider? time = null, string name = "test")
    {
        AzureTableGrainStorage storage = new(
            name, options, serviceId, StoreServices.Activators, time ?? TimeProvider.System, NullLogger<AzureTableGrainStorage>.Instance);
        await storage.InitializeAsync(TestContext.Current.CancellationToken);
        return storage;
    }

    /// <summary>The table itself, beside the provider and its faults.</summary>
    public static TableClient Table(AzuriteServer server, AzureTableStorageOptions options) =>
        new TableServiceClient(server.ConnectionString).GetTableClient(options.TableName);
}
