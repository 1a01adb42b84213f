using System.Text.Json;
using Dtao.Hosting.Genesis;
using Dtao.TestKit;
using Xunit;

namespace Dtao.Hosting.Tests.Genesis;

/// <summary>The published pages say what the reader does.</summary>
public class GenesisReferenceTests
{
    private static readonly JsonElement Schema =
        JsonDocument.Parse(File.ReadAllText(Repository.PathOf("docs", "reference", "genesis.schema.json"))).RootElement;

    [Fact]
    public void Schema_Fields_AreTheReaders()
    {
        var properties = Schema.GetProperty("properties");

        Assert.Equal(GenesisFields.Document.Order(), Names(Schema));
        Assert.Equal(GenesisFields.ParameterNames.Order(), Names(properties.GetProperty("parameters")));
        Assert.Equal(GenesisFields.SubnetNames.Order(), Names(properties.GetProperty("subnets").GetProperty("items")));
        Assert.Equal(
            GenesisFields.Neuron.Order(),
            Names(properties.GetProperty("subnets").GetProperty("items").GetProperty("properties").GetProperty("neurons").GetProperty("items")));
        var lease = properties.GetProperty("subnets").GetProperty("items").GetProperty("properties").GetProperty("lease");
        Assert.Equal(GenesisFields.Lease.Order(), Names(lease));
        Assert.Equal(GenesisFields.Contribution.Order(), Names(lease.GetProperty("properties").GetProperty("contributions").GetProperty("items")));
        Assert.Equal(GenesisFields.Stake.Order(), Names(properties.GetProperty("stakes").GetProperty("items")));
        Assert.Equal(GenesisFields.Hotkey.Order(), Names(properties.GetProperty("hotkeys").GetProperty("additionalProperties")));
    }

    [Fact]
    public void Schema_SubnetDefaults_AreTheBooks()
    {
        var written = new Dictionary<string, string>();
        foreach (var field in Schema.GetProperty("properties").GetProperty("subnets").GetProperty("items").GetProperty("properties").EnumerateObject())
        {
            var isSetting = GenesisFields.Subnet.Single(rule => rule.Name == field.Name) is { Kind: FieldKind.Number or FieldKind.Flag };
            if (isSetting && field.Value.TryGetProperty("default", out var value)) written[field.Name] = value.GetRawText();
        }

        var fields = string.Join(", ", written.Select(field => $"\"{field.Key}\": {field.Value}"));
        var plain = GenesisDocuments.Valid(GenesisDocuments.With("subnets +", "{\"netuid\": 2}"));
        var stated = GenesisDocuments.Valid(GenesisDocuments.With("subnets +", $"{{\"netuid\": 2, {fields}}}"));

        Assert.True(written.Count > 40);
        GenesisStates.AssertEqual(plain.ToState(), stated.ToState());
    }

    [Fact]
    public void Schema_ParameterDefaults_AreTheParameters()
    {
        var fields = Schema.GetProperty("properties").GetProperty("parameters").GetProperty("properties").EnumerateObject()
            .Select(field => $"\"{field.Name}\": {field.Value.GetProperty("default").GetRawText()}");

        var stated = GenesisDocuments.Valid(GenesisDocuments.With("parameters", $"{{{string.Join(", ", fields)}}}"));

        Assert.Equal(GenesisDocuments.Valid(GenesisDocuments.Small).Parameters, stated.Parameters);
    }

    [Fact]
    public void Page_ListsEveryFaultCodeByNumberAndName()
    {
        var page = File.ReadAllText(Repository.PathOf("docs", "reference", "genesis.md"));

        Assert.All(
            Enum.GetValues<GenesisFaultCode>().Where(code => code != GenesisFaultCode.Unset),
            code => Assert.Contains($"| {(ushort)code} | `{code}` |", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Page_Example_IsValid()
    {
        var page = File.ReadAllText(Repository.PathOf("docs", "reference", "genesis.md"));
        var start = page.IndexOf("```json\n", StringComparison.Ordinal) + "```json\n".Length;

        var document = GenesisDocuments.Valid(page[start..page.IndexOf("```", start, StringComparison.Ordinal)]);

        Assert.Equal("mine", document.NetworkId);
    }

    private static IEnumerable<string> Names(JsonElement schema) => schema.GetProperty("properties").EnumerateObject().Select(field => field.Name).Order();
}
