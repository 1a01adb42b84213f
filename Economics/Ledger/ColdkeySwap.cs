using System.Collections.Immutable;

namespace Dtao.Economics.Ledger;

/// <summary>A coldkey's announcement that another one will take its place.</summary>
/// <param name="ReadyAt">The first block in which the swap may be made.</param>
/// <param name="Hash">Of the key that will take its place; 32 bytes.</param>
/// <param name="DisputedAt">The block in which it was disputed; null while it is not.</param>
/// <remarks>Source: macros/dispatches.rs :: announce_coldkey_swap, dispute_coldkey_swap.</remarks>
public sealed record ColdkeySwap(BlockNumber ReadyAt, ImmutableArray<byte> Hash, BlockNumber? DisputedAt)
{
    public bool Equals(ColdkeySwap? other) =>
        other is not null && ReadyAt == other.ReadyAt && DisputedAt == other.DisputedAt && Hash.AsSpan().SequenceEqual(other.Hash.AsSpan());

    public override int GetHashCode() => HashCode.Combine(ReadyAt, DisputedAt, Hash.Length == 0 ? 0 : Hash[0]);
}
