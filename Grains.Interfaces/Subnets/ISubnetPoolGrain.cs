using Dtao.Economics;
using Dtao.Economics.Emission;
using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Grains.Subnets;

/// <summary>One subnet: its market, its books, and every position in it. Key: generation x 65536 + netuid.</summary>
[Alias("dtao.ISubnetPoolGrain")]
public interface ISubnetPoolGrain : IGrainWithIntegerKey
{
    /// <summary>Decides one call of an account, exactly once by sender and sequence. A refusal is recorded too.</summary>
    [Alias("Execute")]
    Task<PoolReply> Execute(PoolCommand command);

    /// <summary>Decides calls of several accounts in one step, each as <see cref="Execute"/>, as far as that is possible without waiting and without asking anybody.</summary>
    /// <returns>For each command its answer; null where it has to be sent by itself, which is then as if it had not been here.</returns>
    [Alias("ExecuteAll")]
    Task<PoolReply?[]> ExecuteAll(PoolCommand[] commands);

    /// <summary>What the call would do now; nothing is recorded.</summary>
    [Alias("Quote")]
    Task<CallQuote> Quote(PoolCommand command);

    /// <summary>The books as of the last durable decision.</summary>
    [Alias("GetView")]
    Task<PoolView> GetView();

    /// <summary>Positions in ascending (hotkey, coldkey), after the given one; at most <paramref name="countMax"/>.</summary>
    [Alias("GetPositions")]
    Task<PositionPage> GetPositions(PositionFilter filter, int countMax);

    /// <summary>Of all share pools: value and denominator by hotkey.</summary>
    [Alias("GetHotkeyPools")]
    Task<HotkeyPoolEntry[]> GetHotkeyPools();

    /// <summary>First phase of a block: value commands wait from here until the block is applied. Answers what the coordinator must know.</summary>
    /// <param name="block">The block that is about to be planned. A pool that lies more than one behind has been replaced, and ends.</param>
    /// <param name="closing">
    /// The coordinator's number of this closing, ascending over its activations. One that <see cref="OpenAfter"/> has called off closes nothing and fails.
    /// </param>
    /// <param name="parentHash">Hash of the block before; root picks the coldkeys of automatic claims by it.</param>
    [Alias("CloseForBlock")]
    Task<PoolBlockFacts> CloseForBlock(BlockNumber block, ulong closing, byte[] parentHash);

    /// <summary>Second phase: applies the block, exactly once, and opens. Durable on return.</summary>
    [Alias("ApplyBlock")]
    Task<BlockAcknowledgement> ApplyBlock(ApplyBlock command);

    /// <summary>Opens a pool that was kept closed after this block for the automatic claims. No effect on one that is closed for a later block.</summary>
    [Alias("EndHold")]
    Task EndHold(BlockNumber block);

    /// <summary>Root: stake on each of these hotkeys when the block before ended. Answers only while the block is being made.</summary>
    [Alias("GetStakesForEpoch")]
    Task<Tao[]> GetStakesForEpoch(BlockNumber block, AccountId[] hotkeys);

    /// <summary>Whether a hotkey that was set aside for this pool is about to be given its owner here.</summary>
    [Alias("HoldsReservation")]
    Task<bool> HoldsReservation(AccountId hotkey);

    /// <summary>Neurons, links, and the last epoch of the subnet, as of the last durable decision; null when nothing can have changed since then.</summary>
    /// <param name="block">The block of what the caller has seen; null when it has seen nothing.</param>
    /// <param name="order">The order of what the caller has seen.</param>
    [Alias("GetMetagraph")]
    Task<MetagraphState?> GetMetagraph(BlockNumber? block, ulong order);

    /// <summary>Closes the pool for a batch of operations over several pools and hands out the part of its state that they may touch.</summary>
    /// <remarks>
    /// A batch number that is not above one which <see cref="OpenForLane"/> or <see cref="ApplyLane"/> has named is a message that slept: it closes nothing
    /// and fails. That holds also while the call waits for a block.
    /// </remarks>
    [Alias("CloseForLane")]
    Task<LaneSlice> CloseForLane(LaneInterest interest);

    /// <summary>What <see cref="CloseForLane"/> would hand out now; closes nothing, and answers also while the pool is closed.</summary>
    [Alias("PeekForLane")]
    Task<LaneSlice> PeekForLane(LaneInterest interest);

    /// <summary>Applies the pool's part of a lane decision, exactly once by batch number, and opens. Durable on return.</summary>
    [Alias("ApplyLane")]
    Task ApplyLane(LanePart part);

    /// <summary>Opens a pool that was closed for this batch or an earlier one which will not touch it; no effect on one closed for a later batch.</summary>
    [Alias("OpenForLane")]
    Task OpenForLane(ulong batch);

    /// <summary>Whether a coldkey has a position on a hotkey here.</summary>
    [Alias("HasPosition")]
    Task<bool> HasPosition(PositionKey position);

    /// <summary>Whether there is stake on any of these hotkeys here, or children that one of them has asked for. A replaced activation does not answer; what is answered is durable.</summary>
    [Alias("Concerns")]
    Task<bool> Concerns(AccountId[] hotkeys);

    /// <summary>Which of these hotkeys have a uid here now. A replaced activation does not answer; what is answered is durable.</summary>
    [Alias("AreRegistered")]
    Task<bool[]> AreRegistered(AccountId[] hotkeys);

    /// <summary>The orders that are open here, by their hash, at most 1000; of one coldkey when it is given.</summary>
    /// <param name="after">The hash after which the page begins, in hexadecimal digits; null: at the beginning.</param>
    [Alias("GetOrders")]
    Task<OrderPage> GetOrders(AccountId? owner, string? after);

    /// <summary>
    /// Ends a try of a call whose orders are executed all or none, unless it is decided: its parts that wait here never take effect, and neither does one that
    /// comes later. A repeat does nothing more.
    /// </summary>
    /// <param name="batch">As in <see cref="FillBatchDetail.Batch"/>.</param>
    [Alias("WithdrawOrders")]
    Task WithdrawOrders(Guid batch);

    /// <summary>Takes over the network's parameters of the given revision, unless newer ones are known. Durable on return.</summary>
    [Alias("AdoptParameters")]
    Task AdoptParameters(ulong revision, NetworkParameters parameters);

    /// <summary>Sends an account the fees that this pool owes it. Whole by the time of the answer.</summary>
    /// <param name="account">The fee account, or the burn account.</param>
    /// <param name="mayVanish">True when the account may be about to empty itself: the pool then asks before it counts on its existence again.</param>
    [Alias("PayOwed")]
    Task PayOwed(AccountId account, bool mayVanish);

    /// <summary>A gift to the subnet's own account, by a plain transfer. Exactly once by sender and sequence.</summary>
    [Alias("Credit")]
    Task<Stakers.CreditReply> Credit(Stakers.TaoCredit credit);

    /// <summary>Opens a pool that was closed, by this closing or an earlier one, for a block whose plan was never made; no effect on a later closing.</summary>
    [Alias("OpenAfter")]
    Task OpenAfter(ulong closing);

    /// <summary>An administrator's setting of one of this subnet's fields. Exactly once by sender and sequence.</summary>
    [Alias("Administer")]
    Task<PoolReply> Administer(PoolCommand command);

    /// <summary>The sequence of this pool's own messages below which all are settled.</summary>
    [Alias("GetSettledBelow")]
    Task<ulong> GetSettledBelow();
}

/// <summary>A call for one pool, with the facts of the caller that the ladder of refusals needs.</summary>
/// <param name="Free">The caller's free TAO that no other operation in flight counts on.</param>
[GenerateSerializer, Immutable, Alias("dtao.PoolCommand")]
public sealed record PoolCommand([property: Id(0)] MessageHead Head, [property: Id(1)] Call Call, [property: Id(2)] Tao Free)
{
    /// <summary>The transaction fee that the call is charged, beside what it does; the account has set it aside. Zero where there is none.</summary>
    [Id(3)] public Tao Fee { get; init; }

    /// <summary>Whether the caller has nothing else in flight, and counts on all that it holds: what the lane has credited it since it sent this counts too.</summary>
    [Id(4)] public bool RunsAlone { get; init; }
}

/// <summary>A pool's answer.</summary>
/// <param name="FreeChange">By how many rao the caller's free TAO changes; what the account settles.</param>
[GenerateSerializer, Immutable, Alias("dtao.PoolReply")]
public sealed record PoolReply(
    [property: Id(0)] DeliveryStatus Status, [property: Id(1)] CallOutcome? Outcome, [property: Id(2)] long FreeChange,
    [property: Id(3)] BlockNumber Block, [property: Id(4)] ulong Order, [property: Id(5)] LogStamp Stamp)
{
    public static PoolReply Undecided(DeliveryStatus status, BlockNumber block) => new(status, null, 0, block, 0, LogStamp.Durable);
}

/// <summary>An answer to "what would this call do".</summary>
/// <param name="Error">Why it would be refused; None when it would be done. A call that no account can make is MalformedCall.</param>
/// <param name="AmountIn">Rao that leave the signer: TAO when buying or sending (dust included), alpha otherwise; 0 where several positions are sold.</param>
/// <param name="AmountOut">Rao of the token that comes out: alpha when buying, TAO when selling, TAO that arrives, alpha recycled or burned.</param>
/// <param name="Fee">Rao of the input's token.</param>
/// <param name="SlippagePpm">How far the average price lies from the price before, in parts per million.</param>
[GenerateSerializer, Immutable, Alias("dtao.CallQuote")]
public sealed record CallQuote(
    [property: Id(0)] LedgerError Error, [property: Id(1)] ulong AmountIn, [property: Id(2)] ulong AmountOut, [property: Id(3)] ulong Fee,
    [property: Id(4)] UInt128 PriceBeforeBits, [property: Id(5)] UInt128 PriceAfterBits, [property: Id(6)] ulong SlippagePpm, [property: Id(7)] BlockNumber Block)
{
    /// <summary>TAO that a transfer would destroy, because the sender would be left under the existential deposit.</summary>
    [Id(8)] public Tao Dust { get; init; }

    /// <summary>The hotkey's owner and take before a call that changes only a hotkey; null when nobody owns it, and for other calls.</summary>
    [Id(9)] public Validators.HotkeyFacts? HotkeyBefore { get; init; }

    /// <summary>The same after the call.</summary>
    [Id(10)] public Validators.HotkeyFacts? HotkeyAfter { get; init; }

    /// <summary>The transaction fee on top, in rao of TAO: what leaves the signer, or what the alpha is sold for. Zero where there is none.</summary>
    [Id(11)] public Tao TransactionFee { get; init; }

    /// <summary>The alpha that is sold for the fee; zero when TAO pays it.</summary>
    [Id(12)] public Alpha TransactionFeeAlpha { get; init; }

    public static CallQuote Of(Quote quote, Call call, BlockNumber block) => new(
        quote.Error, quote.AmountIn, quote.AmountOut, quote.Fee, quote.PriceBefore.Bits, quote.PriceAfter.Bits, quote.SlippageParts, block)
    {
        Dust = quote.Dust,
        TransactionFee = quote.TransactionFee.Tao,
        TransactionFeeAlpha = quote.TransactionFee.Alpha,
        HotkeyBefore = quote.HotkeyBefore is { } before ? Validators.HotkeyFacts.Of(call.Hotkey, before) : null,
        HotkeyAfter = quote.HotkeyAfter is { } after ? Validators.HotkeyFacts.Of(call.Hotkey, after) : null,
    };
}

/// <summary>A subnet's books with the figures that are computed from them.</summary>
/// <param name="PriceBits">Spot price, raw U64F64.</param>
/// <param name="Order">How many operations this pool has decided since genesis.</param>
[GenerateSerializer, Immutable, Alias("dtao.PoolView")]
public sealed record PoolView(
    [property: Id(0)] SubnetBooks? Books, [property: Id(1)] BlockNumber Block, [property: Id(2)] UInt128 PriceBits, [property: Id(3)] ulong Order,
    [property: Id(4)] OwedEntry[] Owed, [property: Id(5)] Tao Destroyed, [property: Id(6)] ulong Swaps, [property: Id(7)] int Positions)
{
    /// <summary>TAO that was sent to the account of a subnet that does not exist.</summary>
    [Id(8)] public Tao UnclaimedTao { get; init; }

    /// <summary>What the account <c>subnet:N</c> has, with a subnet or without.</summary>
    public Tao AccountTao => Books?.AccountTao ?? UnclaimedTao;

    /// <summary>How many neurons are registered.</summary>
    [Id(20)] public int Neurons { get; init; }

    /// <summary>How the subnet presents itself; null when it never did.</summary>
    [Id(140)] public IdentityDetail? Identity { get; init; }

    /// <summary>The lease that the subnet is under; null for one that belongs to its owner.</summary>
    [Id(21)] public LeaseView? Lease { get; init; }
}

/// <summary>A subnet's lease: who takes it over when it has ended, and what is put aside for whom until then.</summary>
/// <param name="EmissionsShare">The contributors' part of the owner's cut, in percent.</param>
/// <param name="EndBlock">Null: the lease never ends.</param>
/// <param name="Accrued">Alpha put aside for the contributors since it was last shared out.</param>
/// <param name="Contributors">How many there are, besides the beneficiary.</param>
[GenerateSerializer, Immutable, Alias("dtao.LeaseView")]
public sealed record LeaseView(
    [property: Id(0)] AccountId Beneficiary, [property: Id(1)] byte EmissionsShare, [property: Id(2)] BlockNumber? EndBlock, [property: Id(3)] Alpha Accrued,
    [property: Id(4)] int Contributors);

/// <summary>Fees booked for an account and not yet paid to it.</summary>
[GenerateSerializer, Immutable, Alias("dtao.OwedEntry")]
public sealed record OwedEntry([property: Id(0)] AccountId Account, [property: Id(1)] Tao Amount);

/// <summary>Which positions to list.</summary>
[GenerateSerializer, Immutable, Alias("dtao.PositionFilter")]
public sealed record PositionFilter(
    [property: Id(0)] AccountId? Hotkey, [property: Id(1)] AccountId? Coldkey, [property: Id(2)] AccountId? AfterHotkey, [property: Id(3)] AccountId? AfterColdkey);

/// <summary>One position: its share and what the share is worth in alpha (on root: in TAO).</summary>
[GenerateSerializer, Immutable, Alias("dtao.PositionEntry")]
public sealed record PositionEntry(
    [property: Id(0)] AccountId Hotkey, [property: Id(1)] AccountId Coldkey, [property: Id(2)] SafeFloat Share, [property: Id(3)] Alpha Value);

[GenerateSerializer, Immutable, Alias("dtao.PositionPage")]
public sealed record PositionPage([property: Id(0)] PositionEntry[] Positions, [property: Id(1)] bool HasMore);

/// <summary>An order that waits: the call that placed it, its hash, and how much of its input is executed.</summary>
/// <param name="Placed">A <see cref="CallKind.PlaceOrder"/> with the order.</param>
[GenerateSerializer, Immutable, Alias("dtao.OpenOrder")]
public sealed record OpenOrder([property: Id(0)] string Id, [property: Id(1)] Call Placed, [property: Id(2)] ulong Filled);

[GenerateSerializer, Immutable, Alias("dtao.OrderPage")]
public sealed record OrderPage([property: Id(0)] OpenOrder[] Orders, [property: Id(1)] bool HasMore, [property: Id(2)] ulong Spot, [property: Id(3)] BlockNumber Block);

[GenerateSerializer, Immutable, Alias("dtao.HotkeyPoolEntry")]
public sealed record HotkeyPoolEntry([property: Id(0)] AccountId Hotkey, [property: Id(1)] Alpha Value, [property: Id(2)] SafeFloat Denominator);

/// <summary>What the coordinator learns from a closed pool.</summary>
/// <param name="Exists">False for a pool that has no genesis.</param>
/// <param name="LastBlock">The block that the pool has applied; a pool that is ahead answers its acknowledgement again on <see cref="ISubnetPoolGrain.ApplyBlock"/>.</param>
/// <param name="Destroyed">TAO that this pool's operations destroyed since genesis (dust).</param>
[GenerateSerializer, Immutable, Alias("dtao.PoolBlockFacts")]
public sealed record PoolBlockFacts(
    [property: Id(0)] bool Exists, [property: Id(1)] BlockNumber LastBlock, [property: Id(2)] SubnetBlockFacts Subnet,
    [property: Id(7)] Tao TaoReserve, [property: Id(8)] Tao Destroyed)
{
    /// <summary>Whether the subnet's epoch is due in the block that it was closed for.</summary>
    [Id(9)] public bool IsEpochDue { get; init; }

    /// <summary>The same before the block is counted, which is how the chain looks when it opens time-locked weights.</summary>
    [Id(12)] public bool IsEpochDueUncounted { get; init; }

    /// <summary>Root: the coldkeys whose dividends the block claims by itself.</summary>
    [Id(10)] public AccountId[] ClaimPicks { get; init; } = [];

    /// <summary>Root: the subnets on which somebody may have dividends to claim.</summary>
    [Id(11)] public NetUid[] ClaimNetuids { get; init; } = [];
}

/// <summary>One subnet's line of a block's plan.</summary>
/// <param name="PlanHash">SHA-256 of the whole plan: a pool that is asked to apply another plan for the same block raises an alarm.</param>
[GenerateSerializer, Immutable, Alias("dtao.ApplyBlock")]
public sealed record ApplyBlock(
    [property: Id(0)] BlockNumber Block, [property: Id(1)] byte[] PlanHash, [property: Id(2)] UInt128 TaoEmissionBits, [property: Id(3)] bool RootSell,
    [property: Id(4)] Tao RootTao, [property: Id(5)] bool Emits, [property: Id(6)] NetworkParameters Parameters)
{
    /// <summary>What the block does about the subnet's epoch.</summary>
    [Id(7)] public EpochTurn Turn { get; init; }

    /// <summary>Whether the pool stays closed until <see cref="ISubnetPoolGrain.EndHold"/>, since automatic claims may touch it.</summary>
    [Id(8)] public bool Holds { get; init; }

    /// <summary>Root, which is told last: what the block's epochs put aside for its stakers.</summary>
    [Id(9)] public SubnetAccruals[] Accruals { get; init; } = [];

    /// <summary>Whether time-locked weights stay sealed, since the epoch looked put off before the block was counted.</summary>
    [Id(10)] public bool KeepsSealed { get; init; }
}

/// <summary>What one subnet's epoch put aside for the stakers of root.</summary>
[GenerateSerializer, Immutable, Alias("dtao.SubnetAccruals")]
public sealed record SubnetAccruals([property: Id(0)] NetUid Netuid, [property: Id(1)] RootAccrual[] Accruals);

/// <summary>Neurons, links, and the last epoch of one subnet.</summary>
/// <param name="Order">How many operations its pool has decided; with the block it tells whether anything can have changed.</param>
[GenerateSerializer, Immutable, Alias("dtao.MetagraphState")]
public sealed record MetagraphState([property: Id(0)] BlockNumber Block, [property: Id(1)] ulong Order, [property: Id(2)] Metagraph Metagraph);

/// <summary>A pool has applied a block; durable.</summary>
/// <param name="Consumed">TAO of the block's credit that went into this subnet.</param>
/// <param name="Digest">The subnet's digest after the block: a hash chain over what it decided and its books.</param>
[GenerateSerializer, Immutable, Alias("dtao.BlockAcknowledgement")]
public sealed record BlockAcknowledgement(
    [property: Id(0)] NetUid Netuid, [property: Id(1)] BlockNumber Block, [property: Id(2)] Tao Consumed, [property: Id(3)] byte[] Digest,
    [property: Id(4)] bool PlanDiffers)
{
    /// <summary>What the subnet's epoch put aside for the stakers of root; empty when none ran.</summary>
    [Id(5)] public RootAccrual[] Accruals { get; init; } = [];
}
