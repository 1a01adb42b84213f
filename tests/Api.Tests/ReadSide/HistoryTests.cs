using System.Text.Json;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Sql;
using Dtao.Api.Tests.Live;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Dtao.Api.Tests.ReadSide;

/// <summary>A short history, written by hand, over HTTP: what is answered is what was written.</summary>
public sealed partial class HistoryTests(ApiNetwork network, HistoryTests.Made made, PostgresServer server) : IClassFixture<HistoryTests.Made>
{
    private const string Udf = "/api/dtao/tradingview/udf";
    private static readonly long s_begin = FactBook.Begin / 1_000;

    private static readonly (string Resolution, string Open, string High, string Low, string Close, string Volume, string Times)[] s_candles =
    [
        ("1", "1.000000000 1.125000000 1.500000000 1.500000000", "1.250000000 1.125000000 1.500000000 1.500000000", "1.000000000 0.875000000 1.500000000 1.500000000",
            "1.250000000 1.062500000 1.500000000 1.500000000", "101.000000000 54.000000000 0.000000000 0.000000000", "0 60 3660 3720"),
        ("60", "1.000000000 1.500000000", "1.250000000 1.500000000", "0.875000000 1.500000000", "1.062500000 1.500000000", "155.000000000 0.000000000", "0 3600"),
        ("1D", "1.000000000", "1.500000000", "0.875000000", "1.500000000", "155.000000000", "0"),
    ];

    [Fact]
    public async Task Candles_OfEachResolution_AreTheSpotPriceByBlockTime()
    {
        await made.Start(network);
        foreach (var (resolution, open, high, low, close, volume, times) in s_candles)
        {
            var history = await made.Get($"{Udf}/history?symbol=SUB-1&resolution={resolution}&from={s_begin}&to={s_begin + 86_400}");

            Assert.Equal(
                ("ok", times, open, high, low, close, volume),
                (history.GetProperty("s").GetString(), Joined(history, "t", start => (start.GetInt64() - s_begin).ToString(System.Globalization.CultureInfo.InvariantCulture)),
                    Joined(history, "o"), Joined(history, "h"), Joined(history, "l"), Joined(history, "c"), Joined(history, "v")));
        }

        var counted = await made.Get($"{Udf}/history?symbol=SUB-1&resolution=1&from=0&to={s_begin + 3_720}&countback=2");
        var none = await made.Get($"{Udf}/history?symbol=SUB-1&resolution=60&from={s_begin + 7_200}&to={s_begin + 9_000}");
        Assert.Equal("60 3660", Joined(counted, "t", start => (start.GetInt64() - s_begin).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(("no_data", s_begin + 3_600), (none.GetProperty("s").GetString(), none.GetProperty("nextTime").GetInt64()));
        Assert.Equal("SUB-2", (await made.Get($"{Udf}/search?query=net 2"))[0].GetProperty("symbol").GetString());
        Assert.Equal(1_000_000_000, (await made.Get($"{Udf}/symbols?symbol=SUB-1")).GetProperty("pricescale").GetInt32());
        Assert.Contains("1D", (await made.Get($"{Udf}/config")).GetProperty("supported_resolutions").EnumerateArray().Select(one => one.GetString()));
    }

    [Fact]
    public async Task Pools_NowAndBefore_HaveChangesVolumesAndTraders()
    {
        await made.Start(network);
        var pool = (await made.Get("/api/dtao/pool/latest/v1?netuid=1")).GetProperty("data")[0];

        Assert.Equal(
            (5, "1.5", "50", null, "155000000000", "111000000000", "44000000000", 2, 1, 2, 1, "1.5", "0.875"),
            (pool.GetProperty("block_number").GetInt32(), Text(pool, "price"), Text(pool, "price_change_1_hour"), Text(pool, "price_change_1_day"), Text(pool, "tao_volume_24_hr"),
                Text(pool, "tao_buy_volume_24_hr"), Text(pool, "tao_sell_volume_24_hr"), pool.GetProperty("buys_24_hr").GetInt32(), pool.GetProperty("sells_24_hr").GetInt32(),
                pool.GetProperty("buyers_24_hr").GetInt32(), pool.GetProperty("sellers_24_hr").GetInt32(), Text(pool, "highest_price_24_hr"), Text(pool, "lowest_price_24_hr")));
        // 1,000,005 TAO and 1,999,995 alpha are in the pool, and 3,000,000 alpha outside, in rao.
        Assert.Equal(("7499992", "3999997", "4999995"), (Text(pool, "market_cap"), Text(pool, "liquidity"), Text(pool, "total_alpha")));

        var history = (await made.Get("/api/dtao/pool/history/v1?netuid=1&block_start=2&order=block_number_asc")).GetProperty("data").EnumerateArray().ToArray();
        Assert.Equal(["1.125", "1", "1.5", "1.5"], history.Select(row => Text(row, "price")));
        Assert.Equal("2026-03-03T00:01:10.000Z", Text(history[0], "timestamp"));
        var hourly = await made.Get("/api/dtao/pool/history/v1?netuid=1&frequency=by_hour");
        Assert.Equal([5, 3], hourly.GetProperty("data").EnumerateArray().Select(row => row.GetProperty("block_number").GetInt32()));
        var flow = (await made.Get("/api/dtao/tao_flow/v1?netuid=1")).GetProperty("data")[0];
        Assert.Equal("67000000000", Text(flow, "tao_flow"));
        Assert.Equal(3, (await made.Get("/api/dtao/subnet_emission/v1?block_number=2")).GetProperty("pagination").GetProperty("total_items").GetInt32());
    }

    [Fact]
    public async Task Subnets_AndHotkeysBefore_AreWhatWasWritten()
    {
        await made.Start(network);
        var all = await made.Get("/api/dtao/pool/history/v1?block_number=3&order=block_number_asc");
        var subnet = (await made.Get("/api/subnet/history/v1?netuid=1&block_number=5")).GetProperty("data")[0];
        var hourly = await made.Get("/api/subnet/history/v1?netuid=2&frequency=by_hour&order=timestamp_asc");
        var shares = await made.Get($"/api/dtao/hotkey_alpha_shares/history/v1?hotkey={made.Hotkey}&netuid=1&order=block_number_asc");
        var yields = (await made.Get($"/api/dtao/validator/yield/history/v1?hotkey={made.Hotkey}&netuid=1")).GetProperty("data").EnumerateArray().ToArray();
        var ofRoot = Assert.Single((await made.Get($"/api/dtao/validator/yield/history/v1?hotkey={made.RootHotkey}&netuid=0")).GetProperty("data").EnumerateArray());
        var block = await made.Get("/api/block/v1?block_number=2");
        var hash = Text(block.GetProperty("data")[0], "hash");
        var named = await made.Get($"/api/block/v1?hash={hash}");

        Assert.Equal(["0", "1", "2"], all.GetProperty("data").EnumerateArray().Select(row => row.GetProperty("netuid").GetRawText()));
        Assert.Equal(
            ("1.5", "1000005", "1999995", "3000000", "10", "10", "20", "30", true, false),
            (Text(subnet, "price"), Text(subnet, "total_tao"), Text(subnet, "alpha_in_pool"), Text(subnet, "alpha_staked"), Text(subnet, "emission"), Text(subnet, "tao_in_emission"),
                Text(subnet, "alpha_in_emission"), Text(subnet, "alpha_out_emission"), subnet.GetProperty("is_epoch").GetBoolean(), subnet.GetProperty("startup_mode").GetBoolean()));
        Assert.Equal([3, 5], hourly.GetProperty("data").EnumerateArray().Select(row => row.GetProperty("block_number").GetInt32()));
        Assert.Equal(["0", "100000000000", "60000000000", "70000000000", "70000000000", "76000000000"], shares.GetProperty("data").EnumerateArray().Select(row => Text(row, "alpha")).Prepend("0"));
        // Within the hour before block 5, 70 alpha became 76; the network is younger than a day.
        var earned = Assert.Single(yields);
        Assert.Equal((5, "76000000000", "85714285", 3), (earned.GetProperty("block_number").GetInt32(), Text(earned, "stake"), Text(earned.GetProperty("one_hour"), "rao_per_whole"), earned.GetProperty("one_hour").GetProperty("from_block").GetInt32()));
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (earned.GetProperty("one_day").ValueKind, earned.GetProperty("thirty_day_apy").ValueKind));
        // Of the three gains of a root TAO the two within the hour count: a 64th on one subnet, and a 32nd on the other.
        Assert.Equal(
            (5, "100000000000", "46875000", 3, "401.698369"),
            (ofRoot.GetProperty("block_number").GetInt32(), Text(ofRoot, "stake"), Text(ofRoot.GetProperty("one_hour"), "rao_per_whole"), ofRoot.GetProperty("one_hour").GetProperty("from_block").GetInt32(), Text(ofRoot, "one_hour_apy")));
        Assert.Equal(block.GetRawText(), named.GetRawText());
        Assert.Empty((await made.Get($"/api/block/v1?hash={hash}&block_start=3")).GetProperty("data").EnumerateArray());
    }

    [Fact]
    public async Task Settings_AndRegistrationCostsBefore_AreWhatWasWritten()
    {
        await made.Start(network);
        const string Settings = "/api/subnet/hyperparameters/history/v1";
        var tempo = (await made.Get($"{Settings}?netuid=1&name=tempo&order=block_number_asc")).GetProperty("data").EnumerateArray().ToArray();
        var later = (await made.Get($"{Settings}?netuid=1&block_start=1")).GetProperty("data");
        var other = await made.Get($"{Settings}?netuid=2&limit=200");
        var ofNetwork = (await made.Get($"{Settings}?name=network_min_lock_cost&order=timestamp_asc")).GetProperty("data").EnumerateArray();
        var newest = (await made.Get($"{Settings}?block_number=3")).GetProperty("data").EnumerateArray();
        using var unknown = await made.Http.GetAsync($"{Settings}?name=tempi", ReadStores.Cancelled);
        var costs = (await made.Get("/api/subnet/registration_cost/history/v1?order=block_number_asc")).GetProperty("data").EnumerateArray().ToArray();
        var hourly = (await made.Get("/api/subnet/registration_cost/history/v1?frequency=by_hour")).GetProperty("data").EnumerateArray();

        Assert.Equal(["0 genesis  -> 360 ", "1 operation 360 -> 100 set_hyperparameter"], tempo.Select(Shown));
        Assert.Equal((JsonValueKind.Null, $"0x{made.B}", "2026-03-03T00:00:10.000Z"), (tempo[0].GetProperty("signer").ValueKind, Text(tempo[1].GetProperty("signer"), "hex"), Text(tempo[1], "timestamp")));
        Assert.Equal("tempo", Text(Assert.Single(later.EnumerateArray()), "name"));
        Assert.All(other.GetProperty("data").EnumerateArray(), row => Assert.Equal("genesis", Text(row, "cause")));
        Assert.Equal(["0 genesis  -> 1000000000000 ", "3 operation 1000000000000 -> 3999970000000 "], ofNetwork.Select(Shown));
        Assert.Equal(["network_rate_limit", "network_min_lock"], newest.Select(row => Text(row, "name")));
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, unknown.StatusCode);
        // 1,000 TAO is the least at first; then twice the 2,000 TAO that somebody paid, less a part in 100,800 of them with each block, down to the new least.
        Assert.Equal(
            ["1 1000000000000 1000000000000 ", "2 4000000000000 2000000000000 2", "3 3999980158731 2000000000000 2", "4 3999970000000 2000000000000 2", "5 3999970000000 2000000000000 2"],
            costs.Select(row => $"{row.GetProperty("block_number")} {Text(row, "registration_cost")} {Text(row, "last_cost")} {row.GetProperty("last_block")}"));
        Assert.Equal([5, 3], hourly.Select(row => row.GetProperty("block_number").GetInt32()));

        static string Shown(JsonElement row) => $"{row.GetProperty("block_number")} {Text(row, "cause")} {Text(row, "before")} -> {Text(row, "value")} {Text(row, "call")}";
    }

    /// <summary>What happened before the first block has its time, so a range of times that begins there has it, too.</summary>
    [Fact]
    public async Task Range_OfTimesFromTheFirstBlockOn_HasWhatCameBefore()
    {
        await made.Start(network);
        var since = await made.Get($"/api/account/balance_changes/v1?address={made.A}&timestamp_start={s_begin}&order=block_number_asc");
        var later = await made.Get($"/api/account/balance_changes/v1?address={made.A}&timestamp_start={s_begin + 11}&order=block_number_asc");

        Assert.Equal("genesis", Text(since.GetProperty("data")[0], "cause"));
        Assert.NotEqual("genesis", Text(later.GetProperty("data")[0], "cause"));
    }

    /// <summary>Blocks, trades, and prices over HTTP and over a WebSocket; whoever comes back in the middle of a block has the rest.</summary>
    [Fact]
    public async Task Streams_OfTradesAndPrices_AreTheSameOverBothAndGoOnFromAnyMessage()
    {
        await made.Start(network);
        await using var reader = await LiveReader.Open(made.Http, "?from_block=1");
        var events = await reader.ReadTo(5);
        await using var later = await LiveReader.Open(made.Http, "?from_block=3&topics=trades,prices&netuid=1", events[4].Id);
        var rest = await later.Read(events.Skip(5).Count(message => message.Event != "block" && message.Data.GetProperty("netuid").GetInt32() == 1));
        var messages = await LiveReader.ReadSocket(made.Http.BaseAddress!, "?from_block=1", events.Count);

        Assert.Equal(
            ["price price block", "trade price price block", "trade price price block", "trade price price block", "price price block"],
            string.Join(' ', events.Select(message => message.Event)).Replace("block ", "block\n", StringComparison.Ordinal).Split('\n'));
        Assert.Equal(["BUY", "SELL", "BUY"], events.Where(message => message.Event == "trade").Select(message => Text(message.Data, "action")));
        Assert.Equal(["1", "1.125", "1", "1.5", "1.5"], events.Where(message => message.Event == "price" && message.Data.GetProperty("netuid").GetInt32() == 1).Select(message => Text(message.Data, "price")));
        Assert.Equal(events.Select(message => (message.Id, message.Content)), messages.Select(message => (message.Id, message.Content)));
        Assert.Equal(
            events.Skip(5).Where(message => message.Event != "block" && message.Data.GetProperty("netuid").GetInt32() == 1).Select(message => (message.Id, message.Content)),
            rest.Select(message => (message.Id, message.Content)));
    }

    [Fact]
    public async Task Lists_ByFilterAndPage_AreWhatWasWritten()
    {
        await made.Start(network);
        var trades = await made.Get("/api/dtao/trade/v1?netuid=1&order=block_number_asc");
        var sales = await made.Get($"/api/dtao/trade/v1?to_name=TAO&coldkey={made.A}");
        var paged = await made.Get("/api/dtao/trade/v1?limit=2&page=2");
        var transfer = (await made.Get($"/api/transfer/v1?address={made.B}")).GetProperty("data")[0];
        var blocks = await made.Get($"/api/block/v1?timestamp_start={s_begin + 70}&timestamp_end={s_begin + 80}");
        var operations = await made.Get($"/api/operation/v1?account={made.A}&order=block_number_asc");

        Assert.Equal(["TAO SN1 101000000000 100000000000", "SN1 TAO 40000000000 44000000000", "TAO SN1 10000000000 10000000000"], trades.GetProperty("data").EnumerateArray()
            .Select(row => $"{Text(row, "from_name")} {Text(row, "to_name")} {Text(row, "from_amount")} {Text(row, "to_amount")}"));
        Assert.Equal(operations.GetProperty("data").EnumerateArray().Take(1).Select(row => Text(row, "id")), trades.GetProperty("data").EnumerateArray().Take(1).Select(row => Text(row, "operation_id")));
        Assert.Equal("remove_stake", Text(Assert.Single(sales.GetProperty("data").EnumerateArray()), "call"));
        Assert.Equal((2, 2, 3, 2), (paged.GetProperty("pagination").GetProperty("current_page").GetInt32(), paged.GetProperty("pagination").GetProperty("per_page").GetInt32(),
            paged.GetProperty("pagination").GetProperty("total_items").GetInt32(), paged.GetProperty("pagination").GetProperty("total_pages").GetInt32()));
        Assert.Equal(JsonValueKind.Null, paged.GetProperty("pagination").GetProperty("next_page").ValueKind);
        Assert.Equal(("5000000000", "7", $"0x{made.A}"), (Text(transfer, "amount"), Text(transfer, "fee"), Text(transfer.GetProperty("from"), "hex")));
        Assert.Equal([3, 2], blocks.GetProperty("data").EnumerateArray().Select(row => row.GetProperty("block_number").GetInt32()));
        Assert.Equal([1L, 1L], blocks.GetProperty("data").EnumerateArray().Select(row => row.GetProperty("extrinsics_count").GetInt64()));
        Assert.Equal(["add_stake", "remove_stake", "transfer"], operations.GetProperty("data").EnumerateArray().Select(row => Text(row, "call")));
        Assert.Equal("101000000000", Text(operations.GetProperty("data")[0], "tao"));
    }

    [Fact]
    public async Task Operations_DecidedByTheirAccount_HaveTheirCallsUnlessTheJournalIsOlder()
    {
        await made.Start(network);
        var operations = (await made.Get($"/api/operation/v1?account={made.C}&order=block_number_asc")).GetProperty("data").EnumerateArray().ToArray();
        var transfers = await made.Get($"/api/transfer/v1?address={made.C}");
        var fee = (await made.Get($"/api/account/balance_changes/v1?address={made.C}&limit=1")).GetProperty("data")[0];

        Assert.Equal([" FundsUnavailable", "transfer FundsUnavailable", "transfer "], operations.Select(row => $"{Text(row, "call")} {Text(row, "error")}"));
        Assert.Equal((JsonValueKind.Null, "8", $"0x{made.B}"), (operations[0].GetProperty("arguments").ValueKind, Text(operations[1].GetProperty("arguments"), "amount"), Text(operations[1].GetProperty("arguments").GetProperty("to_coldkey"), "hex")));
        Assert.Empty(transfers.GetProperty("data").EnumerateArray());
        Assert.Equal(("fee", "transfer", "-3", "997"), (Text(fee, "cause"), Text(fee, "call"), Text(fee, "delta"), Text(fee, "free")));
    }

    [Fact]
    public async Task BalanceChanges_OfTaoAndOfAStake_NameTheirEvents()
    {
        await made.Start(network);
        var tao = await made.Get($"/api/account/balance_changes/v1?address={made.A}&order=block_number_asc");
        var received = await made.Get($"/api/account/balance_changes/v1?address={made.B}&limit=1");
        var alpha = await made.Get($"/api/account/balance_changes/v1?address={made.A}&of=alpha&netuid=1&hotkey={made.Hotkey}&order=block_number_asc");

        Assert.Equal(
            ["genesis  1000000000000 1000000000000", "operation add_stake -101000000000 899000000000", "operation remove_stake 44000000000 943000000000", "operation transfer -5000000007 937999999993"],
            tao.GetProperty("data").EnumerateArray().Select(row => $"{Text(row, "cause")} {Text(row, "call")} {Text(row, "delta")} {Text(row, "free")}"));
        Assert.Equal($"0x{made.A}", Text(Assert.Single(tao.GetProperty("data")[1].GetProperty("because").EnumerateArray()).GetProperty("signer"), "hex"));
        var row = received.GetProperty("data")[0];
        Assert.Equal(("account", "transfer", "5000000000", $"0x{made.A}"), (Text(row, "cause"), Text(row, "call"), Text(row, "delta"), Text(row.GetProperty("counterparty"), "hex")));
        Assert.Equal(
            ["stake add_stake 100000000000 100000000000", "unstake remove_stake -40000000000 60000000000", $"dividend  {made.Stake - 60_000_000_000} {made.Stake}"],
            alpha.GetProperty("data").EnumerateArray().Select(change => $"{Text(change, "cause")} {Text(change, "call")} {Text(change, "delta")} {Text(change, "free")}"));
    }

    [Fact]
    public async Task Neurons_RegisteredReplacedAndSwapped_AreWhatWasWrittenAndSoIsTheirEpoch()
    {
        await made.Start(network);
        var came = (await made.Get("/api/subnet/neuron/registration/v1?netuid=1&order=block_number_asc")).GetProperty("data").EnumerateArray().ToArray();
        var left = (await made.Get("/api/subnet/neuron/deregistration/v1")).GetProperty("data").EnumerateArray().ToArray();
        var ofOwner = await made.Get($"/api/subnet/neuron/registration/v1?coldkey={made.B}");
        var epoch = (await made.Get("/api/metagraph/history/v1?netuid=1&order=block_number_asc")).GetProperty("data").EnumerateArray().ToArray();
        var ofHotkey = Assert.Single((await made.Get($"/api/metagraph/history/v1?hotkey={made.Hotkey}")).GetProperty("data").EnumerateArray());

        Assert.Equal(
            ["1 0 registered 500", "1 1 registered 600", "5 1 registered 700", "5 0 swapped "],
            came.Select(row => $"{Number(row, "block_number")} {Number(row, "uid")} {Text(row, "cause")} {Text(row, "registration_cost")}"));
        Assert.Equal($"0x{made.Neuron}", Text(came[2].GetProperty("former_hotkey"), "hex"));
        Assert.Equal(
            [$"5 0 swapped 6000000000 1 0x{made.Hotkey} 0x{FactBook.Key(1_005)}", $"5 1 replaced 6000000001 1 0x{made.Neuron} 0x{FactBook.Key(1_004)}"],
            left.Select(row => $"{Number(row, "block_number")} {Number(row, "uid")} {Text(row, "cause")} {Text(row, "emission")} {Number(row, "registered_at_block")} "
                + $"{Text(row.GetProperty("hotkey"), "hex")} {Text(row.GetProperty("next_hotkey"), "hex")}"));
        Assert.Equal($"0x{made.Hotkey}", Text(Assert.Single(ofOwner.GetProperty("data").EnumerateArray()).GetProperty("hotkey"), "hex"));
        Assert.Equal(
            [$"5 0 0x{made.Hotkey} 6000000000", $"5 1 0x{made.Neuron} 6000000001"],
            epoch.Select(row => $"{Number(row, "block_number")} {Number(row, "uid")} {Text(row.GetProperty("hotkey"), "hex")} {Text(row, "emission")}"));
        Assert.Equal(
            ("76000000000", "0", $"0x{made.B}", 4, true, true),
            (Text(ofHotkey, "alpha_stake"), Text(ofHotkey, "root_stake"), Text(ofHotkey.GetProperty("coldkey"), "hex"), Number(ofHotkey, "updated"), ofHotkey.GetProperty("active").GetBoolean(),
                ofHotkey.GetProperty("validator_permit").GetBoolean()));
    }

    [Fact]
    public async Task Stakes_NowBeforeAndInAll_AreTheLedgersToTheRao()
    {
        await made.Start(network);
        var stake = (await made.Get($"/api/dtao/stake_balance/latest/v1?coldkey={made.A}")).GetProperty("data")[0];
        var holders = await made.Get("/api/dtao/stake_balance/latest/v1?netuid=1");
        var nominators = await made.Get($"/api/dtao/stake_balance/latest/v1?netuid=1&hotkey={made.Hotkey}&limit=1");
        var history = await made.Get($"/api/dtao/stake_balance/history/v1?coldkey={made.A}&hotkey={made.Hotkey}&netuid=1&order=block_number_asc");
        var portfolio = (await made.Get($"/api/dtao/stake_balance/portfolio/v1?coldkey={made.A}")).GetProperty("data")[0];
        var account = (await made.Get($"/api/account/latest/v1?address={made.A}")).GetProperty("data")[0];
        var then = await made.Get($"/api/account/history/v1?address={made.A}&order=block_number_asc");

        var value = made.Stake + (made.Stake / 2);
        Assert.Equal(($"{made.Stake}", $"{value}", 2), (Text(stake, "balance"), Text(stake, "balance_as_tao"), stake.GetProperty("subnet_total_holders").GetInt32()));
        Assert.Equal([$"0x{made.A}", $"0x{made.B}"], holders.GetProperty("data").EnumerateArray().Select(row => Text(row.GetProperty("coldkey"), "hex")));
        Assert.Equal((2, $"0x{made.A}"), (nominators.GetProperty("pagination").GetProperty("total_items").GetInt32(), Text(nominators.GetProperty("data")[0].GetProperty("coldkey"), "hex")));
        Assert.Equal(["100000000000", "60000000000", "60000000000", "60000000000", $"{made.Stake}"], history.GetProperty("data").EnumerateArray().Select(row => Text(row, "balance")));
        Assert.Equal(
            ("100000000000", "101000000000", "40000000000", "44000000000", $"{made.Stake - 60_000_000_000}", "1.01", "3600000000"),
            (Text(portfolio, "total_bought_alpha"), Text(portfolio, "total_bought_alpha_as_tao"), Text(portfolio, "total_sold_alpha"), Text(portfolio, "total_sold_alpha_as_tao"),
                Text(portfolio, "total_earned_alpha"), Text(portfolio, "average_purchase_price_tao"), Text(portfolio, "realised_profit_tao")));
        Assert.Equal(("937999999993", $"{937_999_999_993 + value}"), (Text(account, "balance_free"), Text(account, "balance_total")));
        Assert.Equal(
            ["899000000000 100000000000", "943000000000 67500000000", "943000000000 60000000000", "937999999993 90000000000", $"937999999993 {value}"],
            then.GetProperty("data").EnumerateArray().Select(at => $"{Text(at, "balance_free")} {Text(at, "balance_staked")}"));
    }

    [Fact]
    public async Task LiveBlocks_OutOfTheReadSide_ComeWithTheTradesBeforeThem()
    {
        await made.Start(network);
        var blocks = await made.Live.Read(1, 99, ReadStores.Cancelled);

        Assert.Equal([1UL, 2UL, 3UL, 4UL, 5UL], blocks.Select(block => block.Number));
        Assert.Equal([0, 1, 1, 1, 0], blocks.Select(block => block.Trades.Count));
        Assert.Equal((new BlockNumber(2), "SELL"), (blocks[2].Trades[0].BlockNumber, blocks[2].Trades[0].Action));
        Assert.Equal([FactBook.Price(1_000_000_000), FactBook.Price(2_000_000_000)], blocks[2].Prices.Select(price => price.Price.Bits));
        Assert.Equal(5UL, await made.Live.ReadNewest(ReadStores.Cancelled));
    }

    [Fact]
    public async Task Queries_OfEveryEndpoint_GoThroughAnIndex()
    {
        await made.Start(network);
        var asked = new HashSet<string>(StringComparer.Ordinal);
        var store = made.Store;
        store.Asked = text =>
        {
            lock (asked) asked.Add(text);
        };
        foreach (var path in Paths) await made.Get(path);
        store.Asked = null;
        await using var view = await store.ReadAsync(ReadStores.Cancelled);
        // Tables with a row for each subnet; and the list of all accounts and of one block's, whose order is an index.
        string[] small = ["subnets", "subnet_names", "subnet_heads", "read_position"];
        var scans = new List<string>();
        foreach (var text in asked)
        {
            var plan = await view.QueryAsync($"EXPLAIN QUERY PLAN {text}", row => row.GetString(3), ReadStores.Cancelled);
            scans.AddRange(plan.Where(step => step.Contains("USE TEMP B-TREE", StringComparison.Ordinal) || (step.StartsWith("SCAN", StringComparison.Ordinal) && !IsFine(step))).Select(step => $"{step}: {text}"));
        }

        Assert.True(asked.Count > 30, $"Only {asked.Count} queries were asked.");
        Assert.True(scans.Count == 0, string.Join('\n', scans));

        bool IsFine(string step) => step.Contains("USING", StringComparison.Ordinal) || small.Any(table => step == $"SCAN {table}") || step is "SCAN CONSTANT ROW" or "SCAN (subquery-1)" or "SCAN counted" or "SCAN both_ways";
    }

    [Fact]
    public async Task Answers_OutOfPostgres_AreThoseOutOfSqlite()
    {
        await made.Start(network);
        await using var other = new Made();
        await other.Start(network, await server.CreateDatabase());

        foreach (var path in Paths) Assert.Equal((await made.Get(path)).GetRawText(), (await other.Get(path)).GetRawText());
    }

    /// <summary>Every kind of question.</summary>
    private IEnumerable<string> Paths =>
        [
            "/api/dtao/pool/history/v1?netuid=1&frequency=by_day", "/api/dtao/pool/history/v1?netuid=1", "/api/dtao/subnet_emission/v1", "/api/dtao/subnet_emission/v1?netuid=1", "/api/dtao/tao_flow/v1",
            "/api/dtao/trade/v1", "/api/dtao/trade/v1?netuid=1", $"/api/dtao/trade/v1?coldkey={made.A}", $"/api/delegation/v1?delegate={made.Hotkey}", "/api/block/v1", $"/api/block/v1?timestamp_start={s_begin}",
            "/api/transfer/v1", $"/api/transfer/v1?from={made.A}", $"/api/transfer/v1?to={made.A}", $"/api/transfer/v1?address={made.A}", "/api/operation/v1", $"/api/operation/v1?account={made.A}",
            "/api/operation/v1?id=0193f5c0a7e27c3f9d0e5b1c2a3d4e5f", $"/api/dtao/stake_balance/latest/v1?coldkey={made.A}", $"/api/dtao/stake_balance/latest/v1?hotkey={made.Hotkey}",
            "/api/dtao/stake_balance/latest/v1?netuid=1", $"/api/dtao/stake_balance/history/v1?coldkey={made.A}&hotkey={made.Hotkey}&netuid=1", $"/api/dtao/stake_balance/portfolio/v1?coldkey={made.A}",
            $"/api/dtao/hotkey_alpha_shares/latest/v1?hotkey={made.Hotkey}", $"/api/dtao/hotkey_alpha_shares/history/v1?hotkey={made.Hotkey}&netuid=1", "/api/dtao/pool/history/v1", "/api/subnet/history/v1?netuid=1",
            $"/api/dtao/validator/yield/history/v1?hotkey={made.Hotkey}&netuid=1&frequency=by_hour", $"/api/dtao/validator/yield/history/v1?hotkey={made.RootHotkey}&netuid=0&frequency=by_hour",
            "/api/block/v1?hash=0000000000000000000000000000000000000000000000000000000000000000",
            "/api/subnet/hyperparameters/history/v1", "/api/subnet/hyperparameters/history/v1?netuid=1", "/api/subnet/hyperparameters/history/v1?netuid=1&name=tempo&order=block_number_asc",
            "/api/subnet/registration_cost/history/v1", "/api/subnet/registration_cost/history/v1?frequency=by_hour",
            "/api/account/latest/v1", $"/api/account/latest/v1?address={made.A}", $"/api/account/history/v1?address={made.A}&frequency=by_hour",
            $"/api/account/balance_changes/v1?address={made.A}", $"/api/account/balance_changes/v1?address={made.A}&of=alpha&netuid=1&hotkey={made.Hotkey}", $"{Udf}/history?symbol=SUB-1&resolution=1&from=0&to=9",
            .. new[] { "registration", "deregistration" }.SelectMany(
                _ => new[] { "?", "?netuid=1", "?netuid=1&uid=1", $"?hotkey={made.Neuron}", $"?coldkey={made.B}" }, (kind, filter) => $"/api/subnet/neuron/{kind}/v1{filter}"),
            "/api/metagraph/history/v1?netuid=1", "/api/metagraph/history/v1?netuid=1&uid=1&order=block_number_asc", $"/api/metagraph/history/v1?hotkey={made.Neuron}",
            $"/api/metagraph/history/v1?netuid=1&coldkey={made.B}",
        ];

    private static int Number(JsonElement row, string name) => row.GetProperty(name).GetInt32();

    private static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();

    private static string Joined(JsonElement history, string name, Func<JsonElement, string>? show = null) =>
        string.Join(' ', history.GetProperty(name).EnumerateArray().Select(show ?? (number => number.GetRawText())));
}
