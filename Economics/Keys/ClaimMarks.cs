using Dtao.Economics.Ledger;

namespace Dtao.Economics.Keys;

/// <summary>The marks of what is claimed already, when the position that they are about changes one of its keys.</summary>
/// <remarks>Source: staking/claim_root.rs :: transfer_root_claimed_for_new_keys. Marks that meet are added up, so that nothing is paid twice.</remarks>
internal static class ClaimMarks
{
    public static void Move(LedgerScope scope, PositionKey from, PositionKey to)
    {
        if (from == to) return;
        var sum = SaturatingMath.Add(scope.GetClaimed(from), scope.GetClaimed(to));
        scope.SetClaimed(from, 0);
        scope.SetClaimed(to, sum);
    }
}
