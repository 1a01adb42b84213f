using System.Text.Json;
using Dtao.Cli;
using Dtao.Economics;
using Xunit;

namespace Dtao.Client.Tests;

[Collection(typeof(OnDemoNetwork))]
public sealed class CliNetworkTests(DemoNetwork network)
{
    [Fact]
    public async Task StakeAddThenList_OverTheGateway_ShowsTheStake()
    {
        var coldkey = Ss58.Encode(DemoNetwork.Staker(20));
        var hotkey = Ss58.Encode(await network.OwnerHotkey(new NetUid(4)));

        var (added, addedJson) = await Run("stake", "add", "--coldkey", coldkey, "--hotkey", hotkey, "--netuid", "4", "--amount", "1.25", "--yes", "--json");
        var (listed, listedJson) = await Run("stake", "list", "--coldkey", coldkey, "--json");

        Assert.Equal((0, 0), (added, listed));
        var move = addedJson.GetProperty("moves")[0];
        Assert.Equal(("1250000000", addedJson.GetProperty("quote").GetProperty("amount_out_rao").GetString()), (move.GetProperty("tao_rao").GetString(), move.GetProperty("alpha_rao").GetString()));
        var stake = Assert.Single(listedJson.GetProperty("stakes").EnumerateArray(), row => row.GetProperty("hotkey").GetString() == hotkey && row.GetProperty("netuid").GetInt32() == 4);
        Assert.True(ulong.Parse(stake.GetProperty("stake_rao").GetString()!, System.Globalization.CultureInfo.InvariantCulture) > 0);
    }

    [Fact]
    public async Task StakeAdd_SameOperationTwice_TakesEffectOnce()
    {
        var account = DemoNetwork.Staker(21);
        var hotkey = Ss58.Encode(await network.OwnerHotkey(new NetUid(4)));
        string[] line = ["stake", "add", "--coldkey", Ss58.Encode(account), "--hotkey", hotkey, "--netuid", "4", "--amount", "1", "--no-safe", "--yes", "--json"];
        var (_, first) = await Run(line);
        var between = await network.Client.GetBalanceAsync(account, TestContext.Current.CancellationToken);

        var (code, again) = await Run([.. line, "--operation", first.GetProperty("operation").GetString()!]);

        Assert.Equal(0, code);
        Assert.Equal(first.GetProperty("moves").GetRawText(), again.GetProperty("moves").GetRawText());
        Assert.Equal(between.Free, (await network.Client.GetBalanceAsync(account, TestContext.Current.CancellationToken)).Free);
    }

    [Fact]
    public async Task StakeAdd_SameOperationOtherAmount_EndsWithOneAndTellsHowTheFirstEnded()
    {
        var hotkey = Ss58.Encode(await network.OwnerHotkey(new NetUid(4)));
        string[] line = ["stake", "add", "--coldkey", Ss58.Encode(DemoNetwork.Staker(23)), "--hotkey", hotkey, "--netuid", "4", "--no-safe", "--yes", "--json", "--amount"];
        var (_, first) = await Run([.. line, "1"]);

        var (code, other) = await Run([.. line, "2", "--operation", first.GetProperty("operation").GetString()!]);

        Assert.Equal((1, "OperationConflict"), (code, other.GetProperty("error").GetString()));
        Assert.Equal("Applied", other.GetProperty("earlier").GetProperty("status").GetString());
        Assert.True(JsonElement.DeepEquals(first.GetProperty("moves"), other.GetProperty("earlier").GetProperty("moves")));
    }

    [Fact]
    public async Task WalletTransfer_MoreThanThereIs_EndsWithOneAndTheChainsName()
    {
        var (code, json) = await Run("wallet", "transfer", "--coldkey", Ss58.Encode(DemoNetwork.Staker(22)), "--dest", "//Eve", "--amount", "18000000000", "--yes", "--json");

        Assert.Equal((1, "FundsUnavailable"), (code, json.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task BlockShow_ClosedBlock_ShowsItsHash()
    {
        var header = await network.CloseBlock();

        var (code, json) = await Run("block", "show", "--block", header.Number.ToString(), "--json");

        Assert.Equal((0, "0x" + Convert.ToHexStringLower(header.Hash)), (code, json.GetProperty("hash").GetString()));
    }

    /// <summary>Texts over the gateway: set by their owner, shown with the subnet and with the wallet.</summary>
    [Fact]
    public async Task Identities_SetOverTheGateway_AreShown()
    {
        var owner = (await network.Client.GetSubnetAsync(new NetUid(5), TestContext.Current.CancellationToken))!.Pool.Books!.Owner!.Value;
        string[] asOwner = ["--coldkey", Ss58.Encode(owner), "--yes", "--json"];

        var (named, _) = await Run(["subnets", "set-identity", "--netuid", "5", "--subnet-name", "five", .. asOwner]);
        var (marked, _) = await Run(["subnets", "set-symbol", "ψ", "--netuid", "5", .. asOwner]);
        var (presented, _) = await Run(["wallet", "set-identity", "--name", "owner", .. asOwner]);
        var (_, subnet) = await Run("subnets", "show", "--netuid", "5", "--json");
        var (_, wallet) = await Run("wallet", "get-identity", "--coldkey", Ss58.Encode(owner), "--json");

        Assert.Equal((0, 0, 0), (named, marked, presented));
        Assert.Equal(("five", "ψ"), (subnet.GetProperty("name").GetString(), subnet.GetProperty("symbol").GetString()));
        Assert.Equal("five", subnet.GetProperty("identity").GetProperty("subnet_name").GetString());
        Assert.Equal("owner", wallet.GetProperty("identity").GetProperty("name").GetString());
    }

    private async Task<(int Code, JsonElement Json)> Run(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var context = CliContext.OfProcess() with { Output = output, Error = error, HasPerson = false, HasColour = false };
        var code = await DtaoCommand.RunAsync([.. args, "--gateway", network.Gateway.ToString()], context, TestContext.Current.CancellationToken);
        Assert.True(error.ToString().Length == 0, error.ToString());
        using var json = JsonDocument.Parse(output.ToString());
        return (code, json.RootElement.Clone());
    }
}
