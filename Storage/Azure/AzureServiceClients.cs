using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Storage;

/// <summary>
/// Makes the clients of an account from what a configuration can say: a connection string, an endpoint with a shared access
/// signature, or an endpoint alone, which is reached with the identity that the process runs under (a managed identity on
/// Azure, the developer's own elsewhere).
/// </summary>
internal static class AzureServiceClients
{
    public static TableServiceClient Tables(string connectionStringOrUri, TableClientOptions? options = null) =>
        Uri.TryCreate(connectionStringOrUri, UriKind.Absolute, out var uri)
            ? Tables(uri, options)
            : new(connectionStringOrUri, WithoutRetries(options));

    public static TableServiceClient Tables(Uri endpoint, TableClientOptions? options = null) =>
        HasSignature(endpoint)
            ? new(endpoint, WithoutRetries(options))
            : new(endpoint, new DefaultAzureCredential(), WithoutRetries(options));

    public static BlobServiceClient Blobs(string connectionStringOrUri, BlobClientOptions? options = null) =>
        Uri.TryCreate(connectionStringOrUri, UriKind.Absolute, out var uri)
            ? Blobs(uri, options)
            : new(connectionStringOrUri, WithoutRetries(options));

    public static BlobServiceClient Blobs(Uri endpoint, BlobClientOptions? options = null) =>
        HasSignature(endpoint)
            ? new(endpoint, WithoutRetries(options))
            : new(endpoint, new DefaultAzureCredential(), WithoutRetries(options));

    /// <summary>Options whose retries are off; those that somebody made on purpose are left as they are.</summary>
    public static TableClientOptions WithoutRetries(TableClientOptions? options) => options ?? TurnOff(new TableClientOptions());

    /// <inheritdoc cref="WithoutRetries(TableClientOptions)"/>
    public static BlobClientOptions WithoutRetries(BlobClientOptions? options) => options ?? TurnOff(new BlobClientOptions());

    /// <summary>
    /// The client that a provider's configuration section names: <c>ServiceKey</c> (a keyed client among the services), else
    /// <c>ConnectionString</c>, else the connection string called <c>ConnectionName</c>. Null when it names none.
    /// </summary>
    public static TClient? FromSection<TClient>(IServiceProvider services, IConfigurationSection section, Func<string, TClient> create)
        where TClient : class
    {
        if (section["ServiceKey"] is { Length: > 0 } key) return services.GetRequiredKeyedService<TClient>(key);
        var connection = section["ConnectionString"];
        if (string.IsNullOrEmpty(connection) && section["ConnectionName"] is { Length: > 0 } name)
            connection = services.GetRequiredService<IConfiguration>().GetConnectionString(name);
        return string.IsNullOrEmpty(connection) ? null : create(connection);
    }

    private static bool HasSignature(Uri endpoint) => endpoint.Query.Contains("sig=", StringComparison.Ordinal);

    private static TOptions TurnOff<TOptions>(TOptions options)
        where TOptions : ClientOptions
    {
        options.Retry.MaxRetries = 0;
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(30);
        return options;
    }
}
