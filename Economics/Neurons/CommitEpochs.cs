using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;

namespace Dtao.Economics.Neurons;

/// <summary>How commits are dated: by the number of their subnet's epoch, not by block.</summary>
/// <remarks>Source: rule book 02, 10.2 and 10.3; subnets/weights.rs :: current_epoch_with_lookahead, is_commit_expired, is_reveal_block_range.</remarks>
public static class CommitEpochs
{
    /// <summary>The epoch's number, one further in a block in which the epoch is due and has not run.</summary>
    public static ulong Current(SubnetBooks books, BlockNumber block) =>
        SaturatingMath.Add(books.EpochIndex, EpochSchedule.IsDue(books, block) ? 1UL : 0);

    /// <summary>Whether a commit's epoch of revealing is over.</summary>
    public static bool IsExpired(SubnetBooks books, BlockNumber block, ulong commitEpoch) =>
        Current(books, block) > SaturatingMath.Add(commitEpoch, books.Hyper.RevealPeriod);

    /// <summary>Whether a commit may be revealed: in exactly one epoch, neither before nor after.</summary>
    public static bool IsOpen(SubnetBooks books, BlockNumber block, ulong commitEpoch) =>
        Current(books, block) == SaturatingMath.Add(commitEpoch, books.Hyper.RevealPeriod);
}
