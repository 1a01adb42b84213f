namespace Dtao.Storage;

/// <summary>
/// One actor's place in the log while somebody has it open: who owns it, how far it has come, and where its chain is.
/// </summary>
/// <remarks>
/// Owner, tip and position are guarded by the log's gate. The stored side (id, stored version, digest) is set by the
/// first load and from then on belongs to the writer's thread.
/// </remarks>
internal sealed class JournalEntry(string actorKey)
{
    public string ActorKey => actorKey;

    public JournalHandle? Owner { get; set; }

    public bool IsIndexed { get; set; }

    public long Tip { get; set; }

    public long LastPosition { get; set; }

    public long LastSnapshotVersion { get; set; } = NoSnapshot;

    public int QueuedSnapshots { get; set; }

    /// <summary>Row number of the actor; 0 as long as nothing of it is stored.</summary>
    public long ActorId { get; set; }

    public long StoredVersion { get; set; }

    /// <summary>Row number of the newest segment; 0 before the first.</summary>
    public long LastSegment { get; set; }

    /// <summary>The chain's value after <see cref="StoredVersion"/>.</summary>
    public Digest Digest;

    /// <summary>The writer's notes while it groups a batch by actor: places in the batch's list of events.</summary>
    public int BatchFirst { get; set; } = -1;

    public int BatchLast { get; set; } = -1;

    public int BatchCount { get; set; }

    public const long NoSnapshot = -1;
}
