using Dtao.Economics.Children;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Registration;

/// <summary>A new subnet makes every root validator a parent of its owner's hotkey, with all of its stake there.</summary>
/// <remarks>
/// Source: rule book 02, 9.4; staking/set_children.rs :: do_set_root_validators_for_subnet. It is as though each validator's owner had asked for
/// it, and the subnet has not started, so the links hold at once; one that may not have children is passed over without a word. Opting out of
/// this is not modelled.
/// </remarks>
internal static class RootParents
{
    public static void Link(LedgerScope scope, NetUid netuid, AccountId ownerHotkey)
    {
        var request = new ChildrenDetail([new ChildLink(ulong.MaxValue, ownerHotkey)]);
        foreach (var validator in scope.GetMetagraph(NetUid.Root).Neurons)
        {
            if (validator.Hotkey == ownerHotkey || scope.GetHotkey(validator.Hotkey) is not { } record) continue;
            _ = SetChildren.Execute(new CallRun(scope, record.Owner), netuid, validator.Hotkey, request);
        }
    }
}
