using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Subnets;

/// <content>What a swap of keys may touch of a pool.</content>
public static partial class PoolDecider
{
    /// <summary>Every position and every mark of claims on one of the hotkeys or of one of the coldkeys, the pools of those hotkeys, and the whole metagraph.</summary>
    /// <remarks>Looks at every position of the subnet once.</remarks>
    private static LaneSlice SwapSliceOf(PoolState state, SwapInterest swap, LogStamp stamp)
    {
        var (hotkeys, coldkeys) = (swap.Hotkeys.ToHashSet(), swap.Coldkeys.ToHashSet());
        var shares = state.Shares.Where(entry => hotkeys.Contains(entry.Key.Hotkey) || coldkeys.Contains(entry.Key.Coldkey)).OrderBy(entry => entry.Key).ToArray();
        var pools = hotkeys.Union(shares.Select(entry => entry.Key.Hotkey)).Order()
            .Select(hotkey => (hotkey, pool: state.HotkeyPools.GetValueOrDefault(hotkey)))
            .Where(entry => !entry.pool.IsEmpty)
            .Select(entry => new HotkeyPoolEntry(entry.hotkey, entry.pool.Value, entry.pool.Denominator));
        var slice = new LaneSlice(
            state.Books, state.LastBlock, [.. pools],
            [.. shares.Select(entry => new PositionEntry(entry.Key.Hotkey, entry.Key.Coldkey, entry.Value, Alpha.Zero))], stamp);
        return Dressed(slice, state) with
        {
            Metagraph = state.Metagraph,
            Claims = state.Books is { IsRoot: true } ? SwapClaimsOf(state, hotkeys, swap.Coldkeys) : null,
        };
    }

    private static ClaimSlice SwapClaimsOf(PoolState state, HashSet<AccountId> hotkeys, AccountId[] coldkeys) => new(
        [.. hotkeys.Where(state.Claims.Rates.ContainsKey).Order().Select(hotkey => (hotkey, state.Claims.Rates[hotkey]))],
        [.. state.Claims.Claimed.Where(entry => hotkeys.Contains(entry.Key.Hotkey) || coldkeys.Contains(entry.Key.Coldkey)).Select(entry => (entry.Key, entry.Value))],
        [],
        [.. coldkeys.Where(state.Claims.IsIndexed)])
    {
        Hotkeys = [.. coldkeys.Select(coldkey => (coldkey, state.RootHotkeysOf(coldkey).ToArray()))],
    };
}
