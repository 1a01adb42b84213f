using Dtao.Economics;

namespace Dtao.Grains.Feed;

/// <summary>One thing that is so since some event of some actor. Amounts are whole rao.</summary>
/// <remarks>
/// Facts whose name ends in After carry the whole value afterwards: the last one counts, and what an event changed is the difference to the one before of the same
/// actor. The others happened once, and are added up.
/// </remarks>
[GenerateSerializer, Immutable, Alias("dtao.feed.Fact")]
public abstract record LedgerFact
{
    /// <summary>Where it stands in the journals. No two facts have the same.</summary>
    [Id(0)] public required FactSource Source { get; init; }

    /// <summary>
    /// The block that the actor had last applied or seen, 0 in genesis; null where the event does not tell. Of a pool's fact it is then the block of the newest
    /// <see cref="SubnetAfterFact"/> before it that has one: a pool changes in the order of blocks.
    /// </summary>
    [Id(1)] public BlockNumber? Block { get; init; }
}

/// <summary>A fact's place in the journals.</summary>
/// <param name="Actor">The journal: <c>account/HEX</c>, <c>pool/XXXXXXXX</c>, <c>validator/HEX</c>, <c>coordinator</c>, <c>registry</c>, <c>lane</c>.</param>
/// <param name="Event">The event's number in it, from 1; 0 is genesis.</param>
/// <param name="Place">The fact's place among those of the event, from 0.</param>
[GenerateSerializer, Immutable, Alias("dtao.feed.Source")]
public readonly record struct FactSource([property: Id(0)] string Actor, [property: Id(1)] long Event, [property: Id(2)] int Place);
