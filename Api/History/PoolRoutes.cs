using Dtao.Api.Json;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Sql;
using Dtao.Api.Requests;
using Dtao.Economics;

namespace Dtao.Api.History;

/// <summary>Pools now and before: reserves, prices, changes, volumes, emission, and flow.</summary>
internal static class PoolRoutes
{
    private static readonly Parameter<string> s_latestOrder = Parameters.Order(
        "netuid_asc", "netuid", "price", "market_cap", "total_tao", "total_alpha", "alpha_in_pool", "alpha_staked", "tao_volume_24_hr", "price_change_1_day");

    public static void Map(ApiRoutes routes)
    {
        routes.List("/api/dtao/pool/latest/v1", "get_pools", "Every subnet's pool after the newest block, with its changes over hours to a month.", [Parameters.Netuid, s_latestOrder], Latest)
            .Explain("Changes are in per cent, and null where the subnet is younger. Volumes, buys, and sells are of the last 24 hours, in pieces of 15 minutes; buyers and sellers are those who bought or sold since then.");
        routes.List(
            "/api/dtao/pool/history/v1", "get_pool_history", "A subnet's pool after earlier blocks; of all subnets, block by block.",
            [Parameters.Netuid, HistoryParameters.Frequency, .. HistoryParameters.Range, HistoryParameters.ByBlock], History)
            .Explain("Other frequencies than by_block are of one subnet.");
        routes.List(
            "/api/dtao/subnet_emission/v1", "get_subnet_emission", "What blocks emitted to subnets, by part; of one subnet, or of all subnets block by block.",
            [Parameters.Netuid, .. HistoryParameters.Range, HistoryParameters.ByBlock], Emission);
        routes.List(
            "/api/dtao/tao_flow/v1", "get_tao_flow", "TAO that traders put into each subnet's pool less what they took out; of the last 24 hours unless times are given.",
            [Parameters.Netuid, HistoryParameters.TimestampStart, HistoryParameters.TimestampEnd], Flow)
            .Explain("Times are rounded to whole hours.");
        routes.Read("/api/dtao/pool/total_price/latest/v1", "get_total_price", "The sum of all subnets' prices after the newest block.", [], TotalPrice);
    }

    private static async Task<Paged<PoolRow>> Latest(ApiRequest request, ReadView view)
    {
        var rows = await HistoryRoutes.Service<PoolSummaries>(request).GetAsync(view.Position, request.Aborted).ConfigureAwait(false);
        var wanted = rows.Where(row => request.Find(Parameters.Netuid) is not { } netuid || row.Netuid == netuid);
        var sorted = Sorted(wanted, request.Get(s_latestOrder).Replace("_asc", string.Empty, StringComparison.Ordinal).Replace("_desc", string.Empty, StringComparison.Ordinal));
        return request.PageOf([.. request.IsAscending(s_latestOrder) ? sorted : sorted.Reverse()]);
    }

    private static IEnumerable<PoolRow> Sorted(IEnumerable<PoolRow> rows, string field) => field switch
    {
        "price" => rows.OrderBy(row => row.Price.Bits),
        "market_cap" => rows.OrderBy(row => row.MarketCap),
        "total_tao" => rows.OrderBy(row => row.TotalTao),
        "total_alpha" => rows.OrderBy(row => row.TotalAlpha),
        "alpha_in_pool" => rows.OrderBy(row => row.AlphaInPool),
        "alpha_staked" => rows.OrderBy(row => row.AlphaStaked),
        "tao_volume_24_hr" => rows.OrderBy(row => row.TaoVolume24Hr),
        "price_change_1_day" => rows.OrderBy(row => DecimalText.Of(row.PriceChange1Day)),
        _ => rows.OrderBy(row => row.Netuid),
    };

    private static async Task<Paged<PoolHistoryRow>> History(ApiRequest request, ReadView view)
    {
        var page = request.Find(Parameters.Netuid) is { } netuid
            ? await PoolPages.OfAsync(request, view, netuid).ConfigureAwait(false)
            : await PoolPages.OfAllAsync(request, view).ConfigureAwait(false);
        var titles = await SubnetTitles.LoadAsync(view, request.Aborted).ConfigureAwait(false);
        var times = await BlockTimes.LoadAsync(view, page.Data.Select(pool => pool.Block), request.Aborted).ConfigureAwait(false);
        return Listing.Turn(page, pool => new PoolHistoryRow(
            pool.Netuid, new BlockNumber(pool.Block), times[pool.Block], titles[pool.Netuid].Name, titles[pool.Netuid].Symbol, new Tao(pool.MarketCap), new Tao(pool.Liquidity), pool.TaoReserve, pool.TotalAlpha,
            pool.AlphaReserve, pool.AlphaOutstanding, new U64F64(pool.Price), PriceText.Of(pool.MovingPrice, I96F32.FractionBits),
            PriceText.Of(pool.RootProportion, U96F32.FractionBits), !pool.IsStarted));
    }

    private static async Task<Paged<EmissionRow>> Emission(ApiRequest request, ReadView view)
    {
        var range = await BlockRange.OfAsync(request, view).ConfigureAwait(false);
        if (range.IsEmpty) return Listing.Empty<EmissionRow>(request);
        var page = request.Find(Parameters.Netuid) is { } netuid
            ? await PoolPages.BlockByBlockAsync(request, view, netuid, range).ConfigureAwait(false)
            : await PoolPages.BlockByBlockAsync(request, view, range).ConfigureAwait(false);
        var titles = await SubnetTitles.LoadAsync(view, request.Aborted).ConfigureAwait(false);
        var times = await BlockTimes.LoadAsync(view, page.Data.Select(pool => pool.Block), request.Aborted).ConfigureAwait(false);
        return Listing.Turn(page, pool => new EmissionRow(
            pool.Netuid, new BlockNumber(pool.Block), times[pool.Block], titles[pool.Netuid].Name, titles[pool.Netuid].Symbol, pool.TaoIn, pool.AlphaIn, pool.AlphaOut,
            pool.ExcessTao, pool.RootSellTao, new U64F64(pool.Price), pool.IsEpoch));
    }

    private static async Task<Paged<FlowRow>> Flow(ApiRequest request, ReadView view)
    {
        var complete = view.Position.Complete;
        var now = (await BlockTimes.LoadAsync(view, [complete], request.Aborted).ConfigureAwait(false))[complete] ?? new Timestamp(0);
        var to = (long)Math.Min(request.Find(HistoryParameters.TimestampEnd) ?? long.MaxValue, (ulong)(now.Milliseconds / 1_000));
        var from = request.Find(HistoryParameters.TimestampStart) is { } start ? (long)Math.Min(start, (ulong)to) : to - Resolutions.Day + Resolutions.Hour;
        var rows = new List<FlowRow>();
        foreach (var title in (await SubnetTitles.LoadAsync(view, request.Aborted).ConfigureAwait(false)).All)
        {
            if (title.Netuid.IsRoot || (request.Find(Parameters.Netuid) is { } netuid && netuid != title.Netuid)) continue;
            var sum = await CandleQueries.SumAsync(
                view, title.Netuid, Resolutions.Hour, from - (from % Resolutions.Hour), to, request.Aborted).ConfigureAwait(false);
            var pool = await PoolQueries.AtAsync(view, title.Netuid, complete, request.Aborted).ConfigureAwait(false);
            rows.Add(new FlowRow(
                title.Netuid, new BlockNumber(complete), now, title.Name, Signed.Of(sum.BuyTao - sum.SellTao), new Tao(Cells.UInt64(sum.BuyTao)),
                new Tao(Cells.UInt64(sum.SellTao)), Signed.Of(pool?.FlowUser ?? 0), Signed.Of(pool?.FlowProtocol ?? 0)));
        }

        return request.PageOf(rows);
    }

    private static async Task<Paged<TotalPriceRow>> TotalPrice(ApiRequest request, ReadView view)
    {
        var rows = await HistoryRoutes.Service<PoolSummaries>(request).GetAsync(view.Position, request.Aborted).ConfigureAwait(false);
        var sum = rows.Where(row => !row.Netuid.IsRoot).Aggregate(System.Numerics.BigInteger.Zero, (total, row) => total + row.Price.Bits);
        return rows.Count == 0 ? new(Pagination.Of(1, 1, 0), []) : Paging.Only(new TotalPriceRow(rows[0].BlockNumber, rows[0].Timestamp, PriceText.Of(sum, U64F64.FractionBits)));
    }
}
