using System.Text;
using System.Text.Json;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Hosting.Genesis;
using Xunit;

namespace Dtao.Api.Tests.Reads;

/// <summary>Reads of the present: their shapes are approved ones, and their figures are the ledger's.</summary>
public sealed class PresentTests(ApiNetwork network)
{
    private static readonly string[] s_paths =
    [
        "/api/status/v1",
        "/api/subnet/latest/v1?netuid=1",
        "/api/subnet/identity/v1?netuid=1",
        "/api/subnet/hyperparameters/latest/v1?netuid=1&limit=1",
        "/api/subnet/hyperparameters/latest/v1?limit=1",
        "/api/subnet/registration_cost/latest/v1",
        "/api/dtao/slippage/v1?netuid=1&input_tokens=1000000000&direction=tao_to_alpha",
        "/api/dtao/validator/latest/v1?limit=1",
        "/api/dtao/validator/yield/latest/v1?netuid=1&limit=1",
        "/api/metagraph/latest/v1?netuid=1&limit=1",
        "/api/metagraph/root/latest/v1?limit=1",
        "/api/root_claim/latest/v1?coldkey=//Alice",
    ];

    /// <remarks>With DTAO_WRITE_GOLDEN set to a folder, the shapes are written there instead, to be read and approved.</remarks>
    [Fact]
    public async Task Answers_OfAllReads_HaveTheApprovedShapes()
    {
        var shapes = new StringBuilder();
        foreach (var path in s_paths) shapes.Append(path).Append('\n').Append(Shape(await network.GetJson(path))).Append("\n\n");

        if (Environment.GetEnvironmentVariable("DTAO_WRITE_GOLDEN") is { Length: > 0 } folder) await File.WriteAllTextAsync(Path.Combine(folder, "shapes.txt"), shapes.ToString(), TestContext.Current.CancellationToken);
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "goldens", "shapes.txt"), TestContext.Current.CancellationToken), shapes.ToString());
    }

    [Fact]
    public async Task Subnet_Latest_IsTheLedgersToTheRao()
    {
        var subnet = (await network.Client.GetSubnetAsync(new NetUid(1), TestContext.Current.CancellationToken))!;

        var row = Assert.Single((await network.GetJson("/api/subnet/latest/v1?netuid=1")).GetProperty("data").EnumerateArray());

        var books = subnet.Pool.Books!;
        Assert.Equal(subnet.Pool.Block.Value, row.GetProperty("block_number").GetUInt64());
        Assert.Equal(books.TaoReserve.ToString(), row.GetProperty("total_tao").GetString());
        Assert.Equal(books.AlphaReserve.ToString(), row.GetProperty("alpha_in_pool").GetString());
        Assert.Equal(books.AlphaOutstanding.ToString(), row.GetProperty("alpha_staked").GetString());
        Assert.Equal(books.Burn.ToString(), row.GetProperty("neuron_registration_cost").GetString());
        Assert.StartsWith(AmountText.FormatPrice(subnet.Pool.PriceBits).TrimEnd('0'), row.GetProperty("price").GetString(), StringComparison.Ordinal);
        Assert.Equal(Ss58.Encode(books.Owner!.Value), row.GetProperty("owner").GetProperty("ss58").GetString());
    }

    /// <summary>Without an account the pool's rule is asked, and with one the whole call: both come to the same.</summary>
    [Theory]
    [InlineData("tao_to_alpha", 5_000_000_000UL)]
    [InlineData("alpha_to_tao", 3_000_000_000UL)]
    public async Task Slippage_OfASwap_IsWhatTheCallsQuoteSays(string direction, ulong rao)
    {
        var netuid = new NetUid(2);
        var hotkey = (await network.Client.GetSubnetAsync(netuid, TestContext.Current.CancellationToken))!.Pool.Books!.OwnerHotkey!.Value;
        var staker = ApiNetwork.Staker(901);
        await network.Client.SubmitAsync(staker, Calls.AddStake(hotkey, netuid, new Tao(10_000_000_000)), null, TestContext.Current.CancellationToken);
        var call = direction == "tao_to_alpha" ? Calls.AddStake(hotkey, netuid, new Tao(rao)) : Calls.RemoveStake(hotkey, netuid, new Alpha(rao));
        var quote = await network.Client.QuoteAsync(staker, call, TestContext.Current.CancellationToken);

        var row = Assert.Single((await network.GetJson($"/api/dtao/slippage/v1?netuid=2&input_tokens={rao}&direction={direction}")).GetProperty("data").EnumerateArray());

        Assert.Equal(quote.AmountOut, ulong.Parse(row.GetProperty("output_tokens").GetString()!, null));
        Assert.Equal(quote.Fee, ulong.Parse(row.GetProperty("fee").GetString()!, null));
        Assert.StartsWith(AmountText.FormatPrice(quote.PriceAfterBits).TrimEnd('0'), row.GetProperty("alpha_price_after").GetString(), StringComparison.Ordinal);
        Assert.True(ulong.Parse(row.GetProperty("expected_output_tokens").GetString()!, null) >= quote.AmountOut);
    }

    [Fact]
    public async Task Slippage_ThatTheRuleRefuses_IsAProblemWithTheChainsName() => Assert.Equal(
        "SwapInputTooLarge", (await network.GetProblem($"/api/dtao/slippage/v1?netuid=1&input_tokens={ulong.MaxValue}&direction=tao_to_alpha")).GetProperty("name").GetString());

    /// <summary>Many who ask at once are served by few reads.</summary>
    [Fact]
    public async Task Answers_ToManyAtOnce_AreTheSame()
    {
        await network.Api.WaitFor((await network.Client.GetHeadAsync(TestContext.Current.CancellationToken)).Block);

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => network.GetJson("/api/dtao/validator/latest/v1?netuid=1")));

        Assert.Single(answers.Select(answer => answer.GetProperty("data").GetRawText()).Distinct());
        Assert.NotEmpty(answers[0].GetProperty("data").EnumerateArray());
    }

    /// <summary>The names of an answer's fields, or of those of a list's rows, in their order; their types stand in the document.</summary>
    private static string Shape(JsonElement answer)
    {
        var row = answer.TryGetProperty("pagination", out _) ? answer.GetProperty("data")[0] : answer;
        return string.Join(' ', row.EnumerateObject().Select(member => member.Name));
    }
}
