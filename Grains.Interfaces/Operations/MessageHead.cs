using Dtao.Economics;

namespace Dtao.Grains;

/// <summary>What every value-moving message between actors carries, so that it takes effect once, in time, and not before its cause is safe.</summary>
/// <param name="Sender">The account that sends; a pool sends as the account of its subnet.</param>
/// <param name="Sequence">The sender's own count of messages, from 1.</param>
/// <param name="SettledBelow">Every sequence below is settled durably at the sender: the receiver may forget its outcome, and never executes it again.</param>
/// <param name="LastValidBlock">Not decided after this block: unknown and expired is recorded as never.</param>
/// <param name="Seen">The highest block that the sender has seen (its colour): a receiver that is behind waits until it has applied it.</param>
/// <param name="Stamp">Where the sender's log stood.</param>
[GenerateSerializer, Immutable, Alias("dtao.MessageHead")]
public sealed record MessageHead(
    [property: Id(0)] AccountId Sender, [property: Id(1)] ulong Sequence, [property: Id(2)] ulong SettledBelow,
    [property: Id(3)] BlockNumber LastValidBlock, [property: Id(4)] BlockNumber Seen, [property: Id(5)] LogStamp Stamp);

/// <summary>What a receiver did with a message. Only <see cref="Decided"/> lets the sender settle; after the others it sends again.</summary>
public enum DeliveryStatus : byte
{
    Unset = 0,
    /// <summary>Decided, now or by an earlier delivery; the recorded outcome is in the reply.</summary>
    Decided = 1,
    /// <summary>The receiver writes to another log: make the sender's position durable, then send again with an empty stamp.</summary>
    SendWhenDurable = 2,
    /// <summary>The receiver's queue is full, or what it has in flight must be settled first. Send again after a pause.</summary>
    Busy = 3,
    /// <summary>The sequence lies below what the sender itself has called settled: a message that slept. Nothing was done.</summary>
    Stale = 4,
    /// <summary>Expired before it was ever decided, and recorded so; it will never take effect.</summary>
    Never = 5,
    /// <summary>
    /// The receiver has an operation in flight that must run alone, as the sender's must, and it comes first. Recorded: this sequence never takes effect.
    /// The sender begins anew, under another sequence, when the receiver has settled that operation.
    /// </summary>
    Yield = 6,
}
