using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Feed;

/// <summary>What changed a subnet's books. Numbers are stable.</summary>
[GenerateSerializer, Alias("dtao.feed.BooksChange")]
public enum BooksChange : byte
{
    None = 0,
    /// <summary>The subnet is there from genesis on.</summary>
    Genesis = 1,
    /// <summary>A block was applied.</summary>
    Block = 2,
    /// <summary>An operation that the pool decided.</summary>
    Operation = 3,
    /// <summary>Operations, or automatic claims, that the lane decided.</summary>
    Lane = 4,
    /// <summary>The subnet was registered: these are its first books.</summary>
    Registered = 5,
}

/// <summary>
/// A subnet's books after an event: reserves, alpha outstanding, moving price, volume, the block's emission by part, what is pending for the next epoch, flow, prices of
/// registration, switches and settings. Told after every event that changed them, with all fields.
/// </summary>
/// <param name="PriceBits">Spot price, raw U64F64: TAO for one alpha.</param>
/// <param name="IsEpoch">Whether the block ran the subnet's epoch: what was pending before, and what this block added to it, was paid.</param>
[GenerateSerializer, Immutable, Alias("dtao.feed.SubnetAfter")]
public sealed record SubnetAfterFact(
    [property: Id(0)] NetUid Netuid, [property: Id(1)] BooksChange Change, [property: Id(2)] SubnetBooks Books, [property: Id(3)] UInt128 PriceBits,
    [property: Id(4)] bool IsEpoch) : LedgerFact;

/// <summary>A subnet was dissolved: its books, hotkey pools, shares, and neurons are gone. What its holders got are <see cref="LaneCreditFact"/>s.</summary>
[GenerateSerializer, Immutable, Alias("dtao.feed.SubnetEnded")]
public sealed record SubnetEndedFact([property: Id(0)] NetUid Netuid) : LedgerFact;

/// <summary>Stake was bought or sold, or moved between two positions of one subnet. A subnet tells its own movements, also of what the lane decided.</summary>
/// <param name="Signer">Whose operation it was; of orders in a batch the owner.</param>
/// <param name="Sequence">The signer's sequence of the operation; 0 where a pool heard of it from the lane.</param>
/// <param name="Call">The kind of the call.</param>
/// <param name="Move">Direction, hotkey, coldkey, TAO and alpha that moved, and the fee in the input's token.</param>
/// <param name="IsTrade">Whether it went through the pool. False for a move within the subnet, which is told as an Out and an In without a fee.</param>
/// <param name="PriceBits">Spot price after the event, raw U64F64; 0 where the event left the books as they were. The price before it is that of the <see cref="SubnetAfterFact"/> before; the one of the event comes behind its movements.</param>
[GenerateSerializer, Immutable, Alias("dtao.feed.StakeMoved")]
public sealed record StakeMovedFact(
    [property: Id(0)] AccountId Signer, [property: Id(1)] ulong Sequence, [property: Id(2)] CallKind Call, [property: Id(3)] StakeMoveRow Move,
    [property: Id(4)] bool IsTrade, [property: Id(5)] UInt128 PriceBits) : LedgerFact;

/// <summary>A <see cref="StakeMove"/> on the wire.</summary>
[GenerateSerializer, Immutable, Alias("dtao.feed.StakeMove")]
public readonly record struct StakeMoveRow(
    [property: Id(0)] StakeMoveKind Kind, [property: Id(1)] NetUid Netuid, [property: Id(2)] AccountId Hotkey, [property: Id(3)] AccountId Coldkey,
    [property: Id(4)] Tao Tao, [property: Id(5)] Alpha Alpha, [property: Id(6)] ulong Fee)
{
    public static StakeMoveRow Of(StakeMove move) => new(move.Kind, move.Netuid, move.Hotkey, move.Coldkey, move.Tao, move.Alpha, move.Fee);
}

/// <summary>What a pool owes an account in fees after an event; zero when it has left for the account.</summary>
[GenerateSerializer, Immutable, Alias("dtao.feed.OwedAfter")]
public sealed record OwedAfterFact([property: Id(0)] NetUid Netuid, [property: Id(1)] AccountId Account, [property: Id(2)] Tao Amount) : LedgerFact;

/// <summary>TAO came to the subnet's own account by a transfer, and is in its books (<see cref="SubnetBooks.AccountTao"/>) from here on.</summary>
/// <param name="Sequence">The sender's.</param>
[GenerateSerializer, Immutable, Alias("dtao.feed.GiftReceived")]
public sealed record GiftReceivedFact(
    [property: Id(0)] NetUid Netuid, [property: Id(1)] AccountId Sender, [property: Id(2)] ulong Sequence, [property: Id(3)] Tao Amount) : LedgerFact;

/// <summary>How the subnet presents itself; null when it does not.</summary>
[GenerateSerializer, Immutable, Alias("dtao.feed.SubnetIdentityAfter")]
public sealed record SubnetIdentityAfterFact([property: Id(0)] NetUid Netuid, [property: Id(1)] IdentityDetail? Identity) : LedgerFact;

/// <summary>How many uids a subnet has given out; those from there on are no more.</summary>
[GenerateSerializer, Immutable, Alias("dtao.feed.NeuronCountAfter")]
public sealed record NeuronCountAfterFact([property: Id(0)] NetUid Netuid, [property: Id(1)] int Count) : LedgerFact;

/// <summary>One uid after an event. Weights and bonds are not told.</summary>
/// <param name="Hotkey">Null when it is the one before.</param>
/// <param name="Emission">Alpha that the last epoch found for it, as server and validator together.</param>
/// <param name="Incentive">Of the first mechanism; like the other ranks in parts of 65535.</param>
[GenerateSerializer, Immutable, Alias("dtao.feed.NeuronAfter")]
public sealed record NeuronAfterFact(
    [property: Id(0)] NetUid Netuid, [property: Id(1)] ushort Uid, [property: Id(2)] AccountId? Hotkey, [property: Id(3)] BlockNumber RegisteredAt,
    [property: Id(4)] bool IsActive, [property: Id(5)] bool HasPermit, [property: Id(6)] ushort Incentive, [property: Id(7)] ushort Dividends,
    [property: Id(8)] ushort Consensus, [property: Id(9)] ushort ValidatorTrust, [property: Id(10)] ushort StakeWeight, [property: Id(11)] Alpha Emission,
    [property: Id(12)] BlockNumber LastUpdate) : LedgerFact;
