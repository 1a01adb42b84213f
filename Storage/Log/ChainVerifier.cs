using System.Diagnostics.CodeAnalysis;

namespace Dtao.Storage;

/// <summary>
/// Computes digest chains from stored bytes and compares them with what stands beside every segment, snapshot and head.
/// </summary>
internal sealed class ChainVerifier(SqliteSession session)
{
    private readonly Dictionary<long, Chain> chains = [];
    private readonly HashSet<long> unknownActors = [];
    private readonly List<ChainFault> faults = [];
    private byte[] scratch = new byte[4 * 1024];
    private long faultCount;
    private long segments;
    private long events;
    private long snapshots;
    private long bytes;

    /// <summary>Verifies the journals of some actors, or of all; then the file's totals are compared too.</summary>
    public ChainReport Verify(IEnumerable<ActorRow> actors, bool isWhole, CancellationToken cancellationToken)
    {
        foreach (var actor in actors) chains.Add(actor.Id, new() { Actor = actor });
        ReadSnapshots(isWhole, cancellationToken);
        ReadSegments(isWhole, cancellationToken);
        foreach (var chain in chains.Values) VerifyHead(chain);
        if (isWhole) VerifyTotals();
        return new(chains.Count, segments, events, snapshots, bytes, faultCount, faults);
    }

    private void ReadSnapshots(bool isWhole, CancellationToken cancellationToken)
    {
        using var rows = session.Rent("SELECT actor, version, digest, checksum, state FROM snapshots ORDER BY actor, version");
        while (rows.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!TryFind(rows.Int64(0), isWhole, out var chain)) continue;
            var snapshot = JournalReading.ReadSnapshot(rows);
            snapshots++;
            bytes += snapshot.State.Length;
            if (!snapshot.IsIntact) Add(chain.Actor.Key, snapshot.Version, ChainFaultKind.SnapshotDamaged);
            // Most actors have only the state that they began with, and no event has been read yet.
            if (snapshot.Version == 0) Compare(chain, snapshot.Digest);
            else (chain.Snapshots ??= []).Add(snapshot.Version, snapshot.Digest);
        }
    }

    private void ReadSegments(bool isWhole, CancellationToken cancellationToken)
    {
        using var rows = session.Rent("SELECT id, actor, first, count, previous, digest, payload FROM segments ORDER BY id");
        while (rows.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!TryFind(rows.Int64(1), isWhole, out var chain)) continue;
            segments++;
            VerifySegment(chain, rows);
        }
    }

    private void VerifySegment(Chain chain, SqliteStatement row)
    {
        var (first, end) = (row.Int64(2), row.Int64(2) + row.Int64(3) - 1);
        var isNext = first == chain.Version + 1 && row.Int64(4) == chain.LastSegment;
        if (!isNext) Add(chain.Actor.Key, chain.Version + 1, ChainFaultKind.SegmentOutOfSequence);
        chain.Version = first - 1;
        var isReadable = ExtendBy(chain, row.Span(6), end);
        if (!isReadable) Add(chain.Actor.Key, chain.Version + 1, ChainFaultKind.SegmentUnreadable);
        // After a gap nobody knows what the chain was, and one damaged segment is one fault: those behind it are judged
        // by what stands beside the segment that they continue.
        else if (isNext && !chain.Digest.Is(row.Span(5))) Add(chain.Actor.Key, end, ChainFaultKind.DigestMismatch);
        chain.Digest = Digest.Read(row.Span(5));
        (chain.Version, chain.LastSegment) = (end, row.Int64(0));
    }

    private bool ExtendBy(Chain chain, ReadOnlySpan<byte> payload, long end)
    {
        bytes += payload.Length;
        if (!SegmentFormat.TryOpen(payload, out var reader)) return false;
        while (chain.Version < end)
        {
            if (!reader.TryRead(out var canonicalEvent)) return false;
            chain.Digest.Extend(canonicalEvent, ref scratch);
            chain.Version++;
            events++;
            CompareSnapshot(chain);
        }

        return reader.IsAtEnd;
    }

    private void CompareSnapshot(Chain chain)
    {
        if (chain.Snapshots is null || !chain.Snapshots.Remove(chain.Version, out var stored)) return;
        Compare(chain, stored);
        if (chain.Snapshots.Count == 0) chain.Snapshots = null;
    }

    private void Compare(Chain chain, Digest stored)
    {
        if (!stored.Is(chain.Digest.AsSpan())) Add(chain.Actor.Key, chain.Version, ChainFaultKind.SnapshotMismatch);
    }

    private void VerifyHead(Chain chain)
    {
        var (actor, version) = (chain.Actor, chain.Version);
        if (!actor.HasHead || actor.Events != version || actor.LastSegment != chain.LastSegment)
            Add(actor.Key, version, ChainFaultKind.HeadMismatch);
        if (chain.Snapshots is null) return;
        foreach (var left in chain.Snapshots.Keys) Add(actor.Key, left, ChainFaultKind.SnapshotMismatch);
    }

    private void VerifyTotals()
    {
        var headEvents = chains.Values.Sum(chain => chain.Actor.Events);
        var isComplete = StoreSchema.ReadCounter(session, StoreSchema.ActorsCounter) == chains.Count
            && StoreSchema.ReadCounter(session, StoreSchema.EventsCounter) == headEvents;
        if (!isComplete) Add("", headEvents, ChainFaultKind.TotalMismatch);
        var astray = session.QueryInt64("""
            SELECT count(*) FROM waypoints LEFT JOIN segments ON segments.id=waypoints.segment
                WHERE segments.actor IS NOT waypoints.actor OR segments.first IS NOT waypoints.first
            """);
        if (astray > 0) Add("", astray, ChainFaultKind.WaypointMismatch);
    }

    private bool TryFind(long actorId, bool isWhole, [NotNullWhen(true)] out Chain? chain)
    {
        if (chains.TryGetValue(actorId, out chain)) return true;
        if (isWhole && unknownActors.Add(actorId)) Add("", actorId, ChainFaultKind.ActorMissing);
        return false;
    }

    private void Add(string actorKey, long version, ChainFaultKind kind)
    {
        faultCount++;
        if (faults.Count < ChainReport.FaultsMax) faults.Add(new(actorKey, version, kind));
    }

    private sealed class Chain
    {
        public required ActorRow Actor { get; init; }

        public long Version { get; set; }

        public long LastSegment { get; set; }

        public Digest Digest;

        /// <summary>Snapshots whose version has not been reached yet.</summary>
        public Dictionary<long, Digest>? Snapshots { get; set; }
    }
}
