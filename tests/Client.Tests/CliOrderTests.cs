using System.Text.Json;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Orders;
using Dtao.Grains;
using Dtao.Grains.Subnets;
using Dtao.Grains.Wire;
using Xunit;

namespace Dtao.Client.Tests;

public sealed class CliOrderTests
{
    private const ulong Half = 500_000_000;

    private static readonly LimitOrder s_buy = new()
    {
        Owner = DevAccounts.Alice,
        Hotkey = DevAccounts.Bob,
        Netuid = new NetUid(1),
        Type = OrderType.LimitBuy,
        Amount = 1_500_000_000,
        Limit = new LimitPrice(Half),
        Expiry = new BlockNumber(7_300),
        ChainId = 42,
    };

    private static readonly LimitOrder s_sell = s_buy with
    {
        Type = OrderType.StopLoss,
        Expiry = new BlockNumber(900),
        FeeRate = new Perbill(10_000_000),
        FeeRecipient = DevAccounts.Eve,
        Relayers = [DevAccounts.Dave, DevAccounts.Eve],
        MaxSlippage = new Perbill(5_000_000),
        AllowsPartialFills = true,
    };

    private readonly CliRun _cli = new();

    public CliOrderTests()
    {
        _cli.Network.Quote = new CallQuote(LedgerError.None, 0, 0, 0, 0, 0, 0, new BlockNumber(100));
        _cli.Network.Answer<ISubnetPoolGrain>("GetOrders", asked => Task.FromResult(new OrderPage(
            [.. new[] { s_buy, s_sell }.Where(order => asked[1] is not AccountId owner || order.Owner == owner)
                .Select(order => new OpenOrder(OrderHash.Of(order).ToString(), Calls.PlaceOrder(order), 7))],
            false, Half + 1, new BlockNumber(100))));
    }

    [Fact]
    public async Task Place_WithAndWithoutOptions_SubmitsThatOrder()
    {
        await AssertSubmits("order place --coldkey //Alice --hotkey //Bob --netuid 1 --type limit-buy --amount 1.5 --limit 0.5", Calls.PlaceOrder(s_buy));
        await AssertSubmits(
            "order place --coldkey //Alice --hotkey //Bob --netuid 1 --type Stop-Loss --amount 1.5 --limit-price 0.5 --expiry 900 --fee-rate 0.01 --fee-recipient //Eve "
                + "--relayers //Dave //Eve --max-slippage 0.005 --partial-fills",
            Calls.PlaceOrder(s_sell));
    }

    [Fact]
    public async Task CancelAndExecute_ByHash_SubmitTheOrdersThatAreOpen()
    {
        var (buy, sell) = (OrderHash.Of(s_buy).ToString(), OrderHash.Of(s_sell).ToString());

        await AssertSubmits($"order cancel --coldkey //Alice --netuid 1 --order {sell}", Calls.CancelOrder(s_sell));
        await AssertSubmits($"order execute --coldkey //Alice --netuid 1 --order {sell} {buy.ToUpperInvariant()}", Calls.ExecuteOrders([new(s_sell), new(s_buy)]));
        await AssertSubmits($"order execute --coldkey //Alice --netuid 1 --order {sell} --partial 0.5", Calls.ExecuteOrders([new(s_sell, Half)]));
        await AssertSubmits($"order execute --coldkey //Alice --netuid 1 --order {buy} --batched", Calls.ExecuteBatchedOrders(new NetUid(1), [new(s_buy)]));
    }

    [Fact]
    public async Task List_AsJson_TellsEveryField()
    {
        Assert.Equal(0, await Run("order list --netuid 1 --coldkey //Alice --json"));

        using var document = JsonDocument.Parse(_cli.Output);
        var listed = document.RootElement.GetProperty("orders")[1];
        Assert.Equal(OrderHash.Of(s_sell).ToString(), listed.GetProperty("order").GetString());
        Assert.Equal(
            ("StopLoss", "1500000000", "7", "500000000", "500000001", "900", "10000000"),
            (Text("type"), Text("amount_rao"), Text("filled_rao"), Text("limit_rao_per_alpha"), Text("spot_rao_per_alpha"), Text("expiry_block"), Text("fee_parts_per_billion")));
        Assert.Equal(2, listed.GetProperty("relayers").GetArrayLength());

        string? Text(string name) => listed.GetProperty(name).GetString();
    }

    [Fact]
    public async Task List_AsATable_ShowsEveryOpenOrder()
    {
        Assert.Equal(0, await Run("order list --netuid 1"));

        Assert.Contains(OrderHash.Of(s_buy).ToString(), _cli.Output, StringComparison.Ordinal);
        Assert.Contains("StopLoss", _cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_SomePassedOver_TellsOfEach()
    {
        var (buy, sell) = (OrderHash.Of(s_buy), OrderHash.Of(s_sell));
        _cli.Network.OnSubmit = (operation, _) => Task.FromResult(Receipt.Of(
            operation.Id,
            CallOutcome.Done with { Orders = [new(sell, LedgerError.None, 1_500_000_000, 700_000_000, new Tao(7)), OrderResult.Refused(buy, LedgerError.PriceConditionNotMet)] },
            new BlockNumber(101), 1, null));

        Assert.Equal(0, await Run($"order execute --coldkey //Dave --netuid 1 --order {sell} {buy} --yes"));
        Assert.Contains($"Executed order {sell}: 1.5", _cli.Output, StringComparison.Ordinal);
        Assert.Contains($"Passed over order {buy}: PriceConditionNotMet.", _cli.Output, StringComparison.Ordinal);

        var printed = _cli.Output.Length;
        Assert.Equal(0, await Run($"order execute --coldkey //Dave --netuid 1 --order {sell} {buy} --yes --json"));
        using var document = JsonDocument.Parse(_cli.Output[printed..]);
        Assert.Equal("PriceConditionNotMet", document.RootElement.GetProperty("orders")[1].GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("order place --coldkey //Alice --hotkey //Bob --netuid 1 --type limit-buy --amount 1.5")]
    [InlineData("order place --coldkey //Alice --hotkey //Bob --netuid 1 --type limit-sell --amount 1.5 --limit 1")]
    [InlineData("order place --coldkey //Alice --hotkey //Bob --netuid 1 --type limit-buy --amount 1.5 --limit 1 --fee-rate 0.1")]
    [InlineData("order place --coldkey //Alice --hotkey //Bob --netuid 1 --type limit-buy --amount 1.5 --limit 1 --max-slippage 1.1")]
    [InlineData("order place --coldkey //Alice --hotkey //Bob --netuid 1 --type limit-buy --amount 1.5 --limit 1 --relayers nobody")]
    [InlineData("order execute --coldkey //Alice --netuid 1 --order 1234")]
    [InlineData("order cancel --coldkey //Bob --netuid 1 --order 1234")]
    public async Task Command_WrittenWrongly_EndsWithTwoAndSendsNothing(string line)
    {
        Assert.Equal((2, 0), (await Run(line + " --yes"), _cli.Network.Submitted.Count));
        Assert.NotEmpty(_cli.Error);
    }

    private async Task AssertSubmits(string line, Call expected)
    {
        _cli.Network.Submitted.Clear();
        Assert.Equal((0, ""), (await Run(line + " --yes"), _cli.Error));
        var operation = Assert.Single(_cli.Network.Submitted);
        var (sent, meant) = (new RecordWriter(), new RecordWriter());
        LedgerCodec.Write(sent, operation.Call);
        LedgerCodec.Write(meant, expected);
        Assert.Equal(DevAccounts.Alice, operation.Signer);
        Assert.Equal(meant.WrittenSpan.ToArray(), sent.WrittenSpan.ToArray());
    }

    private Task<int> Run(string line) => _cli.RunAsync(line.Split(' '));
}
