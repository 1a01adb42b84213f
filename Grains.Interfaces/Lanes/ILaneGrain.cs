using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Lanes;

/// <summary>Decides operations that touch several pools, all or nothing. Key: 0.</summary>
[Alias("dtao.ILaneGrain")]
public interface ILaneGrain : IGrainWithIntegerKey
{
    /// <summary>Decides one operation over several pools, exactly once by sender and sequence.</summary>
    [Alias("Execute")]
    Task<Subnets.PoolReply> Execute(LaneCommand command);

    /// <summary>What the operation would do now; nothing is recorded, no pool is closed.</summary>
    [Alias("Quote")]
    Task<Subnets.CallQuote> Quote(LaneCommand command);

    /// <summary>Finishes the batch in hand and takes no other until <see cref="Resume"/>: no operation of the lane straddles a block.</summary>
    [Alias("PauseForBlock")]
    Task PauseForBlock(BlockNumber block);

    /// <summary>Claims the root dividends of these coldkeys, one after the other, on pools that stay closed for the block. Exactly once by block.</summary>
    [Alias("ClaimForBlock")]
    Task ClaimForBlock(BlockNumber block, AccountId[] coldkeys, NetUid[] netuids);

    /// <summary>Whether a hotkey that was set aside for the lane is about to be given its owner.</summary>
    [Alias("HoldsReservation")]
    Task<bool> HoldsReservation(AccountId hotkey);

    [Alias("Resume")]
    Task Resume(BlockNumber block);

    /// <summary>A pool has been activated afresh: a batch that has read the old activation reads again.</summary>
    [Alias("PoolActivated")]
    Task<LaneClosing> PoolActivated(NetUid netuid);

    /// <summary>Finishes what was decided when the lane's silo died. Harmless at any time.</summary>
    [Alias("Wake")]
    Task Wake();
}

/// <summary>What the lane tells a pool that was activated afresh.</summary>
/// <param name="IsClosed">Whether the pool must stay closed until the lane speaks to it.</param>
/// <param name="CalledOff">Batches up to this number are over for the pool: a message of theirs that slept closes nothing.</param>
[GenerateSerializer, Immutable, Alias("dtao.LaneClosing")]
public readonly record struct LaneClosing([property: Id(0)] bool IsClosed, [property: Id(1)] ulong CalledOff);

/// <summary>An operation for the lane with the caller's facts.</summary>
[GenerateSerializer, Immutable, Alias("dtao.LaneCommand")]
public sealed record LaneCommand([property: Id(0)] MessageHead Head, [property: Id(1)] Call Call, [property: Id(2)] Tao Free)
{
    /// <summary>The transaction fee that the call is charged, beside what it does. Zero where there is none.</summary>
    [Id(3)] public Tao Fee { get; init; }

    /// <summary>Whether the sender has, or may begin, other operations beside this one: it then counts on <see cref="Free"/> alone, and is not asked what it holds.</summary>
    [Id(190)] public bool RunsBeside { get; init; }

    /// <summary>The sender's announcement that its coldkey will be swapped, for the call that makes the swap.</summary>
    [Id(90)] public ColdkeySwap? Announced { get; init; }

    /// <summary>The sender's hotkeys, for a call that swaps its coldkey: it is not asked, since it may be ending, and ends only when it has its answer.</summary>
    [Id(91)] public Stakers.AccountKeys? Keys { get; init; }
}
