using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Subnets;

/// <summary>What a batch of the lane wants to see of a pool: every pairing of these hotkeys and coldkeys.</summary>
[GenerateSerializer, Immutable, Alias("dtao.LaneInterest")]
public sealed record LaneInterest([property: Id(0)] ulong Batch, [property: Id(1)] AccountId[] Hotkeys, [property: Id(2)] AccountId[] Coldkeys);

/// <summary>The part of a closed pool's state that a batch may touch.</summary>
/// <param name="Books">Null when the subnet does not exist.</param>
[GenerateSerializer, Immutable, Alias("dtao.LaneSlice")]
public sealed record LaneSlice(
    [property: Id(0)] SubnetBooks? Books, [property: Id(1)] BlockNumber Block, [property: Id(2)] HotkeyPoolEntry[] HotkeyPools,
    [property: Id(3)] PositionEntry[] Shares, [property: Id(4)] LogStamp Stamp);

/// <summary>What a lane decision changes in one pool: the values after it.</summary>
/// <param name="Owed">Fees that the pool now owes besides those it owed before.</param>
/// <param name="Trail">The operations that touched this pool, for its digest and its journal.</param>
[GenerateSerializer, Immutable, Alias("dtao.LanePart")]
public sealed record LanePart(
    [property: Id(0)] ulong Batch, [property: Id(1)] NetUid Netuid, [property: Id(2)] SubnetBooks? Books, [property: Id(3)] HotkeyPoolEntry[] HotkeyPools,
    [property: Id(4)] PositionEntry[] Shares, [property: Id(5)] OwedEntry[] Owed, [property: Id(6)] Tao Destroyed, [property: Id(7)] LaneTrail[] Trail,
    [property: Id(8)] LogStamp Stamp);

/// <summary>One operation of a lane decision as a pool remembers it.</summary>
[GenerateSerializer, Immutable, Alias("dtao.LaneTrail")]
public sealed record LaneTrail([property: Id(0)] AccountId Signer, [property: Id(1)] Call Call, [property: Id(2)] CallOutcome Outcome);
