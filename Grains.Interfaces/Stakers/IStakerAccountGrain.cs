using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Stakers;

/// <summary>One coldkey: its free TAO, its operations, and their receipts. Key: the account id in hexadecimal.</summary>
[Alias("dtao.IStakerAccountGrain")]
public interface IStakerAccountGrain : IGrainWithStringKey
{
    /// <summary>Takes an operation that this account signed, to its end.</summary>
    /// <returns>
    /// The receipt, durable when its status is Applied or Refused: it survives the death of every process at that instant.
    /// A repeat is answered with the first receipt, as long as the account remembers it (<see cref="OperationLimits.ReceiptBlocks"/>);
    /// later it is answered Expired, and is never executed again.
    /// </returns>
    [Alias("Submit")]
    Task<Receipt> Submit(Operation operation);

    /// <summary>As <see cref="Submit"/> for each of several operations, which are taken on in this order. For <see cref="IOperationIntakeGrain"/>.</summary>
    [Alias("SubmitAll")]
    Task<ReceiptBatch> SubmitAll(OperationBatch batch);

    /// <summary>Executes an order of this account as an operation of its own, since a relayer's account asks for it; or its part of a whole.</summary>
    /// <param name="operation">
    /// Made from the relayer's operation, so that a repeat has the same id; its call is a <see cref="CallKind.FillOrder"/> or a <see cref="CallKind.FillBatch"/>.
    /// The latter does not wait in line: where it cannot begin at once, it is refused as OrderNotReached.
    /// </param>
    /// <param name="seen">The highest block that the relayer has seen.</param>
    /// <returns>As <see cref="Submit"/>.</returns>
    [Alias("FillOrder")]
    Task<Receipt> FillOrder(Operation operation, BlockNumber seen);

    /// <summary>What the call would do if this account made it now, with the free TAO that nothing in flight holds. Nothing is recorded or promised.</summary>
    [Alias("Quote")]
    Task<Subnets.CallQuote> Quote(Call call);

    /// <summary>The receipt of an operation, or null when none is known.</summary>
    [Alias("GetReceipt")]
    Task<Receipt?> GetReceipt(OperationId id);

    /// <summary>Receipts that were settled after the given place, oldest first; at most <paramref name="countMax"/>.</summary>
    [Alias("GetReceiptsAfter")]
    Task<ReceiptPage> GetReceiptsAfter(ulong place, int countMax);

    /// <summary>The account's balance. What fee-collecting pools still owe it is collected first.</summary>
    [Alias("GetView")]
    Task<AccountView> GetView();

    /// <summary>Credits TAO that another actor has taken from its own books for this account. Exactly once by sender and sequence.</summary>
    [Alias("Credit")]
    Task<CreditReply> Credit(TaoCredit credit);

    /// <summary>The free TAO that is booked here, held amounts included, and nothing collected: asks nobody, so an actor that keeps pools closed may call it.</summary>
    [Alias("GetFree")]
    Task<Tao> GetFree();

    /// <summary>Whether the account exists, that is, holds at least the existential deposit.</summary>
    [Alias("Exists")]
    Task<Existence> Exists();

    /// <summary>Hotkeys that the coldkey owns or has staked to by operations of its own, in the order in which they came.</summary>
    [Alias("GetStakingHotkeys")]
    Task<AccountId[]> GetStakingHotkeys();

    /// <summary>Hotkeys as a swap of this coldkey, or for it, has to know them. Asks nobody, so an actor that keeps pools closed may call it.</summary>
    [Alias("GetKeys")]
    Task<AccountKeys> GetKeys();

    /// <summary>The announcement that another coldkey will take this one's place; null when there is none. Durable.</summary>
    [Alias("GetColdkeySwap")]
    Task<ColdkeySwap?> GetColdkeySwap();

    /// <summary>How the coldkey presents itself; null when it does not. Durable.</summary>
    [Alias("GetIdentity")]
    Task<ColdkeyIdentityDetail?> GetIdentity();

    /// <summary>Does to this account what the sudo key has signed: its swap, or the end of its announcement. Exactly once by operation id.</summary>
    [Alias("ExecuteForSudo")]
    Task<Subnets.PoolReply> ExecuteForSudo(OperationId id, AccountId sudoKey, Call call, BlockNumber lastValidBlock);

    /// <summary>The lowest sequence that this account has not settled durably: whoever remembers outcomes for it may forget those below.</summary>
    [Alias("GetSettledBelow")]
    Task<ulong> GetSettledBelow();

    /// <summary>Finishes what was in flight when its silo died. Called at start; harmless at any time.</summary>
    [Alias("Wake")]
    Task Wake();
}

/// <summary>A balance as wallets show it.</summary>
/// <param name="Free">TAO that the account holds, held amounts included.</param>
/// <param name="Held">Set aside for operations in flight.</param>
/// <param name="InFlight">Operations in flight.</param>
[GenerateSerializer, Immutable, Alias("dtao.AccountView")]
public sealed record AccountView(
    [property: Id(0)] AccountId Account, [property: Id(1)] Tao Free, [property: Id(2)] Tao Held, [property: Id(3)] int InFlight, [property: Id(4)] BlockNumber Block)
{
    /// <summary>The highest nonce that a signed operation of the account has used; 0 when none has.</summary>
    [Id(210)] public ulong HighestNonce { get; init; }
}

/// <summary>A page of an account's receipts.</summary>
/// <param name="NextPlace">Where the next page begins.</param>
[GenerateSerializer, Immutable, Alias("dtao.ReceiptPage")]
public sealed record ReceiptPage([property: Id(0)] Receipt[] Receipts, [property: Id(1)] ulong NextPlace);

/// <summary>TAO on its way from one actor's books to an account.</summary>
/// <param name="Head">Who sends, with the sender's own sequence: the credit is applied exactly once.</param>
/// <param name="MustSucceed">True for amounts that the sender can no longer keep; false lets the existential deposit refuse it.</param>
/// <param name="RunsAlone">The operation behind it depends on the sender's whole free TAO: the sender takes no other transfer in while it is in flight.</param>
/// <param name="Keys">What a swap of keys changes at the account; null from anyone but the lane.</param>
[GenerateSerializer, Immutable, Alias("dtao.TaoCredit")]
public sealed record TaoCredit(
    [property: Id(0)] MessageHead Head, [property: Id(1)] Tao Amount, [property: Id(2)] bool MustSucceed, [property: Id(3)] bool RunsAlone = false,
    [property: Id(90)] KeyNotice? Keys = null);

/// <summary>What the receiver of a credit says.</summary>
/// <param name="Error">None, or BelowMinimum.</param>
/// <param name="Seen">The highest block that the receiver has seen (its colour): the sender's clock does not stay behind it.</param>
/// <param name="YieldTo">With <see cref="DeliveryStatus.Yield"/>: the receiver's own sequence that comes first; 0 when it is settled by now.</param>
[GenerateSerializer, Immutable, Alias("dtao.CreditReply")]
public sealed record CreditReply(
    [property: Id(0)] DeliveryStatus Status, [property: Id(1)] LedgerError Error, [property: Id(2)] LogStamp Stamp,
    [property: Id(3)] BlockNumber Seen, [property: Id(4)] ulong YieldTo = 0);

/// <summary>Whether an account exists, as a fact with a colour.</summary>
/// <param name="IsSettled">False while an operation is in flight, or about to be, after which the account may not exist: ask again.</param>
/// <param name="Seen">The highest block that the account has seen: whoever lies behind it must not act on the fact before its own block.</param>
[GenerateSerializer, Immutable, Alias("dtao.Existence")]
public sealed record Existence([property: Id(0)] bool Exists, [property: Id(1)] bool IsSettled, [property: Id(2)] BlockNumber Seen);
