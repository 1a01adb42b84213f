using System.Numerics;
using Dtao.Api.Json;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Sql;
using Dtao.Api.Requests;
using Dtao.Api.Validators;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using Dtao.Grains.Subnets;

namespace Dtao.Api.History;

/// <summary>Hotkeys as they were: all stake on one, and what stake with it earned.</summary>
internal static class HotkeyRoutes
{
    /// <summary>How often a hotkey may have lost all of its stake within the time that is looked at.</summary>
    private const int EndsMax = 1_000;

    private const int PpmDecimals = 1_000_000;

    private static readonly long[] s_windows = [Resolutions.Hour, Resolutions.Day, 7 * Resolutions.Day, 30 * Resolutions.Day];

    private static readonly Parameter<AccountId> s_hotkeyNeeded = Parameters.Hotkey.Required();
    private static readonly Parameter<string> s_byDay = HistoryParameters.Frequency.Or("by_day");

    public static void Map(ApiRoutes routes)
    {
        routes.List(
            "/api/dtao/hotkey_alpha_shares/history/v1", "get_hotkey_stake_history", "All stake on a hotkey after earlier blocks.",
            [s_hotkeyNeeded, HistoryParameters.NetuidNeeded, HistoryParameters.Frequency, .. HistoryParameters.Range, HistoryParameters.ByBlock], Shares);
        routes.List(
            "/api/dtao/validator/yield/history/v1", "get_validator_yield_history", "What stake with a validator had earned over an hour, a day, a week, and a month before earlier blocks, brought to a year.",
            [s_hotkeyNeeded, HistoryParameters.NetuidNeeded, s_byDay, .. HistoryParameters.Range, HistoryParameters.ByBlock], Yields)
            .Explain(
                "By how much the share pool of the hotkey grew for those who were in it at the window's beginning: what a nominator's stake came to, after the take. Null where the network, or the stake on the "
                + "hotkey, is younger than the window. On root it is what was put aside for each TAO on all subnets, at the prices of then, which does not compound; a hotkey that took the place of another "
                + "begins anew.");
    }

    private static async Task<Paged<HotkeyHistoryRow>> Shares(ApiRequest request, ReadView view)
    {
        var (netuid, hotkey) = (request.Get(HistoryParameters.NetuidNeeded), request.Get(s_hotkeyNeeded));
        var range = await BlockRange.OfAsync(request, view).ConfigureAwait(false);
        if (range.IsEmpty) return Listing.Empty<HotkeyHistoryRow>(request);
        var blocks = await LastBlocks.OfAsync(request, view, netuid, range).ConfigureAwait(false);
        var times = await BlockTimes.LoadAsync(view, blocks.Data, request.Aborted).ConfigureAwait(false);
        var rows = new List<HotkeyHistoryRow>();
        foreach (var block in blocks.Data)
        {
            var pool = await PoolAsync(view, netuid, hotkey, block, request.Aborted).ConfigureAwait(false);
            var price = await PoolQueries.PriceAtAsync(view, netuid, block, request.Aborted).ConfigureAwait(false) ?? UInt128.Zero;
            rows.Add(new(new BlockNumber(block), times[block], hotkey, netuid, pool.Value, new Tao(netuid.IsRoot ? pool.Value.Rao : AmountText.ValueRao(pool.Value.Rao, price))));
        }

        return new(blocks.Pagination, rows);
    }

    private static async Task<Paged<ValidatorYieldView>> Yields(ApiRequest request, ReadView view)
    {
        var (netuid, hotkey) = (request.Get(HistoryParameters.NetuidNeeded), request.Get(s_hotkeyNeeded));
        var range = await BlockRange.OfAsync(request, view).ConfigureAwait(false);
        if (range.IsEmpty) return Listing.Empty<ValidatorYieldView>(request);
        var blocks = await LastBlocks.OfAsync(request, view, netuid, range).ConfigureAwait(false);
        var times = await BlockTimes.LoadAsync(view, blocks.Data, request.Aborted).ConfigureAwait(false);
        var ends = await EndsAsync(view, netuid, hotkey, blocks.Data, times, request.Aborted).ConfigureAwait(false);
        var rows = new List<ValidatorYieldView>();
        foreach (var block in blocks.Data)
        {
            if (times[block] is not { } time) continue;
            var now = await PoolAsync(view, netuid, hotkey, block, request.Aborted).ConfigureAwait(false);
            var yields = new Yield?[s_windows.Length];
            for (var window = 0; window < s_windows.Length; window++)
            {
                yields[window] = await OverAsync(view, netuid, hotkey, (block, time), now, s_windows[window], ends, request.Aborted).ConfigureAwait(false);
            }

            var apy = yields.Select(yield => yield is null ? null : PriceText.OfRatio(yield.YearPpm, PpmDecimals)).ToArray();
            rows.Add(new(
                hotkey, null, netuid, new BlockNumber(block), time, now.Value, apy[0], apy[1], apy[2], apy[3], YieldView.Of(yields[0]), YieldView.Of(yields[1]), YieldView.Of(yields[2]),
                YieldView.Of(yields[3])));
        }

        return new(blocks.Pagination, rows);
    }

    /// <summary>By how much the shares of then are worth more now, by the ledger's own arithmetic.</summary>
    private static async Task<Yield?> OverAsync(
        ReadView view, NetUid netuid, AccountId hotkey, (ulong Block, Timestamp Time) at, HotkeyPool now, long seconds, List<ulong> ends, CancellationToken cancellationToken)
    {
        if (await BlockRange.LastAtOrBefore(view, at.Time.Milliseconds - (seconds * 1_000), cancellationToken).ConfigureAwait(false) is not { } begin) return null;
        // Shares of a pool that was empty in between are others.
        if (begin >= at.Block || ends.Exists(end => end > begin && end <= at.Block)) return null;
        var then = await PoolAsync(view, netuid, hotkey, begin, cancellationToken).ConfigureAwait(false);
        var beginTime = (await BlockTimes.LoadAsync(view, [begin], cancellationToken).ConfigureAwait(false))[begin];
        if (then.Value.IsZero || now.Value.IsZero || beginTime is not { } from || from.Milliseconds >= at.Time.Milliseconds) return null;
        var milliseconds = at.Time.Milliseconds - from.Milliseconds;
        if (netuid.IsRoot)
        {
            var earned = await EarnedByRootAsync(view, hotkey, at.Block, cancellationToken).ConfigureAwait(false) - await EarnedByRootAsync(view, hotkey, begin, cancellationToken).ConfigureAwait(false);
            return Yield.OfRoot(new EarnedSpan(new BlockNumber(begin), new BlockNumber(at.Block), true, UInt128.Zero, (UInt128)BigInteger.Min(earned, UInt128.MaxValue)), milliseconds);
        }

        var grown = (BigInteger)SaturatingMath.Subtract(SharePool.Value(now, then.Denominator).Rao, then.Value.Rao);
        var gain = BigInteger.Min((grown << U64F64.FractionBits) / then.Value.Rao, UInt128.MaxValue);
        return Yield.OfAlpha(new EarnedSpan(new BlockNumber(begin), new BlockNumber(at.Block), true, (UInt128)gain, UInt128.Zero), milliseconds);
    }

    /// <summary>What one root TAO on the hotkey had earned on all subnets up to a block, raw U64F64 of TAO.</summary>
    private static async Task<BigInteger> EarnedByRootAsync(ReadView view, AccountId hotkey, ulong block, CancellationToken cancellationToken)
    {
        var totals = await view.QueryAsync(
            """
            SELECT (
                SELECT root_gains.total FROM root_gains
                WHERE root_gains.hotkey = @hotkey AND root_gains.netuid = root_gains_now.netuid AND root_gains.block <= @block
                ORDER BY root_gains.block DESC, root_gains.event DESC, root_gains.place DESC LIMIT 1)
            FROM root_gains_now WHERE root_gains_now.hotkey = @hotkey
            """,
            row => row.IsDBNull(0) ? BigInteger.Zero : Cells.Price((byte[])row.GetValue(0)), cancellationToken, ("@hotkey", Cells.Of(hotkey)), ("@block", Cells.Of(block))).ConfigureAwait(false);
        return totals.Aggregate(BigInteger.Zero, (sum, total) => sum + total);
    }

    /// <summary>The hotkey's share pool after a block; empty before it was there.</summary>
    private static async Task<HotkeyPool> PoolAsync(ReadView view, NetUid netuid, AccountId hotkey, ulong block, CancellationToken cancellationToken)
    {
        var pools = await view.QueryAsync(
            """
            SELECT value, denominator FROM hotkey_pools WHERE netuid = @netuid AND hotkey = @hotkey AND block <= @block
            ORDER BY block DESC, event DESC, place DESC LIMIT 1
            """,
            row => new HotkeyPool(new Alpha(Cells.UInt64(row.GetInt64(0))), Cells.Share((byte[])row.GetValue(1))), cancellationToken, ("@netuid", Cells.Of(netuid)),
            ("@hotkey", Cells.Of(hotkey)), ("@block", Cells.Of(block))).ConfigureAwait(false);
        return pools.Count == 0 ? default : pools[0];
    }

    /// <summary>The newest blocks in which nothing was left on the hotkey, from where the longest window of the oldest row begins to the newest row.</summary>
    private static async Task<List<ulong>> EndsAsync(
        ReadView view, NetUid netuid, AccountId hotkey, IReadOnlyList<ulong> rows, BlockTimes times, CancellationToken cancellationToken)
    {
        if (rows.Min(block => times[block]?.Milliseconds) is not { } oldest) return [];
        var from = await BlockRange.LastAtOrBefore(view, oldest - (s_windows[^1] * 1_000), cancellationToken).ConfigureAwait(false) ?? 0;
        return await view.QueryAsync(
            $"""
            SELECT block FROM hotkey_pools WHERE netuid = @netuid AND hotkey = @hotkey AND block >= @from AND block <= @to AND value = 0
            ORDER BY block DESC, event DESC, place DESC LIMIT {EndsMax}
            """,
            row => Cells.UInt64(row.GetInt64(0)), cancellationToken, ("@netuid", Cells.Of(netuid)), ("@hotkey", Cells.Of(hotkey)), ("@from", Cells.Of(from)),
            ("@to", Cells.Of(rows.Max()))).ConfigureAwait(false);
    }
}

/// <summary>All stake on a hotkey of a subnet after an earlier block.</summary>
/// <param name="Alpha">Of all its stakers; on root TAO.</param>
/// <param name="AlphaAsTao">That at the spot price of then.</param>
internal sealed record HotkeyHistoryRow(BlockNumber BlockNumber, Timestamp? Timestamp, AccountId Hotkey, NetUid Netuid, Alpha Alpha, Tao AlphaAsTao);
