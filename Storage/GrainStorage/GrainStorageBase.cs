using Orleans.Runtime;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace Dtao.Storage;

/// <summary>A record as a grain storage reads it: no value when there is none, or only what a clear left.</summary>
internal readonly record struct ReadRecord(ReadOnlyMemory<byte>? Value, string? ETag);

/// <summary>
/// What grain storages have in common: how states become bytes, and what happens to the caller's state, tag, and flag. What
/// is read is decoded before anything is assigned, and a write that fails changes nothing of the caller's.
/// </summary>
public abstract class GrainStorageBase : IGrainStorage
{
    private readonly IGrainStorageSerializer serializer;
    private readonly IActivatorProvider activators;

    private protected GrainStorageBase(IGrainStorageSerializer serializer, IActivatorProvider activators)
    {
        this.serializer = serializer;
        this.activators = activators;
    }

    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public virtual async Task ReadStateAsync<T>(
        string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(grainState);
        var record = await ReadRecordAsync(stateName, grainId, cancellationToken).ConfigureAwait(false);
        // Decoded before anything is assigned: a state that cannot be read leaves the caller's as it was.
        var state = record.Value is { } value ? Decode<T>(value) : Fresh<T>();
        Assign(grainState, state, record.ETag, record.Value is not null);
    }

    /// <inheritdoc/>
    public virtual async Task WriteStateAsync<T>(
        string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(grainState);
        var value = Encode(grainState.State);
        var answer = await WriteRecordAsync(stateName, grainId, value, grainState.ETag, cancellationToken).ConfigureAwait(false);
        if (!answer.IsCommitted) throw Inconsistent(stateName, grainId, answer.ETag, grainState.ETag);
        (grainState.ETag, grainState.RecordExists) = (answer.ETag!, true);
    }

    /// <inheritdoc/>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(grainState);
        string? left = null;
        if (grainState.ETag is { } etag)
        {
            var answer = await ClearRecordAsync(stateName, grainId, etag, cancellationToken).ConfigureAwait(false);
            if (!answer.IsCommitted) throw Inconsistent(stateName, grainId, answer.ETag, etag);
            left = answer.ETag;
        }
        else if (await ReadRecordAsync(stateName, grainId, cancellationToken).ConfigureAwait(false) is { ETag: { } stored })
        {
            throw Inconsistent(stateName, grainId, stored, null);
        }

        Assign(grainState, Fresh<T>(), left, recordExists: false);
    }

    private protected abstract Task<ReadRecord> ReadRecordAsync(string stateName, GrainId grainId, CancellationToken cancellationToken);

    /// <summary>Makes the record when the tag is null, else replaces one that still has the tag.</summary>
    private protected abstract Task<RecordAnswer> WriteRecordAsync(
        string stateName, GrainId grainId, ReadOnlyMemory<byte> value, string? etag, CancellationToken cancellationToken);

    /// <summary>Clears a record that still has the tag; answers with the tag of what is left, or none.</summary>
    private protected abstract Task<RecordAnswer> ClearRecordAsync(
        string stateName, GrainId grainId, string etag, CancellationToken cancellationToken);

    private protected static RecordKey KeyOf(string stateName, GrainId grainId) => new(grainId.ToString(), stateName);

    private protected virtual InconsistentStateException Inconsistent(string stateName, GrainId grainId, string? stored, string? expected) =>
        new(ConflictMessage(stateName, grainId), stored ?? "none", expected ?? "none");

    private protected static string ConflictMessage(string stateName, GrainId grainId) =>
        $"{grainId} ({stateName}) was written by somebody else.";

    private protected static void Assign<T>(IGrainState<T> grainState, T state, string? etag, bool recordExists)
    {
        grainState.State = state;
        grainState.ETag = etag!;
        grainState.RecordExists = recordExists;
    }

    private protected T Fresh<T>() => activators.GetActivator<T>().Create();

    private protected ReadOnlyMemory<byte> Encode<T>(T state) =>
        state is IRawRecord raw ? raw.Payload : serializer.Serialize(state).ToMemory();

    private protected T Decode<T>(ReadOnlyMemory<byte> value)
    {
        if (!typeof(IRawRecord).IsAssignableFrom(typeof(T))) return serializer.Deserialize<T>(new BinaryData(value))!;
        var raw = (IRawRecord)Fresh<T>()!;
        raw.Payload = value.ToArray();
        return (T)raw;
    }
}
