using System.Text.Json;
using System.Text.Json.Nodes;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Genesis;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;
using Xunit;

namespace Dtao.Hosting.Tests.Genesis;

public class ScenarioGenesisTests
{
    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Repository.PathOf("tests", "scenarios"), "*.json").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Read_ScenarioFile_IsAGenesis(string file)
    {
        var result = await GenesisDocumentReader.ReadFile(Repository.PathOf("tests", "scenarios", file), TestContext.Current.CancellationToken);

        Assert.Empty(result.Faults);
        Assert.Equal(result.Document!.TotalIssuance, GenesisBuilder.Build(result.Document.ToState()).TotalIssuance);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Read_ScenarioFile_IsTheStateThatTheScenarioReaderReads(string file)
    {
        var path = Repository.PathOf("tests", "scenarios", file);
        var result = await GenesisDocumentReader.ReadFile(path, TestContext.Current.CancellationToken);
        using var scenario = JsonDocument.Parse(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        var aliases = new Aliases(scenario.RootElement.GetProperty("accounts").EnumerateObject()
            .Select(entry => KeyValuePair.Create(entry.Name, AccountId.ParseHex(entry.Value.GetString()))));

        var expected = GenesisReader.Read(scenario.RootElement.GetProperty("genesis"), aliases);

        GenesisStates.AssertEqual(expected, result.Document!.ToState());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Read_ScenariosGenesisAndAccountsInADocument_IsTheSameState(string file)
    {
        var path = Repository.PathOf("tests", "scenarios", file);
        var scenario = JsonNode.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken))!.AsObject();
        var document = scenario["genesis"]!.DeepClone().AsObject();
        document["accounts"] = scenario["accounts"]!.DeepClone();
        document["format"] = GenesisDocument.Format;
        document["name"] = "copied";
        document["ruleSet"] = new JsonObject { ["name"] = scenario["rules"]!.GetValue<string>() };

        var copied = GenesisDocumentReader.Read(document.ToJsonString());

        Assert.Empty(copied.Faults);
        var original = await GenesisDocumentReader.ReadFile(path, TestContext.Current.CancellationToken);
        GenesisStates.AssertEqual(original.Document!.ToState(), copied.Document!.ToState());
    }
}
