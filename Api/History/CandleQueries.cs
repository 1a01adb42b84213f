using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Ingest;
using Dtao.Api.ReadSide.Sql;
using Dtao.Economics;

namespace Dtao.Api.History;

/// <summary>A piece of a price's course.</summary>
/// <param name="Start">The second in which it begins, since 1970.</param>
internal sealed record Candle(long Start, PriceCourse Course);

/// <summary>Questions about prices over time.</summary>
internal static class CandleQueries
{
    private const string Columns = "start, open_event, open, high, low, close_event, close, buy_tao, sell_tao, buy_alpha, sell_alpha, buys, sells";

    /// <summary>The newest pieces that begin between two seconds, the oldest first.</summary>
    public static async Task<List<Candle>> ReadAsync(ReadView view, NetUid netuid, int resolution, long from, long to, int countMax, CancellationToken cancellationToken)
    {
        var candles = await view.QueryAsync(
            $"SELECT {Columns} FROM candles WHERE resolution = @resolution AND netuid = @netuid AND start >= @from AND start <= @to ORDER BY start DESC LIMIT @most",
            row => new Candle(row.GetInt64(0), PriceCourse.Read(row, 1)), cancellationToken, ("@resolution", (long)resolution), ("@netuid", Cells.Of(netuid)), ("@from", from),
            ("@to", to), ("@most", (long)countMax)).ConfigureAwait(false);
        candles.Reverse();
        return candles;
    }

    /// <summary>What was traded in the pieces that begin between two seconds, and how the price went.</summary>
    public static async Task<PriceCourse> SumAsync(ReadView view, NetUid netuid, int resolution, long from, long to, CancellationToken cancellationToken)
    {
        var sum = new PriceCourse();
        foreach (var candle in await ReadAsync(view, netuid, resolution, from, to, Listing.CountMax, cancellationToken).ConfigureAwait(false)) sum.Add(candle.Course);
        return sum;
    }

    /// <summary>When the last piece before a second begins; null when there is none.</summary>
    public static async Task<long?> LastBeforeAsync(ReadView view, NetUid netuid, int resolution, long before, CancellationToken cancellationToken) =>
        await view.ScalarAsync(
            "SELECT start FROM candles WHERE resolution = @resolution AND netuid = @netuid AND start < @before ORDER BY start DESC LIMIT 1", cancellationToken,
            ("@resolution", (long)resolution), ("@netuid", Cells.Of(netuid)), ("@before", before)).ConfigureAwait(false) as long?;
}
