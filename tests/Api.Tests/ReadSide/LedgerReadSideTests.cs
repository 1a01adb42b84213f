using System.Text.Json;
using Dtao.Api.History;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Sql;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using Dtao.Grains;
using Dtao.Grains.Subnets;
using Dtao.Hosting.Genesis;
using Dtao.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Dtao.Api.Tests.ReadSide;

/// <summary>The read side of a network that runs, against the ledger itself.</summary>
public sealed class LedgerReadSideTests(ApiNetwork network)
{
    private static readonly AccountId[] s_signers = [ApiNetwork.Staker(60), ApiNetwork.Staker(61), ApiNetwork.Staker(62)];

    [Fact]
    public async Task ReadSide_OfARunningNetwork_HasEveryBalanceStakeAndReceiptOfTheLedger()
    {
        var folder = Directory.CreateTempSubdirectory("dtao-ledger-read-");
        List<OperationResult> results = [];
        await Operate(results);
        await using (var api = await network.StartApi(new ApiOptions { ReadSide = new ReadSideOptions { Store = Path.Combine(folder.FullName, "read.db"), PollMilliseconds = 20 } }))
        {
            await Operate(results);
            await SetParameters();
            for (var block = 0; block <= DemoGenesis.Tempo; block++) await network.CloseBlock();
            await CatchUp(api);
            await using var view = await api.Services.GetRequiredService<IReadStore>().ReadAsync(ReadStores.Cancelled);

            await CompareBalances(view);
            await CompareStakes(view);
            await CompareReceipts(view, results);
            using var http = new HttpClient { BaseAddress = new Uri(api.Address), Timeout = Patience.Max };
            await CompareOperations(http, results);
            await FollowSwaps(http);
            await CompareSettings(http);
            await CompareNeurons(http);
            await AskEverything(http);
        }

        folder.Delete(recursive: true);
    }

    private async Task Operate(List<OperationResult> results)
    {
        var subnets = new[] { new NetUid(1), new NetUid(2) };
        var hotkey = (await Positions(subnets[0]))[0].Hotkey;
        foreach (var (place, signer) in s_signers.Index())
        {
            await Do(signer, Calls.AddStake(hotkey, subnets[0], new Tao(2_000_000_000 + (ulong)place)));
            await Do(signer, Calls.SwapStake(hotkey, subnets[0], subnets[1], new Alpha(1_000_000_000)));
            await Do(signer, Calls.RemoveStake(hotkey, subnets[1], new Alpha(500_000_000)));
            await Do(signer, Calls.TransferStake(s_signers[(place + 1) % 3], hotkey, subnets[0], subnets[0], new Alpha(700_000_000)));
            await Do(signer, Calls.Transfer(s_signers[(place + 1) % 3], new Tao(100_000_000), keepAlive: true));
            await Do(signer, Calls.AddStakeLimit(hotkey, subnets[1], new Tao(1_000_000_000), LimitPrice.Lowest, allowPartial: false));
            await Do(signer, Calls.Transfer(s_signers[(place + 1) % 3], new Tao(ulong.MaxValue / 4), keepAlive: true));
            await network.CloseBlock();
        }

        async Task Do(AccountId signer, Call call) => results.Add(await network.Client.SubmitAsync(signer, call, cancellationToken: ReadStores.Cancelled));
    }

    /// <summary>Has everything in that happened so far; what is read in between may change the ledger, as fees that were owed are paid when somebody looks.</summary>
    private async Task CatchUp(ApiHost api)
    {
        var events = api.Services.GetRequiredService<IReadSideEvents>();
        var head = await network.CloseBlock();
        await events.WaitForBlockAfterAsync(head.Number.Value - 1, ReadStores.Cancelled).WaitAsync(Patience.Max, ReadStores.Cancelled);
        await using (var view = await api.Services.GetRequiredService<IReadStore>().ReadAsync(ReadStores.Cancelled))
        {
            foreach (var (account, _) in await Balances(view)) await network.Client.GetBalanceAsync(account, ReadStores.Cancelled);
        }

        head = await network.CloseBlock();
        await events.WaitForBlockAfterAsync(head.Number.Value - 1, ReadStores.Cancelled).WaitAsync(Patience.Max, ReadStores.Cancelled);
    }

    private static Task<List<(AccountId Account, ulong Free)>> Balances(ReadView view) =>
        view.QueryAsync("SELECT account, free FROM accounts_now", row => (Cells.Account((byte[])row.GetValue(0)), Cells.UInt64(row.GetInt64(1))), ReadStores.Cancelled);

    private async Task CompareBalances(ReadView view)
    {
        var balances = await Balances(view);
        var wrong = new List<string>();
        foreach (var (account, free) in balances)
        {
            var ledger = (await network.Client.GetBalanceAsync(account, ReadStores.Cancelled)).Free.Rao;
            if (ledger != free) wrong.Add($"{account}: the ledger has {ledger}, the read side {free}");
        }

        Assert.True(balances.Count > 100, "There are hardly any accounts.");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private async Task CompareStakes(ReadView view)
    {
        var kept = await view.QueryAsync(
            """
            SELECT shares_now.netuid, shares_now.hotkey, shares_now.coldkey, share, value, denominator
            FROM shares_now JOIN hotkey_pools_now ON hotkey_pools_now.netuid = shares_now.netuid AND hotkey_pools_now.hotkey = shares_now.hotkey
            """,
            row => (
                Key: new PositionKey(new NetUid((ushort)row.GetInt64(0)), Cells.Account((byte[])row.GetValue(1)), Cells.Account((byte[])row.GetValue(2))),
                Share: Cells.Share((byte[])row.GetValue(3)), Pool: new HotkeyPool(new Alpha(Cells.UInt64(row.GetInt64(4))), Cells.Share((byte[])row.GetValue(5)))),
            ReadStores.Cancelled);
        var expected = new List<(PositionKey, SafeFloat, Alpha)>();
        foreach (var title in (await SubnetTitles.LoadAsync(view, ReadStores.Cancelled)).All)
        {
            expected.AddRange((await Positions(title.Netuid)).Select(position => (new PositionKey(title.Netuid, position.Hotkey, position.Coldkey), position.Share, position.Value)));
        }

        var there = kept.Where(position => !position.Share.IsZero).ToDictionary(position => position.Key, position => (position.Share, Value: SharePool.Value(position.Pool, position.Share)));
        Assert.True(expected.Count > 100, "There are hardly any positions.");
        Assert.All(expected.Where(position => !position.Item2.IsZero), position => Assert.Equal((position.Item2, position.Item3), there[position.Item1]));
        Assert.Equal(expected.Count(position => !position.Item2.IsZero), there.Count);
    }

    private static async Task CompareReceipts(ReadView view, List<OperationResult> results)
    {
        foreach (var result in results)
        {
            var receipt = result.Receipt;
            var rows = await view.QueryAsync(
                "SELECT status, code, decided_order FROM operations WHERE id = @id",
                row => ((ReceiptStatus)row.GetInt64(0), (RefusalCode)row.GetInt64(1), Cells.UInt64(row.GetInt64(2))), ReadStores.Cancelled, ("@id", receipt!.Id.Value.ToByteArray(bigEndian: true)));

            Assert.Equal((receipt.Status, receipt.Code, receipt.Order), Assert.Single(rows));
        }

        Assert.Contains(results, result => result.Receipt!.IsApplied);
        Assert.Contains(results, result => !result.Receipt!.IsApplied);
    }

    /// <summary>Every operation of an account is in its history, page by page: what a pool, the lane, a receiver, and the account itself decided.</summary>
    private static async Task CompareOperations(HttpClient http, List<OperationResult> results)
    {
        var listed = new List<string>();
        for (int? page = 1; page is not null;)
        {
            var answer = await Get(http, $"/api/operation/v1?account={s_signers[0]}&limit=5&page={page}&network=finney");
            listed.AddRange(answer.GetProperty("data").EnumerateArray().Select(row => $"{row.GetProperty("id").GetString()} {row.GetProperty("status").GetString()} {row.GetProperty("code").GetInt32()}"));
            page = answer.GetProperty("pagination").GetProperty("next_page") is { ValueKind: JsonValueKind.Number } next ? next.GetInt32() : null;
        }

        var sent = results.Where(result => result.Operation.Signer == s_signers[0]).Select(result => $"{result.Receipt!.Id} {result.Receipt.Status} {(int)result.Receipt.Code}").ToArray();
        Assert.Contains(results, result => result.Operation.Signer == s_signers[0] && result.Receipt is { IsApplied: false, DecidedBy: null });
        Assert.Equal(sent.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        await CompareRefusals(http, results);
    }

    /// <summary>Of what an account refused by itself the history has the call as well.</summary>
    private static async Task CompareRefusals(HttpClient http, List<OperationResult> results)
    {
        foreach (var result in results.Where(result => result.Operation.Signer == s_signers[0] && result.Receipt is { IsApplied: false, DecidedBy: null }))
        {
            var row = (await Get(http, $"/api/operation/v1?id={result.Receipt!.Id}")).GetProperty("data")[0];
            var arguments = row.GetProperty("arguments");
            Assert.Equal(
                (0, "transfer", $"{result.Operation.Call.Amount}", $"0x{result.Operation.Call.ToColdkey}"),
                (row.GetProperty("sequence").GetInt32(), row.GetProperty("call").GetString(), arguments.GetProperty("amount").GetString(), arguments.GetProperty("to_coldkey").GetProperty("hex").GetString()));
        }
    }

    /// <summary>Both legs of a swap name the operation, and each the subnet of the other.</summary>
    private static async Task FollowSwaps(HttpClient http)
    {
        var trades = (await Get(http, $"/api/dtao/trade/v1?coldkey={s_signers[0]}&limit=200")).GetProperty("data").EnumerateArray().ToArray();
        var swaps = trades.Where(row => row.GetProperty("call").GetString() == "swap_stake").GroupBy(row => row.GetProperty("operation_id").GetString()).ToArray();

        Assert.NotEmpty(swaps);
        Assert.All(swaps, swap => Assert.Equal(
            ["SN1 TAO 2", "TAO SN2 1"],
            swap.Select(leg => $"{leg.GetProperty("from_name").GetString()} {leg.GetProperty("to_name").GetString()} {leg.GetProperty("other_netuid").GetInt32()}").Order(StringComparer.Ordinal)));
        Assert.All(trades.Where(row => row.GetProperty("call").GetString() == "add_stake"), row => Assert.Equal(JsonValueKind.Null, row.GetProperty("other_netuid").ValueKind));
    }

    /// <summary>Of a subnet and of the network, by the operator: values of which nothing here depends.</summary>
    private async Task SetParameters()
    {
        foreach (var (parameter, value, netuid) in new (string, string, NetUid?)[] { ("bonds_penalty", "61234", new NetUid(3)), ("set_children_rate_limit", "151", null), ("network_min_lock", "1234567890123", null) })
        {
            Assert.True((await network.Client.AdministerAsync(parameter, value, netuid, cancellationToken: ReadStores.Cancelled)).IsApplied, parameter);
        }
    }

    /// <summary>All changes one after the other come to the settings that the ledger has; and so does what a new subnet costs.</summary>
    private static async Task CompareSettings(HttpClient http)
    {
        foreach (var netuid in new[] { "?netuid=0&", "?netuid=3&", "?" })
        {
            var latest = (await Get(http, $"/api/subnet/hyperparameters/latest/v1{netuid}limit=200")).GetProperty("data").EnumerateArray().Where(row => row.GetProperty("value").ValueKind == JsonValueKind.String);
            var kept = new SortedDictionary<string, string?>(StringComparer.Ordinal);
            foreach (var row in (await Get(http, $"/api/subnet/hyperparameters/history/v1{netuid}limit=200&order=block_number_asc")).GetProperty("data").EnumerateArray())
            {
                var name = row.GetProperty("name").GetString()!;
                Assert.Equal(kept.GetValueOrDefault(name), row.GetProperty("before").GetString());
                kept[name] = row.GetProperty("value").GetString();
            }

            Assert.Equal(latest.Select(row => (row.GetProperty("name").GetString(), row.GetProperty("value").GetString())).Order(), kept.Select(setting => ((string?)setting.Key, setting.Value)).Order());
            Assert.True(kept.Count > 30, $"Only {kept.Count} settings of {netuid}.");
        }

        var set = (await Get(http, "/api/subnet/hyperparameters/history/v1?netuid=3&name=bonds_penalty&limit=1")).GetProperty("data")[0];
        Assert.Equal(("operation", "admin", "61234"), (set.GetProperty("cause").GetString(), set.GetProperty("call").GetString(), set.GetProperty("value").GetString()));
        var (now, then) = ((await Get(http, "/api/subnet/registration_cost/latest/v1")).GetProperty("data")[0], (await Get(http, "/api/subnet/registration_cost/history/v1?limit=1")).GetProperty("data")[0]);
        Assert.All(["block_number", "registration_cost", "minimum"], field => Assert.Equal(now.GetProperty(field).ToString(), then.GetProperty(field).ToString()));
        Assert.Equal("1234567890123", then.GetProperty("minimum").GetString());
    }

    /// <summary>All who were seated less all who left are the neurons, and the newest epoch is what they show.</summary>
    private static async Task CompareNeurons(HttpClient http)
    {
        var neurons = (await Get(http, "/api/metagraph/latest/v1?netuid=1&limit=200")).GetProperty("data").EnumerateArray().ToArray();
        var seated = new SortedDictionary<int, string?>();
        foreach (var row in (await Get(http, "/api/subnet/neuron/deregistration/v1?netuid=1&limit=200")).GetProperty("data").EnumerateArray()) Assert.Fail($"Nobody left, and yet {row}.");
        foreach (var row in (await Get(http, "/api/subnet/neuron/registration/v1?netuid=1&limit=200&order=block_number_asc")).GetProperty("data").EnumerateArray())
        {
            seated.Add(row.GetProperty("uid").GetInt32(), row.GetProperty("hotkey").GetRawText());
            Assert.Equal("genesis", row.GetProperty("cause").GetString());
        }

        Assert.NotEmpty(seated);
        Assert.Equal(neurons.Select(row => (row.GetProperty("uid").GetInt32(), (string?)row.GetProperty("hotkey").GetRawText())), seated.Select(seat => (seat.Key, seat.Value)));
        var epoch = (await Get(http, $"/api/metagraph/history/v1?netuid=1&limit={neurons.Length}")).GetProperty("data").EnumerateArray().OrderBy(row => row.GetProperty("uid").GetInt32()).ToArray();
        Assert.Equal(neurons.Length, epoch.Length);
        foreach (var (now, then) in neurons.Zip(epoch))
            Assert.All(["hotkey", "coldkey", "uid", "consensus", "incentive", "dividends", "validator_trust", "emission", "validator_permit", "registered_at_block"], field => Assert.Equal(now.GetProperty(field).ToString(), then.GetProperty(field).ToString()));
    }

    /// <summary>Everything that a dashboard asks for is there and says something.</summary>
    private async Task AskEverything(HttpClient http)
    {
        var (account, hotkey) = (s_signers[0], (await Positions(new NetUid(1)))[0].Hotkey);
        string[] paths =
        [
            "/api/subnet/latest/v1", "/api/subnet/history/v1?netuid=1", "/api/dtao/pool/latest/v1", "/api/dtao/pool/history/v1?netuid=1&frequency=by_hour", "/api/dtao/pool/total_price/latest/v1",
            $"/api/dtao/stake_balance/latest/v1?coldkey={account}", $"/api/dtao/stake_balance/latest/v1?hotkey={hotkey}&netuid=1", $"/api/dtao/stake_balance/history/v1?coldkey={account}&hotkey={hotkey}&netuid=1",
            $"/api/dtao/stake_balance/portfolio/v1?coldkey={account}", $"/api/dtao/hotkey_alpha_shares/latest/v1?netuid=1", $"/api/dtao/hotkey_alpha_shares/history/v1?hotkey={hotkey}&netuid=1",
            "/api/dtao/validator/latest/v1?netuid=1", "/api/dtao/validator/yield/latest/v1?netuid=1", $"/api/dtao/validator/yield/history/v1?hotkey={hotkey}&netuid=1", $"/api/dtao/validator/yield/history/v1?hotkey={hotkey}&netuid=0",
            "/api/dtao/subnet_emission/v1?netuid=1",
            "/api/dtao/tao_flow/v1", "/api/dtao/slippage/v1?netuid=1&input_tokens=1000000000&direction=tao_to_alpha", "/api/subnet/registration_cost/latest/v1", "/api/subnet/registration_cost/history/v1", "/api/subnet/hyperparameters/history/v1", "/api/metagraph/latest/v1?netuid=1",
            $"/api/account/latest/v1?address={account}", $"/api/account/history/v1?address={account}", $"/api/transfer/v1?address={account}", "/api/block/v1", $"/api/operation/v1?account={account}",
            $"/api/account/balance_changes/v1?address={account}", $"/api/account/balance_changes/v1?address={account}&of=alpha&netuid=1&hotkey={hotkey}", "/api/dtao/trade/v1", "/api/delegation/v1",
        ];
        foreach (var path in paths) Assert.True((await Get(http, path)).GetProperty("data").GetArrayLength() > 0, $"{path} has nothing to say.");
        Assert.Equal("ok", (await Get(http, "/api/dtao/tradingview/udf/history?symbol=SUB-1&resolution=60&from=0&to=9999999999")).GetProperty("s").GetString());
    }

    private static async Task<JsonElement> Get(HttpClient http, string path)
    {
        using var response = await http.GetAsync(path, ReadStores.Cancelled);
        var text = await response.Content.ReadAsStringAsync(ReadStores.Cancelled);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {text}");
        return JsonElement.Parse(text);
    }

    private async Task<List<PositionEntry>> Positions(NetUid netuid)
    {
        var pool = RunningNetwork.Of(network.Host).Pool(netuid);
        var positions = new List<PositionEntry>();
        while (true)
        {
            var last = positions.Count == 0 ? null : positions[^1];
            var page = await pool.GetPositions(new PositionFilter(null, null, last?.Hotkey, last?.Coldkey), 1_000);
            positions.AddRange(page.Positions);
            if (!page.HasMore) return positions;
        }
    }
}
