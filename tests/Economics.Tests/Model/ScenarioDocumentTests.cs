using System.Text;
using System.Text.Json;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Scenarios;
using Xunit;

namespace Dtao.Economics.Tests.Model;

public class ScenarioDocumentTests
{
    private const string Key = "4cb3513c5c555820ef3dbf1a726c597e3c1b645a05a3bb4c75e878070447f5cd";

    [Fact]
    public void CanonicalJson_AnyDocument_HasSortedKeysNoSpaceAndOnlyAscii()
    {
        var document = new CanonicalObject { ["2"] = null, ["10"] = new object?[] { true, "a\"\\\u00e9\n" }, ["a"] = new CanonicalObject() };

        var text = Encoding.ASCII.GetString(CanonicalJson.Write(document));

        Assert.Equal("{\"10\":[true,\"a\\\"\\\\\\u00e9\\u000a\"],\"2\":null,\"a\":{}}", text);
        Assert.Equal("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", CanonicalJson.Sha256(new CanonicalObject()));
    }

    [Theory]
    [InlineData("\"subnets\":[{\"netuid\":1,\"nonsense\":1}]", "UnknownParameter")]
    [InlineData("\"subnets\":[{\"netuid\":1},{\"netuid\":\"1\"}]", "listed twice")]
    [InlineData("\"subnets\":[{\"netuid\":1,\"tempo\":70000}]", "InvalidParameterValue")]
    [InlineData("\"subnets\":[{\"netuid\":1,\"neurons\":[{}]}]", "hotkey")]
    [InlineData("\"parameters\":{\"nonsense\":1}", "UnknownParameter")]
    [InlineData("\"balances\":{\"nobody\":\"1\"}", "not listed")]
    [InlineData("\"balances\":{\"ann\":\"-1\"}", "unsigned")]
    [InlineData("\"hotkeys\":{\"ann\":{}}", "owner")]
    [InlineData("\"nonsense\":1", "unknown field")]
    public void ScenarioReader_WrongGenesis_SaysWhatIsWrong(string genesis, string reason)
    {
        using var document = Document(genesis, "");

        var fault = Assert.Throws<ScenarioFormatException>(() => ScenarioReader.Read(document.RootElement));

        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"op\":\"swap_hotkey\",\"signer\":\"ann\"}", "swap_hotkey")]
    [InlineData("{\"op\":\"add_stake\"}", "signer")]
    [InlineData("{\"signer\":\"ann\"}", "op")]
    public void ScenarioReader_WrongStep_SaysWhatIsWrong(string step, string reason)
    {
        using var document = Document("", step);

        var fault = Assert.Throws<ScenarioFormatException>(() => ScenarioReader.Read(document.RootElement));

        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ScenarioReader_Document_ReadsAliasesNumbersAndSettings()
    {
        using var document = Document(
            "\"author\":\"ann\",\"parameters\":{\"owner_cut\":7},\"subnets\":[{\"netuid\":1,\"owner\":\"ann\",\"max_uids\":3,\"account_surplus\":\"5\"}]",
            "{\"blocks\":3},{\"op\":\"transfer\",\"signer\":\"ann\",\"to\":\"subnet:1\",\"amount\":\"9\"},{\"op\":\"admin\",\"netuid\":1,\"parameter\":\"owner\",\"value\":\"burn\"}");

        var scenario = ScenarioReader.Read(document.RootElement);

        Assert.Equal(Key, scenario.Genesis.Parameters.Author.ToString());
        Assert.Equal(7, scenario.Genesis.Parameters.OwnerCut);
        Assert.Equal(new Tao(5), scenario.Genesis.Subnets[0].AccountSurplus);
        Assert.Equal(3UL, scenario.Steps[0].Blocks);
        Assert.Equal(AccountId.OfSubnet(new NetUid(1)), scenario.Steps[1].Call!.ToColdkey);
        Assert.Equal(AccountId.Burn.ToString(), scenario.Steps[2].Call!.Value);
        Assert.True(scenario.Steps[2].Call!.IsSubnetParameter);
    }

    [Fact]
    public void ScenarioComparison_OneValueOff_NamesItsPath()
    {
        var actual = new CanonicalObject { ["a"] = new object?[] { "1", new CanonicalObject { ["b"] = "2" } } };
        using var expected = JsonDocument.Parse("{\"a\":[\"1\",{\"b\":\"3\"}]}");

        Assert.Equal("state.a[1].b: \"2\", expected \"3\"", ScenarioComparison.FirstDifference(actual, expected.RootElement, "state"));
    }

    [Fact]
    public void ScenarioCommand_WithoutAClusterOrAFile_SaysWhatItNeeds()
    {
        using var output = new StringWriter();

        Assert.Equal(2, ScenarioCommand.Run(["some.json"], output));
        Assert.Equal(2, ScenarioCommand.Run(["--model"], output));
        Assert.Equal(1, ScenarioCommand.Run(["--model", Path.Combine(AppContext.BaseDirectory, "no-such-file.json")], output));

        Assert.Contains("add --model", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("cannot be run", output.ToString(), StringComparison.Ordinal);
    }

    private static JsonDocument Document(string genesis, string steps) => JsonDocument.Parse(
        $$"""{"format":"dtao-scenario/1","name":"t","accounts":{"ann":"{{Key}}"},"genesis":{{{genesis}}},"steps":[{{steps}}]}""");
}
