using Dtao.Economics.Ledger;

namespace Dtao.Economics.Keys;

/// <summary>When accounts last swapped keys, anywhere and on one subnet.</summary>
/// <remarks>
/// Source: rule book 01, section 8; utils/rate_limiting.rs :: exceeds_tx_rate_limit. Hotkeys and coldkeys share one map, as on the chain. Root keeps it; a
/// network without root has no such limit.
/// </remarks>
public static class KeySwapMarks
{
    /// <summary>Rao of a position that a swap can leave behind.</summary>
    private const ulong RestMax = 1;

    /// <summary>The window must have passed entirely: a block at exactly its length is still too soon.</summary>
    internal static bool IsTooSoon(LedgerScope scope, AccountId coldkey)
    {
        var (last, window) = (Last(scope, coldkey), scope.Parameters.TxRateLimit);
        return window != 0 && last != 0 && SaturatingMath.Subtract(scope.Block.Value, last) <= window;
    }

    /// <summary>The block in which an account last swapped keys; 0 for never.</summary>
    internal static ulong Last(LedgerScope scope, AccountId account) => scope.GetMetagraph(NetUid.Root).KeysSwappedAt.GetValueOrDefault(account);

    internal static void Set(LedgerScope scope, AccountId account, ulong block)
    {
        if (!scope.TryGetBooks(NetUid.Root, out _)) return;
        var root = scope.GetMetagraph(NetUid.Root);
        var marks = block == 0 ? root.KeysSwappedAt.Remove(account) : root.KeysSwappedAt.SetItem(account, block);
        if (marks != root.KeysSwappedAt) scope.SetMetagraph(NetUid.Root, root with { KeysSwappedAt = marks });
    }

    /// <summary>Notes that what is left on a hotkey after a swap is in no coldkey's list, and that this does not hold (any more) for the other.</summary>
    internal static void SetAway(LedgerScope scope, AccountId former, AccountId next)
    {
        if (!scope.TryGetBooks(NetUid.Root, out _)) return;
        var root = scope.GetMetagraph(NetUid.Root);
        scope.SetMetagraph(NetUid.Root, root with { SwappedAway = root.SwappedAway.Remove(next).SetItem(former, scope.Block.Value) });
    }

    /// <summary>Whether a position is but what rounding has left on a hotkey that was swapped away with its stake.</summary>
    /// <param name="root">Root's metagraph.</param>
    public static bool IsRest(Metagraph root, AccountId hotkey, Alpha position) => position.Rao <= RestMax && root.SwappedAway.ContainsKey(hotkey);

    /// <summary>Whether the interval on a subnet is over. An interval of 0 is no limit.</summary>
    /// <param name="last">The coldkey's last swap there; 0 for never, which counts as block 0 here.</param>
    internal static bool IsIntervalOver(LedgerScope scope, ulong last)
    {
        var interval = scope.Parameters.HotkeySwapInterval;
        return interval == 0 || SaturatingMath.Add(last, interval) < scope.Block.Value;
    }

    internal static ulong LastOn(LedgerScope scope, NetUid netuid, AccountId coldkey) =>
        scope.GetMetagraph(netuid).HotkeysSwappedAt.GetValueOrDefault(coldkey);

    internal static void SetOn(LedgerScope scope, NetUid netuid, AccountId coldkey)
    {
        var metagraph = scope.GetMetagraph(netuid);
        scope.SetMetagraph(netuid, metagraph with { HotkeysSwappedAt = metagraph.HotkeysSwappedAt.SetItem(coldkey, scope.Block.Value) });
    }
}
