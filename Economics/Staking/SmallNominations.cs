using Dtao.Economics.Ledger;
using Dtao.Economics.Locks;

namespace Dtao.Economics.Staking;

/// <summary>Sells what an unstake left of a nomination when it is below the network's minimum.</summary>
/// <remarks>Source: rule book 01, 6.9; staking/helpers.rs :: clear_small_nomination_if_required.</remarks>
internal static class SmallNominations
{
    private const ulong FactorUnit = 1_000_000;

    public static void Clear(CallRun run, PositionKey position)
    {
        var scope = run.Scope;
        if (StakeRules.IsOwner(scope, position.Hotkey, position.Coldkey)) return;
        if (!scope.TryGetBooks(position.Netuid, out var books)) return;

        var held = ShareLedger.Position(scope, position);
        if (held.IsZero || held >= Minimum(scope, books)) return;

        var error = StakeOperations.UnstakeFrom(run, position, position.Coldkey, held, LimitPrice.Lowest, dropFees: false, out _);

        // The chain keeps whatever a failed sale already did and clears what is left of the position.
        if (error != LedgerError.None) ShareLedger.Decrease(scope, position, ShareLedger.Position(scope, position));
        LockedStake.Reduce(scope, position.Netuid, position.Coldkey, held);
    }

    /// <summary>The least nomination in alpha at the spot price; 0 switches the rule off.</summary>
    private static Alpha Minimum(LedgerScope scope, SubnetBooks books)
    {
        var tao = SaturatingMath.Multiply(NetworkParameters.MinStake.Rao, scope.Parameters.NominatorMinRequiredStake) / FactorUnit;
        return new Alpha(U64F64.FromInteger(tao).DivideOrZero(Market.Price(books)).ToUInt64Saturating());
    }
}
