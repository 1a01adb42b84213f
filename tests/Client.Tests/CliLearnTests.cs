using System.Globalization;
using System.Text.Json;
using Xunit;

namespace Dtao.Client.Tests;

/// <summary>Each statement of <c>docs/learn</c>, asserted of a short run of the command that the page names.</summary>
public sealed class CliLearnTests
{
    [Fact]
    public async Task Emission_SubnetBoughtAndSold_ItsShareRisesAndFallsAndTheOthersGiveWay()
    {
        var lesson = await LearnAsync("emission", "--blocks", "54000");

        var (start, held, end) = (lesson.Row(2), lesson.Row(14), lesson.Row(26));
        Assert.Equal(start["Share of 1"], start["Share of 2"]);
        Assert.True(held["Share of 1"] > start["Share of 1"], $"{start["Share of 1"]} {held["Share of 1"]}");
        Assert.True(held["Share of 2"] < start["Share of 2"]);
        Assert.True(end["Share of 1"] < held["Share of 1"]);
        Assert.True(lesson.Row(3)["Price of 1"] > start["Price of 1"] * 5 / 4);
    }

    [Fact]
    public async Task RootApr_StakerDoesNothing_KeepsHisTaoEarnsTaoAndTheRateFalls()
    {
        var lesson = await LearnAsync("root-apr", "--blocks", "86400");

        Assert.All(lesson.Rows, row => Assert.True(row["Earned"] > 0));
        Assert.Equal(lesson.Facts["TAO on root at the end"] - lesson.Facts["TAO staked on root"], lesson.Rows.Aggregate((Int128)0, (sum, row) => sum + row["Earned"]));
        Assert.True(lesson.Facts["APR of the last part"] < lesson.Facts["APR of the first part"] * 9 / 10);
        Assert.All(lesson.Rows.Zip(lesson.Rows.Skip(1)), pair => Assert.True(pair.Second["Alpha of each subnet"] > pair.First["Alpha of each subnet"]));
        Assert.True(lesson.Rows[^1]["Root's part"] < lesson.Rows[0]["Root's part"]);
    }

    [Fact]
    public async Task RootApr_OwnersAndMinersSell_TheRateIsLower()
    {
        var (held, sold) = (await LearnAsync("root-apr", "--blocks", "43200"), await LearnAsync("root-apr", "--blocks", "43200", "--sold", "100"));

        Assert.True(sold.Rows[^1]["Price of alpha"] < held.Rows[^1]["Price of alpha"]);
        Assert.True(sold.Facts["APR of the last part"] < held.Facts["APR of the last part"]);
    }

    [Fact]
    public async Task Staker_InThreePlaces_HasMoreAlphaInBothSubnetsButTaoOnlyWhereThePriceRose()
    {
        var lesson = await LearnAsync("staker", "--blocks", "36000");

        var (start, end) = (lesson.Rows[0], lesson.Rows[^1]);
        Assert.True(end["Alpha, rising"] > lesson.Facts["Rising: alpha bought"]);
        Assert.True(end["Alpha, falling"] > lesson.Facts["Falling: alpha bought"]);
        Assert.True(end["Price, rising"] > start["Price, rising"]);
        Assert.True(end["Price, falling"] < start["Price, falling"]);
        Assert.True(end["TAO if sold, rising"] > lesson.Facts["TAO staked in each"]);
        Assert.True(end["TAO if sold, falling"] < lesson.Facts["TAO staked in each"]);
        Assert.True(end["TAO, root"] >= lesson.Facts["TAO staked in each"]);
    }

    [Fact]
    public async Task Slippage_LargerOrder_PaysMoreForEachAlphaAndPiecesDoNotHelp()
    {
        var lesson = await LearnAsync("slippage");

        Assert.All(lesson.Rows.Zip(lesson.Rows.Skip(1)), pair =>
        {
            Assert.True(pair.Second["Paid for one"] > pair.First["Paid for one"]);
            Assert.True(pair.Second["Slippage"] > pair.First["Slippage"]);
            Assert.True(pair.Second["Lost"] > pair.First["Lost"]);
        });
        Assert.InRange(lesson.Facts["Alpha for 1,000 TAO at once"] - lesson.Facts["Alpha for 10 times 100 TAO in one block"], -10, 10);
    }

    [Fact]
    public async Task Roles_AfterTwoEpochs_EverybodyHasHisPartAndTheyAddUp()
    {
        var lesson = await LearnAsync("roles", "--blocks", "720");

        var alpha = lesson.Rows.ToDictionary(row => row.Label!, row => row["Alpha"]);
        var minted = lesson.Facts["Alpha minted for people"];
        Assert.Equal(minted, alpha.Values.Aggregate((Int128)0, (sum, part) => sum + part));
        Assert.InRange(alpha["owner"] * 1_000 / minted, 179, 180);
        Assert.InRange(alpha["miner 1"] * 1_000 / alpha["miner 3"], 2_995, 3_005);
        Assert.InRange((alpha["miner 1"] + alpha["miner 2"] + alpha["miner 3"]) * 1_000 / minted, 409, 411);
        Assert.True(alpha["validator 1"] > alpha["validator 2"], "A validator keeps its take of what its staker earns.");
        Assert.True(alpha["staker on 1"] < alpha["validator 2"], "The same stake earns a nominator less by the take.");
        Assert.True(alpha["root"] > 0);
        Assert.InRange(alpha["rounding"], 0, minted / 1_000_000);
    }

    [Theory]
    [InlineData("learn", "emission", "--blocks", "1")]
    [InlineData("learn", "root-apr", "--sold", "101")]
    [InlineData("learn", "slippage", "--blocks", "5")]
    [InlineData("learn", "everything")]
    public async Task Learn_BadCommandLine_EndsWithTwo(params string[] args)
    {
        var cli = new CliRun();

        Assert.Equal(2, await cli.RunAsync(args));
        Assert.Empty(cli.Output);
    }

    private static async Task<RanLesson> LearnAsync(params string[] args)
    {
        var cli = new CliRun();
        var code = await cli.RunAsync(["learn", .. args, "--json"]);
        Assert.Equal((0, "", 0), (code, cli.Error, cli.Connections));
        using var json = JsonDocument.Parse(cli.Output);
        return new(json.RootElement);
    }

    private sealed class RanLesson
    {
        public RanLesson(JsonElement json)
        {
            Facts = json.GetProperty("facts").EnumerateArray().ToDictionary(fact => fact.GetProperty("name").GetString()!, fact => Number(fact.GetProperty("value")));
            var columns = json.GetProperty("columns").EnumerateArray().Select(column => column.GetProperty("name").GetString()!).ToArray();
            Rows = [.. json.GetProperty("rows").EnumerateArray().Select(row => new RanRow(row, columns))];
        }

        public Dictionary<string, Int128> Facts { get; }

        public IReadOnlyList<RanRow> Rows { get; }

        public RanRow Row(int place) => Rows[place];
    }

    private sealed class RanRow(JsonElement row, string[] columns)
    {
        private readonly Int128[] _values = [.. row.GetProperty("values").EnumerateArray().Select(Number)];

        public string? Label { get; } = row.GetProperty("label").GetString();

        public Int128 this[string column] => _values[Array.IndexOf(columns, column)];
    }

    private static Int128 Number(JsonElement text) => Int128.Parse(text.GetString()!, CultureInfo.InvariantCulture);
}
