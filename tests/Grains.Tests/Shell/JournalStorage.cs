using Dtao.Grains.Shell;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Dtao.Grains.Tests.Shell;

/// <summary>Grain storage in a dictionary, with a write that a test can hold back or let fail.</summary>
internal sealed class JournalStorage : IGrainStorage
{
    private readonly Dictionary<(GrainId Grain, string Name), (byte[] Payload, string ETag)> _records = [];
    private TaskCompletionSource? _held;
    private int _writes;

    public bool FailsNextWrite { get; set; }

    public IEnumerable<(string Name, byte[] Payload)> Records =>
        _records.Select(entry => (entry.Key.Name, entry.Value.Payload)).OrderBy(entry => entry.Name, StringComparer.Ordinal);

    /// <summary>Holds the next write back until the returned action is called.</summary>
    public Action HoldNextWrite()
    {
        var held = _held = new TaskCompletionSource();
        return held.SetResult;
    }

    public void Remove(string name) => _records.Remove(_records.Keys.Single(key => key.Name == name));

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        grainState.RecordExists = _records.TryGetValue((grainId, stateName), out var record);
        if (!grainState.RecordExists) return Task.CompletedTask;
        ((JournalRecord)(object)grainState.State!).Payload = record.Payload;
        grainState.ETag = record.ETag;
        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var payload = ((JournalRecord)(object)grainState.State!).Payload;
        if (Interlocked.Exchange(ref _held, null) is { } held) await held.Task;
        if (FailsNextWrite)
        {
            FailsNextWrite = false;
            throw new IOException("The store refused the record.");
        }

        var stored = _records.TryGetValue((grainId, stateName), out var record) ? record.ETag : null;
        if (stored != grainState.ETag) throw new InconsistentStateException("Written by somebody else.", stored ?? "none", grainState.ETag ?? "none");
        grainState.ETag = $"{++_writes}";
        grainState.RecordExists = true;
        _records[(grainId, stateName)] = (payload, grainState.ETag);
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (_records.TryGetValue((grainId, stateName), out var record) && record.ETag != grainState.ETag)
        {
            throw new InconsistentStateException("Written by somebody else.", record.ETag, grainState.ETag ?? "none");
        }

        _records.Remove((grainId, stateName));
        return Task.CompletedTask;
    }
}
