using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Children;

/// <summary>What depends on the network's stake threshold about a hotkey's children.</summary>
/// <remarks>
/// Source: rule book 01, 6.3 and 6.15; rule book 02, 9.1 and 9.4. A threshold of 0 is always reached, and then nothing of any subnet is read:
/// a total over all subnets would otherwise have to ask every pool.
/// </remarks>
internal static class StakeThresholdRules
{
    /// <summary>Whether everything that is staked to a hotkey, on all subnets, is worth the threshold.</summary>
    public static bool IsReached(LedgerScope scope, AccountId hotkey)
    {
        var threshold = scope.Parameters.StakeThreshold;
        return threshold == 0 || Worth(scope, hotkey).Rao >= threshold;
    }

    /// <summary>After an unstake: what a hotkey under the threshold asked for is dropped on all subnets.</summary>
    /// <remarks>Source: staking/remove_stake.rs :: do_remove_stake, do_remove_stake_limit. Other ways to unstake leave it.</remarks>
    public static void DropPendingUnlessReached(LedgerScope scope, AccountId hotkey)
    {
        if (IsReached(scope, hotkey)) return;
        foreach (var netuid in scope.Subnets)
        {
            var metagraph = scope.GetMetagraph(netuid);
            if (!metagraph.PendingChildren.ContainsKey(hotkey)) continue;
            scope.SetMetagraph(netuid, metagraph with { PendingChildren = metagraph.PendingChildren.Remove(hotkey) });
        }
    }

    /// <summary>The alpha on a hotkey at each subnet's spot price; only the sum is cut to whole rao.</summary>
    /// <remarks>Source: staking/helpers.rs :: get_total_stake_for_hotkey.</remarks>
    private static Tao Worth(LedgerScope scope, AccountId hotkey)
    {
        var sum = U64F64.Zero;
        foreach (var netuid in scope.Subnets)
        {
            var staked = scope.GetHotkeyPool(netuid, hotkey).Value;
            if (!staked.IsZero && scope.TryGetBooks(netuid, out var books))
                sum = sum.AddSaturating(U64F64.FromInteger(staked.Rao).MultiplySaturating(Market.Price(books)));
        }

        return new Tao(sum.ToUInt64Saturating());
    }
}
