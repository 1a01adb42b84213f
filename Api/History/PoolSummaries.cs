using System.Numerics;
using Dtao.Api.Json;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Ingest;
using Dtao.Api.ReadSide.Sql;
using Dtao.Client;
using Dtao.Economics;

namespace Dtao.Api.History;

/// <summary>Every subnet's pool with its changes over time, made once for each state of the read side.</summary>
internal sealed class PoolSummaries(IReadStore store) : IDisposable
{
    private const long DayMilliseconds = Resolutions.Day * 1_000L;

    /// <summary>The pieces that volumes of a day are added up from.</summary>
    private const int VolumeResolution = 900;

    private readonly SemaphoreSlim _making = new(1);
    private volatile Made? _made;

    /// <summary>All of them, ascending by netuid.</summary>
    public async Task<IReadOnlyList<PoolRow>> GetAsync(ReadPosition wanted, CancellationToken cancellationToken)
    {
        if (_made is { } known && known.Position == wanted) return known.Rows;
        await _making.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_made is { } made && made.Position.Revision >= wanted.Revision && made.Position.NetworkId == wanted.NetworkId) return made.Rows;
            var view = await store.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (view.ConfigureAwait(false))
            {
                var rows = await MakeAsync(view, cancellationToken).ConfigureAwait(false);
                _made = new Made(view.Position, rows);
                return rows;
            }
        }
        finally
        {
            _making.Release();
        }
    }

    public void Dispose() => _making.Dispose();

    private static async Task<IReadOnlyList<PoolRow>> MakeAsync(ReadView view, CancellationToken cancellationToken)
    {
        var block = view.Position.Complete;
        var times = await BlockTimes.LoadAsync(view, [block], cancellationToken).ConfigureAwait(false);
        if (times[block] is not { } now) return [];
        var titles = await SubnetTitles.LoadAsync(view, cancellationToken).ConfigureAwait(false);
        var ago = new PastBlocks(
            await BlockRange.LastAtOrBefore(view, now.Milliseconds - (Resolutions.Hour * 1_000L), cancellationToken).ConfigureAwait(false),
            await BlockRange.LastAtOrBefore(view, now.Milliseconds - DayMilliseconds, cancellationToken).ConfigureAwait(false),
            await BlockRange.LastAtOrBefore(view, now.Milliseconds - (7 * DayMilliseconds), cancellationToken).ConfigureAwait(false),
            await BlockRange.LastAtOrBefore(view, now.Milliseconds - (30 * DayMilliseconds), cancellationToken).ConfigureAwait(false));
        var rows = new List<PoolRow>();
        foreach (var title in titles.All)
        {
            if (await RowOf(view, title, block, now, ago, cancellationToken).ConfigureAwait(false) is { } row) rows.Add(row);
        }

        var ranked = rows.Where(row => !row.Netuid.IsRoot).OrderByDescending(row => row.MarketCap).ThenBy(row => row.Netuid).Select((row, place) => (row.Netuid, Rank: place + 1))
            .ToDictionary(row => row.Netuid, row => row.Rank);
        return [.. rows.Select(row => row with { Rank = ranked.GetValueOrDefault(row.Netuid) })];
    }

    private static async Task<PoolRow?> RowOf(
        ReadView view, SubnetTitle title, ulong block, Timestamp now, PastBlocks ago, CancellationToken cancellationToken)
    {
        if (await PoolQueries.AtAsync(view, title.Netuid, block, cancellationToken).ConfigureAwait(false) is not { } pool) return null;
        var (hour, day) = (await Past(ago.Hour).ConfigureAwait(false), await Past(ago.Day).ConfigureAwait(false));
        var (week, month) = (await Past(ago.Week).ConfigureAwait(false), await Past(ago.Month).ConfigureAwait(false));
        var last = Resolutions.StartOf(VolumeResolution, now.Milliseconds);
        var today = await CandleQueries.SumAsync(view, title.Netuid, VolumeResolution, last - Resolutions.Day + VolumeResolution, last, cancellationToken).ConfigureAwait(false);
        var yesterday = await CandleQueries.SumAsync(
            view, title.Netuid, VolumeResolution, last - (2 * Resolutions.Day) + VolumeResolution, last - Resolutions.Day, cancellationToken).ConfigureAwait(false);
        var week4 = Resolutions.StartOf(Resolutions.FourHours, now.Milliseconds) - (7 * Resolutions.Day) + Resolutions.FourHours;
        var prices = await CandleQueries.ReadAsync(view, title.Netuid, Resolutions.FourHours, week4, long.MaxValue, 42, cancellationToken).ConfigureAwait(false);
        var since = Cells.Of(ago.Day ?? 0);
        return new PoolRow(
            title.Netuid, new BlockNumber(pool.Block), now, title.Name, title.Symbol, 0, new Tao(pool.MarketCap), Change(pool.MarketCap, day?.MarketCap), new Tao(pool.Liquidity),
            pool.TaoReserve, pool.TotalAlpha, pool.AlphaReserve, pool.AlphaOutstanding, new U64F64(pool.Price), PriceText.Of(pool.MovingPrice, I96F32.FractionBits),
            Change(pool.Price, hour?.Price), Change(pool.Price, day?.Price), Change(pool.Price, week?.Price), Change(pool.Price, month?.Price),
            new Tao(today.Tao), yesterday.Tao == 0 ? null : Change(today.Tao, yesterday.Tao), new Tao(Cells.UInt64(today.BuyTao)), new Tao(Cells.UInt64(today.SellTao)), new Alpha(today.Alpha),
            yesterday.Alpha == 0 ? null : Change(today.Alpha, yesterday.Alpha), new Alpha(Cells.UInt64(today.BuyAlpha)), new Alpha(Cells.UInt64(today.SellAlpha)), new U64F64(pool.Price),
            today.HasPrice ? new U64F64(today.High) : null, today.HasPrice ? new U64F64(today.Low) : null, today.Buys, today.Sells,
            await Traders(isBuy: true).ConfigureAwait(false), await Traders(isBuy: false).ConfigureAwait(false),
            [.. prices.Select(candle => new PastPrice(new Timestamp(candle.Start * 1_000), new U64F64(candle.Course.Close)))],
            PriceText.Of(pool.RootProportion, U96F32.FractionBits), !pool.IsStarted);

        async Task<PoolAt?> Past(ulong? then) => then is { } known ? await PoolQueries.AtAsync(view, title.Netuid, known, cancellationToken).ConfigureAwait(false) : null;

        async Task<long> Traders(bool isBuy) => await view.ScalarAsync(
            "SELECT COUNT(*) FROM traders WHERE netuid = @netuid AND is_buy = @buy AND block >= @since", cancellationToken, ("@netuid", Cells.Of(title.Netuid)),
            ("@buy", Cells.Of(isBuy)), ("@since", since)).ConfigureAwait(false) is long count ? count : 0;
    }

    /// <summary>By how much it is more than then, in per cent; null when then is not known.</summary>
    internal static string? Change(BigInteger now, BigInteger? then) => then is { } known ? PriceText.OfRatio((now - known) * 100, known) : null;

    private sealed record Made(ReadPosition Position, IReadOnlyList<PoolRow> Rows);

    private sealed record PastBlocks(ulong? Hour, ulong? Day, ulong? Week, ulong? Month);
}
