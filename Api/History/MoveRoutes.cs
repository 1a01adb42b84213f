using System.Globalization;
using Dtao.Api.Errors;
using Dtao.Api.Json;
using Dtao.Api.ReadSide;
using Dtao.Api.Requests;
using Dtao.Api.Writes;
using Dtao.Economics;
using Dtao.Grains;

namespace Dtao.Api.History;

/// <summary>Trades and delegations: TAO that became stake, and stake that became TAO.</summary>
internal static class MoveRoutes
{
    private const string Tao = "TAO";
    private const string SubnetPrefix = "SN";

    private static readonly Parameter<string> s_fromName = Parameters.Text("from_name", "TAO for purchases, or SN and the subnet's number for sales there.", 10, Tao);
    private static readonly Parameter<string> s_toName = Parameters.Text("to_name", "TAO for sales, or SN and the subnet's number for purchases there.", 10, "SN1");
    private static readonly Parameter<AccountId> s_nominator = Parameters.Account("nominator", "The staker's coldkey.");
    private static readonly Parameter<AccountId> s_delegate = Parameters.Account("delegate", "The hotkey that is staked to.");
    private static readonly Parameter<string> s_action = Parameters.Word("action", "Which direction.", "all", "delegate", "undelegate").Or("all");
    private static readonly Parameter<bool> s_isTransfer = Parameters.Flag("is_transfer", "Only moves within a subnet, or only what went through its pool.");

    public static void Map(ApiRoutes routes)
    {
        routes.List(
            "/api/dtao/trade/v1", "get_trades", "Purchases and sales of alpha, the newest first.",
            [Parameters.Netuid, Parameters.Coldkey, Parameters.Hotkey, s_fromName, s_toName, .. HistoryParameters.Range, HistoryParameters.ByBlock], Trades)
            .Explain("A swap from one subnet to another is a sale on one and a purchase on the other, with the same operation_id, each naming the other's subnet. The price is the spot price after the event.");
        routes.List(
            "/api/delegation/v1", "get_delegations", "Stake that came to hotkeys or left them, the newest first.",
            [s_nominator, s_delegate, Parameters.Netuid, s_action, s_isTransfer, .. HistoryParameters.Range, HistoryParameters.ByBlock], Delegations)
            .Explain("A move of stake within a subnet is two rows without a fee.");
    }

    private static async Task<Paged<TradeRow>> Trades(ApiRequest request, ReadView view)
    {
        var filter = new MoveFilter { IsTrade = true };
        if (request.TryGet(Parameters.Netuid, out var netuid)) filter.In(netuid);
        if (request.TryGet(Parameters.Coldkey, out var coldkey)) filter.Coldkey = coldkey;
        if (request.TryGet(Parameters.Hotkey, out var hotkey)) filter.Hotkey = hotkey;
        if (request.TryGet(s_fromName, out var from)) Narrow(filter, from, s_fromName, isBuyOfTao: true);
        if (request.TryGet(s_toName, out var to)) Narrow(filter, to, s_toName, isBuyOfTao: false);
        var page = await Moves(request, view, filter).ConfigureAwait(false);
        var times = await BlockTimes.LoadAsync(view, page.Data.Select(move => move.Block), request.Aborted).ConfigureAwait(false);
        var operations = await TradeOperations.LoadAsync(view, page.Data, request.Aborted).ConfigureAwait(false);
        return Listing.Turn(page, move => TradeRow.Of(move, times[move.Block], operations.GetValueOrDefault(move.Id)));
    }

    private static async Task<Paged<DelegationRow>> Delegations(ApiRequest request, ReadView view)
    {
        var filter = new MoveFilter { IsTrade = request.Find(s_isTransfer) is { } isTransfer ? !isTransfer : null };
        if (request.TryGet(Parameters.Netuid, out var netuid)) filter.In(netuid);
        if (request.TryGet(s_nominator, out var coldkey)) filter.Coldkey = coldkey;
        if (request.TryGet(s_delegate, out var hotkey)) filter.Hotkey = hotkey;
        if (request.Get(s_action) is var action and not "all") filter.Going(action == "delegate");
        var page = await Moves(request, view, filter).ConfigureAwait(false);
        var times = await BlockTimes.LoadAsync(view, page.Data.Select(move => move.Block), request.Aborted).ConfigureAwait(false);
        var operations = await TradeOperations.LoadAsync(view, page.Data, request.Aborted).ConfigureAwait(false);
        return Listing.Turn(page, move => new DelegationRow(
            move.Id, new BlockNumber(move.Block), times[move.Block], move.IsIn ? "DELEGATE" : "UNDELEGATE", move.Coldkey, move.Hotkey, move.Tao, move.Alpha,
            PriceText.OfRatio(move.Tao.Rao, move.Alpha.Rao), move.Fee.ToString(CultureInfo.InvariantCulture), move.Netuid, !move.IsTrade, CallForms.NameOf(move.Kind), operations.GetValueOrDefault(move.Id)?.Id));
    }

    private static async Task<Paged<StakeMoveAt>> Moves(ApiRequest request, ReadView view, MoveFilter filter)
    {
        var range = await BlockRange.OfAsync(request, view).ConfigureAwait(false);
        if (range.IsEmpty || filter.IsImpossible) return Listing.Empty<StakeMoveAt>(request);
        return await MoveQueries.ListingOf(filter, request.IsAscending(HistoryParameters.ByBlock))
            .PageAsync(request, view, StakeMoveAt.Read, [.. filter.Parameters, .. range.Parameters]).ConfigureAwait(false);
    }

    /// <summary>Reads a side of a trade: one of the two is TAO, and the other one says where.</summary>
    private static void Narrow(MoveFilter filter, string name, Parameter<string> parameter, bool isBuyOfTao)
    {
        if (name.Equals(Tao, StringComparison.OrdinalIgnoreCase))
        {
            filter.Going(isBuyOfTao);
        }
        else if (name.StartsWith(SubnetPrefix, StringComparison.OrdinalIgnoreCase)
            && ushort.TryParse(name.AsSpan(SubnetPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var netuid))
        {
            filter.In(new NetUid(netuid));
            filter.Going(!isBuyOfTao);
        }
        else
        {
            throw new ProblemException(Problem.Invalid(parameter.Name, name, "TAO, or SN and a subnet's number, such as SN1"));
        }
    }
}

/// <summary>A purchase or a sale.</summary>
/// <param name="FromName">What was given: TAO, or SN and the subnet's number.</param>
/// <param name="ToName">What was got.</param>
/// <param name="FromAmount">Rao of what was given.</param>
/// <param name="ToAmount">Rao of what was got.</param>
/// <param name="Price">The spot price after it.</param>
/// <param name="Fee">Rao of what was given.</param>
/// <param name="Call">The kind of the operation.</param>
/// <param name="OperationId">The operation: the same for both legs of a swap between subnets. Null until it has ended, and for what no account asked for, such as claims.</param>
/// <param name="OtherNetuid">Of a swap between subnets, the subnet of its other leg; null otherwise.</param>
internal sealed record TradeRow(
    string Id, BlockNumber BlockNumber, Timestamp? Timestamp, NetUid Netuid, string FromName, string ToName, string FromAmount, string ToAmount, Tao TaoValue, Alpha Alpha,
    U64F64 Price, string Fee, AccountId Coldkey, AccountId Hotkey, bool IsBuy, string Call, OperationId? OperationId, NetUid? OtherNetuid)
{
    public static TradeRow Of(StakeMoveAt move, Timestamp? time, TradeOperation? operation)
    {
        var (subnet, tao, alpha) = ($"SN{move.Netuid}", Text(move.Tao.Rao), Text(move.Alpha.Rao));
        return new(
            move.Id, new BlockNumber(move.Block), time, move.Netuid, move.IsIn ? "TAO" : subnet, move.IsIn ? subnet : "TAO", move.IsIn ? tao : alpha, move.IsIn ? alpha : tao,
            move.Tao, move.Alpha, new U64F64(move.Price), Text(move.Fee), move.Coldkey, move.Hotkey, move.IsIn, CallForms.NameOf(move.Kind),
            operation?.Id, operation?.OtherOf(move));
    }

    private static string Text(ulong rao) => rao.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Stake that came to a hotkey or left it.</summary>
/// <param name="Amount">TAO.</param>
/// <param name="AlphaPriceInTao">TAO for each alpha of this move.</param>
/// <param name="Fee">Rao of what was given.</param>
/// <param name="IsTransfer">Whether it stayed within the subnet.</param>
/// <param name="OperationId">The operation, the same for all its rows; null until it has ended.</param>
internal sealed record DelegationRow(
    string Id, BlockNumber BlockNumber, Timestamp? Timestamp, string Action, AccountId Nominator, AccountId Delegate, Tao Amount, Alpha Alpha, string AlphaPriceInTao, string Fee,
    NetUid Netuid, bool IsTransfer, string Call, OperationId? OperationId);
