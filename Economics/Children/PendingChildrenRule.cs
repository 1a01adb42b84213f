using Dtao.Economics.Ledger;

namespace Dtao.Economics.Children;

/// <summary>Lets children that were asked for take effect, after an epoch.</summary>
/// <remarks>
/// Source: rule book 02, section 3, step 7, and 9.3; staking/set_children.rs :: do_set_pending_children. Requests that can no longer be granted are
/// dropped without a word. The chain walks them in the order of a hash of their keys, this ledger in the order of the keys: it shows only where
/// two that wait exclude each other.
/// </remarks>
public static class PendingChildrenRule
{
    /// <summary>Applies what has waited long enough; nothing when the subnet had no epoch slot in this block.</summary>
    /// <remarks>The wait must have ended before this block. On a subnet that does not trade, everything is ready.</remarks>
    public static void Apply(LedgerScope scope, NetUid netuid)
    {
        if (!scope.TryGetBooks(netuid, out var books) || books.LastEpochBlock != scope.Block.Value) return;
        var before = scope.GetMetagraph(netuid);
        var after = before;
        foreach (var (hotkey, pending) in before.PendingChildren)
        {
            if (books.SubtokenEnabled && pending.CooldownBlock >= scope.Block.Value) continue;
            after = ChildLinks.Apply(after, hotkey, pending.Children);
            after = after with { PendingChildren = after.PendingChildren.Remove(hotkey) };
        }

        if (after != before) scope.SetMetagraph(netuid, after);
    }
}
