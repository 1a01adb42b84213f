using System.Text.Json;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Rules;
using Dtao.Hosting.Genesis;
using Dtao.Hosting.Network;
using Dtao.Hosting.Scenarios;
using Xunit;

namespace Dtao.Hosting.Tests.Genesis;

/// <summary>The choice of rules in a document: it reaches the ledger's parameters.</summary>
public class GenesisRulesTests
{
    public static TheoryData<string> Names => new(RuleSets.All.Select(set => set.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_RulesByName_TheNetworkStartsUnderThem(string name)
    {
        var document = GenesisDocumentReader.Read(GenesisDocuments.With("ruleSet", $$"""{"name": "{{name}}"}""")).Document!;

        var state = document.ToState();
        var again = GenesisDocumentReader.Read(GenesisWriter.Write(document)).Document!;

        Assert.Equal(name, state.Parameters.RulesAt(new BlockNumber(1)).Name);
        Assert.Equal(name, NetworkGenesis.Of(state).RuleSet);
        Assert.Equal(document.RuleSet, again.RuleSet);
    }

    [Theory]
    [InlineData("\"2025-02\"", "2025-02")]
    [InlineData("\"2026-06\"", "2026-06")]
    [InlineData(null, "2026-06")]
    public void Scenario_RulesByName_AreThoseOfItsGenesis(string? rules, string expected)
    {
        var field = rules is null ? string.Empty : $"\"rules\": {rules}, ";

        var scenario = Scenario(field);

        Assert.Equal(expected, scenario.Genesis.Parameters.RulesAt(default).Name);
    }

    [Fact]
    public void Scenario_RulesNobodyKnows_IsRefused() =>
        Assert.Throws<ScenarioFormatException>(() => Scenario("\"rules\": \"2019-01\", "));

    /// <summary>A scenario may begin with changes that lie ahead; an operator's document cannot.</summary>
    [Fact]
    public void Scenario_ChangesAhead_ArePartOfItsParameters()
    {
        var scenario = Scenario(string.Empty, "\"parameters\": {\"rules_at\": \"4:2025-02\"}");

        Assert.Equal(["2026-06", "2025-02"], new[] { 3UL, 4UL }.Select(block => scenario.Genesis.Parameters.RulesAt(new BlockNumber(block)).Name));
    }

    private static Scenario Scenario(string field, string genesis = "")
    {
        using var json = JsonDocument.Parse(
            $$"""{"format": "dtao-scenario/1", "name": "rules", {{field}}"accounts": {}, "genesis": { {{genesis}} }, "steps": [], "expect": {"sha256": "00"} }""");
        return ScenarioReader.Read(json.RootElement);
    }
}
