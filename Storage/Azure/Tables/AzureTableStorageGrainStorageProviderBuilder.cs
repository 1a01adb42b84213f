using Dtao.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Providers;

[assembly: RegisterProvider("AzureTableStorage", "GrainStorage", "Silo", typeof(AzureTableStorageGrainStorageProviderBuilder))]

namespace Orleans.Hosting;

/// <summary>Adds grain storage on Azure Tables that a configuration asks for, by the official provider's settings.</summary>
internal sealed class AzureTableStorageGrainStorageProviderBuilder : IProviderBuilder<ISiloBuilder>
{
    public void Configure(ISiloBuilder builder, string? name, IConfigurationSection configurationSection) =>
        builder.AddAzureTableGrainStorage(
            name ?? ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME,
            (OptionsBuilder<AzureTableStorageOptions> options) => options.Configure<IServiceProvider>(
                (configured, services) => new AzureProviderSection(configurationSection, services).ApplyTo(configured)));
}
