using System.Data.Common;
using Dtao.Api.Json;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Ingest;
using Dtao.Api.ReadSide.Sql;
using Dtao.Api.Requests;
using Dtao.Api.Writes;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Registration;
using Dtao.Economics.Settings;
using Dtao.Grains.Feed;

namespace Dtao.Api.History;

/// <summary>Settings as they were, and what a new subnet cost by them.</summary>
internal static class SettingRoutes
{
    private const string Columns =
        "setting_changes.netuid, setting_changes.block, setting_changes.name, setting_changes.old_value, setting_changes.new_value, setting_changes.cause, pool_events.kind, pool_events.signer";

    /// <summary>A block's settings have no operation, and so no row there; neither have the network's.</summary>
    private const string From = "setting_changes LEFT JOIN pool_events ON pool_events.netuid = setting_changes.netuid AND pool_events.event = setting_changes.event";

    private static readonly Parameter<string> s_name = new("name", "One hyperparameter, by its name here or on the chain.", text => (NameOf(text) is not null, NameOf(text) ?? text))
    {
        LengthMax = 64,
        Allowed = "the name of a hyperparameter, as the latest ones are listed",
        Example = "tempo",
    };

    public static void Map(ApiRoutes routes)
    {
        routes.List(
            "/api/subnet/hyperparameters/history/v1", "get_hyperparameter_history", "Each change of a subnet's hyperparameters, or without one of the network's, the newest first.",
            [Parameters.Netuid, s_name, .. HistoryParameters.Range, HistoryParameters.ByBlock], Changes)
            .Explain(
                "It begins with the values at genesis, or at the subnet's registration, whose value before is null; so the value at any block is that of the last change up to it. "
                + "A subnet that takes the place of another begins anew. Changes that the owner, the sudo key, or an administrator made, and those that other calls and blocks made, are all here; "
                + "the split of emission between mechanisms is not.");
        routes.List(
            "/api/subnet/registration_cost/history/v1", "get_registration_cost_history", "What the registration of a new subnet cost after earlier blocks.",
            [HistoryParameters.Frequency, .. HistoryParameters.Range, HistoryParameters.ByBlock], Costs)
            .Explain("By the ledger's own rule, on the parameters and the issuance of then; what happened while the block was the newest is in it. What a seat on a subnet cost stands in the subnet's history.");
    }

    private static async Task<Paged<HyperparameterChangeRow>> Changes(ApiRequest request, ReadView view)
    {
        var range = await BlockRange.OfAsync(request, view).ConfigureAwait(false);
        if (range.IsEmpty) return Listing.Empty<HyperparameterChangeRow>(request);
        var netuid = request.Find(Parameters.Netuid) is { } subnet ? Cells.Of(subnet) : ReadSchema.OfNetwork;
        List<(string, object)> parameters = [("@netuid", netuid), .. range.Parameters];
        var where = "setting_changes.netuid = @netuid AND setting_changes.block >= @from AND setting_changes.block <= @to";
        var direction = request.IsAscending(HistoryParameters.ByBlock) ? "ASC" : "DESC";
        var order = $"setting_changes.block {direction}, setting_changes.event {direction}, setting_changes.place {direction}";
        if (request.TryGet(s_name, out var name))
        {
            where += " AND setting_changes.name = @name";
            parameters.Add(("@name", name));
        }
        else
        {
            order += $", setting_changes.item {direction}";
        }

        var page = await new Listing(Columns, From, where, order).PageAsync(request, view, HyperparameterChangeRow.Read, [.. parameters]).ConfigureAwait(false);
        var times = await BlockTimes.LoadAsync(view, page.Data.Select(row => row.BlockNumber.Value), request.Aborted).ConfigureAwait(false);
        return Listing.Turn(page, row => row with { Timestamp = times[row.BlockNumber.Value] });
    }

    private static async Task<Paged<RegistrationCostRow>> Costs(ApiRequest request, ReadView view)
    {
        var range = await BlockRange.OfAsync(request, view).ConfigureAwait(false);
        if (range.IsEmpty) return Listing.Empty<RegistrationCostRow>(request);
        // Root is there from the first block on, so its hours and days are the network's.
        var blocks = await LastBlocks.OfAsync(request, view, NetUid.Root, range).ConfigureAwait(false);
        var times = await BlockTimes.LoadAsync(view, blocks.Data, request.Aborted).ConfigureAwait(false);
        var rows = new List<RegistrationCostRow>();
        foreach (var block in blocks.Data)
        {
            if (await CostAtAsync(view, block, request.Aborted).ConfigureAwait(false) is { } row) rows.Add(row with { Timestamp = times[block] });
        }

        return new(blocks.Pagination, rows);
    }

    private static async Task<RegistrationCostRow?> CostAtAsync(ReadView view, ulong block, CancellationToken cancellationToken)
    {
        var parameters = await view.ScalarAsync(
            "SELECT body FROM parameters WHERE block <= @block ORDER BY block DESC, event DESC, place DESC LIMIT 1", cancellationToken, ("@block", Cells.Of(block))).ConfigureAwait(false);
        var issuance = await view.ScalarAsync("SELECT total_issuance FROM blocks WHERE block = @block", cancellationToken, ("@block", Cells.Of(block))).ConfigureAwait(false);
        if (parameters is not byte[] body || issuance is not long rao) return null;
        var then = PageApplier.ParametersOf(body);
        return new(
            new BlockNumber(block), null, NetworkChoice.LockCost(then, new BlockNumber(block), new Tao(Cells.UInt64(rao))), then.NetworkMinLock, then.NetworkLastLock,
            then.NetworkLastLockBlock == 0 ? null : new BlockNumber(then.NetworkLastLockBlock));
    }

    private static string? NameOf(string text) =>
        Hyperparameters.TryGetOfSubnet(text, out var found) || Hyperparameters.TryGetOfNetwork(text, out found) ? found!.Name : null;
}

/// <summary>A change of a hyperparameter.</summary>
/// <param name="BlockNumber">The newest block when it was made: the change holds from there on.</param>
/// <param name="Netuid">Null: of the network.</param>
/// <param name="Name">As in genesis documents.</param>
/// <param name="ChainName">As in the reference's calls.</param>
/// <param name="Unit">Of one.</param>
/// <param name="Before">As text; null where there was none, as at the beginning.</param>
/// <param name="Value">As text; null where there is none any more.</param>
/// <param name="Cause">genesis, registered, block, operation, or lane (operations over several subnets).</param>
/// <param name="Call">The kind of the call that made it, admin for an administrator's; null where it was none, or is not told.</param>
/// <param name="Signer">Whose call it was; null where it was none, an administrator's, or is not told.</param>
internal sealed record HyperparameterChangeRow(
    BlockNumber BlockNumber, Timestamp? Timestamp, NetUid? Netuid, string Name, string ChainName, string Unit, string? Before, string? Value, string Cause, string? Call, AccountId? Signer)
{
    public static HyperparameterChangeRow Read(DbDataReader row)
    {
        NetUid? netuid = row.GetInt64(0) < 0 ? null : new NetUid((ushort)row.GetInt64(0));
        var name = row.GetString(2);
        var setting = (netuid is null ? Hyperparameters.OfNetwork : Hyperparameters.OfSubnet).FirstOrDefault(one => one.Name == name);
        CallKind? call = row.IsDBNull(6) ? null : (CallKind)row.GetInt64(6);
        return new(
            new BlockNumber(Cells.UInt64(row.GetInt64(1))), null, netuid, name, setting?.ChainName ?? name, setting?.Unit ?? string.Empty, row.IsDBNull(3) ? null : row.GetString(3),
            row.IsDBNull(4) ? null : row.GetString(4), CauseOf((BooksChange)row.GetInt64(5)), call is { } kind ? CallForms.NameOf(kind) : null,
            call is null or CallKind.Admin || row.IsDBNull(7) ? null : Cells.Account((byte[])row.GetValue(7)));
    }

    private static string CauseOf(BooksChange cause) => cause switch
    {
        BooksChange.Genesis => "genesis",
        BooksChange.Registered => "registered",
        BooksChange.Block => "block",
        BooksChange.Lane => "lane",
        _ => "operation",
    };
}

/// <summary>What the registration of a new subnet cost after an earlier block.</summary>
/// <param name="RegistrationCost">TAO; it falls from block to block, and doubles with a registration.</param>
/// <param name="Minimum">It never fell below this.</param>
/// <param name="LastCost">What the last one before had cost; before the first one where the price began.</param>
/// <param name="LastBlock">When that was; null before the first one.</param>
internal sealed record RegistrationCostRow(BlockNumber BlockNumber, Timestamp? Timestamp, Tao RegistrationCost, Tao Minimum, Tao LastCost, BlockNumber? LastBlock);
