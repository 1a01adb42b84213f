using Dtao.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;

namespace Orleans.Hosting;

/// <summary>Lets silos and clients of a cluster find each other through an Azure table. The methods are the official provider's.</summary>
public static class AzureTableClusteringExtensions
{
    /// <summary>Keeps the cluster's membership in an Azure table.</summary>
    public static ISiloBuilder UseAzureStorageClustering(this ISiloBuilder builder, Action<AzureStorageClusteringOptions> configureOptions) =>
        builder.UseAzureStorageClustering((OptionsBuilder<AzureStorageClusteringOptions> options) => options.Configure(configureOptions));

    /// <inheritdoc cref="UseAzureStorageClustering(ISiloBuilder, Action{AzureStorageClusteringOptions})"/>
    public static ISiloBuilder UseAzureStorageClustering(
        this ISiloBuilder builder, Action<OptionsBuilder<AzureStorageClusteringOptions>>? configureOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        configureOptions?.Invoke(services.AddOptions<AzureStorageClusteringOptions>());
        services.AddTransient<IConfigurationValidator>(provider => new AzureStorageClusteringOptionsValidator(
            provider.GetRequiredService<IOptions<AzureStorageClusteringOptions>>().Value));
        services.AddSingleton<IMembershipTable, AzureMembershipTable>().ConfigureFormatter<AzureStorageClusteringOptions>();
        return builder;
    }

    /// <summary>Finds the cluster's gateways in the Azure table that its silos keep.</summary>
    public static IClientBuilder UseAzureStorageClustering(this IClientBuilder builder, Action<AzureStorageGatewayOptions> configureOptions) =>
        builder.UseAzureStorageClustering((OptionsBuilder<AzureStorageGatewayOptions> options) => options.Configure(configureOptions));

    /// <inheritdoc cref="UseAzureStorageClustering(IClientBuilder, Action{AzureStorageGatewayOptions})"/>
    public static IClientBuilder UseAzureStorageClustering(
        this IClientBuilder builder, Action<OptionsBuilder<AzureStorageGatewayOptions>>? configureOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        configureOptions?.Invoke(services.AddOptions<AzureStorageGatewayOptions>());
        services.AddTransient<IConfigurationValidator>(provider => new AzureStorageGatewayOptionsValidator(
            provider.GetRequiredService<IOptions<AzureStorageGatewayOptions>>().Value));
        services.AddSingleton<IGatewayListProvider, AzureGatewayListProvider>().ConfigureFormatter<AzureStorageGatewayOptions>();
        return builder;
    }
}
