using Dtao.Grains.Shell;
using Orleans.Storage;

namespace Dtao.Hosting.Cluster;

/// <summary>The records of one journal that were read already, as the storage that a journal is loaded from. Nothing can be written.</summary>
internal sealed class OneJournal : IGrainStorage
{
    private readonly Dictionary<string, JournalRecord> _records = new(StringComparer.Ordinal);

    /// <summary>Null of none.</summary>
    public string? ActorKey { get; init; }

    public JournalRecord? Head => _records.GetValueOrDefault(GrainStorageJournals.HeadName);

    public void Add(string name, JournalRecord record) => _records.Add(name, record);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (_records.GetValueOrDefault(stateName) is T record) (grainState.State, grainState.RecordExists) = (record, true);
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();
}
