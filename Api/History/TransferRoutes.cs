using System.Globalization;
using Dtao.Api.Json;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Sql;
using Dtao.Api.Requests;
using Dtao.Economics;
using Dtao.Grains;

namespace Dtao.Api.History;

/// <summary>Plain transfers of TAO.</summary>
internal static class TransferRoutes
{
    private const string Columns = "block, sender, event, place, receiver, amount, fee, id";

    private static readonly Parameter<AccountId> s_address = Parameters.Account("address", "Sender or receiver.");
    private static readonly Parameter<AccountId> s_from = Parameters.Account("from", "The sender.");
    private static readonly Parameter<AccountId> s_to = Parameters.Account("to", "The receiver.");
    private static readonly Parameter<ulong> s_amountMin = Parameters.Rao("amount_min", "At least so much.");
    private static readonly Parameter<ulong> s_amountMax = Parameters.Rao("amount_max", "At most so much.");

    public static void Map(ApiRoutes routes) => routes.List(
        "/api/transfer/v1", "get_transfers", "Transfers of TAO, the newest first.",
        [s_address, s_from, s_to, s_amountMin, s_amountMax, .. HistoryParameters.Range, HistoryParameters.ByBlock], Transfers);

    private static async Task<Paged<TransferRow>> Transfers(ApiRequest request, ReadView view)
    {
        var range = await BlockRange.OfAsync(request, view).ConfigureAwait(false);
        if (range.IsEmpty) return Listing.Empty<TransferRow>(request);
        List<string> conditions = ["block >= @from AND block <= @to"];
        List<(string, object)> parameters = [.. range.Parameters];
        Narrow(request.Find(s_from), "sender = @sender", "@sender");
        Narrow(request.Find(s_to), "receiver = @receiver", "@receiver");
        if (request.TryGet(s_amountMin, out var least)) Add("amount >= @least", "@least", Cells.Of(least));
        if (request.TryGet(s_amountMax, out var most)) Add("amount <= @most", "@most", Cells.Of(most));

        var direction = request.IsAscending(HistoryParameters.ByBlock) ? "ASC" : "DESC";
        var (from, where) = ("transfers", string.Join(" AND ", conditions));
        if (request.Find(s_address) is { } address)
        {
            // Two halves, each through its own index; a transfer to oneself is in the first alone.
            from = $"""
                (SELECT {Columns} FROM transfers WHERE sender = @address AND {where}
                 UNION ALL SELECT {Columns} FROM transfers WHERE receiver = @address AND sender <> @address AND {where}) AS both_ways
                """;
            where = "block >= @from AND block <= @to";
            parameters.Add(("@address", Cells.Of(address)));
        }

        var page = await new Listing(Columns, from, where, $"block {direction}, sender {direction}, event {direction}, place {direction}").PageAsync(
            request, view,
            row => (Block: Cells.UInt64(row.GetInt64(0)), Row: new TransferRow(
                string.Create(CultureInfo.InvariantCulture, $"{row.GetInt64(0)}-{Convert.ToHexStringLower(((byte[])row.GetValue(1))[..4])}-{row.GetInt64(2)}"),
                Cells.Account((byte[])row.GetValue(4)), Cells.Account((byte[])row.GetValue(1)), new BlockNumber(Cells.UInt64(row.GetInt64(0))), null,
                new Tao(Cells.UInt64(row.GetInt64(5))), new Tao(Cells.UInt64(row.GetInt64(6))), new OperationId(new Guid((byte[])row.GetValue(7), bigEndian: true)))),
            [.. parameters]).ConfigureAwait(false);
        var times = await BlockTimes.LoadAsync(view, page.Data.Select(row => row.Block), request.Aborted).ConfigureAwait(false);
        return Listing.Turn(page, row => row.Row with { Timestamp = times[row.Block] });

        void Narrow(AccountId? account, string condition, string name)
        {
            if (account is { } known) Add(condition, name, Cells.Of(known));
        }

        void Add(string condition, string name, object value)
        {
            conditions.Add(condition);
            parameters.Add((name, value));
        }
    }
}

/// <summary>A transfer of TAO.</summary>
/// <param name="Fee">The transaction fee.</param>
/// <param name="TransactionHash">The operation's id: this ledger's name for what a chain names by a hash.</param>
internal sealed record TransferRow(
    string Id, AccountId To, AccountId From, BlockNumber BlockNumber, Timestamp? Timestamp, Tao Amount, Tao Fee, OperationId TransactionHash);
