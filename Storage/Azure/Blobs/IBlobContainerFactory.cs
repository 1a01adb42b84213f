using Azure.Storage.Blobs;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>Chooses the container that keeps a grain's states.</summary>
public interface IBlobContainerFactory
{
    /// <summary>The container of a grain; the same one each time it is asked.</summary>
    BlobContainerClient GetBlobContainerClient(GrainId grainId);

    /// <summary>Makes ready what is needed, once, when the silo starts.</summary>
    Task InitializeAsync(BlobServiceClient client);
}

/// <summary>One container for all grains.</summary>
internal sealed class DefaultBlobContainerFactory(AzureBlobStorageOptions options) : IBlobContainerFactory
{
    private BlobContainerClient? container;

    public BlobContainerClient GetBlobContainerClient(GrainId grainId) =>
        container ?? throw new InvalidOperationException("The container has not been made ready.");

    public async Task InitializeAsync(BlobServiceClient client)
    {
        var made = client.GetBlobContainerClient(options.ContainerName);
        // Looked for first: a signature that may use the container need not be one that may make it.
        if (!await made.ExistsAsync().ConfigureAwait(false)) await made.CreateIfNotExistsAsync().ConfigureAwait(false);
        container = made;
    }
}
