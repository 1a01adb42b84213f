using System.Globalization;
using Dtao.Api.Errors;
using Dtao.Api.Json;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Sql;
using Dtao.Api.Requests;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;

namespace Dtao.Api.History;

/// <summary>Why a balance changed: each change with the event that made it.</summary>
internal static class ChangeRoutes
{
    private static readonly Parameter<string> s_of = Parameters.Word("of", "Free TAO, or the alpha of one stake.", "tao", "alpha").Or("tao");
    private static readonly Parameter<AccountId> s_addressNeeded = HistoryParameters.Address.Required();

    public static void Map(ApiRoutes routes) => routes.List(
        "/api/account/balance_changes/v1", "get_balance_changes", "Why an account's balance changed: each change of its free TAO, or of one of its stakes, with its cause.",
        [s_addressNeeded, s_of, Parameters.Netuid, Parameters.Hotkey, .. HistoryParameters.Range, HistoryParameters.ByBlock], Changes)
        .Explain(
            "Changes of free TAO add up to the balance. With of=alpha, netuid and hotkey name the stake; a change of it is a change of its share (stake, unstake, moved_in, moved_out, emission) or of "
            + "the hotkey's whole stake (dividend), and rounding is what is left when others come and go. Of a stake the last 20,000 events of its hotkey within the asked blocks are looked at.");

    private static Task<Paged<ChangeRow>> Changes(ApiRequest request, ReadView view) => request.Get(s_of) == "tao" ? OfTao(request, view) : OfAlpha(request, view);

    private static async Task<Paged<ChangeRow>> OfTao(ApiRequest request, ReadView view)
    {
        var range = await BlockRange.OfAsync(request, view).ConfigureAwait(false);
        if (range.IsEmpty) return Listing.Empty<ChangeRow>(request);
        var direction = request.IsAscending(HistoryParameters.ByBlock) ? "ASC" : "DESC";
        var page = await new Listing(
            "block, event, place, cause, delta, free, counterparty, netuid, id, sequence", "balance_changes", "account = @account AND block >= @from AND block <= @to",
            $"block {direction}, event {direction}, place {direction}").PageAsync(
                request, view,
                row => new TaoChange(
                    Cells.UInt64(row.GetInt64(0)), row.GetInt64(1), row.GetInt64(2), (BalanceCause)row.GetInt64(3), row.GetInt64(4), Cells.UInt64(row.GetInt64(5)),
                    row.IsDBNull(6) ? null : Cells.Account((byte[])row.GetValue(6)), row.IsDBNull(7) ? null : new NetUid((ushort)row.GetInt64(7)),
                    row.IsDBNull(8) ? null : new OperationId(new Guid((byte[])row.GetValue(8), bigEndian: true)), Cells.UInt64(row.GetInt64(9))),
                [("@account", Cells.Of(request.Get(s_addressNeeded))), .. range.Parameters]).ConfigureAwait(false);
        var times = await BlockTimes.LoadAsync(view, page.Data.Select(change => change.Block), request.Aborted).ConfigureAwait(false);
        var rows = new List<ChangeRow>();
        foreach (var change in page.Data)
        {
            var because = await CauseQueries.OfTaoAsync(view, request.Get(s_addressNeeded), change, request.Aborted).ConfigureAwait(false);
            rows.Add(new(
                string.Create(CultureInfo.InvariantCulture, $"{change.Event}-{change.Place}"), new BlockNumber(change.Block), times[change.Block], "tao", change.Netuid, null,
                CauseQueries.NameOf(change.Cause), because.Count > 0 ? because[0].Call : null, Signed.Of(change.Delta), Signed.Of((System.Numerics.BigInteger)change.Free), change.Counterparty,
                change.Operation, because));
        }

        return new(page.Pagination, rows);
    }

    private static async Task<Paged<ChangeRow>> OfAlpha(ApiRequest request, ReadView view)
    {
        if (request.Find(Parameters.Netuid) is not { } netuid) throw new ProblemException(Problem.Missing("netuid", "the stake's subnet"));
        if (request.Find(Parameters.Hotkey) is not { } hotkey) throw new ProblemException(Problem.Missing("hotkey", "the stake's hotkey"));
        var range = await BlockRange.OfAsync(request, view).ConfigureAwait(false);
        if (range.IsEmpty) return Listing.Empty<ChangeRow>(request);
        var key = new PositionKey(netuid, hotkey, request.Get(s_addressNeeded));
        var changes = await StakeCourse.ChangesAsync(view, key, range, request.Aborted).ConfigureAwait(false);
        if (!request.IsAscending(HistoryParameters.ByBlock)) changes.Reverse();
        var page = request.PageOf(changes);
        var times = await BlockTimes.LoadAsync(view, page.Data.Select(change => change.Block), request.Aborted).ConfigureAwait(false);
        var rows = new List<ChangeRow>();
        foreach (var change in page.Data)
        {
            var (cause, because) = await CauseQueries.OfStakeAsync(view, key, change, request.Aborted).ConfigureAwait(false);
            rows.Add(new(
                string.Create(CultureInfo.InvariantCulture, $"{netuid}-{change.Event}"), new BlockNumber(change.Block), times[change.Block], "alpha", netuid, hotkey, cause,
                because.Count > 0 ? because[0].Call : null, Signed.Of((System.Numerics.BigInteger)change.After.Rao - change.Before.Rao), Signed.Of((System.Numerics.BigInteger)change.After.Rao),
                because.Count > 0 && because[0].Signer != key.Coldkey ? because[0].Signer : null, null, because));
        }

        return new(page.Pagination, rows);
    }
}

/// <summary>A change of an account's free TAO, as it is kept.</summary>
internal sealed record TaoChange(
    ulong Block, long Event, long Place, BalanceCause Cause, long Delta, ulong Free, AccountId? Counterparty, NetUid? Netuid, OperationId? Operation, ulong Sequence);

/// <summary>A change of a balance.</summary>
/// <param name="Id">Unique within the account and what it is of.</param>
/// <param name="Of">tao or alpha.</param>
/// <param name="Cause">
/// Of TAO: operation, fee, account, pool, lane, genesis. Of alpha: genesis, stake, unstake, moved_in, moved_out, emission, dividend, dissolved, rounding, lane, or other.
/// </param>
/// <param name="Call">The kind of the operation that made it; null where it was none, or is not told.</param>
/// <param name="Delta">Signed rao.</param>
/// <param name="Free">The balance after it, in rao.</param>
/// <param name="Counterparty">Who sent it, or whose operation it was.</param>
/// <param name="OperationId">The account's own operation.</param>
/// <param name="Because">The operations that it comes from.</param>
internal sealed record ChangeRow(
    string Id, BlockNumber BlockNumber, Timestamp? Timestamp, string Of, NetUid? Netuid, AccountId? Hotkey, string Cause, string? Call, string Delta, string Free,
    AccountId? Counterparty, OperationId? OperationId, IReadOnlyList<CausingOperation> Because);

/// <summary>An operation that changed a balance.</summary>
internal sealed record CausingOperation(AccountId Signer, ulong Sequence, string Call, NetUid? Netuid);
