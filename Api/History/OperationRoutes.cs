using System.Data.Common;
using System.Globalization;
using Dtao.Api.Json;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Ingest;
using Dtao.Api.ReadSide.Sql;
using Dtao.Api.Requests;
using Dtao.Api.Writes;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Wire;

namespace Dtao.Api.History;

/// <summary>Every operation that was decided, with its outcome: an account's, or a block's.</summary>
internal static class OperationRoutes
{
    private const string Columns = "account, block, event, id, sequence, kind, netuid, status, code, decided_by, decided_order, free_change, call, outcome";

    private static readonly Parameter<AccountId> s_account = Parameters.Account("account", "The signer.");
    private static readonly Parameter<OperationId> s_id =
        new("id", "The operation's id.", text => (Guid.TryParse(text, out var id), new OperationId(id))) { Allowed = "32 hexadecimal digits", Example = "0193f5c0a7e27c3f9d0e5b1c2a3d4e5f" };

    public static void Map(ApiRoutes routes) => routes.List(
        "/api/operation/v1", "get_operations", "Operations with their outcomes, applied and refused, the newest first.", [s_account, s_id, .. HistoryParameters.Range, HistoryParameters.ByBlock],
        Operations)
        .Explain("Complete: each operation that an account took on is here once. What the account itself decided at once is here like the rest; of that, journals from before they kept its call leave it null. An administrator's settings are no account's operations.");

    private static async Task<Paged<OperationRow>> Operations(ApiRequest request, ReadView view)
    {
        var range = await BlockRange.OfAsync(request, view).ConfigureAwait(false);
        if (range.IsEmpty) return Listing.Empty<OperationRow>(request);
        List<string> conditions = ["block >= @from AND block <= @to"];
        List<(string, object)> parameters = [.. range.Parameters];
        if (request.Find(s_account) is { } account)
        {
            conditions.Add("account = @account");
            parameters.Add(("@account", Cells.Of(account)));
        }

        if (request.Find(s_id) is { } id)
        {
            conditions.Add("id = @id");
            parameters.Add(("@id", id.Value.ToByteArray(bigEndian: true)));
        }

        var direction = request.IsAscending(HistoryParameters.ByBlock) ? "ASC" : "DESC";
        // Of one id there is one row, or one for each account that had the same idea.
        var order = request.Find(s_id) is null ? $"block {direction}, account {direction}, event {direction}, place {direction}" : "account, block, event, place";
        var page = await new Listing(Columns, "operations", string.Join(" AND ", conditions), order)
            .PageAsync(request, view, OperationRow.Read, [.. parameters]).ConfigureAwait(false);
        var times = await BlockTimes.LoadAsync(view, page.Data.Select(row => row.BlockNumber.Value), request.Aborted).ConfigureAwait(false);
        return Listing.Turn(page, row => row with { Timestamp = times[row.BlockNumber.Value] });
    }
}

/// <summary>An operation with its outcome.</summary>
/// <param name="Signer">The coldkey that called.</param>
/// <param name="Sequence">The signer's count; 0 for one that its account decided at once.</param>
/// <param name="Call">The kind of the call, named as where calls are sent; null where the journal is from before it kept it.</param>
/// <param name="Netuid">The subnet, or the one that stake came from; null where the call has none.</param>
/// <param name="Status">Applied or Refused.</param>
/// <param name="Error">The chain's name of the refusal; null when applied.</param>
/// <param name="Code">The refusal's number; 0 when applied.</param>
/// <param name="DecidedBy">The subnet whose pool decided; null when it was none.</param>
/// <param name="Order">The place in the deciding actor's order.</param>
/// <param name="FreeChange">By how many signed rao the signer's free TAO changed.</param>
/// <param name="Tao">TAO that it staked and unstaked, together; null when it did neither.</param>
/// <param name="Alpha">The alpha for it.</param>
/// <param name="Fee">The transaction fee in TAO; null where there was none.</param>
/// <param name="Arguments">What was called with.</param>
/// <param name="Moves">Stake that came and went, in order.</param>
internal sealed record OperationRow(
    OperationId Id, BlockNumber BlockNumber, Timestamp? Timestamp, AccountId Signer, ulong Sequence, string? Call, NetUid? Netuid, string Status, string? Error, int Code,
    NetUid? DecidedBy, ulong Order, string FreeChange, Tao? Tao, Alpha? Alpha, Tao? Fee, OperationArguments? Arguments, IReadOnlyList<OperationMove> Moves)
{
    public static OperationRow Read(DbDataReader row)
    {
        var call = row.IsDBNull(12) ? null : PageApplier.CallOf((byte[])row.GetValue(12));
        var outcome = row.IsDBNull(13) ? null : OutcomeOf((byte[])row.GetValue(13));
        var (status, code) = ((ReceiptStatus)row.GetInt64(7), (ushort)row.GetInt64(8));
        var moves = outcome?.Moves ?? [];
        return new(
            new OperationId(new Guid((byte[])row.GetValue(3), bigEndian: true)), new BlockNumber(Cells.UInt64(row.GetInt64(1))), null, Cells.Account((byte[])row.GetValue(0)),
            Cells.UInt64(row.GetInt64(4)), call is null ? null : CallForms.NameOf(call.Kind), call is null || IsOfAccounts(call.Kind) ? null : call.Netuid, status.ToString(),
            status == ReceiptStatus.Applied ? null : ErrorOf(code), code, row.IsDBNull(9) ? null : new NetUid((ushort)row.GetInt64(9)), Cells.UInt64(row.GetInt64(10)),
            Signed.Of(row.GetInt64(11)), moves.Count == 0 ? null : new Tao(Sum(moves.Select(move => move.Tao.Rao))),
            moves.Count == 0 ? null : new Alpha(Sum(moves.Select(move => move.Alpha.Rao))), outcome is { Fee.IsPaid: true } ? outcome.Fee.Tao : null,
            call is null ? null : OperationArguments.Of(call), [.. moves.Select(OperationMove.Of)]);
    }

    private static ulong Sum(IEnumerable<ulong> amounts) => amounts.Aggregate(0UL, SaturatingMath.Add);

    internal static CallOutcome OutcomeOf(byte[] body)
    {
        var reader = new RecordReader(body);
        return LedgerCodec.ReadOutcome(ref reader);
    }

    private static bool IsOfAccounts(CallKind kind) => kind is CallKind.Transfer or CallKind.TransferAll or CallKind.TryAssociateHotkey or CallKind.SetIdentity
        or CallKind.IncreaseTake or CallKind.DecreaseTake or CallKind.AnnounceColdkeySwap or CallKind.SwapColdkeyAnnounced or CallKind.SwapColdkey;

    private static string ErrorOf(ushort code) => Enum.IsDefined((LedgerError)code) ? ((LedgerError)code).ToString() : ((RefusalCode)code).ToString();
}

/// <summary>What a call was made with; fields that its kind does not use are null.</summary>
/// <param name="Amount">Rao of TAO or of alpha, by the kind; null when 0.</param>
/// <param name="LimitPrice">Rao of TAO for one alpha.</param>
internal sealed record OperationArguments(
    AccountId? Hotkey, string? Amount, string? LimitPrice, bool AllowPartial, AccountId? ToHotkey, NetUid? ToNetuid, AccountId? ToColdkey, string? Parameter, string? Value)
{
    public static OperationArguments Of(Call call) => new(
        call.Hotkey == default ? null : call.Hotkey, call.Amount == 0 ? null : Text(call.Amount), call.Limit is { } limit ? Text(limit) : null, call.AllowPartial, call.ToHotkey,
        call.ToNetuid, call.ToColdkey, call.Parameter, call.Value);

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Stake that an operation added (In) or removed (Out).</summary>
/// <param name="Fee">Rao of what was given: TAO for In, alpha for Out.</param>
internal sealed record OperationMove(string Kind, NetUid Netuid, AccountId Hotkey, AccountId Coldkey, Tao Tao, Alpha Alpha, string Fee)
{
    public static OperationMove Of(StakeMove move) =>
        new(move.Kind.ToString(), move.Netuid, move.Hotkey, move.Coldkey, move.Tao, move.Alpha, move.Fee.ToString(CultureInfo.InvariantCulture));
}
