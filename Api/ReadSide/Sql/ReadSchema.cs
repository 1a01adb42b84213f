using static Dtao.Api.ReadSide.Sql.ColumnKind;

namespace Dtao.Api.ReadSide.Sql;

/// <summary>The tables of the read side. Whoever changes one raises <see cref="Version"/>: what was built under another version is built anew from the feed.</summary>
/// <remarks>
/// What happened is kept as one row for each fact, under a key that ends in the fact's place in its actor's journal (event, place), so that a fact which came twice could not be
/// written. What is now is kept in tables of its own (those ending in _now, and a few more), which the newest event of the one actor that speaks of it overwrites. What adds up
/// over actors (candles, totals) is made of sums, least, and greatest values. So no table depends on the order in which facts of different actors come.
/// A netuid stays in its actor when subnets come and go, and so do its rows.
/// </remarks>
internal static class ReadSchema
{
    /// <summary>Raised with every change of a table, or of what is written into one.</summary>
    public const int Version = 6;

    /// <summary>Stands for the network where a row is of a subnet or of it.</summary>
    public static readonly object OfNetwork = -1L;

    /// <summary>One row for each closed block.</summary>
    public static readonly ReadTable Blocks = new(
        "blocks",
        [
            new("block", Integer), new("hash", Bytes), new("parent_hash", Bytes), new("state_root", Bytes), new("emission", Integer), new("recycled", Integer),
            new("total_issuance", Integer), new("balances_issuance", Integer), new("rule_set", Text), new("subnets", Integer), new("closed_at", Integer),
            new("close_microseconds", Text),
        ],
        Key: 1, OnTaken.Fail, ["closed_at", "hash"]);

    /// <summary>A subnet's books when a block had been applied to it.</summary>
    public static readonly ReadTable SubnetBlocks = new(
        "subnet_blocks",
        [
            new("netuid", Integer), new("block", Integer), new("event", Integer), new("tao_reserve", Integer), new("alpha_reserve", Integer), new("alpha_outstanding", Integer),
            new("price", Bytes), new("moving_price", Bytes), new("tao_in", Integer), new("alpha_in", Integer), new("alpha_out", Integer), new("excess_tao", Integer),
            new("root_sell_tao", Integer), new("root_proportion", Bytes), new("pending_server", Integer), new("pending_validator", Integer), new("pending_root", Integer),
            new("pending_owner", Integer), new("flow_user", Integer), new("flow_protocol", Integer), new("volume", Bytes), new("burn", Integer), new("is_epoch", Integer),
            new("is_started", Integer),
        ],
        Key: 2, OnTaken.Fail, ["block, netuid"]);

    /// <summary>An account's operations, each with its outcome.</summary>
    public static readonly ReadTable Operations = new(
        "operations",
        [
            new("account", Bytes), new("block", Integer), new("event", Integer), new("place", Integer), new("id", Bytes), new("sequence", Integer), new("kind", Integer),
            new("netuid", Integer), new("hotkey", Bytes), new("status", Integer), new("code", Integer), new("decided_by", Integer, IsOptional: true),
            new("decided_order", Integer), new("free_change", Integer), new("call", Bytes, IsOptional: true), new("outcome", Bytes, IsOptional: true),
        ],
        Key: 4, OnTaken.Fail, ["id", "block, account, event, place"]);

    /// <summary>Operations that have begun and not ended.</summary>
    public static readonly ReadTable OpenOperations = new(
        "open_operations",
        [new("account", Bytes), new("sequence", Integer), new("event", Integer), new("id", Bytes), new("call", Bytes)],
        Key: 2, OnTaken.Replace, []);

    /// <summary>Each time that TAO went into a pool for alpha, or came out of it, and each move of stake within a subnet, which is two rows.</summary>
    public static readonly ReadTable StakeMoves = new(
        "stake_moves",
        [
            new("block", Integer), new("netuid", Integer), new("event", Integer), new("place", Integer), new("is_trade", Integer), new("is_in", Integer), new("coldkey", Bytes),
            new("hotkey", Bytes), new("tao", Integer), new("alpha", Integer), new("fee", Integer), new("price", Bytes), new("kind", Integer), new("signer", Bytes),
            new("sequence", Integer),
        ],
        Key: 4, OnTaken.Fail, ["netuid, block, event, place", "coldkey, block, netuid, event, place", "hotkey, block, netuid, event, place"]);

    /// <summary>Which operation an event of a pool was; blocks have none.</summary>
    public static readonly ReadTable PoolEvents = new(
        "pool_events",
        [
            new("netuid", Integer), new("event", Integer), new("block", Integer), new("change", Integer, IsOptional: true), new("kind", Integer, IsOptional: true),
            new("signer", Bytes, IsOptional: true), new("sequence", Integer, IsOptional: true), new("paid", Integer, IsOptional: true),
        ],
        Key: 2, OnTaken.Merge, [],
        """
        change = COALESCE(excluded.change, pool_events.change), kind = COALESCE(excluded.kind, pool_events.kind),
        signer = COALESCE(excluded.signer, pool_events.signer), sequence = COALESCE(excluded.sequence, pool_events.sequence),
        paid = COALESCE(excluded.paid, pool_events.paid)
        """);

    /// <summary>What the lane decided in each of its batches.</summary>
    public static readonly ReadTable LaneDecisions = new(
        "lane_decisions",
        [
            new("batch", Integer), new("event", Integer), new("place", Integer), new("block", Integer), new("kind", Integer), new("netuid", Integer), new("signer", Bytes),
            new("sequence", Integer),
        ],
        Key: 3, OnTaken.Fail, []);

    /// <summary>TAO that the lane had for accounts.</summary>
    public static readonly ReadTable LaneCredits = new(
        "lane_credits",
        [new("sequence", Integer), new("event", Integer), new("place", Integer), new("batch", Integer), new("account", Bytes), new("amount", Integer)],
        Key: 1, OnTaken.Fail, []);

    /// <summary>The spot price of a subnet within one block, until it is certain that the block is over.</summary>
    public static readonly ReadTable Bars = new(
        "subnet_bars",
        [
            new("block", Integer), new("netuid", Integer), new("open_event", Integer), new("open", Bytes), new("high", Bytes), new("low", Bytes), new("close_event", Integer),
            new("close", Bytes), new("buy_tao", Integer), new("sell_tao", Integer), new("buy_alpha", Integer), new("sell_alpha", Integer), new("buys", Integer),
            new("sells", Integer),
        ],
        Key: 2, OnTaken.Merge, [], MergeOfPrices("subnet_bars"));

    /// <summary>The spot price over time, in pieces of one minute to one day by the wall time of blocks.</summary>
    public static readonly ReadTable Candles = new(
        "candles",
        [
            new("resolution", Integer), new("netuid", Integer), new("start", Integer), new("open_event", Integer), new("open", Bytes), new("high", Bytes), new("low", Bytes),
            new("close_event", Integer), new("close", Bytes), new("buy_tao", Integer), new("sell_tao", Integer), new("buy_alpha", Integer), new("sell_alpha", Integer),
            new("buys", Integer), new("sells", Integer),
        ],
        Key: 3, OnTaken.Merge, [], MergeOfPrices("candles"));

    /// <summary>TAO from account to account by a plain transfer.</summary>
    public static readonly ReadTable Transfers = new(
        "transfers",
        [
            new("block", Integer), new("sender", Bytes), new("event", Integer), new("place", Integer), new("receiver", Bytes), new("amount", Integer), new("fee", Integer),
            new("id", Bytes), new("sequence", Integer),
        ],
        Key: 4, OnTaken.Fail, ["sender, block, event, place", "receiver, block, sender, event, place"]);

    /// <summary>Each change of an account's free TAO, and why.</summary>
    public static readonly ReadTable BalanceChanges = new(
        "balance_changes",
        [
            new("account", Bytes), new("block", Integer), new("event", Integer), new("place", Integer), new("cause", Integer), new("delta", Integer), new("free", Integer),
            new("counterparty", Bytes, IsOptional: true), new("netuid", Integer, IsOptional: true), new("id", Bytes, IsOptional: true), new("sequence", Integer),
        ],
        Key: 4, OnTaken.Fail, []);

    /// <summary>Each change of a hotkey's share pool on a subnet.</summary>
    public static readonly ReadTable HotkeyPools = new(
        "hotkey_pools",
        [
            new("netuid", Integer), new("hotkey", Bytes), new("block", Integer), new("event", Integer), new("place", Integer), new("value", Integer),
            new("denominator", Bytes),
        ],
        Key: 5, OnTaken.Fail, []);

    /// <summary>Each change of a coldkey's share in a hotkey's share pool.</summary>
    public static readonly ReadTable Shares = new(
        "shares",
        [
            new("coldkey", Bytes), new("netuid", Integer), new("hotkey", Bytes), new("block", Integer), new("event", Integer), new("place", Integer),
            new("share", Bytes),
        ],
        Key: 6, OnTaken.Fail, []);

    /// <summary>Accounts as they are now.</summary>
    public static readonly ReadTable AccountsNow = new(
        "accounts_now",
        [new("account", Bytes), new("event", Integer), new("free", Integer), new("first_block", Integer), new("last_block", Integer)],
        Key: 1, OnTaken.Merge, ["free, account"],
        """
        free = CASE WHEN excluded.event >= accounts_now.event THEN excluded.free ELSE accounts_now.free END,
        first_block = CASE WHEN excluded.first_block < accounts_now.first_block THEN excluded.first_block ELSE accounts_now.first_block END,
        last_block = CASE WHEN excluded.last_block > accounts_now.last_block THEN excluded.last_block ELSE accounts_now.last_block END,
        event = CASE WHEN excluded.event >= accounts_now.event THEN excluded.event ELSE accounts_now.event END
        """);

    /// <summary>Share pools as they are now.</summary>
    public static readonly ReadTable HotkeyPoolsNow = new(
        "hotkey_pools_now",
        [new("netuid", Integer), new("hotkey", Bytes), new("event", Integer), new("value", Integer), new("denominator", Bytes)],
        Key: 2, OnTaken.Replace, ["hotkey, netuid"]);

    /// <summary>Shares as they are now; one that has become nothing stays with a share of zero.</summary>
    public static readonly ReadTable SharesNow = new(
        "shares_now",
        [new("netuid", Integer), new("hotkey", Bytes), new("coldkey", Bytes), new("event", Integer), new("share", Bytes)],
        Key: 3, OnTaken.Replace, ["coldkey, netuid, hotkey", "netuid, hotkey, share"]);

    /// <summary>What each position bought, sold, sent, and received in all.</summary>
    public static readonly ReadTable PositionTotals = new(
        "position_totals",
        [
            new("coldkey", Bytes), new("netuid", Integer), new("hotkey", Bytes), new("bought_alpha", Integer), new("bought_tao", Integer), new("sold_alpha", Integer),
            new("sold_tao", Integer), new("buys", Integer), new("sells", Integer), new("in_alpha", Integer), new("in_tao", Integer), new("out_alpha", Integer),
            new("out_tao", Integer), new("ins", Integer), new("outs", Integer),
        ],
        Key: 3, OnTaken.Merge, [],
        """
        bought_alpha = position_totals.bought_alpha + excluded.bought_alpha, bought_tao = position_totals.bought_tao + excluded.bought_tao,
        sold_alpha = position_totals.sold_alpha + excluded.sold_alpha, sold_tao = position_totals.sold_tao + excluded.sold_tao,
        buys = position_totals.buys + excluded.buys, sells = position_totals.sells + excluded.sells,
        in_alpha = position_totals.in_alpha + excluded.in_alpha, in_tao = position_totals.in_tao + excluded.in_tao,
        out_alpha = position_totals.out_alpha + excluded.out_alpha, out_tao = position_totals.out_tao + excluded.out_tao,
        ins = position_totals.ins + excluded.ins, outs = position_totals.outs + excluded.outs
        """);

    /// <summary>When each coldkey last bought, and last sold, on a subnet: how many did within a time is a count of rows.</summary>
    public static readonly ReadTable Traders = new(
        "traders",
        [new("netuid", Integer), new("is_buy", Integer), new("coldkey", Bytes), new("event", Integer), new("block", Integer)],
        Key: 3, OnTaken.Replace, ["netuid, is_buy, block"]);

    /// <summary>Hotkeys as they are now.</summary>
    public static readonly ReadTable Hotkeys = new(
        "hotkeys",
        [new("hotkey", Bytes), new("event", Integer), new("block", Integer), new("owner", Bytes, IsOptional: true), new("take", Integer, IsOptional: true)],
        Key: 1, OnTaken.Replace, ["owner, hotkey"]);

    /// <summary>A hotkey that became a delegate; its owner stays. The same table, without the column.</summary>
    public static readonly ReadTable HotkeyTakes = new(
        "hotkeys",
        [new("hotkey", Bytes), new("event", Integer), new("block", Integer), new("take", Integer)],
        Key: 1, OnTaken.Replace, []);

    /// <summary>Subnets as the registry names them now.</summary>
    public static readonly ReadTable Subnets = new(
        "subnets",
        [
            new("netuid", Integer), new("event", Integer), new("is_present", Integer), new("name", Text), new("symbol", Text),
        ],
        Key: 1, OnTaken.Replace, []);

    /// <summary>The names by which subnets present themselves; empty where they do not.</summary>
    public static readonly ReadTable SubnetNames = new(
        "subnet_names",
        [new("netuid", Integer), new("event", Integer), new("name", Text)],
        Key: 1, OnTaken.Replace, []);

    /// <summary>The newest block that each subnet has told.</summary>
    public static readonly ReadTable SubnetHeads = new(
        "subnet_heads",
        [new("netuid", Integer), new("event", Integer), new("block", Integer)],
        Key: 1, OnTaken.Replace, []);

    /// <summary>Each time that a subnet came, went, or was renamed.</summary>
    public static readonly ReadTable SubnetChanges = new(
        "subnet_changes",
        [
            new("event", Integer), new("place", Integer), new("netuid", Integer), new("change", Integer), new("batch", Integer), new("name", Text), new("symbol", Text),
        ],
        Key: 4, OnTaken.Fail, ["netuid, event, place"]);

    /// <summary>The network's parameters after each setting, and after each registration of a subnet.</summary>
    public static readonly ReadTable Parameters = new(
        "parameters",
        [new("event", Integer), new("place", Integer), new("block", Integer), new("body", Bytes)],
        Key: 2, OnTaken.Fail, ["block, event, place"]);

    /// <summary>Each change of one setting of a subnet, or of the network, which is netuid -1.</summary>
    public static readonly ReadTable SettingChanges = new(
        "setting_changes",
        [
            new("netuid", Integer), new("block", Integer), new("event", Integer), new("place", Integer), new("item", Integer), new("name", Text),
            new("old_value", Text, IsOptional: true), new("new_value", Text, IsOptional: true), new("cause", Integer),
        ],
        Key: 5, OnTaken.Fail, ["netuid, name, block, event, place"]);

    /// <summary>The settings of each subnet as they are now, one in a line.</summary>
    public static readonly ReadTable SubnetSettings = new(
        "subnet_settings",
        [new("netuid", Integer), new("event", Integer), new("body", Text)],
        Key: 1, OnTaken.Replace, []);

    /// <summary>What one root TAO on a hotkey had earned on a subnet after a block, since the ledger began: TAO's worth when it was put aside.</summary>
    public static readonly ReadTable RootGains = new(
        "root_gains",
        [new("hotkey", Bytes), new("netuid", Integer), new("block", Integer), new("event", Integer), new("place", Integer), new("total", Bytes)],
        Key: 5, OnTaken.Fail, []);

    /// <summary>The same as it is now.</summary>
    public static readonly ReadTable RootGainsNow = new(
        "root_gains_now",
        [new("netuid", Integer), new("hotkey", Bytes), new("event", Integer), new("total", Bytes)],
        Key: 2, OnTaken.Replace, ["hotkey, netuid"]);

    /// <summary>Who sits on each uid now.</summary>
    public static readonly ReadTable SeatsNow = new(
        "seats_now",
        [new("netuid", Integer), new("uid", Integer), new("event", Integer), new("hotkey", Bytes), new("registered_at", Integer)],
        Key: 2, OnTaken.Replace, []);

    /// <summary>Each time that a hotkey came to a uid, or left it.</summary>
    public static readonly ReadTable SeatChanges = new(
        "seat_changes",
        [
            new("netuid", Integer), new("is_in", Integer), new("block", Integer), new("event", Integer), new("place", Integer), new("uid", Integer), new("cause", Integer),
            new("hotkey", Bytes), new("other", Bytes, IsOptional: true), new("registered_at", Integer),
        ],
        Key: 6, OnTaken.Fail, ["is_in, block, netuid, event, place, uid", "hotkey, is_in, block, netuid, event, place, uid"]);

    /// <summary>What each epoch found for each uid.</summary>
    public static readonly ReadTable Neurons = new(
        "neurons",
        [
            new("netuid", Integer), new("block", Integer), new("uid", Integer), new("event", Integer), new("hotkey", Bytes), new("registered_at", Integer),
            new("is_active", Integer), new("has_permit", Integer), new("incentive", Integer), new("dividends", Integer), new("consensus", Integer),
            new("validator_trust", Integer), new("stake_weight", Integer), new("emission", Integer), new("last_update", Integer),
        ],
        Key: 3, OnTaken.Fail, ["netuid, uid, block", "hotkey, block, netuid, uid"]);

    /// <summary>All of them, in the order of the digest.</summary>
    public static readonly IReadOnlyList<ReadTable> All =
    [
        Blocks, SubnetBlocks, Operations, OpenOperations, StakeMoves, PoolEvents, LaneDecisions, LaneCredits, Bars, Candles, Transfers, BalanceChanges, HotkeyPools, Shares,
        AccountsNow, HotkeyPoolsNow, SharesNow, PositionTotals, Traders, Hotkeys, Subnets, SubnetNames, SubnetHeads, SubnetChanges, Parameters,
        SettingChanges, SubnetSettings, RootGains, RootGainsNow, SeatsNow, SeatChanges, Neurons,
    ];

    /// <summary>How two parts of a price's course become one, in whatever order they come.</summary>
    private static string MergeOfPrices(string table) =>
        $"""
        open = CASE WHEN excluded.open_event < {table}.open_event THEN excluded.open ELSE {table}.open END,
        open_event = CASE WHEN excluded.open_event < {table}.open_event THEN excluded.open_event ELSE {table}.open_event END,
        high = CASE WHEN excluded.high > {table}.high THEN excluded.high ELSE {table}.high END,
        low = CASE WHEN excluded.low < {table}.low THEN excluded.low ELSE {table}.low END,
        close = CASE WHEN excluded.close_event >= {table}.close_event THEN excluded.close ELSE {table}.close END,
        close_event = CASE WHEN excluded.close_event >= {table}.close_event THEN excluded.close_event ELSE {table}.close_event END,
        buy_tao = {table}.buy_tao + excluded.buy_tao, sell_tao = {table}.sell_tao + excluded.sell_tao,
        buy_alpha = {table}.buy_alpha + excluded.buy_alpha, sell_alpha = {table}.sell_alpha + excluded.sell_alpha,
        buys = {table}.buys + excluded.buys, sells = {table}.sells + excluded.sells
        """;
}
