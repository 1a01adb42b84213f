using Dtao.Economics.Ledger;

namespace Dtao.Economics.Emission;

/// <summary>What a block does about a subnet's epoch.</summary>
public enum EpochTurn : byte
{
    /// <summary>It is not due.</summary>
    None = 0,
    /// <summary>It runs.</summary>
    Run = 1,
    /// <summary>It is due, and the block has run as many as it may: the next block tries again.</summary>
    Defer = 2,
}

/// <summary>When epochs run.</summary>
/// <remarks>Source: rule book 02, section 6; coinbase/run_coinbase.rs :: should_run_epoch, drain_pending.</remarks>
public static class EpochSchedule
{
    /// <summary>Blocks without an epoch after which one is due whatever the tempo says.</summary>
    public const ulong BlocksWithoutStepMax = 50_400;

    /// <summary>Whether an epoch is due, with the counter of blocks since the last one as it stands in the books.</summary>
    public static bool IsDue(SubnetBooks books, BlockNumber block)
    {
        if (books.Tempo == 0) return false;
        if (books.PendingEpochAt > 0 && block.Value >= books.PendingEpochAt) return true;
        return books.BlocksSinceLastStep > BlocksWithoutStepMax
            || SaturatingMath.Subtract(block.Value, books.LastEpochBlock) >= books.Tempo;
    }

    /// <summary>Whether an epoch will be due once the block has counted itself.</summary>
    public static bool WillBeDue(SubnetBooks books, BlockNumber block)
    {
        if (books.IsRoot) return false;
        if (IsDue(books, block)) return true;
        return books.Tempo != 0 && SaturatingMath.Add(books.BlocksSinceLastStep, 1) > BlocksWithoutStepMax;
    }

    /// <summary>Blocks until the tempo makes an epoch due; 0 when it is due, 2^64-1 when the subnet has no tempo.</summary>
    /// <remarks>Source: rule book 02, 6.1; coinbase/run_coinbase.rs :: blocks_until_next_auto_epoch.</remarks>
    public static ulong BlocksUntilNext(SubnetBooks books, BlockNumber block) =>
        books.Tempo == 0 ? ulong.MaxValue : SaturatingMath.Subtract(SaturatingMath.Add(books.LastEpochBlock, books.Tempo), block.Value);

    /// <summary>The block in which the next epoch is due, by tempo or because it was asked for; null when the subnet has no tempo.</summary>
    /// <remarks>Source: coinbase/run_coinbase.rs :: get_next_epoch_start_block.</remarks>
    public static BlockNumber? NextStart(SubnetBooks books)
    {
        if (books.Tempo == 0) return null;
        var next = SaturatingMath.Add(books.LastEpochBlock, books.Tempo);
        return new BlockNumber(books.PendingEpochAt > 0 ? Math.Min(next, books.PendingEpochAt) : next);
    }

    /// <summary>Blocks until the tempo alone makes an epoch due; 2^64 - 1 without a tempo.</summary>
    /// <remarks>Source: rule book 02, 6.1; coinbase/run_coinbase.rs :: blocks_until_next_auto_epoch.</remarks>
    public static ulong BlocksUntilAutomatic(SubnetBooks books, BlockNumber block) =>
        books.Tempo == 0 ? ulong.MaxValue : SaturatingMath.Subtract(SaturatingMath.Add(books.LastEpochBlock, books.Tempo), block.Value);

    /// <summary>Gives the due subnets their turns: the first ones in storage order run, the others are put off.</summary>
    /// <param name="due">In storage order, root left out.</param>
    public static IReadOnlyList<(NetUid Netuid, EpochTurn Turn)> Turns(IEnumerable<NetUid> due, byte epochsMax) =>
        [.. due.Select((netuid, place) => (netuid, place < epochsMax ? EpochTurn.Run : EpochTurn.Defer))];

    /// <summary>Counts the block and, when the subnet's turn has come, empties what was put aside for the epoch.</summary>
    /// <returns>What the epoch pays out; null when none runs.</returns>
    public static EpochPot? Drain(SubnetBooks books, BlockNumber block, EpochTurn turn)
    {
        if (books.IsRoot) return null;
        books.BlocksSinceLastStep = SaturatingMath.Add(books.BlocksSinceLastStep, 1);
        if (turn == EpochTurn.Defer) books.PendingEpochAt = SaturatingMath.Add(block.Value, 1);
        if (turn != EpochTurn.Run) return null;

        var pot = new EpochPot(books.PendingServer, books.PendingValidator, books.PendingRoot, books.PendingOwnerCut);
        books.PendingServer = books.PendingValidator = books.PendingRoot = books.PendingOwnerCut = Alpha.Zero;
        books.BlocksSinceLastStep = 0;
        books.LastEpochBlock = block.Value;
        books.PendingEpochAt = 0;
        books.EpochIndex = SaturatingMath.Add(books.EpochIndex, 1);
        return pot;
    }
}

/// <summary>Alpha that one epoch pays out.</summary>
public readonly record struct EpochPot(Alpha Server, Alpha Validator, Alpha Root, Alpha OwnerCut)
{
    /// <summary>What neurons and root share: everything but the owner's cut.</summary>
    public Alpha ForNeurons => Server.AddSaturating(Validator).AddSaturating(Root);
}
