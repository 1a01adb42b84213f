using Azure.Data.Tables;
using Dtao.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Persistence.AzureStorage;
using Orleans.Providers;

[assembly: RegisterProvider("AzureTableStorage", "Clustering", "Silo", typeof(AzureTableStorageClusteringProviderBuilder))]
[assembly: RegisterProvider("AzureTableStorage", "Clustering", "Client", typeof(AzureTableStorageClusteringProviderBuilder))]

namespace Orleans.Hosting;

/// <summary>Adds the clustering that a configuration asks for, by the official provider's settings.</summary>
internal sealed class AzureTableStorageClusteringProviderBuilder : IProviderBuilder<ISiloBuilder>, IProviderBuilder<IClientBuilder>
{
    public void Configure(ISiloBuilder builder, string? name, IConfigurationSection configurationSection) =>
        builder.UseAzureStorageClustering((OptionsBuilder<AzureStorageClusteringOptions> options) =>
            options.Configure<IServiceProvider>((configured, services) => Apply(configured, services, configurationSection)));

    public void Configure(IClientBuilder builder, string? name, IConfigurationSection configurationSection) =>
        builder.UseAzureStorageClustering((OptionsBuilder<AzureStorageGatewayOptions> options) =>
            options.Configure<IServiceProvider>((configured, services) => Apply(configured, services, configurationSection)));

    internal static void Apply(AzureStorageOperationOptions options, IServiceProvider services, IConfigurationSection section)
    {
        if (section["TableName"] is { Length: > 0 } tableName) options.TableName = tableName;
        options.TableServiceClient = AzureServiceClients.FromSection<TableServiceClient>(
            services, section, connection => AzureServiceClients.Tables(connection, options.ClientOptions)) ?? options.TableServiceClient;
    }
}
