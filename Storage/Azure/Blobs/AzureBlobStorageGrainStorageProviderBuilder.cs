using Azure.Storage.Blobs;
using Dtao.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Providers;
using Orleans.Storage;

[assembly: RegisterProvider("AzureBlobStorage", "GrainStorage", "Silo", typeof(AzureBlobStorageGrainStorageProviderBuilder))]

namespace Orleans.Hosting;

/// <summary>Adds grain storage on Azure Blobs that a configuration asks for, by the official provider's settings.</summary>
internal sealed class AzureBlobStorageGrainStorageProviderBuilder : IProviderBuilder<ISiloBuilder>
{
    public void Configure(ISiloBuilder builder, string? name, IConfigurationSection configurationSection) =>
        builder.AddAzureBlobGrainStorage(name ?? ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (OptionsBuilder<AzureBlobStorageOptions> optionsBuilder) =>
            optionsBuilder.Configure<IServiceProvider>((options, services) =>
            {
                if (configurationSection["ContainerName"] is { Length: > 0 } containerName) options.ContainerName = containerName;
                options.Layout = configurationSection.GetValue(nameof(options.Layout), options.Layout);
                options.DeleteStateOnClear = configurationSection.GetValue(nameof(options.DeleteStateOnClear), options.DeleteStateOnClear);
                options.BlobServiceClient = AzureServiceClients.FromSection<BlobServiceClient>(
                    services, configurationSection, connection => AzureServiceClients.Blobs(connection, options.ClientOptions)) ?? options.BlobServiceClient;
                if (configurationSection["SerializerKey"] is { Length: > 0 } serializer)
                    options.GrainStorageSerializer = services.GetRequiredKeyedService<IGrainStorageSerializer>(serializer);
            }));
}
