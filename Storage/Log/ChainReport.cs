namespace Dtao.Storage;

/// <summary>What is wrong with a journal. Numbers are stable.</summary>
public enum ChainFaultKind
{
    /// <summary>Not set.</summary>
    None = 0,

    /// <summary>A segment does not follow the one before: rows are missing, doubled, or out of order.</summary>
    SegmentOutOfSequence = 1,

    /// <summary>A segment's bytes are not the events that it claims to hold.</summary>
    SegmentUnreadable = 2,

    /// <summary>Events are not those that were written: the chain over them has another value.</summary>
    DigestMismatch = 3,

    /// <summary>The journal ends before its head, or beyond it.</summary>
    HeadMismatch = 4,

    /// <summary>A snapshot's bytes do not fit their checksum.</summary>
    SnapshotDamaged = 5,

    /// <summary>A snapshot belongs to another history, or to a version that the journal does not have.</summary>
    SnapshotMismatch = 6,

    /// <summary>Rows exist of an actor that the index does not name.</summary>
    ActorMissing = 7,

    /// <summary>The file's counts of actors or events are not the sums over its journals.</summary>
    TotalMismatch = 8,

    /// <summary>Waypoints do not lead to the segments that they name.</summary>
    WaypointMismatch = 9,
}

/// <summary>One fault.</summary>
/// <param name="ActorKey">Whose journal; empty for a total.</param>
/// <param name="Version">The event near which it shows.</param>
/// <param name="Kind">What it is.</param>
public readonly record struct ChainFault(string ActorKey, long Version, ChainFaultKind Kind);

/// <summary>The outcome of verifying digest chains.</summary>
/// <param name="Actors">How many journals were read.</param>
/// <param name="Segments">Segments read.</param>
/// <param name="Events">Events hashed.</param>
/// <param name="Snapshots">Snapshots compared.</param>
/// <param name="Bytes">Bytes of segments and snapshots read.</param>
/// <param name="FaultCount">All faults.</param>
/// <param name="Faults">The first <see cref="FaultsMax"/> of them.</param>
public sealed record ChainReport(
    long Actors, long Segments, long Events, long Snapshots, long Bytes, long FaultCount, IReadOnlyList<ChainFault> Faults)
{
    /// <summary>How many faults are listed at most.</summary>
    public const int FaultsMax = 1_000;

    /// <summary>True when nothing is wrong.</summary>
    public bool IsClean => FaultCount == 0;
}
