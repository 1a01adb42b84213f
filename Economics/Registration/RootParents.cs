using Dtao.Economics.Children;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Registration;

/// <summary>A new subnet makes every root validator a parent of its owner's hotkey, with all of its stake there.</summary>
/// <remarks>
/// Source: rule book 02, 9.4; staking/set_children.rs :: do_set_root_validators_for_subnet. It is as though each validator's owner had asked for
/// it, and the subnet has not started, so the links hold at once; one that may not have children is passed over without a word. So is one that has
/// said that it does not want to.
/// </remarks>
internal static class RootParents
{
    public static void Link(LedgerScope scope, NetUid netuid, AccountId ownerHotkey)
    {
        var request = new ChildrenDetail([new ChildLink(ulong.MaxValue, ownerHotkey)]);
        foreach (var validator in scope.GetMetagraph(NetUid.Root).Neurons)
        {
            if (validator.Hotkey == ownerHotkey || !IsWilling(scope, validator.Hotkey)) continue;
            if (scope.GetHotkey(validator.Hotkey) is not { } record) continue;
            _ = SetChildren.Execute(new CallRun(scope, record.Owner), netuid, validator.Hotkey, request);
        }
    }

    /// <summary>set_auto_parent_delegation_enabled: a root validator says whether it becomes a parent on subnets to come. What it is a parent of stays.</summary>
    /// <remarks>Source: macros/dispatches.rs, call 135. What was said outlasts the seat on root, and goes over with a swap of the hotkey there.</remarks>
    public static LedgerError SetAuto(CallRun run, AccountId hotkey, bool isOn)
    {
        var scope = run.Scope;
        if (!StakeRules.IsOwner(scope, hotkey, run.Signer)) return LedgerError.NonAssociatedColdKey;
        var root = scope.GetMetagraph(NetUid.Root);
        if (root.UidOf(hotkey) is null) return LedgerError.HotKeyNotRegisteredInSubNet;
        scope.SetMetagraph(NetUid.Root, root with { AutoParents = root.AutoParents.SetItem(hotkey, isOn) });
        return LedgerError.None;
    }

    private static bool IsWilling(LedgerScope scope, AccountId validator) => scope.GetMetagraph(NetUid.Root).AutoParents.GetValueOrDefault(validator, true);
}
