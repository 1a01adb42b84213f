using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Registry;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;

namespace Dtao.Grains.Lanes;

/// <summary>Something that happened in the lane. Stored; kinds and fields are never renumbered.</summary>
public abstract record LaneEvent;

/// <summary>An activation begins to number batches.</summary>
public sealed record TermBegan(uint Term) : LaneEvent;

/// <summary>A message that was never decided has expired, and never will be.</summary>
public sealed record OperationExpired(
    AccountId Sender, ulong Sequence, ulong SettledBelow, BlockNumber LastValidBlock, BlockNumber Block) : LaneEvent;

/// <summary>Some operations were decided in one step, in this order. What they changed elsewhere is delivered from here, however often it takes.</summary>
/// <param name="Parts">What changes in pools, ascending by netuid.</param>
/// <param name="Credits">TAO for accounts other than the signers.</param>
/// <param name="Delegates">Hotkeys that become delegates.</param>
public sealed record BatchDecided(
    ulong Batch, BlockNumber Block, IReadOnlyList<LaneDecision> Decisions, IReadOnlyList<PoolPart> Parts,
    IReadOnlyList<LaneCredit> Credits, IReadOnlyList<AccountId> Delegates) : LaneEvent
{
    /// <summary>Hotkeys that are given an owner.</summary>
    public IReadOnlyList<(AccountId Hotkey, AccountId Owner)> Owners { get; init; } = [];

    /// <summary>What a swap of keys makes of hotkeys; null for one that nobody owns any more.</summary>
    public IReadOnlyList<(AccountId Hotkey, HotkeyRecord? After)> Records { get; init; } = [];

    /// <summary>Subnets that come and go, and what follows for the network; null when nothing of the sort happens.</summary>
    public NetworkChange? Network { get; init; }

    /// <summary>Coldkeys whose root dividends the block claimed by itself. Places from the number of decisions on mean these.</summary>
    public IReadOnlyList<AccountId> Claimers { get; init; } = [];

    /// <summary>One pool's part as the message that carries it.</summary>
    /// <param name="network">The revision and parameters that a new subnet starts with.</param>
    public LanePart MessageOf(PoolPart part, LogStamp stamp, (ulong Revision, NetworkParameters Parameters) network) => new(
        Batch, part.Netuid, part.Books, part.HotkeyPools, part.Shares, part.Owed, part.Destroyed, [.. part.Operations.Select(TrailOf)], stamp)
    {
        Metagraph = part.Changes.Metagraph,
        Claims = part.Changes.Claims,
        Retired = part.Changes.Retired,
        Added = part.IsNew ? new SubnetAddition(Block, network.Revision, network.Parameters) : null,
    };

    private LaneTrail TrailOf(int operation)
    {
        if (operation >= Decisions.Count)
        {
            return new LaneTrail(Claimers[operation - Decisions.Count], new Call { Kind = CallKind.ClaimRoot }, CallOutcome.Done);
        }

        var decision = Decisions[operation];
        return new LaneTrail(decision.Sender, decision.Call, decision.Outcome!);
    }
}

/// <summary>Everything that the last decided batch changed has arrived.</summary>
public sealed record BatchFinished(ulong Batch) : LaneEvent;

/// <summary>One operation of a batch.</summary>
/// <param name="Outcome">Null when the operation had expired.</param>
/// <param name="FreeChange">By how many rao the signer's free TAO changes.</param>
/// <param name="Order">The operation's place in the lane's order; 0 when it had expired.</param>
public sealed record LaneDecision(
    AccountId Sender, ulong Sequence, ulong SettledBelow, BlockNumber LastValidBlock, Call Call, CallOutcome? Outcome, long FreeChange, ulong Order);

/// <summary>What a batch changes in one pool: the values after it.</summary>
/// <param name="Owed">Fees that the pool owes besides those that it owed before.</param>
/// <param name="Destroyed">TAO that the batch destroyed, as far as it is booked here.</param>
/// <param name="Operations">Places, in the batch, of the operations that touched this pool.</param>
public sealed record PoolPart(
    NetUid Netuid, SubnetBooks? Books, HotkeyPoolEntry[] HotkeyPools, PositionEntry[] Shares, OwedEntry[] Owed, Tao Destroyed, int[] Operations)
{
    /// <summary>What changes of neurons, claims, and the subnet as such.</summary>
    public PoolChanges Changes { get; init; } = PoolChanges.None;

    /// <summary>Whether the subnet comes into being.</summary>
    public bool IsNew { get; init; }
}

/// <summary>TAO that a batch took from pools for an account; the receiver cannot refuse it.</summary>
public sealed record LaneCredit(ulong Sequence, AccountId To, Tao Amount)
{
    /// <summary>What a swap of keys changes at the account besides; null when that is nothing.</summary>
    public KeyNotice? Keys { get; init; }
}
