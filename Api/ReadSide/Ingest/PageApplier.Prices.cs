using Dtao.Api.ReadSide.Sql;
using Dtao.Economics;

namespace Dtao.Api.ReadSide.Ingest;

/// <content>Prices by block, and candles by the wall time of blocks.</content>
/// <remarks>
/// A block's time is known with its header, which comes after most of what belongs to the block. So the course within a block is kept until the header is here, and goes into the
/// candles then; what comes for a block whose header was here before goes into them at once. Each part goes in once, and parts add up in any order.
/// </remarks>
internal sealed partial class PageApplier
{
    private const string CourseColumns = "open_event, open, high, low, close_event, close, buy_tao, sell_tao, buy_alpha, sell_alpha, buys, sells";

    private readonly Dictionary<(ulong Block, NetUid Netuid), PriceCourse> _courses = [];
    private readonly List<(ulong Block, long ClosedAt)> _newBlocks = [];
    private readonly Dictionary<(int Resolution, NetUid Netuid, long Start), PriceCourse> _candles = [];

    private void See(NetUid netuid, ulong block, long happened, UInt128 price) => CourseOf(netuid, block).See(happened, price);

    private PriceCourse CourseOf(NetUid netuid, ulong block)
    {
        if (!_courses.TryGetValue((block, netuid), out var course)) _courses.Add((block, netuid), course = new PriceCourse());
        return course;
    }

    private async Task WritePrices(CancellationToken cancellationToken)
    {
        foreach (var ((block, netuid), course) in _courses)
        {
            writer.Write(
                ReadSchema.Bars, Cells.Of(block), Cells.Of(netuid), course.OpenEvent, Cells.OfPrice(course.Open), Cells.OfPrice(course.High), Cells.OfPrice(course.Low),
                course.CloseEvent, Cells.OfPrice(course.Close), course.BuyTao, course.SellTao, course.BuyAlpha, course.SellAlpha, course.Buys, course.Sells);
        }

        await AddLateParts(cancellationToken).ConfigureAwait(false);
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        foreach (var (block, closedAt) in _newBlocks)
        {
            var bars = await Sql.Sql.ReadAsync(
                connection, transaction, $"SELECT netuid, {CourseColumns} FROM subnet_bars WHERE block >= @first AND block <= @block",
                row => (Netuid: new NetUid((ushort)row.GetInt64(0)), Course: PriceCourse.Read(row, 1)), cancellationToken,
                ("@first", Cells.Of(FirstOf(block))), ("@block", Cells.Of(block))).ConfigureAwait(false);
            foreach (var (netuid, course) in bars) Add(netuid, closedAt, course);
        }

        foreach (var ((resolution, netuid, start), course) in _candles)
        {
            writer.Write(
                ReadSchema.Candles, Cells.Of(resolution), Cells.Of(netuid), start, course.OpenEvent, Cells.OfPrice(course.Open), Cells.OfPrice(course.High),
                Cells.OfPrice(course.Low), course.CloseEvent, Cells.OfPrice(course.Close), course.BuyTao, course.SellTao, course.BuyAlpha, course.SellAlpha, course.Buys,
                course.Sells);
        }
    }

    /// <summary>Before the first block there is no time; what happens then counts as of it.</summary>
    private static ulong FirstOf(ulong block) => block == 1 ? 0 : block;

    /// <summary>Puts into the candles what belongs to blocks whose headers were here before this page.</summary>
    private async Task AddLateParts(CancellationToken cancellationToken)
    {
        foreach (var parts in _courses.Where(course => Math.Max(course.Key.Block, 1) <= before.Head).GroupBy(course => Math.Max(course.Key.Block, 1)))
        {
            var closedAt = await Sql.Sql.ScalarAsync(
                connection, transaction, "SELECT closed_at FROM blocks WHERE block >= @block ORDER BY block LIMIT 1", cancellationToken, ("@block", Cells.Of(parts.Key)))
                .ConfigureAwait(false);
            if (closedAt is not long time) throw new InvalidDataException($"No header from block {parts.Key} on is here, and that of block {before.Head} should be.");
            foreach (var (key, course) in parts) Add(key.Netuid, time, course);
        }
    }

    private void Add(NetUid netuid, long closedAt, PriceCourse course)
    {
        foreach (var resolution in Resolutions.Seconds)
        {
            var key = (resolution, netuid, Resolutions.StartOf(resolution, closedAt));
            if (!_candles.TryGetValue(key, out var candle)) _candles.Add(key, candle = new PriceCourse());
            candle.Add(course);
        }
    }

    /// <summary>Lets go of the courses within blocks that are over: nothing more can come for them.</summary>
    private async Task ForgetBars(ulong complete, CancellationToken cancellationToken)
    {
        if (complete < 2) return;
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        await Sql.Sql.ExecuteAsync(
            connection, transaction, "DELETE FROM subnet_bars WHERE block < @block", cancellationToken, ("@block", Cells.Of(complete - 1))).ConfigureAwait(false);
    }
}
