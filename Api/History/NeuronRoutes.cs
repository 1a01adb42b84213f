using System.Data.Common;
using Dtao.Api.Errors;
using Dtao.Api.Json;
using Dtao.Api.Metagraphs;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Sql;
using Dtao.Api.Requests;
using Dtao.Economics;

namespace Dtao.Api.History;

/// <summary>Neurons as they were: who came to a uid and who left it, and what epochs found.</summary>
internal static class NeuronRoutes
{
    private static readonly Parameter<int> s_uid = Parameters.Number("uid", "A seat.", 0, ushort.MaxValue);
    private static readonly IReadOnlyList<Parameter> s_filters =
        [Parameters.Netuid, s_uid, Parameters.Hotkey, Parameters.Coldkey, .. HistoryParameters.Range, HistoryParameters.ByBlock];

    public static void Map(ApiRoutes routes)
    {
        routes.List("/api/subnet/neuron/registration/v1", "get_neuron_registrations", "Each time that a hotkey came to a uid, the newest first.", s_filters, Registrations)
            .Explain(
                "By registration, at genesis, or by a swap of keys, which hands a uid on with all that it has (cause swapped): so registrations less deregistrations are the neurons of any block. "
                + "Root's seats are uids of subnet 0.");
        routes.List("/api/subnet/neuron/deregistration/v1", "get_neuron_deregistrations", "Each time that a hotkey lost its uid, the newest first.", s_filters, Deregistrations)
            .Explain("Because another was registered on a full subnet, the subnet was dissolved, or a swap of keys handed the uid on (cause swapped).");
        routes.List("/api/metagraph/history/v1", "get_metagraph_history", "A subnet's neurons after each epoch, or one hotkey's: a row for each epoch and uid, the newest first.", s_filters, Epochs)
            .Explain("Needs netuid or hotkey. Between two epochs only seats, activity, and weights change. Root has no epochs.");
    }

    private static async Task<Paged<NeuronRegistrationRow>> Registrations(ApiRequest request, ReadView view)
    {
        var page = await PageAsync(request, view, SeatsOf(NeuronRegistrationRow.Columns, isIn: true), NeuronRegistrationRow.Read).ConfigureAwait(false);
        var times = await BlockTimes.LoadAsync(view, page.Data.Select(row => row.BlockNumber.Value), request.Aborted).ConfigureAwait(false);
        return Listing.Turn(page, row => row with { Timestamp = times[row.BlockNumber.Value] });
    }

    private static async Task<Paged<NeuronDeregistrationRow>> Deregistrations(ApiRequest request, ReadView view)
    {
        var page = await PageAsync(request, view, SeatsOf(NeuronDeregistrationRow.Columns, isIn: false), NeuronDeregistrationRow.Read).ConfigureAwait(false);
        var times = await BlockTimes.LoadAsync(view, page.Data.Select(row => row.BlockNumber.Value), request.Aborted).ConfigureAwait(false);
        return Listing.Turn(page, row => row with { Timestamp = times[row.BlockNumber.Value] });
    }

    private static async Task<Paged<MetagraphHistoryRow>> Epochs(ApiRequest request, ReadView view)
    {
        if (request.Find(Parameters.Netuid) is null && request.Find(Parameters.Hotkey) is null) throw new ProblemException(Problem.Missing("netuid", "the subnet's number, unless a hotkey is given"));
        var page = await PageAsync(request, view, new("neurons", MetagraphHistoryRow.Columns, "1 = 1", "block {0}, netuid {0}, uid {0}"), MetagraphHistoryRow.Read).ConfigureAwait(false);
        var times = await BlockTimes.LoadAsync(view, page.Data.Select(row => row.BlockNumber.Value), request.Aborted).ConfigureAwait(false);
        return Listing.Turn(page, row => row with { Timestamp = times[row.BlockNumber.Value] });
    }

    private static Source SeatsOf(string columns, bool isIn) =>
        new("seat_changes", columns, isIn ? "is_in = 1" : "is_in = 0", "block {0}, netuid {0}, event {0}, place {0}, uid {0}");

    /// <summary>What all filters leave, in the order of blocks, through the index of what narrows the most.</summary>
    private static async Task<Paged<T>> PageAsync<T>(ApiRequest request, ReadView view, Source source, Func<DbDataReader, T> map)
    {
        var range = await BlockRange.OfAsync(request, view).ConfigureAwait(false);
        if (range.IsEmpty) return Listing.Empty<T>(request);
        List<string> conditions = [source.Where, "block >= @from AND block <= @to"];
        List<(string, object)> parameters = [.. range.Parameters];
        if (request.Find(Parameters.Netuid) is { } netuid) Add("netuid = @netuid", "@netuid", Cells.Of(netuid));
        if (request.TryGet(s_uid, out var uid)) Add("uid = @uid", "@uid", Cells.Of(uid));
        if (request.Find(Parameters.Hotkey) is { } hotkey) Add("hotkey = @hotkey", "@hotkey", Cells.Of(hotkey));
        if (request.Find(Parameters.Coldkey) is { } coldkey)
            Add($"EXISTS (SELECT 1 FROM hotkeys WHERE hotkeys.hotkey = {source.Table}.hotkey AND hotkeys.owner = @coldkey)", "@coldkey", Cells.Of(coldkey));
        var order = source.Order.Replace("{0}", request.IsAscending(HistoryParameters.ByBlock) ? "ASC" : "DESC", StringComparison.Ordinal);
        return await new Listing(source.Columns, source.Table, string.Join(" AND ", conditions), order).PageAsync(request, view, map, [.. parameters]).ConfigureAwait(false);

        void Add(string condition, string name, object value)
        {
            conditions.Add(condition);
            parameters.Add((name, value));
        }
    }

    /// <param name="Order">With <c>{0}</c> for the direction.</param>
    private sealed record Source(string Table, string Columns, string Where, string Order);

    internal static string CauseOf(long cause) => ((SeatCause)cause).ToString().ToLowerInvariant();
}

/// <summary>A hotkey that came to a uid.</summary>
/// <param name="BlockNumber">The newest block when it came.</param>
/// <param name="Coldkey">Its owner now; null while nobody owns it.</param>
/// <param name="RegistrationCost">TAO that the registration cost; null where it was none with a price: at genesis, on root, of the owner's hotkey of a new subnet, by a swap.</param>
/// <param name="Cause">registered, genesis, or swapped.</param>
/// <param name="FormerHotkey">Who had the uid until then, and is deregistered; null when nobody had it.</param>
internal sealed record NeuronRegistrationRow(
    BlockNumber BlockNumber, Timestamp? Timestamp, NetUid Netuid, int Uid, AccountId Hotkey, AccountId? Coldkey, Tao? RegistrationCost, string Cause, AccountId? FormerHotkey)
{
    public const string Columns =
        """
        block, netuid, uid, hotkey, (SELECT owner FROM hotkeys WHERE hotkeys.hotkey = seat_changes.hotkey) AS owner,
        (SELECT paid FROM pool_events WHERE pool_events.netuid = seat_changes.netuid AND pool_events.event = seat_changes.event) AS paid, cause, other
        """;

    public static NeuronRegistrationRow Read(DbDataReader row) => new(
        new BlockNumber(Cells.UInt64(row.GetInt64(0))), null, new NetUid((ushort)row.GetInt64(1)), (int)row.GetInt64(2), Cells.Account((byte[])row.GetValue(3)),
        row.IsDBNull(4) ? null : Cells.Account((byte[])row.GetValue(4)), row.IsDBNull(5) ? null : new Tao(Cells.UInt64(row.GetInt64(5))), NeuronRoutes.CauseOf(row.GetInt64(6)),
        row.IsDBNull(7) ? null : Cells.Account((byte[])row.GetValue(7)));
}

/// <summary>A hotkey that lost its uid.</summary>
/// <param name="BlockNumber">The newest block when it lost it.</param>
/// <param name="Coldkey">Its owner now; null while nobody owns it.</param>
/// <param name="Incentive">What the last epoch before found: 1 is the whole; 0 when there was none since it came.</param>
/// <param name="Emission">Alpha that the last epoch before found for it.</param>
/// <param name="Cause">replaced, dissolved, trimmed, or swapped.</param>
/// <param name="NextHotkey">Who has the uid instead; null when nobody has.</param>
/// <param name="RegisteredAtBlock">When it, or the hotkey whose keys were swapped for it, was registered.</param>
internal sealed record NeuronDeregistrationRow(
    BlockNumber BlockNumber, Timestamp? Timestamp, NetUid Netuid, int Uid, AccountId Hotkey, AccountId? Coldkey, string Incentive, Alpha Emission, string Cause, AccountId? NextHotkey,
    BlockNumber RegisteredAtBlock)
{
    public const string Columns =
        $"""
        block, netuid, uid, hotkey, (SELECT owner FROM hotkeys WHERE hotkeys.hotkey = seat_changes.hotkey) AS owner, {Last}incentive{Before} AS incentive,
        {Last}emission{Before} AS emission, cause, other, registered_at
        """;

    /// <summary>What the last epoch before found, if it was for the same registration.</summary>
    private const string Last = "(SELECT CASE WHEN neurons.registered_at = seat_changes.registered_at THEN neurons.";

    private const string Before =
        """
         ELSE 0 END FROM neurons
        WHERE neurons.netuid = seat_changes.netuid AND neurons.uid = seat_changes.uid AND neurons.block <= seat_changes.block AND neurons.event < seat_changes.event
        ORDER BY neurons.block DESC LIMIT 1)
        """;

    public static NeuronDeregistrationRow Read(DbDataReader row) => new(
        new BlockNumber(Cells.UInt64(row.GetInt64(0))), null, new NetUid((ushort)row.GetInt64(1)), (int)row.GetInt64(2), Cells.Account((byte[])row.GetValue(3)),
        row.IsDBNull(4) ? null : Cells.Account((byte[])row.GetValue(4)), Parts.Of(row.IsDBNull(5) ? (ushort)0 : (ushort)row.GetInt64(5)),
        row.IsDBNull(6) ? Alpha.Zero : new Alpha(Cells.UInt64(row.GetInt64(6))), NeuronRoutes.CauseOf(row.GetInt64(7)), row.IsDBNull(8) ? null : Cells.Account((byte[])row.GetValue(8)),
        new BlockNumber(Cells.UInt64(row.GetInt64(9))));
}

/// <summary>A neuron after an epoch. Fractions are decimal text: 1 is the whole.</summary>
/// <param name="Coldkey">Its owner now; null while nobody owns it.</param>
/// <param name="AlphaStake">Alpha of all its stakers after the block.</param>
/// <param name="RootStake">TAO on root of all its stakers after the block.</param>
/// <param name="StakeWeight">Its part of the stake that the epoch counted, with what parents lend and without what children have.</param>
/// <param name="Incentive">Of the first mechanism.</param>
/// <param name="Emission">Alpha that the epoch found for it.</param>
/// <param name="Updated">Blocks since it last set or committed weights, or was registered.</param>
internal sealed record MetagraphHistoryRow(
    AccountId Hotkey, AccountId? Coldkey, NetUid Netuid, int Uid, BlockNumber BlockNumber, Timestamp? Timestamp, Alpha AlphaStake, Tao RootStake, string StakeWeight, string Consensus,
    string Incentive, string Dividends, string ValidatorTrust, Alpha Emission, bool Active, bool ValidatorPermit, long Updated, BlockNumber RegisteredAtBlock)
{
    public const string Columns =
        $"""
        netuid, block, uid, hotkey, registered_at, is_active, has_permit, incentive, dividends, consensus, validator_trust, stake_weight, emission, last_update,
        (SELECT owner FROM hotkeys WHERE hotkeys.hotkey = neurons.hotkey) AS owner, {Staked}neurons.netuid{Then} AS alpha, {Staked}0{Then} AS root
        """;

    private const string Staked = "(SELECT hotkey_pools.value FROM hotkey_pools WHERE hotkey_pools.netuid = ";

    private const string Then =
        " AND hotkey_pools.hotkey = neurons.hotkey AND hotkey_pools.block <= neurons.block ORDER BY hotkey_pools.block DESC, hotkey_pools.event DESC, hotkey_pools.place DESC LIMIT 1)";

    public static MetagraphHistoryRow Read(DbDataReader row)
    {
        var (block, lastUpdate) = (Cells.UInt64(row.GetInt64(1)), Cells.UInt64(row.GetInt64(13)));
        return new(
            Cells.Account((byte[])row.GetValue(3)), row.IsDBNull(14) ? null : Cells.Account((byte[])row.GetValue(14)), new NetUid((ushort)row.GetInt64(0)), (int)row.GetInt64(2),
            new BlockNumber(block), null, new Alpha(StakeAt(15)), new Tao(StakeAt(16)), PartAt(11), PartAt(9), PartAt(7), PartAt(8), PartAt(10), new Alpha(Cells.UInt64(row.GetInt64(12))),
            row.GetInt64(5) != 0, row.GetInt64(6) != 0, (long)SaturatingMath.Subtract(block, lastUpdate), new BlockNumber(Cells.UInt64(row.GetInt64(4))));

        string PartAt(int column) => Parts.Of((ushort)row.GetInt64(column));

        ulong StakeAt(int column) => row.IsDBNull(column) ? 0 : Cells.UInt64(row.GetInt64(column));
    }
}
