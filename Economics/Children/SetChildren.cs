using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Children;

/// <summary>set_children: a coldkey asks that other hotkeys vote with the stake of its own.</summary>
/// <remarks>
/// Source: rule book 02, 9.1; staking/set_children.rs :: do_schedule_children. A later request takes the place of one that waits; an empty one
/// revokes, with the same wait. On a subnet that does not trade yet it takes effect at once.
/// </remarks>
internal static class SetChildren
{
    public static LedgerError Execute(CallRun run, NetUid netuid, AccountId hotkey, ChildrenDetail request)
    {
        var scope = run.Scope;
        var metagraph = scope.GetMetagraph(netuid);
        var error = Check(run, netuid, hotkey, metagraph, request);
        if (error != LedgerError.None) return error;

        metagraph = metagraph with { ChildrenSetAt = metagraph.ChildrenSetAt.SetItem(hotkey, scope.Block.Value) };
        scope.SetMetagraph(netuid, Schedule(scope, netuid, metagraph, hotkey, request));
        return LedgerError.None;
    }

    private static LedgerError Check(CallRun run, NetUid netuid, AccountId hotkey, Metagraph metagraph, ChildrenDetail request)
    {
        var scope = run.Scope;
        var last = metagraph.ChildrenSetAt.GetValueOrDefault(hotkey);
        if (!RateLimit.Passes(scope.Block, last, scope.Parameters.SetChildrenRateLimit)) return LedgerError.TxRateLimitExceeded;
        if (netuid.IsRoot) return LedgerError.RegistrationNotPermittedOnRootSubnet;
        if (!scope.TryGetBooks(netuid, out var books)) return LedgerError.SubnetNotExists;
        if (!StakeRules.IsOwner(scope, hotkey, run.Signer)) return LedgerError.NonAssociatedColdKey;
        if (request.Children.DistinctBy(child => child.Hotkey).Count() != request.Children.Length) return LedgerError.DuplicateChild;

        var error = ChildLinks.Check(metagraph, hotkey, request.Children);
        if (error != LedgerError.None) return error;
        return request.Children.IsEmpty || hotkey == books.OwnerHotkey || StakeThresholdRules.IsReached(scope, hotkey)
            ? LedgerError.None
            : LedgerError.NotEnoughStakeToSetChildkeys;
    }

    private static Metagraph Schedule(LedgerScope scope, NetUid netuid, Metagraph metagraph, AccountId hotkey, ChildrenDetail request)
    {
        if (!StakeRules.IsSubtokenEnabled(scope, netuid)) return ChildLinks.Apply(metagraph, hotkey, request.Children);
        var ready = SaturatingMath.Add(scope.Block.Value, scope.Parameters.ChildCooldown);
        return metagraph with { PendingChildren = metagraph.PendingChildren.SetItem(hotkey, new PendingChildren(request.Children, ready)) };
    }
}
