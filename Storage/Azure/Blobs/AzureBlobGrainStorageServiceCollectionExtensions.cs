using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace Orleans.Hosting;

/// <summary>Adds grain storage on Azure Blobs to the services of a silo. The methods are the official provider's.</summary>
public static class AzureBlobGrainStorageServiceCollectionExtensions
{
    /// <summary>Adds grain storage on Azure Blobs as the default one.</summary>
    public static IServiceCollection AddAzureBlobGrainStorageAsDefault(
        this IServiceCollection services, Action<AzureBlobStorageOptions> configureOptions) =>
        services.AddAzureBlobGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, configureOptions);

    /// <summary>Adds grain storage on Azure Blobs under a name.</summary>
    public static IServiceCollection AddAzureBlobGrainStorage(
        this IServiceCollection services, string name, Action<AzureBlobStorageOptions> configureOptions) =>
        services.AddAzureBlobGrainStorage(name, (OptionsBuilder<AzureBlobStorageOptions> options) => options.Configure(configureOptions));

    /// <summary>Adds grain storage on Azure Blobs as the default one.</summary>
    public static IServiceCollection AddAzureBlobGrainStorageAsDefault(
        this IServiceCollection services, Action<OptionsBuilder<AzureBlobStorageOptions>>? configureOptions = null) =>
        services.AddAzureBlobGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, configureOptions);

    /// <summary>Adds grain storage on Azure Blobs under a name.</summary>
    public static IServiceCollection AddAzureBlobGrainStorage(
        this IServiceCollection services, string name, Action<OptionsBuilder<AzureBlobStorageOptions>>? configureOptions = null)
    {
        configureOptions?.Invoke(services.AddOptions<AzureBlobStorageOptions>(name));
        services.AddTransient<IConfigurationValidator>(provider => new AzureBlobStorageOptionsValidator(
            provider.GetRequiredService<IOptionsMonitor<AzureBlobStorageOptions>>().Get(name), name));
        services.AddTransient<IPostConfigureOptions<AzureBlobStorageOptions>, DefaultStorageProviderSerializerOptionsConfigurator<AzureBlobStorageOptions>>();
        services.ConfigureNamedOptionForLogging<AzureBlobStorageOptions>(name);
        return services.AddGrainStorage(name, (provider, key) =>
        {
            var options = provider.GetRequiredService<IOptionsMonitor<AzureBlobStorageOptions>>().Get(key);
            return new AzureBlobGrainStorage(
                key,
                options,
                provider.GetRequiredService<IOptions<ClusterOptions>>().Value.ServiceId,
                options.BuildContainerFactory(provider, options),
                provider.GetRequiredService<IActivatorProvider>(),
                provider.GetService<TimeProvider>() ?? TimeProvider.System);
        });
    }
}
