using Dtao.Economics.Ledger;

namespace Dtao.Economics.Keys;

/// <summary>When accounts last swapped keys, anywhere and on one subnet.</summary>
/// <remarks>
/// Source: rule book 01, section 8; utils/rate_limiting.rs :: exceeds_tx_rate_limit. Hotkeys and coldkeys share one map, as on the chain. Root keeps it; a
/// network without root has no such limit.
/// </remarks>
internal static class KeySwapMarks
{
    /// <summary>The window must have passed entirely: a block at exactly its length is still too soon.</summary>
    public static bool IsTooSoon(LedgerScope scope, AccountId coldkey)
    {
        var (last, window) = (Last(scope, coldkey), scope.Parameters.TxRateLimit);
        return window != 0 && last != 0 && SaturatingMath.Subtract(scope.Block.Value, last) <= window;
    }

    /// <summary>The block in which an account last swapped keys; 0 for never.</summary>
    public static ulong Last(LedgerScope scope, AccountId account) => scope.GetMetagraph(NetUid.Root).KeysSwappedAt.GetValueOrDefault(account);

    public static void Set(LedgerScope scope, AccountId account, ulong block)
    {
        if (!scope.TryGetBooks(NetUid.Root, out _)) return;
        var root = scope.GetMetagraph(NetUid.Root);
        var marks = block == 0 ? root.KeysSwappedAt.Remove(account) : root.KeysSwappedAt.SetItem(account, block);
        if (marks != root.KeysSwappedAt) scope.SetMetagraph(NetUid.Root, root with { KeysSwappedAt = marks });
    }

    /// <summary>Whether the interval on a subnet is over. An interval of 0 is no limit.</summary>
    /// <param name="last">The coldkey's last swap there; 0 for never, which counts as block 0 here.</param>
    public static bool IsIntervalOver(LedgerScope scope, ulong last)
    {
        var interval = scope.Parameters.HotkeySwapInterval;
        return interval == 0 || SaturatingMath.Add(last, interval) < scope.Block.Value;
    }

    public static ulong LastOn(LedgerScope scope, NetUid netuid, AccountId coldkey) =>
        scope.GetMetagraph(netuid).HotkeysSwappedAt.GetValueOrDefault(coldkey);

    public static void SetOn(LedgerScope scope, NetUid netuid, AccountId coldkey)
    {
        var metagraph = scope.GetMetagraph(netuid);
        scope.SetMetagraph(netuid, metagraph with { HotkeysSwappedAt = metagraph.HotkeysSwappedAt.SetItem(coldkey, scope.Block.Value) });
    }
}
