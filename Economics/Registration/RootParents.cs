using System.Collections.Immutable;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Registration;

/// <summary>A new subnet makes every root validator a parent of its owner's hotkey, with all of its stake there.</summary>
/// <remarks>
/// Source: rule book 02, 9.4; staking/set_children.rs :: do_set_root_validators_for_subnet. The subnet has not started, so the links hold at once.
/// A validator that may not have children is passed over without a word; opting out of this is not modelled.
/// </remarks>
internal static class RootParents
{
    public static void Link(LedgerScope scope, SubnetBooks books)
    {
        if (books.OwnerHotkey is not { } child) return;
        foreach (var validator in scope.GetMetagraph(NetUid.Root).Neurons)
        {
            if (validator.Hotkey == child || !HasStakeForChildren(scope, validator.Hotkey)) continue;
            scope.SetMetagraph(books.Netuid, Linked(scope.GetMetagraph(books.Netuid), validator.Hotkey, child, scope.Block.Value));
        }
    }

    private static Metagraph Linked(Metagraph metagraph, AccountId parent, AccountId child, ulong block)
    {
        ImmutableArray<ChildLink> parents = metagraph.Parents.TryGetValue(child, out var before) ? before : [];
        return metagraph with
        {
            Children = metagraph.Children.SetItem(parent, [new ChildLink(ulong.MaxValue, child)]),
            Parents = metagraph.Parents.SetItem(child, parents.Add(new ChildLink(ulong.MaxValue, parent))),
            ChildrenSetAt = metagraph.ChildrenSetAt.SetItem(parent, block),
        };
    }

    /// <summary>Whether a hotkey's stake on all subnets, at their prices, reaches the threshold.</summary>
    private static bool HasStakeForChildren(LedgerScope scope, AccountId hotkey)
    {
        if (scope.Parameters.StakeThreshold == 0) return true;
        var total = U64F64.Zero;
        foreach (var netuid in scope.Subnets)
        {
            if (!scope.TryGetBooks(netuid, out var books)) continue;
            var alpha = U64F64.FromInteger(scope.GetHotkeyPool(netuid, hotkey).Value.Rao);
            total = total.AddSaturating(alpha.MultiplySaturating(Market.Price(books)));
        }

        return total.ToUInt64Saturating() >= scope.Parameters.StakeThreshold;
    }
}
