using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Subnets;

/// <summary>What a batch of the lane wants to see of a pool: every pairing of these hotkeys and coldkeys.</summary>
[GenerateSerializer, Immutable, Alias("dtao.LaneInterest")]
public sealed record LaneInterest([property: Id(0)] ulong Batch, [property: Id(1)] AccountId[] Hotkeys, [property: Id(2)] AccountId[] Coldkeys)
{
    /// <summary>The block whose automatic claims these are: pools that are kept closed for them let the lane in.</summary>
    [Id(3)] public BlockNumber? ForBlock { get; init; }

    /// <summary>Whether everything is asked for, since the subnet may be dissolved.</summary>
    [Id(4)] public bool IsWhole { get; init; }

    /// <summary>Hotkeys and coldkeys of a swap of keys: everything that is filed under any of them is asked for, and hotkeys are known anew afterwards.</summary>
    [Id(90)] public SwapInterest? Swap { get; init; }

    /// <summary>Whether neurons and links are asked for.</summary>
    [Id(5)] public bool WithMetagraph { get; init; }
}

/// <summary>The keys that a swap is about.</summary>
[GenerateSerializer, Immutable, Alias("dtao.SwapInterest")]
public sealed record SwapInterest([property: Id(0)] AccountId[] Hotkeys, [property: Id(1)] AccountId[] Coldkeys);

/// <summary>The part of a closed pool's state that a batch may touch.</summary>
/// <param name="Books">Null when the subnet does not exist.</param>
[GenerateSerializer, Immutable, Alias("dtao.LaneSlice")]
public sealed record LaneSlice(
    [property: Id(0)] SubnetBooks? Books, [property: Id(1)] BlockNumber Block, [property: Id(2)] HotkeyPoolEntry[] HotkeyPools,
    [property: Id(3)] PositionEntry[] Shares, [property: Id(4)] LogStamp Stamp)
{
    /// <summary>Neurons and links, when they were asked for.</summary>
    [Id(5)] public Metagraph? Metagraph { get; init; }

    /// <summary>Root: rates, marks, and choices of the hotkeys and coldkeys that were named.</summary>
    [Id(6)] public ClaimSlice? Claims { get; init; }

    /// <summary>What a subnet that was dissolved here left behind.</summary>
    [Id(7)] public SubnetRemains? Remains { get; init; }

    /// <summary>TAO on the account of a subnet that does not exist.</summary>
    [Id(8)] public Tao UnclaimedTao { get; init; }

    /// <summary>TAO that operations here have destroyed.</summary>
    [Id(9)] public Tao Destroyed { get; init; }

    /// <summary>Whether everything that the pool holds is here.</summary>
    [Id(10)] public bool IsWhole { get; init; }
}

/// <summary>The root claims of some hotkeys and coldkeys.</summary>
/// <param name="Indexed">Of the coldkeys, those that automatic claims may pick.</param>
[GenerateSerializer, Immutable, Alias("dtao.ClaimSlice")]
public sealed record ClaimSlice(
    [property: Id(0)] (AccountId Hotkey, ClaimRates Rates)[] Rates, [property: Id(1)] (PositionKey Position, UInt128 Rao)[] Claimed,
    [property: Id(2)] (AccountId Coldkey, RootClaimType Type)[] Types, [property: Id(3)] AccountId[] Indexed)
{
    /// <summary>The hotkeys on which each coldkey has, or had, root stake, in the order in which they came.</summary>
    [Id(4)] public (AccountId Coldkey, AccountId[] Hotkeys)[] Hotkeys { get; init; } = [];
}

/// <summary>What a lane decision changes in one pool: the values after it.</summary>
/// <param name="Owed">Fees that the pool now owes besides those it owed before.</param>
/// <param name="Trail">The operations that touched this pool, for its digest and its journal.</param>
[GenerateSerializer, Immutable, Alias("dtao.LanePart")]
public sealed record LanePart(
    [property: Id(0)] ulong Batch, [property: Id(1)] NetUid Netuid, [property: Id(2)] SubnetBooks? Books, [property: Id(3)] HotkeyPoolEntry[] HotkeyPools,
    [property: Id(4)] PositionEntry[] Shares, [property: Id(5)] OwedEntry[] Owed, [property: Id(6)] Tao Destroyed, [property: Id(7)] LaneTrail[] Trail,
    [property: Id(8)] LogStamp Stamp)
{
    [Id(9)] public MetagraphDelta? Metagraph { get; init; }

    [Id(10)] public ClaimChanges? Claims { get; init; }

    [Id(11)] public SubnetRetirement? Retired { get; init; }

    /// <summary>What a subnet that comes into being with this part starts from.</summary>
    [Id(12)] public SubnetAddition? Added { get; init; }
}

/// <summary>What the pool of a new subnet must know of the network.</summary>
/// <param name="Block">The block in which it is registered: the next one is its first.</param>
[GenerateSerializer, Immutable, Alias("dtao.SubnetAddition")]
public sealed record SubnetAddition([property: Id(0)] BlockNumber Block, [property: Id(1)] ulong Revision, [property: Id(2)] NetworkParameters Parameters);

/// <summary>One operation of a lane decision as a pool remembers it.</summary>
[GenerateSerializer, Immutable, Alias("dtao.LaneTrail")]
public sealed record LaneTrail([property: Id(0)] AccountId Signer, [property: Id(1)] Call Call, [property: Id(2)] CallOutcome Outcome);
