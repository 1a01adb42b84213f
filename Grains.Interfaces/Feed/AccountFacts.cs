using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Stakers;

namespace Dtao.Grains.Feed;

/// <summary>An account as genesis made it.</summary>
[GenerateSerializer, Immutable, Alias("dtao.feed.AccountBegan")]
public sealed record AccountBeganFact([property: Id(0)] AccountId Account, [property: Id(1)] Tao Free) : LedgerFact;

/// <summary>Why an account's free TAO changed. Numbers are stable.</summary>
[GenerateSerializer, Alias("dtao.feed.TaoCause")]
public enum TaoCause : byte
{
    None = 0,
    /// <summary>An operation of the account itself was settled: what it paid or was paid, its fees and its dust. See the <see cref="OperationBegunFact"/> of the sequence.</summary>
    Operation = 1,
    /// <summary>The transaction fee of an operation that the account decided by itself.</summary>
    Fee = 2,
    /// <summary>Another account sent it: by a transfer, or a transaction fee when this is who gets those. The sender's operation of that sequence is the transfer; there is none for a fee.</summary>
    Account = 3,
    /// <summary>A subnet's pool sent it: fees that it owed, the fee of an order, or what a batch of orders left over.</summary>
    Pool = 4,
    /// <summary>The lane sent it: see the <see cref="LaneCreditFact"/> of the sequence.</summary>
    Lane = 5,
}

/// <summary>
/// An account's free TAO changed, amounts held included. Genesis and the sum of these is what the account has. The same holds of the accounts of no key on which
/// destroyed TAO is counted; subnets' own accounts have none, since that TAO is in their books.
/// </summary>
/// <param name="Change">Rao, signed; never 0.</param>
/// <param name="Counterparty">The account that sent it; null where the cause is not another account.</param>
/// <param name="Netuid">The subnet whose pool sent it, or decided the operation; null where that was none.</param>
/// <param name="Operation">The account's own operation; null where the cause is none.</param>
/// <param name="Sequence">Of the account's own operation; of what others sent the sender's. 0 for operations that the account decided by itself.</param>
[GenerateSerializer, Immutable, Alias("dtao.feed.TaoChanged")]
public sealed record TaoChangedFact(
    [property: Id(0)] AccountId Account, [property: Id(1)] long Change, [property: Id(2)] TaoCause Cause, [property: Id(3)] AccountId? Counterparty,
    [property: Id(4)] NetUid? Netuid, [property: Id(5)] OperationId? Operation, [property: Id(6)] ulong Sequence) : LedgerFact;

/// <summary>What a coldkey has announced about its swap; null when nothing is announced any more.</summary>
[GenerateSerializer, Immutable, Alias("dtao.feed.AnnouncementAfter")]
public sealed record AnnouncementAfterFact([property: Id(0)] AccountId Account, [property: Id(1)] ColdkeySwap? Swap) : LedgerFact;

/// <summary>How a coldkey presents itself since an operation of its own.</summary>
[GenerateSerializer, Immutable, Alias("dtao.feed.IdentityAfter")]
public sealed record IdentityAfterFact([property: Id(0)] AccountId Account, [property: Id(1)] ColdkeyIdentityDetail? Identity) : LedgerFact;

/// <summary>A swap of keys changed what a coldkey owns or stakes to, or how it presents itself.</summary>
[GenerateSerializer, Immutable, Alias("dtao.feed.KeysChanged")]
public sealed record KeysChangedFact([property: Id(0)] AccountId Account, [property: Id(1)] KeyNotice Notice) : LedgerFact;
