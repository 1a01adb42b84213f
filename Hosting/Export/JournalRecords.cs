using Dtao.Grains.Shell;
using Dtao.Storage;

namespace Dtao.Hosting.Export;

/// <summary>Which records of one journal a grain storage holds.</summary>
/// <param name="HasHead">Whether it has a newest snapshot.</param>
/// <param name="HasGenesis">Whether the actor began with a state.</param>
/// <param name="Segments">The numbers of the first events of its records of events, ascending.</param>
public sealed record JournalRecords(string ActorKey, bool HasHead, bool HasGenesis, IReadOnlyList<long> Segments)
{
    /// <summary>The whole journal, from its first event.</summary>
    /// <param name="ahead">How many records of events are read at once.</param>
    /// <exception cref="StoreException">Records are missing.</exception>
    internal async IAsyncEnumerable<LedgerItem> ReadAsync(GrainStorageJournals journals, int ahead)
    {
        var snapshotAt = HasHead ? await journals.ReadSnapshotVersionAsync(ActorKey) : 0;
        yield return new LedgerItem(LedgerItemKind.Actor, ActorKey, snapshotAt, default);
        if (HasGenesis) yield return new LedgerItem(LedgerItemKind.Genesis, ActorKey, 0, await ReadSnapshot(journals, 0));
        var (number, asked) = (0L, 0);
        var reading = new Queue<Task<IReadOnlyList<ReadOnlyMemory<byte>>?>>();
        while (asked < Segments.Count || reading.Count > 0)
        {
            while (asked < Segments.Count && reading.Count < ahead) reading.Enqueue(journals.ReadSegmentAsync(ActorKey, Segments[asked++]));
            var first = Segments[asked - reading.Count];
            if (first != number + 1) throw new StoreException(StoreErrorCode.Corrupt, $"The journal of '{ActorKey}' has a gap at event {number + 1}.");
            var segment = await reading.Dequeue() ?? throw new StoreException(StoreErrorCode.Corrupt, $"Segment {first} of '{ActorKey}' is gone.");
            foreach (var happened in segment)
            {
                yield return new LedgerItem(LedgerItemKind.Event, ActorKey, ++number, happened);
                if (number == snapshotAt) yield return new LedgerItem(LedgerItemKind.Snapshot, ActorKey, snapshotAt, await ReadSnapshot(journals, snapshotAt));
            }
        }

        yield return new LedgerItem(LedgerItemKind.End, ActorKey, number, default);
    }

    private async Task<ReadOnlyMemory<byte>> ReadSnapshot(GrainStorageJournals journals, long version) =>
        await journals.ReadSnapshotAsync(ActorKey, version) ?? throw new StoreException(StoreErrorCode.Corrupt, $"Snapshot {version} of '{ActorKey}' is missing.");
}
