namespace Dtao.Hosting.Export;

/// <summary>What an item of a ledger's stream is. Numbers are stored in files, stable, and never reused.</summary>
public enum LedgerItemKind : byte
{
    None = 0,

    /// <summary>The genesis document, where the source has it; before all actors.</summary>
    Document = 1,

    /// <summary>A journal begins.</summary>
    Actor = 2,

    /// <summary>The state that the actor had before its first event; only of actors that a genesis made.</summary>
    Genesis = 3,

    /// <summary>The journal's next event.</summary>
    Event = 4,

    /// <summary>The newest snapshot; behind the last event that it contains.</summary>
    Snapshot = 5,

    /// <summary>The journal ends.</summary>
    End = 6,
}

/// <summary>One item of a ledger on its way from a store to a file, or from a file to a store.</summary>
/// <remarks>A ledger is: Document? (Actor Genesis? Event* (Snapshot Event*)? End)*. Nothing of it depends on the store.</remarks>
/// <param name="ActorKey">Whose journal; empty for the document.</param>
/// <param name="Number">Of an actor: how many events its newest snapshot contains, 0 where it has none but the genesis. Of an event or a snapshot: the event's number. Of the end: the last one's.</param>
/// <param name="Bytes">The document, the state, or the event as it is stored; at the end the digest chain's value, or nothing where the source keeps none.</param>
public readonly record struct LedgerItem(LedgerItemKind Kind, string ActorKey, long Number, ReadOnlyMemory<byte> Bytes);

/// <summary>Which network a file holds, and of which moment.</summary>
/// <param name="Block">The last block that was closed.</param>
/// <param name="WrittenAtMilliseconds">When the file was begun, Unix time.</param>
public sealed record NetworkManifest(string NetworkId, string Name, ulong Block, long WrittenAtMilliseconds);

/// <summary>How much a ledger is, and a digest by which two of them are compared.</summary>
/// <param name="Bytes">Of genesis states, events, and newest snapshots.</param>
/// <param name="Digest">
/// 32 bytes over every actor's key, genesis state, and events. It depends neither on the store, nor on the order of actors, nor on snapshots, which repeat what events say.
/// </param>
public sealed record LedgerTotals(long Actors, long Events, long Snapshots, long Bytes, ReadOnlyMemory<byte> Digest)
{
    /// <summary>Whether both are the same ledger.</summary>
    public bool IsSameLedger(LedgerTotals other) => Actors == other.Actors && Events == other.Events && Digest.Span.SequenceEqual(other.Digest.Span);
}

/// <summary>What a file says of itself, once all of it was read.</summary>
/// <param name="FileBytes">Its length.</param>
/// <param name="Digest">The chain over all its parts: 32 bytes.</param>
public sealed record NetworkFileReport(NetworkManifest Manifest, LedgerTotals Totals, long FileBytes, ReadOnlyMemory<byte> Digest);
