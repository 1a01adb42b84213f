using Azure;
using Azure.Core;
using Azure.Storage;
using Azure.Storage.Blobs;
using Dtao.Storage;
using Orleans.Persistence.AzureStorage;
using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Configuration;

/// <summary>How blobs of states are named.</summary>
public enum AzureBlobLayout
{
    /// <summary>By service, grain, and state, each escaped, so that no two states share a name.</summary>
    Escaped = 0,

    /// <summary>As the official provider names them: <c>{state}-{grain}.json</c>, without the service.</summary>
    Orleans = 1,
}

/// <summary>Options of the grain storage on Azure Blobs. All but the last four are the official provider's.</summary>
public class AzureBlobStorageOptions : IStorageProviderSerializerOptions
{
    /// <summary>The container's name when none is given.</summary>
    public const string DEFAULT_CONTAINER_NAME = "grainstate";

    /// <summary>When in a silo's life the container is made ready.</summary>
    public const int DEFAULT_INIT_STAGE = ServiceLifecycleStage.ApplicationServices;

    /// <summary>64 requests.</summary>
    public const int DefaultConcurrentWritesMax = 64;

    /// <summary>The container: 3 to 63 lower-case letters, digits, and single hyphens.</summary>
    /// <value><see cref="DEFAULT_CONTAINER_NAME"/>.</value>
    public string ContainerName { get; set; } = DEFAULT_CONTAINER_NAME;

    /// <summary>Whether a clear removes the blob. If not, it leaves an empty one, with a tag.</summary>
    /// <value>True.</value>
    public bool DeleteStateOnClear { get; set; } = true;

    /// <summary>The account. It may retry by itself; a write that was applied twice over is recognised all the same.</summary>
    public BlobServiceClient? BlobServiceClient { get; set; }

    /// <summary>Used by the <c>ConfigureBlobServiceClient</c> methods.</summary>
    /// <value>Null: the SDK's own retries are off, because the provider retries by itself.</value>
    public BlobClientOptions? ClientOptions { get; set; }

    /// <summary>Makes what chooses a grain's container.</summary>
    /// <value>One container, <see cref="ContainerName"/>, for all grains.</value>
    public Func<IServiceProvider, AzureBlobStorageOptions, IBlobContainerFactory> BuildContainerFactory { get; set; } =
        static (_, options) => new DefaultBlobContainerFactory(options);

    /// <summary>When in a silo's life the container is made ready; the storage stops after the grains.</summary>
    /// <value><see cref="DEFAULT_INIT_STAGE"/>.</value>
    public int InitStage { get; set; } = DEFAULT_INIT_STAGE;

    /// <inheritdoc/>
    public IGrainStorageSerializer GrainStorageSerializer { get; set; } = null!;

    /// <summary>How blobs are named. Blobs are found by the names that they were written with.</summary>
    /// <value><see cref="AzureBlobLayout.Escaped"/>.</value>
    public AzureBlobLayout Layout { get; set; }

    /// <summary>How many writes may be under way at once, 1 to 10,000.</summary>
    /// <value><see cref="DefaultConcurrentWritesMax"/>.</value>
    public int ConcurrentWritesMax { get; set; } = DefaultConcurrentWritesMax;

    /// <summary>How long a write waits to be let in before it fails as busy, with nothing written.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan QueueWaitMax { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Bounds of retries and of time.</summary>
    public AzureStoragePolicyOptions StoragePolicyOptions { get; } = new();

    internal Func<Task<BlobServiceClient>>? CreateClient { get; private set; }

    /// <summary>Uses a connection string; one with a shared access signature is as good as one with a key.</summary>
    public void ConfigureBlobServiceClient(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        ConfigureBlobServiceClient(() => AzureServiceClients.Blobs(connectionString, ClientOptions));
    }

    /// <summary>Uses the account's blob endpoint: with a shared access signature in the query, or with the identity that the process runs under.</summary>
    public void ConfigureBlobServiceClient(Uri serviceUri)
    {
        ArgumentNullException.ThrowIfNull(serviceUri);
        ConfigureBlobServiceClient(() => AzureServiceClients.Blobs(serviceUri, ClientOptions));
    }

    /// <summary>Uses the account's blob endpoint with a token, for instance of a managed identity.</summary>
    public void ConfigureBlobServiceClient(Uri serviceUri, TokenCredential tokenCredential)
    {
        ArgumentNullException.ThrowIfNull(serviceUri);
        ArgumentNullException.ThrowIfNull(tokenCredential);
        ConfigureBlobServiceClient(() => new BlobServiceClient(serviceUri, tokenCredential, AzureServiceClients.WithoutRetries(ClientOptions)));
    }

    /// <summary>Uses the account's blob endpoint with a shared access signature.</summary>
    public void ConfigureBlobServiceClient(Uri serviceUri, AzureSasCredential azureSasCredential)
    {
        ArgumentNullException.ThrowIfNull(serviceUri);
        ArgumentNullException.ThrowIfNull(azureSasCredential);
        ConfigureBlobServiceClient(() => new BlobServiceClient(serviceUri, azureSasCredential, AzureServiceClients.WithoutRetries(ClientOptions)));
    }

    /// <summary>Uses the account's blob endpoint with the account's key.</summary>
    public void ConfigureBlobServiceClient(Uri serviceUri, StorageSharedKeyCredential sharedKeyCredential)
    {
        ArgumentNullException.ThrowIfNull(serviceUri);
        ArgumentNullException.ThrowIfNull(sharedKeyCredential);
        ConfigureBlobServiceClient(() => new BlobServiceClient(serviceUri, sharedKeyCredential, AzureServiceClients.WithoutRetries(ClientOptions)));
    }

    /// <summary>Uses the client that the callback makes, once, when the silo starts.</summary>
    public void ConfigureBlobServiceClient(Func<Task<BlobServiceClient>> createClientCallback)
    {
        ArgumentNullException.ThrowIfNull(createClientCallback);
        CreateClient = createClientCallback;
    }

    internal bool HasClient => BlobServiceClient is not null || CreateClient is not null;

    internal async Task<BlobServiceClient> GetBlobServiceClientAsync() =>
        BlobServiceClient ??= await CreateClient!().ConfigureAwait(false);

    private void ConfigureBlobServiceClient(Func<BlobServiceClient> create) =>
        ConfigureBlobServiceClient(() => Task.FromResult(create()));
}

/// <summary>Checks, before a silo starts, the options of the grain storage on Azure Blobs.</summary>
public class AzureBlobStorageOptionsValidator(AzureBlobStorageOptions options, string name) : IConfigurationValidator
{
    /// <inheritdoc/>
    public void ValidateConfiguration()
    {
        if (!options.HasClient)
        {
            throw Invalid(
                $"no account is given: set {nameof(AzureBlobStorageOptions.BlobServiceClient)}, or call {nameof(AzureBlobStorageOptions.ConfigureBlobServiceClient)}.");
        }

        if (!AzureNames.IsContainer(options.ContainerName))
            throw Invalid($"{nameof(options.ContainerName)} '{options.ContainerName}' is not 3 to 63 lower-case letters, digits, and single hyphens.");
        AzureBounds.InRange<AzureBlobStorageOptions>(name, nameof(options.ConcurrentWritesMax), options.ConcurrentWritesMax, 1, 10_000);
        AzureBounds.IsPositive<AzureBlobStorageOptions>(name, nameof(options.QueueWaitMax), options.QueueWaitMax);
        AzureBounds.Check<AzureBlobStorageOptions>(name, options.StoragePolicyOptions);
        if (!Enum.IsDefined(options.Layout)) throw Invalid($"{nameof(options.Layout)} {options.Layout} is unknown.");
    }

    private OrleansConfigurationException Invalid(string why) => AzureNames.Invalid<AzureBlobStorageOptions>(name, why);
}
