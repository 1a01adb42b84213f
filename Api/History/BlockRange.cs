using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Sql;
using Dtao.Api.Requests;

namespace Dtao.Api.History;

/// <summary>The blocks that a request asks about.</summary>
/// <param name="From">The first.</param>
/// <param name="To">The last; below <paramref name="From"/> when there is none.</param>
internal readonly record struct BlockRange(ulong From, ulong To)
{
    private static readonly BlockRange s_none = new(1, 0);

    public bool IsEmpty => To < From;

    /// <summary>As parameters of a query that has <c>block BETWEEN @from AND @to</c>.</summary>
    public (string, object)[] Parameters => [("@from", Cells.Of(From)), ("@to", Cells.Of(To))];

    /// <summary>What all of <see cref="HistoryParameters.Range"/> leave.</summary>
    public static async Task<BlockRange> OfAsync(ApiRequest request, ReadView view)
    {
        var (from, to) = (0UL, (ulong)long.MaxValue);
        if (request.Find(HistoryParameters.BlockNumber) is { } block) (from, to) = (block, block);
        if (request.Find(HistoryParameters.BlockStart) is { } start) from = Math.Max(from, start);
        if (request.Find(HistoryParameters.BlockEnd) is { } end) to = Math.Min(to, end);
        if (request.Find(HistoryParameters.TimestampStart) is { } begin)
        {
            if (await FirstAtOrAfter(view, Milliseconds(begin), request.Aborted).ConfigureAwait(false) is not { } first) return s_none;
            // What happened before the first block has its time.
            from = Math.Max(from, first == 1 ? 0 : first);
        }

        if (request.Find(HistoryParameters.TimestampEnd) is { } until)
        {
            // Seconds have a thousand milliseconds, all of which are within the last one.
            if (await LastAtOrBefore(view, Milliseconds(until) + 999, request.Aborted).ConfigureAwait(false) is not { } last) return s_none;
            to = Math.Min(to, last);
        }

        return new(from, to);
    }

    /// <summary>The newest block that was closed by a time; null when there is none.</summary>
    public static async Task<ulong?> LastAtOrBefore(ReadView view, long milliseconds, CancellationToken cancellationToken) =>
        await view.ScalarAsync("SELECT block FROM blocks WHERE closed_at <= @time ORDER BY closed_at DESC, block DESC LIMIT 1", cancellationToken, ("@time", milliseconds))
            .ConfigureAwait(false) is long block
            ? Cells.UInt64(block)
            : null;

    private static async Task<ulong?> FirstAtOrAfter(ReadView view, long milliseconds, CancellationToken cancellationToken) =>
        await view.ScalarAsync("SELECT block FROM blocks WHERE closed_at >= @time ORDER BY closed_at, block LIMIT 1", cancellationToken, ("@time", milliseconds))
            .ConfigureAwait(false) is long block
            ? Cells.UInt64(block)
            : null;

    private static long Milliseconds(ulong seconds) => (long)Math.Min(seconds, long.MaxValue / 2_000) * 1_000;
}
