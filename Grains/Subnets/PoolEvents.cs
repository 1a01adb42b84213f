using Dtao.Economics;
using Dtao.Economics.Earnings;
using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Subnets;

/// <summary>Something that happened in a pool. Stored; kinds and fields are never renumbered.</summary>
public abstract record PoolEvent;

/// <summary>The values after a decision, of whatever it changed.</summary>
/// <param name="Books">Null when the books stayed as they were.</param>
/// <param name="Owed">What is owed after the decision, for the accounts where that changed.</param>
public sealed record PoolChanges(
    SubnetBooks? Books,
    IReadOnlyList<(AccountId Hotkey, HotkeyPool Pool)> HotkeyPools,
    IReadOnlyList<(AccountId Hotkey, AccountId Coldkey, SafeFloat Share)> Shares,
    IReadOnlyList<(AccountId Account, Tao Amount)> Owed,
    Tao Destroyed)
{
    public static readonly PoolChanges None = new(null, [], [], [], Tao.Zero);

    /// <summary>What changed of neurons and links; null when that is nothing.</summary>
    public MetagraphDelta? Metagraph { get; init; }

    /// <summary>What changed of root claims; null when that is nothing.</summary>
    public ClaimChanges? Claims { get; init; }

    /// <summary>The subnet of before is gone with everything that it held; what else stands here is of the one after it, if there is one.</summary>
    public SubnetRetirement? Retired { get; init; }

    /// <summary>Nothing at all beside the books.</summary>
    public bool IsPlain => Metagraph is null && Claims is null && Retired is null;
}

/// <summary>One message was decided, refused, or found expired (then <see cref="PoolOutcome.Outcome"/> is null).</summary>
/// <param name="Direct">A first fee to an account that did not exist: sent at once, so that everyone sees it exist.</param>
/// <param name="NewDelegate">A hotkey that the call made a delegate.</param>
public sealed record CallDecided(
    AccountId Sender, ulong Sequence, ulong SettledBelow, BlockNumber LastValidBlock, Call Call, PoolOutcome Outcome, PoolChanges Changes,
    OutgoingTao? Direct, AccountId? NewDelegate) : PoolEvent
{
    /// <summary>TAO that left the sender for others: the fee of an order, and dust. Sent at once, like <see cref="Direct"/>.</summary>
    public IReadOnlyList<OutgoingTao> Payments { get; init; } = [];

    /// <summary>A hotkey that the call gave an owner.</summary>
    public (AccountId Hotkey, AccountId Owner)? NewOwner { get; init; }
}

/// <summary>A call whose orders are executed all or none was decided, for all of their owners at once.</summary>
/// <param name="Call">The relayer's call, made whole of its parts.</param>
/// <param name="Direct">As of <see cref="CallDecided"/>.</param>
/// <param name="Payments">TAO that left the owners for others: fees of orders, dust, and what stays on the account that a batch passes through.</param>
public sealed record OrdersDecided(
    AccountId Relayer, Call Call, CallOutcome Outcome, BlockNumber Block, ulong Order, IReadOnlyList<OrdersShare> Shares, PoolChanges Changes,
    OutgoingTao? Direct, IReadOnlyList<OutgoingTao> Payments) : PoolEvent;

/// <summary>What a batch comes to for one owner.</summary>
/// <param name="Places">Which orders of the call are his.</param>
public sealed record OrdersShare(
    AccountId Sender, ulong Sequence, ulong SettledBelow, BlockNumber LastValidBlock, long FreeChange, IReadOnlyList<int> Places)
{
    /// <summary>What the owner is told: of a batch that was executed his own orders.</summary>
    public PoolOutcome OutcomeOf(OrdersDecided batch)
    {
        var outcome = batch.Outcome.IsOk ? CallOutcome.Done with { Orders = [.. Places.Select(place => batch.Outcome.Orders[place])] } : batch.Outcome;
        return new PoolOutcome(outcome, FreeChange, batch.Block, batch.Order);
    }
}

/// <summary>A block was applied.</summary>
public sealed record BlockApplied(BlockNumber Block, byte[] PlanHash, Tao Consumed, SubnetBooks Books) : PoolEvent
{
    /// <summary>What an epoch, opened weights, or applied children changed beside the books; null when nothing of the sort happened.</summary>
    public PoolChanges? Changes { get; init; }

    /// <summary>What the epoch put aside for root's stakers.</summary>
    public IReadOnlyList<RootAccrual> Accruals { get; init; } = [];

    /// <summary>What stake on the hotkeys gained, as it was measured then; for readers only.</summary>
    public IReadOnlyList<StakeGain> Gains { get; init; } = [];
}

/// <summary>The coordinator asked for facts. Changes nothing; recorded where only a write shows that this activation is the one that holds the journal.</summary>
public sealed record FactsAsked(BlockNumber Block) : PoolEvent;

/// <summary>The pool's part of a lane decision was applied.</summary>
public sealed record LaneApplied(ulong Batch, PoolChanges Changes, IReadOnlyList<LaneTrail> Trail) : PoolEvent
{
    /// <summary>What a subnet that came into being starts from.</summary>
    public SubnetAddition? Added { get; init; }
}

/// <summary>The network's parameters changed.</summary>
public sealed record ParametersAdopted(ulong Revision, NetworkParameters Parameters) : PoolEvent;

/// <summary>What was owed to an account left for it.</summary>
public sealed record OwedSent(AccountId Account, Tao Amount) : PoolEvent;

/// <summary>TAO that had left has arrived.</summary>
public sealed record OutgoingArrived(ulong Sequence) : PoolEvent;

/// <summary>A hotkey has recorded who owns it.</summary>
public sealed record OwnerConfirmed(AccountId Hotkey) : PoolEvent;

/// <summary>A hotkey has recorded that it is a delegate.</summary>
public sealed record DelegateConfirmed(AccountId Hotkey) : PoolEvent;

/// <summary>A plain transfer to the subnet's own account arrived, or was refused.</summary>
public sealed record GiftReceived(
    AccountId Sender, ulong Sequence, ulong SettledBelow, BlockNumber LastValidBlock, Tao Amount, LedgerError Error) : PoolEvent;
