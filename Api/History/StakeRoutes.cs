using Dtao.Api.Errors;
using Dtao.Api.Json;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Sql;
using Dtao.Api.Requests;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Api.History;

/// <summary>Stakes: of a coldkey, on a hotkey, on a subnet; now, before, and what became of them.</summary>
internal static class StakeRoutes
{
    /// <summary>How far into the holders of many hotkeys a page may reach; each of them is looked at so deep.</summary>
    private const int HoldersMax = 2_000;

    private static readonly Parameter<string> s_order = Parameters.Order("balance_as_tao_desc", "balance_as_tao", "balance", "netuid");
    private static readonly Parameter<AccountId> s_coldkeyNeeded = Parameters.Coldkey.Required();
    private static readonly Parameter<AccountId> s_hotkeyNeeded = Parameters.Hotkey.Required();

    public static void Map(ApiRoutes routes)
    {
        routes.List(
            "/api/dtao/stake_balance/latest/v1", "get_stake_balances", "Stakes now: of a coldkey, on a hotkey (its nominators), or on a subnet (its holders).",
            [Parameters.Coldkey, Parameters.Hotkey, Parameters.Netuid, s_order], Latest)
            .Explain("One of coldkey, hotkey, and netuid is needed. Without a coldkey the order is that of the balance, within the first 2,000.");
        routes.List(
            "/api/dtao/stake_balance/history/v1", "get_stake_history", "What one stake was worth after earlier blocks.",
            [s_coldkeyNeeded, s_hotkeyNeeded, HistoryParameters.NetuidNeeded, HistoryParameters.Frequency, .. HistoryParameters.Range, HistoryParameters.ByBlock], History);
        routes.List(
            "/api/dtao/stake_balance/portfolio/v1", "get_portfolio", "A coldkey's stakes with what was bought, sold, moved, and earned.",
            [s_coldkeyNeeded, Parameters.Hotkey, Parameters.Netuid, s_order], Portfolio)
            .Explain("Earned is what is there, less what came, plus what went. Profits are in TAO, with purchases at their average price.");
        routes.List(
            "/api/dtao/hotkey_alpha_shares/latest/v1", "get_hotkey_stakes", "All stake on hotkeys, by subnet.", [Parameters.Hotkey, Parameters.Netuid], HotkeyShares)
            .Explain("One of hotkey and netuid is needed.");
    }

    private static async Task<Paged<StakeRow>> Latest(ApiRequest request, ReadView view)
    {
        var stakes = new StakeQueries(view, request.Aborted);
        var (netuid, hotkey) = (request.Find(Parameters.Netuid), request.Find(Parameters.Hotkey));
        Paged<StakeAt> page;
        if (request.Find(Parameters.Coldkey) is { } coldkey)
        {
            var all = Ordered(await stakes.OfColdkeyAsync(coldkey, netuid, hotkey).ConfigureAwait(false), request);
            page = request.PageOf(all);
        }
        else
        {
            page = await Holders(request, stakes, netuid, hotkey).ConfigureAwait(false);
        }

        var complete = view.Position.Complete;
        var now = (await BlockTimes.LoadAsync(view, [complete], request.Aborted).ConfigureAwait(false))[complete];
        var titles = await SubnetTitles.LoadAsync(view, request.Aborted).ConfigureAwait(false);
        var counts = new Dictionary<NetUid, long>();
        foreach (var subnet in page.Data.Select(stake => stake.Key.Netuid).Distinct()) counts[subnet] = await stakes.CountAsync(subnet, null).ConfigureAwait(false);
        return Listing.Turn(page, stake => StakeRow.Of(stake, complete, now, titles[stake.Key.Netuid], counts[stake.Key.Netuid]));
    }

    /// <summary>The holders of a subnet, the nominators of a hotkey, or both: the largest of each share pool, merged.</summary>
    private static async Task<Paged<StakeAt>> Holders(ApiRequest request, StakeQueries stakes, NetUid? netuid, AccountId? hotkey)
    {
        if (netuid is null && hotkey is null) throw new ProblemException(Problem.Missing("coldkey", "one of coldkey, hotkey, and netuid"));
        var (page, limit) = (request.Get(Parameters.Page), request.Get(Parameters.Limit));
        var skipped = Listing.Skipped(page, limit);
        var isAscending = request.IsAscending(s_order);
        if (netuid is { } subnet && hotkey is { } one)
        {
            var rows = await stakes.OfHotkeyAsync(subnet, one, isAscending, skipped, limit).ConfigureAwait(false);
            return new(Pagination.Of(page, limit, await stakes.CountAsync(subnet, one).ConfigureAwait(false)), rows);
        }

        if (skipped + limit > HoldersMax) throw new ProblemException(Problem.Of(ApiError.PageTooDeep, $"The first {HoldersMax} can be shown; name a hotkey and a subnet to see more."));
        var largest = new List<StakeAt>();
        long count = 0;
        var pools = await stakes.PoolsAsync(netuid, hotkey).ConfigureAwait(false);
        foreach (var (poolNetuid, poolHotkey) in pools)
        {
            largest.AddRange(await stakes.OfHotkeyAsync(poolNetuid, poolHotkey, isAscending, 0, skipped + limit).ConfigureAwait(false));
            if (netuid is null) count += await stakes.CountAsync(poolNetuid, poolHotkey).ConfigureAwait(false);
        }

        if (netuid is { } whole) count = await stakes.CountAsync(whole, null).ConfigureAwait(false);
        return new(Pagination.Of(page, limit, count), [.. Ordered(largest, request).Skip(skipped).Take(limit)]);
    }

    private static List<StakeAt> Ordered(List<StakeAt> stakes, ApiRequest request)
    {
        var order = request.Get(s_order);
        var ascending = (order.StartsWith("balance_as_tao", StringComparison.Ordinal) ? stakes.OrderBy(stake => stake.Value.Rao)
                : order.StartsWith("balance", StringComparison.Ordinal) ? stakes.OrderBy(stake => stake.Balance.Rao) : stakes.OrderBy(stake => stake.Key.Netuid.Value))
            .ThenBy(stake => stake.Key.Netuid).ThenBy(stake => stake.Key.Hotkey).ThenBy(stake => stake.Key.Coldkey);
        return request.IsAscending(s_order) ? [.. ascending] : [.. ascending.Reverse()];
    }

    private static async Task<Paged<StakeHistoryRow>> History(ApiRequest request, ReadView view)
    {
        var key = new PositionKey(request.Get(HistoryParameters.NetuidNeeded), request.Get(s_hotkeyNeeded), request.Get(s_coldkeyNeeded));
        var range = await BlockRange.OfAsync(request, view).ConfigureAwait(false);
        if (range.IsEmpty) return Listing.Empty<StakeHistoryRow>(request);
        var blocks = await LastBlocks.OfAsync(request, view, key.Netuid, range).ConfigureAwait(false);
        var times = await BlockTimes.LoadAsync(view, blocks.Data, request.Aborted).ConfigureAwait(false);
        var stakes = new StakeQueries(view, request.Aborted);
        var rows = new List<StakeHistoryRow>();
        foreach (var block in blocks.Data)
        {
            var stake = await stakes.AsOfAsync(key, block).ConfigureAwait(false);
            rows.Add(new(new BlockNumber(block), times[block], key.Hotkey, key.Coldkey, key.Netuid, stake.Balance, stake.Value));
        }

        return new(blocks.Pagination, rows);
    }

    private static async Task<Paged<PortfolioRow>> Portfolio(ApiRequest request, ReadView view)
    {
        var stakes = new StakeQueries(view, request.Aborted);
        var coldkey = request.Get(s_coldkeyNeeded);
        var page = request.PageOf(Ordered(await stakes.OfColdkeyAsync(coldkey, request.Find(Parameters.Netuid), request.Find(Parameters.Hotkey)).ConfigureAwait(false), request));
        var titles = await SubnetTitles.LoadAsync(view, request.Aborted).ConfigureAwait(false);
        var rows = new List<PortfolioRow>();
        foreach (var stake in page.Data)
        {
            var totals = await PositionTotals.OfAsync(view, stake.Key, request.Aborted).ConfigureAwait(false);
            var begun = await stakes.AtGenesisAsync(stake.Key).ConfigureAwait(false) ?? Alpha.Zero;
            rows.Add(PortfolioRow.Of(stake, titles[stake.Key.Netuid], totals, begun));
        }

        return new(page.Pagination, rows);
    }

    private static async Task<Paged<HotkeyStakeRow>> HotkeyShares(ApiRequest request, ReadView view)
    {
        List<(string, object)> parameters = [];
        List<string> conditions = ["value <> 0"];
        if (request.Find(Parameters.Hotkey) is { } hotkey)
        {
            conditions.Add("hotkey = @hotkey");
            parameters.Add(("@hotkey", Cells.Of(hotkey)));
        }

        if (request.Find(Parameters.Netuid) is { } netuid)
        {
            conditions.Add("netuid = @netuid");
            parameters.Add(("@netuid", Cells.Of(netuid)));
        }

        if (parameters.Count == 0) throw new ProblemException(Problem.Missing("netuid", "one of hotkey and netuid"));
        var page = await new Listing("netuid, hotkey, value", "hotkey_pools_now", string.Join(" AND ", conditions), "netuid, hotkey").PageAsync(
            request, view,
            row => new StakeAt(new PositionKey(new NetUid((ushort)row.GetInt64(0)), Cells.Account((byte[])row.GetValue(1)), default), new Alpha(Cells.UInt64(row.GetInt64(2))), default),
            [.. parameters]).ConfigureAwait(false);
        var stakes = new StakeQueries(view, request.Aborted);
        var complete = view.Position.Complete;
        var now = (await BlockTimes.LoadAsync(view, [complete], request.Aborted).ConfigureAwait(false))[complete];
        var rows = new List<HotkeyStakeRow>();
        foreach (var stake in page.Data)
        {
            var priced = await stakes.PricedAsync(stake.Key, stake.Balance).ConfigureAwait(false);
            rows.Add(new(new BlockNumber(complete), now, stake.Key.Hotkey, stake.Key.Netuid, stake.Balance, priced.Value, await stakes.CountAsync(stake.Key.Netuid, stake.Key.Hotkey).ConfigureAwait(false)));
        }

        return new(page.Pagination, rows);
    }
}
