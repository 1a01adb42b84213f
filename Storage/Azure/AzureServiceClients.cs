using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;

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

    private static bool HasSignature(Uri endpoint) => endpoint.Query.Contains("sig=", StringComparison.Ordinal);

    private static TOptions TurnOff<TOptions>(TOptions options)
        where TOptions : ClientOptions
    {
        options.Retry.MaxRetries = 0;
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(30);
        return options;
    }
}
