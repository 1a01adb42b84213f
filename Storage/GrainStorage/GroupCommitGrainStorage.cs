using Orleans.Runtime;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace Dtao.Storage;

/// <summary>
/// Orleans grain storage over a record store. Concurrent writes of many grains become one atomic commit, with each
/// record's tag checked on its own: a stale one fails alone, its neighbours are written.
/// </summary>
/// <remarks>
/// Every write is durable when its task ends. A write without a tag inserts and fails on a record that exists, which
/// fences journal segments. A clear deletes the record and leaves no tag.
/// </remarks>
public sealed class GroupCommitGrainStorage : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>, IAsyncDisposable
{
    private readonly string name;
    private readonly IRecordStore store;
    private readonly bool ownsStore;
    private readonly GroupCommitOptions options;
    private readonly IActivatorProvider activators;
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
    {
        this.name = name;
        this.store = store;
        this.options = options;
        this.activators = activators;
        this.ownsStore = ownsStore;
        committer = new(name, store, options, time);
    }

    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var record = await store.ReadAsync(KeyOf(stateName, grainId)).ConfigureAwait(false);
        // Decoded before anything is assigned: a state that cannot be read leaves the caller's as it was.
        var state = record is null ? Fresh<T>() : Decode<T>(record.Value);
        Assign(grainState, state, record?.ETag, record is not null);
    }

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = KeyOf(stateName, grainId);
        var value = Encode(grainState.State);
        var write = grainState.ETag is { } etag ? RecordWrite.Update(key, value, etag) : RecordWrite.Insert(key, value);
        var answer = await committer.Submit(write).ConfigureAwait(false);
        if (!answer.IsCommitted) throw Inconsistent(key, answer.ETag, grainState.ETag);
        (grainState.ETag, grainState.RecordExists) = (answer.ETag!, true);
    }

    /// <inheritdoc/>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = KeyOf(stateName, grainId);
        if (grainState.ETag is { } etag)
        {
            var answer = await committer.Submit(RecordWrite.Delete(key, etag)).ConfigureAwait(false);
            if (!answer.IsCommitted) throw Inconsistent(key, answer.ETag, etag);
        }
        else if (await store.ReadAsync(key).ConfigureAwait(false) is { } stored)
        {
            throw Inconsistent(key, stored.ETag, null);
        }

        Assign(grainState, Fresh<T>(), null, recordExists: false);
    }

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        observer.Subscribe(
            $"{nameof(GroupCommitGrainStorage)}-{name}",
            options.InitStage,
            _ => Task.CompletedTask,
            _ => committer.DisposeAsync().AsTask());
    }

    /// <summary>Commits what was taken, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await committer.DisposeAsync().ConfigureAwait(false);
        if (ownsStore && store is IDisposable disposable) disposable.Dispose();
    }

    private static RecordKey KeyOf(string stateName, GrainId grainId) => new(grainId.ToString(), stateName);

    private static InconsistentStateException Inconsistent(RecordKey key, string? stored, string? expected) =>
        new($"{key.Owner} ({key.Name}) was written by somebody else.", stored ?? "none", expected ?? "none");

    private static void Assign<T>(IGrainState<T> grainState, T state, string? etag, bool recordExists)
    {
        grainState.State = state;
        grainState.ETag = etag!;
        grainState.RecordExists = recordExists;
    }

    private T Fresh<T>() => activators.GetActivator<T>().Create();

    private ReadOnlyMemory<byte> Encode<T>(T state) =>
        state is IRawRecord raw ? raw.Payload : options.GrainStorageSerializer.Serialize(state).ToMemory();

    private T Decode<T>(ReadOnlyMemory<byte> value)
    {
        if (!typeof(IRawRecord).IsAssignableFrom(typeof(T))) return options.GrainStorageSerializer.Deserialize<T>(new BinaryData(value))!;
        var raw = (IRawRecord)Fresh<T>()!;
        raw.Payload = value.ToArray();
        return (T)raw;
    }
}
