using System.Data.Common;
using System.Globalization;
using Dtao.Api.Errors;
using Dtao.Api.Json;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Sql;
using Dtao.Api.Requests;
using Dtao.Economics;

namespace Dtao.Api.History;

/// <summary>Blocks.</summary>
internal static class BlockRoutes
{
    private static readonly Parameter<string> s_hash = Parameters.Text("hash", "A block's hash, 64 hexadecimal digits.", 66, "0x00");

    public static void Map(ApiRoutes routes) => routes.List(
        "/api/block/v1", "get_blocks", "Blocks, the newest first.", [s_hash, .. HistoryParameters.Range, HistoryParameters.ByBlock], Blocks)
        .Explain("An operation counts in the block that the deciding actor had last applied.");

    private static async Task<Paged<BlockRow>> Blocks(ApiRequest request, ReadView view)
    {
        var range = await BlockRange.OfAsync(request, view).ConfigureAwait(false);
        if (range.IsEmpty) return Listing.Empty<BlockRow>(request);
        if (request.TryGet(s_hash, out var hash))
        {
            if (await view.ScalarAsync("SELECT block FROM blocks WHERE hash = @hash", request.Aborted, ("@hash", HashOf(hash))).ConfigureAwait(false) is not long named) return Listing.Empty<BlockRow>(request);
            var block = Cells.UInt64(named);
            range = new(Math.Max(range.From, block), Math.Min(range.To, block));
        }

        var direction = request.IsAscending(HistoryParameters.ByBlock) ? "ASC" : "DESC";
        var page = await new Listing(BlockQueries.Columns, "blocks", "block >= @from AND block <= @to", $"block {direction}")
            .PageAsync(request, view, BlockRow.Read, range.Parameters).ConfigureAwait(false);
        var counts = await BlockQueries.OperationsAsync(view, page.Data, request.Aborted).ConfigureAwait(false);
        return Listing.Turn(page, row => row with { ExtrinsicsCount = counts.GetValueOrDefault(row.BlockNumber.Value) });
    }

    private static byte[] HashOf(string text)
    {
        var digits = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
        return digits.Length == 64 && digits.All(char.IsAsciiHexDigit) ? Convert.FromHexString(digits) : throw new ProblemException(Problem.Invalid(s_hash.Name, text, "64 hexadecimal digits"));
    }
}

/// <summary>Questions about blocks.</summary>
internal static class BlockQueries
{
    public const string Columns =
        "block, hash, parent_hash, state_root, emission, recycled, total_issuance, balances_issuance, rule_set, subnets, closed_at, close_microseconds";

    /// <summary>Blocks after one, ascending, as far as they are complete; for streams.</summary>
    public static Task<List<BlockRow>> AfterAsync(ReadView view, ulong block, int countMax, CancellationToken cancellationToken) => view.QueryAsync(
        $"SELECT {Columns} FROM blocks WHERE block > @block AND block <= @complete ORDER BY block LIMIT @most", BlockRow.Read, cancellationToken, ("@block", Cells.Of(block)),
        ("@complete", Cells.Of(view.Position.Complete)), ("@most", (long)countMax));

    /// <summary>How many operations each of some blocks has.</summary>
    public static async Task<Dictionary<ulong, long>> OperationsAsync(ReadView view, IReadOnlyList<BlockRow> blocks, CancellationToken cancellationToken)
    {
        if (blocks.Count == 0) return [];
        var names = string.Join(", ", Enumerable.Range(0, blocks.Count).Select(place => string.Create(CultureInfo.InvariantCulture, $"@b{place}")));
        var rows = await view.QueryAsync(
            $"SELECT block, COUNT(*) FROM operations WHERE block IN ({names}) GROUP BY block", row => (Block: Cells.UInt64(row.GetInt64(0)), Count: row.GetInt64(1)),
            cancellationToken, [.. blocks.Select((block, place) => (string.Create(CultureInfo.InvariantCulture, $"@b{place}"), Cells.Of(block.BlockNumber.Value)))])
            .ConfigureAwait(false);
        return rows.ToDictionary(row => row.Block, row => row.Count);
    }
}

/// <summary>A block.</summary>
/// <param name="StateRoot">Merkle root over the subnets' digests.</param>
/// <param name="Emission">TAO that it minted.</param>
/// <param name="Recycled">The part of it that no subnet took.</param>
/// <param name="TotalIssuance">All TAO, as the staking ledger counts it.</param>
/// <param name="BalancesIssuance">All TAO, as the balances count it.</param>
/// <param name="SpecName">The rule set in force.</param>
/// <param name="ExtrinsicsCount">Operations that were decided when it was the newest.</param>
/// <param name="CloseMicroseconds">How long closing it took: gather, plan, fan-out, header.</param>
internal sealed record BlockRow(
    BlockNumber BlockNumber, string Hash, string ParentHash, string StateRoot, string SpecName, Timestamp Timestamp, Tao Emission, Tao Recycled, Tao TotalIssuance,
    Tao BalancesIssuance, int Subnets, long ExtrinsicsCount, IReadOnlyList<long> CloseMicroseconds)
{
    public static BlockRow Read(DbDataReader row) => new(
        new BlockNumber(Cells.UInt64(row.GetInt64(0))), Hex(row, 1), Hex(row, 2), Hex(row, 3), row.GetString(8), new Timestamp(row.GetInt64(10)),
        new Tao(Cells.UInt64(row.GetInt64(4))), new Tao(Cells.UInt64(row.GetInt64(5))), new Tao(Cells.UInt64(row.GetInt64(6))), new Tao(Cells.UInt64(row.GetInt64(7))),
        (int)row.GetInt64(9), 0,
        [.. row.GetString(11).Split(',', StringSplitOptions.RemoveEmptyEntries).Select(text => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture))]);

    private static string Hex(DbDataReader row, int column) => "0x" + Convert.ToHexStringLower((byte[])row.GetValue(column));
}
