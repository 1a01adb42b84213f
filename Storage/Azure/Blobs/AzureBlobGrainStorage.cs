using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Dtao.Storage;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Serialization.Serializers;

namespace Orleans.Storage;

/// <summary>Grain storage on Azure Blobs: a blob for each state, of any size.</summary>
/// <remarks>
/// Every write is durable when its task ends. A write that fails with <see cref="InconsistentStateException"/> was not done, a
/// busy one neither; after <see cref="StoreErrorCode.Unanswered"/> the write may or may not be there. Every blob bears the id of the write that
/// made it, so that a write whose answer was lost is recognised.
/// </remarks>
public sealed class AzureBlobGrainStorage : GrainStorageBase, ILifecycleParticipant<ISiloLifecycle>, IAsyncDisposable
{
    private const string WriteIdMetadata = "writeid";
    private const string ClearedMetadata = "cleared";
    private readonly string name;
    private readonly AzureBlobStorageOptions options;
    private readonly string serviceId;
    private readonly IBlobContainerFactory containers;
    private readonly AzureRetry retry;
    private readonly AzureRetry creation;
    private readonly WriteSlots slots;
    private readonly IGrainStorageStreamingSerializer? streaming;

    /// <summary>Makes a provider; the registration methods do this for a silo.</summary>
    public AzureBlobGrainStorage(
        string name,
        AzureBlobStorageOptions options,
        string serviceId,
        IBlobContainerFactory containers,
        IActivatorProvider activators,
        TimeProvider time)
        : base(ThrowIfNull(options).GrainStorageSerializer, activators)
    {
        this.name = name;
        this.options = options;
        this.serviceId = serviceId;
        this.containers = containers;
        streaming = options.GrainStorageSerializer as IGrainStorageStreamingSerializer;
        retry = AzureRetry.ForOperations(name, options.StoragePolicyOptions, time);
        creation = AzureRetry.ForCreation(name, options.StoragePolicyOptions, time);
        slots = new(name, options.ConcurrentWritesMax, options.QueueWaitMax, time);
    }

    /// <summary>Makes the container when it is missing.</summary>
    /// <exception cref="StoreException">The account cannot be reached, or refuses.</exception>
    public async Task InitializeAsync(CancellationToken cancellationToken = default)
    {
        var client = await options.GetBlobServiceClientAsync().ConfigureAwait(false);
        await creation.RunOrThrow(
            $"Containers of '{name}'",
            async _ =>
            {
                await containers.InitializeAsync(client).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        observer.Subscribe($"{nameof(AzureBlobGrainStorage)}-{name}", options.InitStage, InitializeAsync, _ => slots.DisposeAsync().AsTask());
    }

    /// <summary>Takes no more writes, and ends after those that are under way.</summary>
    public ValueTask DisposeAsync() => slots.DisposeAsync();

    /// <inheritdoc/>
    public override async Task ReadStateAsync<T>(
        string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        if (!Streams<T>())
        {
            await base.ReadStateAsync(stateName, grainId, grainState, cancellationToken).ConfigureAwait(false);
            return;
        }

        ArgumentNullException.ThrowIfNull(grainState);
        var (_, blob) = BlobOf(stateName, grainId);
        var read = await retry.Run(token => blob.DownloadStreamingAsync(cancellationToken: token), cancellationToken).ConfigureAwait(false);
        if (IsAbsent(read.Fault))
        {
            Assign(grainState, Fresh<T>(), null, recordExists: false);
            return;
        }

        if (read.Fault is { } fault) throw fault.ToException(blob.Name);
        using var answer = read.Value!.Value;
        var exists = !IsCleared(answer.Details.Metadata, answer.Details.ContentLength);
        var state = exists ? await streaming!.DeserializeAsync<T>(answer.Content, cancellationToken).ConfigureAwait(false) : Fresh<T>();
        Assign(grainState, state ?? Fresh<T>(), AzureTags.ToText(answer.Details.ETag), exists);
    }

    /// <inheritdoc/>
    public override async Task WriteStateAsync<T>(
        string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        if (!Streams<T>())
        {
            await base.WriteStateAsync(stateName, grainId, grainState, cancellationToken).ConfigureAwait(false);
            return;
        }

        ArgumentNullException.ThrowIfNull(grainState);
        using PooledStream stream = new();
        await streaming!.SerializeAsync(grainState.State, stream, cancellationToken).ConfigureAwait(false);
        var answer = await WriteRecordAsync(stateName, grainId, stream.Written, grainState.ETag, cancellationToken).ConfigureAwait(false);
        if (!answer.IsCommitted) throw Inconsistent(stateName, grainId, answer.ETag, grainState.ETag);
        (grainState.ETag, grainState.RecordExists) = (answer.ETag!, true);
    }

    private protected override async Task<ReadRecord> ReadRecordAsync(string stateName, GrainId grainId, CancellationToken cancellationToken)
    {
        var (_, blob) = BlobOf(stateName, grainId);
        var read = await retry.Run(token => blob.DownloadContentAsync(token), cancellationToken).ConfigureAwait(false);
        if (IsAbsent(read.Fault)) return default;
        if (read.Fault is { } fault) throw fault.ToException(blob.Name);
        var (content, details) = (read.Value!.Value.Content.ToMemory(), read.Value.Value.Details);
        var etag = AzureTags.ToText(details.ETag);
        return IsCleared(details.Metadata, content.Length) ? new(null, etag) : new(content, etag);
    }

    private protected override async Task<RecordAnswer> WriteRecordAsync(
        string stateName, GrainId grainId, ReadOnlyMemory<byte> value, string? etag, CancellationToken cancellationToken)
    {
        var (container, blob) = BlobOf(stateName, grainId);
        if (etag is null) return await Upload(container, blob, value, new() { IfNoneMatch = ETag.All }, isCleared: false, cancellationToken).ConfigureAwait(false);
        return AzureTags.ToBlobTag(etag) is { } tag
            ? await Upload(container, blob, value, new() { IfMatch = tag }, isCleared: false, cancellationToken).ConfigureAwait(false)
            : await ConflictWithStored(blob).ConfigureAwait(false);
    }

    private protected override async Task<RecordAnswer> ClearRecordAsync(
        string stateName, GrainId grainId, string etag, CancellationToken cancellationToken)
    {
        var (container, blob) = BlobOf(stateName, grainId);
        if (AzureTags.ToBlobTag(etag) is not { } tag) return await ConflictWithStored(blob).ConfigureAwait(false);
        BlobRequestConditions conditions = new() { IfMatch = tag };
        return options.DeleteStateOnClear
            ? await slots.Run(() => Delete(blob, conditions), cancellationToken).ConfigureAwait(false)
            : await Upload(container, blob, ReadOnlyMemory<byte>.Empty, conditions, isCleared: true, cancellationToken).ConfigureAwait(false);
    }

    private Task<RecordAnswer> Upload(
        BlobContainerClient container, BlobClient blob, ReadOnlyMemory<byte> value, BlobRequestConditions conditions, bool isCleared, CancellationToken cancellationToken)
    {
        var writeId = Guid.NewGuid().ToString("N");
        BlobUploadOptions upload = new()
        {
            Conditions = conditions,
            HttpHeaders = new() { ContentType = "application/octet-stream" },
            Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [WriteIdMetadata] = writeId },
        };
        if (isCleared) upload.Metadata[ClearedMetadata] = "true";
        return slots.Run(Send, cancellationToken);

        // Once it is under way it is carried to its end, so that it is known what became of it.
        async Task<RecordAnswer> Send()
        {
            var sent = await retry.Run(token => blob.UploadAsync(new BinaryData(value), upload, token), CancellationToken.None).ConfigureAwait(false);
            if (sent.Fault is { Exception: RequestFailedException { ErrorCode: "ContainerNotFound" } } && conditions.IfNoneMatch is not null)
            {
                // A factory may name containers that nobody has made yet.
                await creation.RunOrThrow(container.Name, token => container.CreateIfNotExistsAsync(cancellationToken: token), CancellationToken.None).ConfigureAwait(false);
                sent = await retry.Run(token => blob.UploadAsync(new BinaryData(value), upload, token), CancellationToken.None).ConfigureAwait(false);
            }

            if (sent.Fault is not { } fault) return RecordAnswer.Committed(AzureTags.ToText(sent.Value!.Value.ETag));
            if (fault.Kind is not (AzureFaultKind.Conflict or AzureFaultKind.Unanswered)) throw fault.ToException(blob.Name);
            // Somebody else wrote the blob, or this very write did and its answer was lost: the blob says which.
            var stored = await Stored(blob).ConfigureAwait(false);
            if (stored is not null && stored.Metadata.TryGetValue(WriteIdMetadata, out var id) && id == writeId)
                return RecordAnswer.Committed(AzureTags.ToText(stored.ETag));
            return fault.Kind == AzureFaultKind.Conflict ? Conflict(stored) : throw fault.ToException(blob.Name);
        }
    }

    private async Task<RecordAnswer> Delete(BlobClient blob, BlobRequestConditions conditions)
    {
        var sent = await retry.Run(token => blob.DeleteAsync(conditions: conditions, cancellationToken: token)).ConfigureAwait(false);
        if (sent.Fault is not { } fault) return RecordAnswer.Committed(null);
        if (fault.Kind is not (AzureFaultKind.Conflict or AzureFaultKind.Unanswered)) throw fault.ToException(blob.Name);
        var stored = await Stored(blob).ConfigureAwait(false);
        if (stored is null && sent.WasUnanswered) return RecordAnswer.Committed(null);
        return fault.Kind == AzureFaultKind.Conflict ? Conflict(stored) : throw fault.ToException(blob.Name);
    }

    private async Task<RecordAnswer> ConflictWithStored(BlobClient blob) => Conflict(await Stored(blob).ConfigureAwait(false));

    private RecordAnswer Conflict(BlobProperties? stored)
    {
        StoreMetrics.RecordConflicted(name);
        return RecordAnswer.Conflicted(AzureTags.ToText(stored?.ETag));
    }

    private async Task<BlobProperties?> Stored(BlobClient blob)
    {
        var read = await retry.Run(token => blob.GetPropertiesAsync(cancellationToken: token)).ConfigureAwait(false);
        if (IsAbsent(read.Fault)) return null;
        return read.Fault is { } fault ? throw (fault with { Kind = AzureFaultKind.Unanswered }).ToException(blob.Name) : read.Value!.Value;
    }

    private static bool IsAbsent(AzureFault? fault) =>
        fault is { Kind: AzureFaultKind.Conflict } or { Exception: RequestFailedException { ErrorCode: "ContainerNotFound" } };

    // The official provider marks a cleared state by its emptiness alone; a blob of this one may be empty and be a state.
    private static bool IsCleared(IDictionary<string, string> metadata, long length) =>
        metadata.ContainsKey(ClearedMetadata) || (length == 0 && !metadata.ContainsKey(WriteIdMetadata));

    private bool Streams<T>() => streaming is not null && !typeof(IRawRecord).IsAssignableFrom(typeof(T));

    private (BlobContainerClient Container, BlobClient Blob) BlobOf(string stateName, GrainId grainId)
    {
        var container = containers.GetBlobContainerClient(grainId);
        return (container, container.GetBlobClient(BlobNames.Of(options.Layout, serviceId, grainId, stateName)));
    }

    private static AzureBlobStorageOptions ThrowIfNull(AzureBlobStorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options;
    }
}
