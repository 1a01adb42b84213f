using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Feed;

/// <summary>An account took an operation on. It ends with the <see cref="OperationEndedFact"/> of the same account and sequence.</summary>
/// <param name="Sequence">The account's own; by it the deciding actor's <see cref="CallDecidedFact"/> is found.</param>
/// <param name="Held">TAO set aside until then.</param>
/// <param name="Former">The sequence under which it had begun before; null where it begins for the first time.</param>
[GenerateSerializer, Immutable, Alias("dtao.feed.OperationBegun")]
public sealed record OperationBegunFact(
    [property: Id(0)] AccountId Account, [property: Id(1)] ulong Sequence, [property: Id(2)] OperationId Id, [property: Id(3)] Call Call,
    [property: Id(4)] BlockNumber LastValidBlock, [property: Id(5)] Tao Held, [property: Id(6)] ulong? Former) : LedgerFact;

/// <summary>An operation has its receipt: applied, or refused. There is one for each id of an account.</summary>
/// <param name="Sequence">0 for an operation that the account decided by itself, without beginning it; <see cref="Call"/> has what was called.</param>
/// <param name="FreeChange">By how many rao the account's free TAO changed; told by a <see cref="TaoChangedFact"/> as well.</param>
/// <param name="Dust">The part of it that is destroyed since it would have been left under the existential deposit, or as a fee that goes to nobody.</param>
/// <param name="Fee">The transaction fee that this account sends to <paramref name="FeeTo"/>; zero where the deciding actor takes it, or where there is none.</param>
[GenerateSerializer, Immutable, Alias("dtao.feed.OperationEnded")]
public sealed record OperationEndedFact(
    [property: Id(0)] AccountId Account, [property: Id(1)] ulong Sequence, [property: Id(2)] Receipt Receipt, [property: Id(3)] long FreeChange,
    [property: Id(4)] Tao Dust, [property: Id(5)] Tao Fee, [property: Id(6)] AccountId? FeeTo) : LedgerFact
{
    /// <summary>
    /// What was called, of an operation that the account decided by itself. Null for others, whose <see cref="OperationBegunFact"/> has it, and in a journal from before
    /// such events carried it.
    /// </summary>
    [Id(7)] public Call? Call { get; init; }
}

/// <summary>Which kind of actor decided. Numbers are stable.</summary>
[GenerateSerializer, Alias("dtao.feed.Decider")]
public enum Decider : byte
{
    None = 0,
    Pool = 1,
    Lane = 2,
    Hotkey = 3,
}

/// <summary>A pool, the lane, or a hotkey decided a call: applied, refused, or (no outcome) found that it had expired. The account settles it afterwards.</summary>
/// <param name="Netuid">The pool's; null for others.</param>
/// <param name="Hotkey">The hotkey that decided; null for others.</param>
/// <param name="Signer">The account; of orders that are executed all or none one fact for each owner. The registry's name for settings.</param>
/// <param name="Call">Null where the journal does not tell; the account's <see cref="OperationBegunFact"/> does.</param>
/// <param name="Outcome">Null for an operation that expired.</param>
/// <param name="FreeChange">By how many rao the signer's free TAO is to change.</param>
/// <param name="Order">The place in the deciding actor's order, from 1; 0 for what expired. All owners of a batch of orders have the same.</param>
/// <param name="Batch">The lane's batch; 0 for others.</param>
[GenerateSerializer, Immutable, Alias("dtao.feed.CallDecided")]
public sealed record CallDecidedFact(
    [property: Id(0)] Decider Decider, [property: Id(1)] NetUid? Netuid, [property: Id(2)] AccountId? Hotkey, [property: Id(3)] AccountId Signer,
    [property: Id(4)] ulong Sequence, [property: Id(5)] Call? Call, [property: Id(6)] CallOutcome? Outcome, [property: Id(7)] long FreeChange,
    [property: Id(8)] ulong Order, [property: Id(9)] ulong Batch) : LedgerFact;

/// <summary>TAO that a batch of the lane has for an account: what a dissolved subnet's holder gets, a fee, what a swap of keys brings. The account's <see cref="TaoChangedFact"/> follows.</summary>
/// <param name="Batch">The batch whose operations it comes from.</param>
/// <param name="Sequence">The lane's; the account's fact names it.</param>
[GenerateSerializer, Immutable, Alias("dtao.feed.LaneCredit")]
public sealed record LaneCreditFact(
    [property: Id(0)] ulong Batch, [property: Id(1)] ulong Sequence, [property: Id(2)] AccountId Account, [property: Id(3)] Tao Amount) : LedgerFact;

/// <summary>A block claimed a coldkey's root dividends by itself.</summary>
[GenerateSerializer, Immutable, Alias("dtao.feed.DividendsClaimed")]
public sealed record DividendsClaimedFact([property: Id(0)] ulong Batch, [property: Id(1)] AccountId Coldkey) : LedgerFact;
