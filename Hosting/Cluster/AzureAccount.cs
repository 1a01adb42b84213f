using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Orleans.Persistence.AzureStorage;

namespace Dtao.Hosting.Cluster;

/// <summary>The storage account of a cluster: by a connection string, or by two endpoints, each with a shared access signature or with the identity of the process.</summary>
public sealed record AzureAccount
{
    /// <summary>With an account key or with a shared access signature.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>Without a signature in its query: the identity that the process runs under, such as a managed one.</summary>
    public Uri? TableEndpoint { get; init; }

    /// <summary>As <see cref="TableEndpoint"/>.</summary>
    public Uri? BlobEndpoint { get; init; }

    /// <summary>Stands in the way of every request of a silo that is on trial; null otherwise.</summary>
    internal HttpPipelinePolicy? Faults { get; init; }

    /// <summary>What is wrong; empty when it can be used. Nothing is asked of the account.</summary>
    public IReadOnlyList<string> FindFaults()
    {
        var faults = new List<string>();
        var hasEndpoint = (TableEndpoint ?? BlobEndpoint) is not null;
        if (ConnectionString is null && !hasEndpoint) faults.Add("Storage:ConnectionString, or Storage:TableEndpoint with Storage:BlobEndpoint, is missing.");
        if (ConnectionString is not null && hasEndpoint) faults.Add("Storage:ConnectionString and Storage:TableEndpoint or Storage:BlobEndpoint are two ways to name an account; give one.");
        if (ConnectionString is null && hasEndpoint && (TableEndpoint is null || BlobEndpoint is null)) faults.Add("Storage:TableEndpoint and Storage:BlobEndpoint belong together; one is missing.");
        if (ConnectionString is not null)
        {
            try
            {
                _ = new TableServiceClient(ConnectionString);
                _ = new BlobServiceClient(ConnectionString);
            }
            catch (Exception malformed) when (malformed is FormatException or InvalidOperationException or ArgumentException)
            {
                // The message is not shown: it may repeat a part of the key.
                faults.Add("Storage:ConnectionString is none: it needs an account with its key or a signature, and endpoints for tables and blobs.");
            }
        }

        return faults;
    }

    internal void ApplyTo(AzureStorageOperationOptions options)
    {
        if (Faults is not null) options.ClientOptions = WithFaults(new TableClientOptions());
        if (ConnectionString is not null) options.ConfigureTableServiceClient(ConnectionString);
        else options.ConfigureTableServiceClient(TableEndpoint!);
    }

    /// <summary>Its retries are off: whoever uses it retries by itself.</summary>
    internal BlobServiceClient Blobs()
    {
        var options = WithFaults(new BlobClientOptions());
        if (ConnectionString is not null) return new BlobServiceClient(ConnectionString, options);
        return BlobEndpoint!.Query.Contains("sig=", StringComparison.Ordinal)
            ? new BlobServiceClient(BlobEndpoint, options)
            : new BlobServiceClient(BlobEndpoint, new DefaultAzureCredential(), options);
    }

    private TOptions WithFaults<TOptions>(TOptions options)
        where TOptions : ClientOptions
    {
        options.Retry.MaxRetries = 0;
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(30);
        if (Faults is not null) options.AddPolicy(Faults, HttpPipelinePosition.BeforeTransport);
        return options;
    }

    /// <summary>To read the table itself, beside the provider: which actors there are.</summary>
    internal TableServiceClient Tables()
    {
        if (ConnectionString is not null) return new TableServiceClient(ConnectionString);
        return TableEndpoint!.Query.Contains("sig=", StringComparison.Ordinal)
            ? new TableServiceClient(TableEndpoint)
            : new TableServiceClient(TableEndpoint, new DefaultAzureCredential());
    }
}
