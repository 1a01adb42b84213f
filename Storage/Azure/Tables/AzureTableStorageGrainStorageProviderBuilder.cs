using Azure.Data.Tables;
using Dtao.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Providers;
using Orleans.Storage;

[assembly: RegisterProvider("AzureTableStorage", "GrainStorage", "Silo", typeof(AzureTableStorageGrainStorageProviderBuilder))]

namespace Orleans.Hosting;

/// <summary>Adds grain storage on Azure Tables that a configuration asks for, by the official provider's settings.</summary>
internal sealed class AzureTableStorageGrainStorageProviderBuilder : IProviderBuilder<ISiloBuilder>
{
    public void Configure(ISiloBuilder builder, string? name, IConfigurationSection configurationSection) =>
        builder.AddAzureTableGrainStorage(name ?? ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (OptionsBuilder<AzureTableStorageOptions> optionsBuilder) =>
            optionsBuilder.Configure<IServiceProvider>((options, services) =>
            {
                if (configurationSection["TableName"] is { Length: > 0 } tableName) options.TableName = tableName;
                options.Layout = configurationSection.GetValue(nameof(options.Layout), options.Layout);
                options.BucketCount = configurationSection.GetValue(nameof(options.BucketCount), options.BucketCount);
                options.DeleteStateOnClear = configurationSection.GetValue(nameof(options.DeleteStateOnClear), options.DeleteStateOnClear);
                options.TableServiceClient = AzureServiceClients.FromSection<TableServiceClient>(
                    services, configurationSection, connection => AzureServiceClients.Tables(connection, options.ClientOptions)) ?? options.TableServiceClient;
                if (configurationSection["SerializerKey"] is { Length: > 0 } serializer)
                    options.GrainStorageSerializer = services.GetRequiredKeyedService<IGrainStorageSerializer>(serializer);
            }));
}
