using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Persistence.AzureStorage;
using Orleans.Storage;

namespace Dtao.Storage;

/// <summary>
/// A provider's section of a configuration, with the official providers' settings: <c>TableName</c> or <c>ContainerName</c>;
/// <c>ServiceKey</c> (a keyed client among the services), else <c>ConnectionString</c>, else the connection string called
/// <c>ConnectionName</c>; <c>SerializerKey</c>. What a section does not say stays as it is in the options.
/// </summary>
internal sealed class AzureProviderSection(IConfigurationSection section, IServiceProvider services)
{
    public void ApplyTo(AzureStorageOperationOptions options)
    {
        if (section["TableName"] is { Length: > 0 } tableName) options.TableName = tableName;
        options.TableServiceClient = Client(connection => AzureServiceClients.Tables(connection, options.ClientOptions)) ?? options.TableServiceClient;
    }

    public void ApplyTo(AzureTableStorageOptions options)
    {
        ApplyTo((AzureStorageOperationOptions)options);
        options.Layout = section.GetValue(nameof(options.Layout), options.Layout);
        options.BucketCount = section.GetValue(nameof(options.BucketCount), options.BucketCount);
        options.DeleteStateOnClear = section.GetValue(nameof(options.DeleteStateOnClear), options.DeleteStateOnClear);
        ApplySerializerTo(options);
    }

    public void ApplyTo(AzureBlobStorageOptions options)
    {
        if (section["ContainerName"] is { Length: > 0 } containerName) options.ContainerName = containerName;
        options.BlobServiceClient = Client(connection => AzureServiceClients.Blobs(connection, options.ClientOptions)) ?? options.BlobServiceClient;
        options.Layout = section.GetValue(nameof(options.Layout), options.Layout);
        options.DeleteStateOnClear = section.GetValue(nameof(options.DeleteStateOnClear), options.DeleteStateOnClear);
        ApplySerializerTo(options);
    }

    private void ApplySerializerTo(IStorageProviderSerializerOptions options)
    {
        if (section["SerializerKey"] is { Length: > 0 } serializer)
            options.GrainStorageSerializer = services.GetRequiredKeyedService<IGrainStorageSerializer>(serializer);
    }

    private TClient? Client<TClient>(Func<string, TClient> create)
        where TClient : class
    {
        if (section["ServiceKey"] is { Length: > 0 } key) return services.GetRequiredKeyedService<TClient>(key);
        var connection = section["ConnectionString"];
        if (string.IsNullOrEmpty(connection) && section["ConnectionName"] is { Length: > 0 } name)
            connection = services.GetRequiredService<IConfiguration>().GetConnectionString(name);
        return string.IsNullOrEmpty(connection) ? null : create(connection);
    }
}
