using Dtao.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Reminders.AzureStorage;

namespace Orleans.Hosting;

/// <summary>Keeps a silo's reminders in an Azure table. The methods are the official provider's.</summary>
public static class AzureStorageReminderSiloBuilderExtensions
{
    /// <summary>Keeps reminders in an Azure table.</summary>
    public static ISiloBuilder UseAzureTableReminderService(this ISiloBuilder builder, Action<AzureTableReminderStorageOptions> configure) =>
        builder.UseAzureTableReminderService((OptionsBuilder<AzureTableReminderStorageOptions> options) => options.Configure(configure));

    /// <inheritdoc cref="UseAzureTableReminderService(ISiloBuilder, Action{AzureTableReminderStorageOptions})"/>
    public static ISiloBuilder UseAzureTableReminderService(
        this ISiloBuilder builder, Action<OptionsBuilder<AzureTableReminderStorageOptions>>? configureOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.UseAzureTableReminderService(configureOptions);
        return builder;
    }

    /// <summary>Keeps reminders in an Azure table of the account that a connection string names.</summary>
    public static ISiloBuilder UseAzureTableReminderService(this ISiloBuilder builder, string connectionString) =>
        builder.UseAzureTableReminderService(options => options.ConfigureTableServiceClient(connectionString));
}

/// <summary>The same for whoever has the services and not the silo's builder.</summary>
public static class AzureStorageReminderServiceCollectionExtensions
{
    /// <inheritdoc cref="AzureStorageReminderSiloBuilderExtensions.UseAzureTableReminderService(ISiloBuilder, Action{AzureTableReminderStorageOptions})"/>
    public static IServiceCollection UseAzureTableReminderService(this IServiceCollection services, Action<AzureTableReminderStorageOptions> configure) =>
        services.UseAzureTableReminderService((OptionsBuilder<AzureTableReminderStorageOptions> options) => options.Configure(configure));

    /// <inheritdoc cref="AzureStorageReminderSiloBuilderExtensions.UseAzureTableReminderService(ISiloBuilder, Action{AzureTableReminderStorageOptions})"/>
    public static IServiceCollection UseAzureTableReminderService(
        this IServiceCollection services, Action<OptionsBuilder<AzureTableReminderStorageOptions>>? configureOptions)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddReminders();
        configureOptions?.Invoke(services.AddOptions<AzureTableReminderStorageOptions>());
        services.AddTransient<IConfigurationValidator>(provider => new AzureTableReminderStorageOptionsValidator(
            provider.GetRequiredService<IOptions<AzureTableReminderStorageOptions>>().Value));
        services.AddSingleton<IReminderTable, AzureReminderTable>().ConfigureFormatter<AzureTableReminderStorageOptions>();
        return services;
    }

    /// <inheritdoc cref="AzureStorageReminderSiloBuilderExtensions.UseAzureTableReminderService(ISiloBuilder, string)"/>
    public static IServiceCollection UseAzureTableReminderService(this IServiceCollection services, string connectionString) =>
        services.UseAzureTableReminderService(options => options.ConfigureTableServiceClient(connectionString));
}
