using Orleans.Runtime;
using Orleans.Serialization.Serializers;

namespace Dtao.Storage;

/// <summary>
/// Orleans grain storage over a record store. Concurrent writes of many grains become one atomic commit, with each
/// record's tag checked on its own: a stale one fails alone, its neighbours are written.
/// </summary>
/// <remarks>
/// Every write is durable when its task ends. A write without a tag inserts and fails on a record that exists, which
/// fences journal segments. A clear deletes the record and leaves no tag.
/// </remarks>
public sealed class GroupCommitGrainStorage : GrainStorageBase, ILifecycleParticipant<ISiloLifecycle>, IAsyncDisposable
{
    private readonly string name;
    private readonly IRecordStore store;
    private readonly bool ownsStore;
    private readonly int initStage;
    private readonly RecordCommitter committer;

    /// <summary>Makes a provider; the registration methods do this for a silo.</summary>
    /// <param name="name">The provider's name.</param>
    /// <param name="store">Where records are kept.</param>
    /// <param name="options">Bounds and serializer.</param>
    /// <param name="activators">Makes fresh states.</param>
    /// <param name="time">Measures how long a write waits to be let in.</param>
    /// <param name="ownsStore">Whether the store is closed with the provider.</param>
    public GroupCommitGrainStorage(
        string name, IRecordStore store, GroupCommitOptions options, IActivatorProvider activators, TimeProvider time, bool ownsStore = false)
        : base(ThrowIfNull(options).GrainStorageSerializer, activators)
    {
        this.name = name;
        this.store = store;
        this.ownsStore = ownsStore;
        initStage = options.InitStage;
        committer = new(name, store, options, time);
    }

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        observer.Subscribe(
            $"{nameof(GroupCommitGrainStorage)}-{name}",
            initStage,
            _ => Task.CompletedTask,
            _ => committer.DisposeAsync().AsTask());
    }

    /// <summary>Commits what was taken, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await committer.DisposeAsync().ConfigureAwait(false);
        if (ownsStore && store is IDisposable disposable) disposable.Dispose();
    }

    private protected override async Task<ReadRecord> ReadRecordAsync(string stateName, GrainId grainId, CancellationToken cancellationToken)
    {
        var record = await store.ReadAsync(KeyOf(stateName, grainId), cancellationToken).ConfigureAwait(false);
        return new(record?.Value, record?.ETag);
    }

    private protected override Task<RecordAnswer> WriteRecordAsync(
        string stateName, GrainId grainId, ReadOnlyMemory<byte> value, string? etag, CancellationToken cancellationToken)
    {
        var key = KeyOf(stateName, grainId);
        return committer.Submit(etag is null ? RecordWrite.Insert(key, value) : RecordWrite.Update(key, value, etag), cancellationToken);
    }

    private protected override Task<RecordAnswer> ClearRecordAsync(
        string stateName, GrainId grainId, string etag, CancellationToken cancellationToken) =>
        committer.Submit(RecordWrite.Delete(KeyOf(stateName, grainId), etag), cancellationToken);

    private static GroupCommitOptions ThrowIfNull(GroupCommitOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options;
    }
}
