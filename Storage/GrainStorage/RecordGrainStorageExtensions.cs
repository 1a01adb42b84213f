using System.ComponentModel.DataAnnotations;
using Dtao.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Providers;
using Orleans.Runtime.Hosting;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace Orleans.Hosting;

/// <summary>Adds grain storage that commits in groups to a silo.</summary>
public static class RecordGrainStorageExtensions
{
    /// <summary>Adds grain storage on SQLite under a name.</summary>
    public static ISiloBuilder AddSqliteGrainStorage(this ISiloBuilder builder, string name, Action<SqliteGrainStorageOptions> configureOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSqliteGrainStorage(name, configureOptions);
        return builder;
    }

    /// <summary>Adds grain storage on SQLite as the default one.</summary>
    public static ISiloBuilder AddSqliteGrainStorageAsDefault(this ISiloBuilder builder, Action<SqliteGrainStorageOptions> configureOptions) =>
        builder.AddSqliteGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, configureOptions);

    /// <summary>Adds grain storage on SQLite under a name.</summary>
    public static IServiceCollection AddSqliteGrainStorage(
        this IServiceCollection services, string name, Action<SqliteGrainStorageOptions> configureOptions)
    {
        ArgumentNullException.ThrowIfNull(configureOptions);
        services.AddOptions<SqliteGrainStorageOptions>(name)
            .Configure(configureOptions)
            .Validate(
                options => string.IsNullOrWhiteSpace(options.Path) != (options.Database is null),
                $"Grain storage '{name}': set either {nameof(SqliteGrainStorageOptions.Path)} or {nameof(SqliteGrainStorageOptions.Database)}.");
        return services.AddRecordGrainStorage<SqliteGrainStorageOptions>(
            name,
            (_, options) => options.Database is { } database ? SqliteRecordStore.Open(database) : SqliteRecordStore.Open(options.Path!),
            ownsStore: true);
    }

    /// <summary>Adds grain storage in memory under a name.</summary>
    public static ISiloBuilder AddMemoryRecordGrainStorage(
        this ISiloBuilder builder, string name, Action<MemoryRecordGrainStorageOptions>? configureOptions = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddMemoryRecordGrainStorage(name, configureOptions);
        return builder;
    }

    /// <summary>Adds grain storage in memory as the default one.</summary>
    public static ISiloBuilder AddMemoryRecordGrainStorageAsDefault(
        this ISiloBuilder builder, Action<MemoryRecordGrainStorageOptions>? configureOptions = null) =>
        builder.AddMemoryRecordGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, configureOptions);

    /// <summary>Adds grain storage in memory under a name.</summary>
    public static IServiceCollection AddMemoryRecordGrainStorage(
        this IServiceCollection services, string name, Action<MemoryRecordGrainStorageOptions>? configureOptions = null)
    {
        services.AddOptions<MemoryRecordGrainStorageOptions>(name).Configure(options => configureOptions?.Invoke(options));
        return services.AddRecordGrainStorage<MemoryRecordGrainStorageOptions>(
            name, (_, options) => options.Store ?? new MemoryRecordStore(), ownsStore: false);
    }

    private static IServiceCollection AddRecordGrainStorage<TOptions>(
        this IServiceCollection services, string name, Func<IServiceProvider, TOptions, IRecordStore> open, bool ownsStore)
        where TOptions : GroupCommitOptions
    {
        services.AddOptions<TOptions>(name).Validate(AreInRange, $"Grain storage '{name}': a setting is out of its range.");
        services.AddTransient<IPostConfigureOptions<TOptions>, DefaultStorageProviderSerializerOptionsConfigurator<TOptions>>();
        services.ConfigureNamedOptionForLogging<TOptions>(name);
        return services.AddGrainStorage(name, (provider, key) =>
        {
            var options = provider.GetRequiredService<IOptionsMonitor<TOptions>>().Get(key);
            return new GroupCommitGrainStorage(
                key,
                open(provider, options),
                options,
                provider.GetRequiredService<IActivatorProvider>(),
                provider.GetService<TimeProvider>() ?? TimeProvider.System,
                ownsStore);
        });
    }

    private static bool AreInRange<TOptions>(TOptions options)
        where TOptions : GroupCommitOptions =>
        options.QueueWaitMax > TimeSpan.Zero
        && Validator.TryValidateObject(options, new(options), validationResults: null, validateAllProperties: true);
}
