using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains;

/// <summary>Chosen by the caller before the first try and kept over retries; makes a repeated operation harmless.</summary>
[GenerateSerializer, Immutable, Alias("dtao.OperationId")]
public readonly record struct OperationId([property: Id(0)] Guid Value)
{
    /// <summary>A new id: nobody else makes the same, and those of later milliseconds sort behind it.</summary>
    public static OperationId Create() => new(OperationIds.Next());

    public override string ToString() => Value.ToString("N");
}

/// <summary>A call with everything that makes it one particular, repeatable request.</summary>
/// <remarks>
/// The same id with the same content is the same operation: it takes effect once, and each repeat is answered with the first receipt.
/// The same id with other content is refused as <see cref="RefusalCode.OperationConflict"/>.
/// Where the network takes signed operations only, <see cref="Signature"/> is the signer's over <see cref="OperationMessage"/>, and <see cref="Nonce"/> one that
/// the account has not used yet. A network with signatures off ignores both.
/// </remarks>
[GenerateSerializer, Immutable, Alias("dtao.Operation")]
public sealed record Operation
{
    [Id(0)] public required OperationId Id { get; init; }
    /// <summary>The coldkey that calls.</summary>
    [Id(1)] public required AccountId Signer { get; init; }
    [Id(2)] public required Call Call { get; init; }
    /// <summary>The last block in which the operation may be decided; at most <see cref="OperationLimits.ValidityBlocksMax"/> ahead.</summary>
    [Id(3)] public required BlockNumber LastValidBlock { get; init; }
    /// <summary>The id of the network that it is meant for: another refuses it as <see cref="RefusalCode.WrongNetwork"/>. Null means whichever gets it.</summary>
    [Id(4)] public string? NetworkId { get; init; }
    /// <summary>From 1; each is used once, and at most <see cref="OperationLimits.NonceAheadMax"/> above the highest that was used.</summary>
    [Id(5)] public ulong? Nonce { get; init; }
    /// <summary>The scheme's number (0 ed25519, 1 sr25519), and 64 bytes.</summary>
    [Id(6)] public byte[]? Signature { get; init; }
}

/// <summary>Bounds that hold for every account.</summary>
public static class OperationLimits
{
    /// <summary>How many blocks ahead an operation's last valid block may lie.</summary>
    public const ulong ValidityBlocksMax = 4_096;

    /// <summary>For how many blocks after its last valid block an account remembers an operation's receipt.</summary>
    public const ulong ReceiptBlocks = 256;

    /// <summary>How many operations one account may have in flight or waiting; beyond, <see cref="RefusalCode.TooManyInFlight"/>.</summary>
    public const int InFlightMax = 1_000;

    /// <summary>How many of them may be calls that have orders of others executed.</summary>
    public const int RelaysMax = 100;

    /// <summary>How many operations may travel in one message; see <see cref="Stakers.IOperationIntakeGrain"/>.</summary>
    public const int BatchMax = 1_000;

    /// <summary>How many bytes they may have together, as <see cref="BatchSize"/> counts.</summary>
    public const long BatchBytesMax = 4 * 1024 * 1024;

    /// <summary>After how many seconds a batch is answered, though not each of its operations is decided.</summary>
    public const int BatchSeconds = 10;

    /// <summary>How many nonces up to an account's highest are told apart; older ones count as used.</summary>
    public const int NonceWindow = 1_024;

    /// <summary>How far a nonce may lie above the highest that was used: one mistake must not use up all there are.</summary>
    public const ulong NonceAheadMax = 1_000_000;
}

/// <summary>What became of an operation. Numbers are stable.</summary>
public enum ReceiptStatus : byte
{
    Unset = 0,
    /// <summary>Took effect; durable.</summary>
    Applied = 1,
    /// <summary>Refused by a rule of the ledger; durable, and a repeat is answered the same.</summary>
    Refused = 2,
    /// <summary>Not accepted: nothing is recorded, and the same operation may be sent again where the code says so.</summary>
    NotAccepted = 3,
}

/// <summary>Why an operation was refused. Below 1000 the chain's own errors (<see cref="LedgerError"/>), from 1000 this ledger's. Numbers are stable.</summary>
public enum RefusalCode : ushort
{
    None = 0,

    /// <summary>The operation's last valid block has passed. Make a new operation with a new id.</summary>
    Expired = 1001,
    /// <summary>The last valid block lies too far ahead; see <see cref="OperationLimits.ValidityBlocksMax"/>.</summary>
    LastValidBlockTooFar = 1002,
    /// <summary>This id was used for another operation. Make a new id.</summary>
    OperationConflict = 1003,
    /// <summary>The account has too many operations in flight. Send again, with the same id, when some are answered.</summary>
    TooManyInFlight = 1004,
    /// <summary>The ledger is shedding load. Send again, with the same id, after a pause.</summary>
    Overloaded = 1005,
    /// <summary>The outcome is not known, because the answer or a write was lost. Send again with the same id.</summary>
    OutcomeUnknown = 1006,
    /// <summary>The operation was sent to the actor of another account than its signer's.</summary>
    WrongSigner = 1007,
    /// <summary>The call lacks a field or carries one out of range.</summary>
    MalformedOperation = 1008,
    /// <summary>The network has no genesis yet.</summary>
    NotStarted = 1009,
    /// <summary>The operation names another network. Connect to that one, or make a new operation.</summary>
    WrongNetwork = 1010,
    /// <summary>The network takes signed operations only, and this one has no signature or no nonce.</summary>
    SignatureMissing = 1011,
    /// <summary>The signature is not the signer's over this very operation.</summary>
    BadSignature = 1012,
    /// <summary>Another operation of the account has used this nonce. Sign again with a higher one.</summary>
    NonceUsed = 1013,
    /// <summary>The nonce lies below the account's window. Sign again with a higher one.</summary>
    NonceTooOld = 1014,
    /// <summary>The nonce lies too far above those that were used. Sign again with a lower one.</summary>
    NonceTooFar = 1015,
    /// <summary>The call is an administrator's, and its signer is none of those that the silo was started with.</summary>
    NotAdministrator = 1020,
    /// <summary>Too many operations, or too many bytes, in one message; none of them was looked at. Send fewer in one message.</summary>
    BatchTooLarge = 1021,
}

/// <summary>What the caller is told. A refusal is a receipt too.</summary>
/// <param name="Outcome">The rule's answer; null when the operation was not accepted.</param>
/// <param name="Block">The block that the deciding actor had last applied.</param>
/// <param name="Order">The operation's place in the deciding actor's order, counted from 1 since genesis.</param>
/// <param name="DecidedBy">The pool that decided; null when an account, a hotkey, or the lane did.</param>
[GenerateSerializer, Immutable, Alias("dtao.Receipt")]
public sealed record Receipt(
    [property: Id(0)] OperationId Id,
    [property: Id(1)] ReceiptStatus Status,
    [property: Id(2)] RefusalCode Code,
    [property: Id(3)] CallOutcome? Outcome,
    [property: Id(4)] BlockNumber Block,
    [property: Id(5)] ulong Order,
    [property: Id(6)] NetUid? DecidedBy)
{
    public bool IsApplied => Status == ReceiptStatus.Applied;

    /// <summary>The stable name of the refusal, the chain's where the chain has one; empty when applied.</summary>
    public string ErrorName => Status switch
    {
        ReceiptStatus.Applied => string.Empty,
        _ when Outcome is { IsOk: false } => Outcome.Error.ToString(),
        _ => Code.ToString(),
    };

    /// <summary>Whether the same operation, with the same id, may pass when it is sent again.</summary>
    public bool MayPassOnRetry => Code is RefusalCode.TooManyInFlight or RefusalCode.Overloaded or RefusalCode.OutcomeUnknown or RefusalCode.NotStarted;

    public static Receipt Of(OperationId id, CallOutcome outcome, BlockNumber block, ulong order, NetUid? decidedBy) => new(
        id, outcome.IsOk ? ReceiptStatus.Applied : ReceiptStatus.Refused, (RefusalCode)(ushort)outcome.Error, outcome, block, order, decidedBy);

    public static Receipt NotAccepted(OperationId id, RefusalCode code, BlockNumber block) =>
        new(id, ReceiptStatus.NotAccepted, code, null, block, 0, null);
}

/// <summary>Where the sender's own log stood when a message left: the receiver may act on it only if it writes to the same log, or the position is durable.</summary>
/// <param name="LogId">Empty when the sender's store keeps no order over actors; then the sender waited before it sent.</param>
[GenerateSerializer, Immutable, Alias("dtao.LogStamp")]
public readonly record struct LogStamp([property: Id(0)] Guid LogId, [property: Id(1)] long Position)
{
    public static readonly LogStamp Durable;
}
