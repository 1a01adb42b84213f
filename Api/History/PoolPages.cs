using Dtao.Api.Errors;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Sql;
using Dtao.Api.Requests;
using Dtao.Economics;

namespace Dtao.Api.History;

/// <summary>Pages of one subnet's past, of every block or of the last one of each hour or day.</summary>
internal static class PoolPages
{
    public static async Task<Paged<PoolAt>> OfAsync(ApiRequest request, ReadView view, NetUid netuid)
    {
        var range = await BlockRange.OfAsync(request, view).ConfigureAwait(false);
        if (range.IsEmpty) return Listing.Empty<PoolAt>(request);
        if (request.Get(HistoryParameters.Frequency) == "by_block") return await BlockByBlockAsync(request, view, netuid, range).ConfigureAwait(false);

        var blocks = await LastBlocks.OfAsync(request, view, netuid, range).ConfigureAwait(false);
        var pools = new List<PoolAt>();
        foreach (var block in blocks.Data)
        {
            if (await PoolQueries.AtAsync(view, netuid, block, request.Aborted).ConfigureAwait(false) is { } pool) pools.Add(pool);
        }

        return new(blocks.Pagination, pools);
    }

    /// <summary>All subnets, block by block.</summary>
    public static async Task<Paged<PoolAt>> OfAllAsync(ApiRequest request, ReadView view)
    {
        if (request.Get(HistoryParameters.Frequency) != "by_block") throw new ProblemException(Problem.Missing("netuid", "the subnet's number, which this frequency needs"));
        var range = await BlockRange.OfAsync(request, view).ConfigureAwait(false);
        return range.IsEmpty ? Listing.Empty<PoolAt>(request) : await BlockByBlockAsync(request, view, range).ConfigureAwait(false);
    }

    /// <summary>One subnet within blocks.</summary>
    public static Task<Paged<PoolAt>> BlockByBlockAsync(ApiRequest request, ReadView view, NetUid netuid, BlockRange range) =>
        new Listing(PoolAt.Columns, "subnet_blocks", "netuid = @netuid AND block >= @from AND block <= @to", $"block {DirectionOf(request)}")
            .PageAsync(request, view, PoolAt.Read, [("@netuid", Cells.Of(netuid)), .. range.Parameters]);

    /// <summary>All subnets within blocks.</summary>
    public static Task<Paged<PoolAt>> BlockByBlockAsync(ApiRequest request, ReadView view, BlockRange range) =>
        new Listing(PoolAt.Columns, "subnet_blocks", "block >= @from AND block <= @to", $"block {DirectionOf(request)}, netuid {DirectionOf(request)}")
            .PageAsync(request, view, PoolAt.Read, range.Parameters);

    private static string DirectionOf(ApiRequest request) => request.IsAscending(HistoryParameters.ByBlock) ? "ASC" : "DESC";
}

/// <summary>The blocks that end each hour, or each day, as far as a subnet has been there.</summary>
internal static class LastBlocks
{
    /// <summary>A page of them within a range; of every block where no other frequency is asked for.</summary>
    public static async Task<Paged<ulong>> OfAsync(ApiRequest request, ReadView view, NetUid netuid, BlockRange range)
    {
        var isAscending = request.IsAscending(HistoryParameters.ByBlock);
        var direction = isAscending ? "ASC" : "DESC";
        if (request.Get(HistoryParameters.Frequency) == "by_block")
        {
            return await new Listing("block", "blocks", "block >= @from AND block <= @to", $"block {direction}")
                .PageAsync(request, view, row => Cells.UInt64(row.GetInt64(0)), range.Parameters).ConfigureAwait(false);
        }

        var resolution = request.Get(HistoryParameters.Frequency) == "by_hour" ? Resolutions.Hour : Resolutions.Day;
        var (first, last) = (await TimeOf(view, range.From, isFirst: true, request.Aborted).ConfigureAwait(false), await TimeOf(view, range.To, isFirst: false, request.Aborted).ConfigureAwait(false));
        if (first is not { } from || last is not { } to) return Listing.Empty<ulong>(request);
        var starts = await new Listing("start", "candles", "resolution = @resolution AND netuid = @netuid AND start >= @first AND start <= @last", $"start {direction}").PageAsync(
            request, view, row => row.GetInt64(0), ("@resolution", (long)resolution), ("@netuid", Cells.Of(netuid)), ("@first", Resolutions.StartOf(resolution, from)),
            ("@last", Resolutions.StartOf(resolution, to))).ConfigureAwait(false);
        var blocks = new List<ulong>();
        foreach (var start in starts.Data)
        {
            if (await BlockRange.LastAtOrBefore(view, ((start + resolution) * 1_000) - 1, request.Aborted).ConfigureAwait(false) is { } block) blocks.Add(Math.Min(block, range.To));
        }

        return new(starts.Pagination, blocks);
    }

    private static async Task<long?> TimeOf(ReadView view, ulong block, bool isFirst, CancellationToken cancellationToken) =>
        await view.ScalarAsync(
            isFirst
                ? "SELECT closed_at FROM blocks WHERE block >= @block ORDER BY block LIMIT 1"
                : "SELECT closed_at FROM blocks WHERE block <= @block ORDER BY block DESC LIMIT 1",
            cancellationToken, ("@block", Cells.Of(block))).ConfigureAwait(false) as long?;
}
