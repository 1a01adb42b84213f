using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Claims;

/// <summary>What a change of root stake does to claims: new stake has no part in what was earned before it, stake that goes takes its part of the mark along.</summary>
/// <remarks>
/// Source: rule book 02, 8.6; rule book 01, 5.4 to 5.7; staking/claim_root.rs. Only root's own data is read and changed: the hotkey's rates,
/// the marks of the position, the index of automatic claims, and the coldkey's positions on root.
/// </remarks>
internal static class RootStake
{
    /// <summary>Raises the mark of every subnet by what the amount would have earned since the beginning.</summary>
    /// <remarks>Source: :: add_stake_adjust_root_claimed_for_hotkey_and_coldkey. An entry of root itself is raised too.</remarks>
    public static void Added(LedgerScope scope, AccountId hotkey, AccountId coldkey, Alpha amount)
    {
        foreach (var (netuid, rate) in scope.GetClaimRates(hotkey).BySubnet)
        {
            var claim = new PositionKey(netuid, hotkey, coldkey);
            scope.SetClaimed(claim, SaturatingMath.Add(scope.GetClaimed(claim), OwedDividends.Earned(rate, amount)));
        }
    }

    /// <summary>Lowers the mark of every subnet but root by what the amount would have earned, down to 0.</summary>
    /// <remarks>Source: :: remove_stake_adjust_root_claimed_for_hotkey_and_coldkey.</remarks>
    public static void Removed(LedgerScope scope, AccountId hotkey, AccountId coldkey, Alpha amount)
    {
        foreach (var (netuid, rate) in scope.GetClaimRates(hotkey).BySubnet)
        {
            if (netuid.IsRoot) continue;
            var claim = new PositionKey(netuid, hotkey, coldkey);
            scope.SetClaimed(claim, FixedPoint.SubtractSaturating(scope.GetClaimed(claim), OwedDividends.Earned(rate, amount)));
        }
    }

    /// <summary>Takes a coldkey that has no root stake left out of the index of automatic claims.</summary>
    /// <remarks>Source: :: coldkey_has_root_stake, maybe_remove_coldkey_index. A position whose value is 0 does not count.</remarks>
    public static void LeaveIndexWhenEmpty(LedgerScope scope, AccountId coldkey)
    {
        if (!scope.IsClaimIndexed(coldkey)) return;
        foreach (var hotkey in scope.RootHotkeys(coldkey))
        {
            if (!ShareLedger.Position(scope, new PositionKey(NetUid.Root, hotkey, coldkey)).IsZero) return;
        }

        scope.SetClaimIndexed(coldkey, isIn: false);
    }
}
