using Dtao.Grains.Shell;
using Dtao.Storage;

namespace Dtao.Hosting.Network;

/// <summary>Gives actors the ordered log of the embedded store: one object for all silos of a process.</summary>
public sealed class OrderedLogJournals(OrderedLog log) : IActorJournals
{
    public Guid LogId => log.LogId;

    public bool IsSaturated => log.IsSaturated;

    public IActorJournal Open(string actorKey) => new Journal(log, log.Open(actorKey));

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadEventsAsync(string actorKey, long firstEvent, int countMax)
    {
        IReadOnlyList<ReadOnlyMemory<byte>> events = [.. log.ReadEvents(actorKey, firstEvent).Take(countMax).Select(entry => entry.Bytes)];
        return Task.FromResult(events);
    }

    private sealed class Journal(OrderedLog log, IJournal journal) : IActorJournal
    {
        public async Task<ActorImage> LoadAsync()
        {
            var image = await journal.LoadAsync();
            return new ActorImage(image.SnapshotVersion, image.Snapshot, image.Events);
        }

        public long Append(ReadOnlyMemory<byte> canonicalEvent) => log.Append(journal, canonicalEvent);

        public long Append(ReadOnlyMemory<byte> canonicalEvent, bool isFinished) => log.Append(journal, canonicalEvent, isFinished);

        public ValueTask WhenDurable(long position) => log.WhenDurable(position);

        public ValueTask<bool> IsHeldAsync() => ValueTask.FromResult(!journal.IsFenced);

        public Task PutSnapshotAsync(long version, ReadOnlyMemory<byte> snapshot) => log.PutSnapshot(journal, version, snapshot);

        public void Dispose() => journal.Dispose();
    }
}
