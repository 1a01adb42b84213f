using Dtao.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Orleans.Hosting;
using Orleans.Providers;
using Orleans.Reminders.AzureStorage;

[assembly: RegisterProvider("AzureTableStorage", "Reminders", "Silo", typeof(AzureTableStorageRemindersProviderBuilder))]

namespace Orleans.Hosting;

/// <summary>Adds the reminders that a configuration asks for, by the official provider's settings.</summary>
internal sealed class AzureTableStorageRemindersProviderBuilder : IProviderBuilder<ISiloBuilder>
{
    public void Configure(ISiloBuilder builder, string? name, IConfigurationSection configurationSection) =>
        builder.UseAzureTableReminderService((OptionsBuilder<AzureTableReminderStorageOptions> options) => options.Configure<IServiceProvider>(
            (configured, services) => new AzureProviderSection(configurationSection, services).ApplyTo(configured)));
}
