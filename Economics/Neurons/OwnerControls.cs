using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Neurons;

/// <summary>set_tempo, set_activity_cutoff_factor, and trigger_epoch: what a subnet's owner can do about its epochs.</summary>
/// <remarks>
/// Source: rule book 02, 6.4; coinbase/tempo_control.rs, utils/misc.rs, utils/rate_limiting.rs. A subnet that does not exist has no owner: whoever
/// signs is <see cref="LedgerError.BadOrigin"/>. Administrators set the same fields without these checks.
/// </remarks>
internal static class OwnerControls
{
    public const ushort TempoMin = 360;
    public const ushort TempoMax = 50_400;
    public const uint ActivityCutoffFactorMin = 1_000;
    public const uint ActivityCutoffFactorMax = 50_000;

    /// <summary>Sets the blocks between epochs and starts their count anew.</summary>
    public static LedgerError SetTempo(CallRun run, NetUid netuid, ulong tempo)
    {
        var scope = run.Scope;
        if (!TryGetOwn(run, netuid, out var books)) return LedgerError.BadOrigin;
        if (tempo is < TempoMin or > TempoMax) return LedgerError.TempoOutOfBounds;
        if (IsFrozen(books!, scope)) return LedgerError.AdminActionProhibitedDuringWeightsWindow;
        var last = books!.OwnerMarks.TempoSetBy == run.Signer ? books.OwnerMarks.TempoSetAt : 0;
        if (!RateLimit.Passes(scope.Block, last, scope.Parameters.TempoRateLimit)) return LedgerError.TxRateLimitExceeded;

        var own = scope.Books(netuid);
        own.Tempo = (ushort)tempo;
        own.LastEpochBlock = scope.Block.Value;
        own.OwnerMarks = own.OwnerMarks with { TempoSetBy = run.Signer, TempoSetAt = scope.Block.Value };
        return LedgerError.None;
    }

    /// <summary>Sets after how many thousandths of a tempo a neuron counts as inactive.</summary>
    public static LedgerError SetActivityCutoffFactor(CallRun run, NetUid netuid, ulong factor)
    {
        var scope = run.Scope;
        if (!TryGetOwn(run, netuid, out var books)) return LedgerError.BadOrigin;
        if (factor is < ActivityCutoffFactorMin or > ActivityCutoffFactorMax) return LedgerError.ActivityCutoffFactorMilliOutOfBounds;
        if (IsFrozen(books!, scope)) return LedgerError.AdminActionProhibitedDuringWeightsWindow;
        if (!PassesTempos(books!, scope, books!.OwnerMarks.ActivityCutoffSetAt)) return LedgerError.TxRateLimitExceeded;

        var own = scope.Books(netuid);
        own.Hyper = own.Hyper with { ActivityCutoffFactor = (uint)factor };
        own.OwnerMarks = own.OwnerMarks with { ActivityCutoffSetAt = scope.Block.Value };
        return LedgerError.None;
    }

    /// <summary>Asks for an epoch when the freeze window, which begins now, is over.</summary>
    public static LedgerError TriggerEpoch(CallRun run, NetUid netuid)
    {
        var scope = run.Scope;
        if (!TryGetOwn(run, netuid, out var books)) return LedgerError.BadOrigin;
        if (books!.Hyper.CommitReveal) return LedgerError.DynamicTempoBlockedByCommitReveal;
        if (books.PendingEpochAt > 0) return LedgerError.EpochTriggerAlreadyPending;
        if (EpochSchedule.BlocksUntilAutomatic(books, scope.Block) < scope.Parameters.AdminFreezeWindow) return LedgerError.AutoEpochAlreadyImminent;
        if (!PassesTempos(books, scope, books.OwnerMarks.EpochTriggeredAt)) return LedgerError.TxRateLimitExceeded;

        var own = scope.Books(netuid);
        own.PendingEpochAt = SaturatingMath.Add(scope.Block.Value, scope.Parameters.AdminFreezeWindow);
        own.OwnerMarks = own.OwnerMarks with { EpochTriggeredAt = scope.Block.Value };
        return LedgerError.None;
    }

    /// <summary>Whether an epoch is so close that nothing may be changed that it reads.</summary>
    /// <remarks>Source: utils/misc.rs :: is_in_admin_freeze_window. A tempo of 0 has no epochs; a window of 0 blocks freezes for triggered ones only.</remarks>
    public static bool IsFrozen(SubnetBooks books, LedgerScope scope) => books.Tempo != 0
        && (books.PendingEpochAt > scope.Block.Value
            || EpochSchedule.BlocksUntilAutomatic(books, scope.Block) < scope.Parameters.AdminFreezeWindow);

    private static bool PassesTempos(SubnetBooks books, LedgerScope scope, ulong last) =>
        RateLimit.Passes(scope.Block, last, SaturatingMath.Multiply(books.Tempo, scope.Parameters.OwnerHyperparamRateLimit));

    private static bool TryGetOwn(CallRun run, NetUid netuid, out SubnetBooks? books) =>
        run.Scope.TryGetBooks(netuid, out books) && books.Owner == run.Signer;
}
