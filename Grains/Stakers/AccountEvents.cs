using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Stakers;

/// <summary>Something that happened to an account. Stored; kinds and fields are never renumbered.</summary>
public abstract record AccountEvent;

/// <summary>An operation was taken on: its amount is held and its sequence is fixed.</summary>
public sealed record OperationStarted(InFlightOperation Operation, BlockNumber Seen) : AccountEvent;

/// <summary>The deciding actor has spoken: the hold ends and the account's TAO changes.</summary>
/// <param name="FreeChange">Rao, signed.</param>
/// <param name="DustSequence">The sequence under which destroyed dust is reported; 0 when there is none.</param>
public sealed record OperationSettled(ulong Sequence, Receipt Receipt, long FreeChange, BlockNumber Seen, Tao Dust, ulong DustSequence) : AccountEvent
{
    /// <summary>A transaction fee that leaves for the author; null when there is none.</summary>
    public FeeDue? Fee { get; init; }

    /// <summary>The announcement that the operation made; null when it made none. Its pool has taken the fee.</summary>
    public ColdkeySwap? Announced { get; init; }

    /// <summary>How the operation made the coldkey present itself; null when it did nothing of the sort.</summary>
    public ColdkeyIdentityDetail? Identity { get; init; }
}

/// <summary>A transaction fee and the sequence under which it is sent.</summary>
public sealed record FeeDue(ulong Sequence, OutgoingFee Fee);

/// <summary>A transfer lets an operation of its receiver go first: its hold ends, and it waits to begin anew.</summary>
public sealed record OperationYielded(ulong Sequence, BlockNumber Seen) : AccountEvent;

/// <summary>An operation begins anew under another sequence: a transfer that had yielded, or what its pool has left to the lane.</summary>
public sealed record OperationResumed(ulong FormerSequence, InFlightOperation Operation, BlockNumber Seen) : AccountEvent;

/// <summary>The account itself refused, or did what needed nobody else.</summary>
public sealed record OperationDecidedHere(OperationId Id, UInt128 ContentHash, BlockNumber LastValidBlock, Receipt Receipt, BlockNumber Seen) : AccountEvent
{
    /// <summary>By how many rao the account's free TAO falls: the transaction fee.</summary>
    public Tao Paid { get; init; }

    /// <summary>Where the fee goes; null when there is none or when it is dropped.</summary>
    public FeeDue? Fee { get; init; }

    /// <summary>The sequence under which a dropped fee is reported; 0 when there is none.</summary>
    public ulong DustSequence { get; init; }

    /// <summary>The nonce that the operation used; null of one that nobody signed.</summary>
    public ulong? Nonce { get; init; }

    /// <summary>What was called. Null in records from before they carried it; nothing is decided by it.</summary>
    public Call? Call { get; init; }

    /// <summary>What became of the account's announcement; null when it stayed as it was.</summary>
    public AnnouncementChange? Announcement { get; init; }
}

/// <summary>An announcement that came, changed, or (null) went.</summary>
public sealed record AnnouncementChange(ColdkeySwap? After);

/// <summary>TAO arrived, or was refused; the sender is told the same on a repeat.</summary>
/// <param name="Seen">The highest block that sender or receiver had seen; genesis in records from before credits carried it.</param>
public sealed record TaoCredited(
    AccountId Sender, ulong Sequence, ulong SettledBelow, BlockNumber LastValidBlock, Tao Amount, LedgerError Error, BlockNumber Seen) : AccountEvent
{
    /// <summary>What a swap of keys changed besides; null when that is nothing.</summary>
    public KeyNotice? Keys { get; init; }
}

/// <summary>Destroyed dust was counted.</summary>
public sealed record DustReported(ulong Sequence) : AccountEvent;

/// <summary>A transaction fee has reached the author, or has no account to go to and is destroyed.</summary>
/// <param name="DustSequence">The sequence under which what is destroyed is reported; 0 when the author has it.</param>
public sealed record FeeEnded(ulong Sequence, ulong DustSequence) : AccountEvent;
