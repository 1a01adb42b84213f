using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Validators;

namespace Dtao.Grains.Feed;

/// <summary>
/// A hotkey's stake on a subnet after an event. With <see cref="ShareAfterFact"/> it gives each position's alpha by <see cref="Economics.Pools.SharePool"/>: what an epoch
/// pays to all stakers of a hotkey is this one fact.
/// </summary>
/// <param name="Value">Alpha of all its stakers; on root TAO. With a denominator of zero as well the pool is gone.</param>
/// <param name="Denominator">The sum of shares.</param>
[GenerateSerializer, Immutable, Alias("dtao.feed.HotkeyPoolAfter")]
public sealed record HotkeyPoolAfterFact(
    [property: Id(0)] NetUid Netuid, [property: Id(1)] AccountId Hotkey, [property: Id(2)] Alpha Value, [property: Id(3)] SafeFloat Denominator) : LedgerFact;

/// <summary>A position's share after an event; zero when the position is gone.</summary>
[GenerateSerializer, Immutable, Alias("dtao.feed.ShareAfter")]
public sealed record ShareAfterFact(
    [property: Id(0)] NetUid Netuid, [property: Id(1)] AccountId Hotkey, [property: Id(2)] AccountId Coldkey, [property: Id(3)] SafeFloat Share) : LedgerFact;

/// <summary>What a unit of stake on a hotkey gained in a block, after its take. Blocks and hotkeys without a gain are left out.</summary>
/// <param name="PerAlphaBits">Raw U64F64: alpha for each alpha; on root TAO for each TAO.</param>
/// <param name="PerRootBits">Raw U64F64: TAO's worth of alpha that was put aside for each root TAO on the hotkey.</param>
[GenerateSerializer, Immutable, Alias("dtao.feed.StakeGained")]
public sealed record StakeGainedFact(
    [property: Id(0)] NetUid Netuid, [property: Id(1)] AccountId Hotkey, [property: Id(2)] UInt128 PerAlphaBits, [property: Id(3)] UInt128 PerRootBits) : LedgerFact;

/// <summary>What the last epoch paid to a validator's stakers, after its take; zero when it paid nothing.</summary>
/// <param name="Alpha">To its alpha stakers; null when it is as before.</param>
/// <param name="Root">Put aside for its root stakers, in alpha; null when it is as before.</param>
[GenerateSerializer, Immutable, Alias("dtao.feed.DividendsAfter")]
public sealed record DividendsAfterFact(
    [property: Id(0)] NetUid Netuid, [property: Id(1)] AccountId Hotkey, [property: Id(2)] Alpha? Alpha, [property: Id(3)] Alpha? Root) : LedgerFact;

/// <summary>A hotkey's owner and take after an event.</summary>
/// <param name="Facts">Null when nobody owns it any more.</param>
[GenerateSerializer, Immutable, Alias("dtao.feed.HotkeyAfter")]
public sealed record HotkeyAfterFact([property: Id(0)] AccountId Hotkey, [property: Id(1)] HotkeyFacts? Facts) : LedgerFact;

/// <summary>A hotkey became a delegate, since somebody staked to it. Its owner stays.</summary>
/// <param name="Take">In parts of 65535.</param>
[GenerateSerializer, Immutable, Alias("dtao.feed.DelegateMade")]
public sealed record DelegateMadeFact([property: Id(0)] AccountId Hotkey, [property: Id(1)] ushort Take) : LedgerFact;
