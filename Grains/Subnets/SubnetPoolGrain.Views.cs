using Dtao.Economics;
using Dtao.Economics.Claims;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Subnets;

/// <content>What a pool shows of hotkeys and of root claims; durable on return.</content>
public sealed partial class SubnetPoolGrain : ISubnetViewGrain
{
    public async Task<HotkeyPage> GetHotkeys(HotkeyQuery query)
    {
        var page = SubnetViews.HotkeysOf(State, query);
        await Durable();
        return page;
    }

    public async Task<Alpha[]> GetStakes(AccountId[] hotkeys)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hotkeys.Length, ViewLimits.RowsMax);
        var stakes = Array.ConvertAll(hotkeys, hotkey => State.HotkeyPools.GetValueOrDefault(hotkey).Value);
        await Durable();
        return stakes;
    }

    public async Task<ClaimRates[]> GetClaimRates(AccountId[] hotkeys)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hotkeys.Length, ViewLimits.RowsMax);
        var rates = Array.ConvertAll(hotkeys, hotkey => State.Claims.Rates.GetValueOrDefault(hotkey, ClaimRates.None));
        await Durable();
        return rates;
    }

    public async Task<RootClaimView> GetRootClaims(AccountId coldkey)
    {
        var view = SubnetViews.ClaimsOf(State, coldkey);
        await Durable();
        return view;
    }
}

/// <summary>Views of a pool's state. Pure.</summary>
public static class SubnetViews
{
    public static HotkeyPage HotkeysOf(PoolState state, HotkeyQuery query)
    {
        var count = Math.Clamp(query.CountMax, 1, ViewLimits.RowsMax);
        var permits = state.Metagraph.Neurons.Where(neuron => neuron.HasPermit).Select(neuron => neuron.Hotkey).ToHashSet();
        var hotkeys = state.HotkeyPools.Keys.Union(permits).Union(state.Earnings.Tracks.Keys)
            .Where(hotkey => query.After is not { } after || hotkey > after).Order().Take(count + 1).ToList();
        var hasMore = hotkeys.Count > count;
        if (hasMore) hotkeys.RemoveAt(count);
        var positions = query.CountsPositions ? state.Shares.Keys.CountBy(key => key.Hotkey).ToDictionary() : null;
        var rows = hotkeys.Select(hotkey => new HotkeyRow(
            hotkey, state.HotkeyPools.GetValueOrDefault(hotkey).Value, permits.Contains(hotkey), positions?.GetValueOrDefault(hotkey),
            [.. query.Starts.Take(ViewLimits.WindowsMax).Select(start => EarnedOf(state, hotkey, start, query.Upto))]));
        return new HotkeyPage(state.LastBlock, [.. rows], hasMore);
    }

    public static RootClaimView ClaimsOf(PoolState state, AccountId coldkey)
    {
        var claims = state.Claims;
        var source = new PoolSource(state, state.LastBlock, coldkey, Tao.Zero, beneficiaryExists: false, new Dictionary<AccountId, HotkeyRecord>());
        var rows = from hotkey in claims.HotkeysOf(coldkey)
                   from netuid in claims.Rates.GetValueOrDefault(hotkey, ClaimRates.None).BySubnet.Keys
                   let owed = OwedDividends.Whole(source, new PositionKey(netuid, hotkey, coldkey))
                   where !owed.IsZero
                   orderby netuid, hotkey
                   select new RootClaimRow(netuid, hotkey, StakeOf(state, hotkey, coldkey), owed);
        return new RootClaimView(state.LastBlock, claims.Types.GetValueOrDefault(coldkey), claims.IsIndexed(coldkey), [.. rows]);
    }

    private static EarnedSpan? EarnedOf(PoolState state, AccountId hotkey, BlockNumber start, BlockNumber upto) =>
        state.Earnings.TryGet(hotkey, out var track) && track.Between(start, upto) is { } span ? EarnedSpan.Of(span) : null;

    private static Tao StakeOf(PoolState state, AccountId hotkey, AccountId coldkey) => new(Economics.Pools.SharePool.Value(
        state.HotkeyPools.GetValueOrDefault(hotkey), state.Shares.GetValueOrDefault((hotkey, coldkey))).Rao);
}
