using System.Globalization;
using System.Text.Json;
using Dtao.Economics;
using Xunit;

namespace Dtao.Client.Tests;

[Collection(typeof(OnDemoNetwork))]
public sealed class CliPreviewTests(DemoNetwork network)
{
    private readonly CliRun _cli = new();

    [Fact]
    public async Task Preview_BesideTheRunningNetwork_IsAForecastOfEveryPosition()
    {
        var (token, coldkey) = (TestContext.Current.CancellationToken, DemoNetwork.Staker(40));
        var positions = await network.Client.GetPositionsAsync(coldkey, token);
        var head = (await network.Client.GetHeadAsync(token)).Block;

        var json = await Run("preview", "--database", network.DatabasePath, "--coldkey", Ss58.Encode(coldkey), "--blocks", "21", "--json");

        Assert.StartsWith("A forecast at an unchanged market", json.GetProperty("forecast").GetString(), StringComparison.Ordinal);
        Assert.Equal((head.ToString(), "21"), (json.GetProperty("after_block").GetString(), json.GetProperty("blocks").GetString()));
        Assert.Equal(
            positions.Select(position => (int)position.Netuid.Value).Order(), json.GetProperty("positions").EnumerateArray().Select(row => row.GetProperty("netuid").GetInt32()));
        Assert.All(json.GetProperty("positions").EnumerateArray(), row => Assert.True(Rao(row, "stake_then_rao") >= Rao(row, "stake_now_rao")));
        // The demo claims one coldkey's dividends in every block, by a hash that is not known yet.
        Assert.True(json.GetProperty("guesses_automatic_claims").GetBoolean());
        Assert.Equal(head, (await network.Client.GetHeadAsync(token)).Block);
    }

    [Fact]
    public async Task Preview_WithStakeAddedFirst_BuysItThroughThePool()
    {
        var (coldkey, hotkey) = (DemoNetwork.Staker(41), await network.OwnerHotkey(new NetUid(2)));

        var json = await Run(
            "preview", "--database", network.DatabasePath, "--coldkey", Ss58.Encode(coldkey), "--add-stake", Ss58.Encode(hotkey), "2", "1.5", "--days", "1", "--block-seconds", "4000",
            "--json");

        var added = json.GetProperty("added_stake");
        Assert.Equal(("1500000000", JsonValueKind.Null), (added.GetProperty("amount_rao").GetString(), added.GetProperty("error").ValueKind));
        var bought = Rao(added, "bought_rao");
        Assert.Contains(json.GetProperty("positions").EnumerateArray(), row => row.GetProperty("netuid").GetInt32() == 2 && Rao(row, "stake_now_rao") >= bought - 1);
        Assert.Equal("21", json.GetProperty("blocks").GetString());
    }

    [Fact]
    public async Task Preview_StakeThatWouldBeRefused_EndsWithOneAndTheChainsName()
    {
        var code = await _cli.RunAsync("preview", "--database", network.DatabasePath, "--coldkey", "//Alice", "--add-stake", "//Bob", "2", "1");

        Assert.Equal(1, code);
        Assert.Contains("HotKeyAccountNotExists", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PreviewEmission_BesideTheRunningNetwork_IsAForecastOfEverySubnet()
    {
        var json = await Run("preview", "emission", "--database", network.DatabasePath, "--blocks", "10", "--json");
        var text = await _cli.RunAsync("preview", "emission", "--database", network.DatabasePath, "--blocks", "10");

        var subnets = json.GetProperty("subnets").EnumerateArray().ToList();
        Assert.Equal((16, 0), (subnets.Count, text));
        var given = subnets.Aggregate(0UL, (sum, row) => sum + Rao(row, "tao_in_rao") + Rao(row, "excess_tao_rao"));
        Assert.Equal(given, Rao(json, "issued_rao"));
        Assert.Contains("with nobody trading", _cli.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("preview")]
    [InlineData("preview --coldkey //Alice --blocks 0")]
    [InlineData("preview --coldkey //Alice --blocks 1000001")]
    [InlineData("preview --coldkey //Alice --blocks 1 --days 1")]
    [InlineData("preview --coldkey //Alice --block-seconds 1")]
    [InlineData("preview --coldkey //Alice --days 1 --block-seconds 0")]
    [InlineData("preview --coldkey //Alice --add-stake //Bob 1")]
    [InlineData("preview --coldkey //Alice --add-stake //Bob x 1")]
    [InlineData("preview --coldkey //Alice --add-stake nobody 1 1")]
    [InlineData("preview --coldkey //Alice --add-stake //Bob 1 -1")]
    public async Task Preview_WrittenWrongly_EndsWithTwo(string line)
    {
        Assert.Equal(2, await _cli.RunAsync(line.Split(' ')));
        Assert.NotEmpty(_cli.Error);
    }

    [Fact]
    public async Task Preview_TooManyDays_EndsWithTwo() =>
        Assert.Equal(2, await _cli.RunAsync("preview", "--database", network.DatabasePath, "--coldkey", "//Alice", "--days", "20", "--block-seconds", "1"));

    [Fact]
    public async Task Preview_NoSuchFile_EndsWithThree() =>
        Assert.Equal(3, await _cli.RunAsync("preview", "--database", network.DatabasePath + ".none", "--coldkey", "//Alice"));

    private async Task<JsonElement> Run(params string[] args)
    {
        var cli = new CliRun();
        Assert.Equal((0, ""), (await cli.RunAsync(args), cli.Error));
        return JsonDocument.Parse(cli.Output).RootElement;
    }

    private static ulong Rao(JsonElement element, string name) => ulong.Parse(element.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
