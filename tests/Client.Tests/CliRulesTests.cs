using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Dtao.Economics.Rules;
using Xunit;

namespace Dtao.Client.Tests;

public sealed class CliRulesTests : IDisposable
{
    private static readonly string[] s_small = ["--subnets", "3", "--blocks", "300", "--operations", "80"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtao-cli-");
    private readonly CliRun _cli = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task List_NamesEveryRuleSetAndWhatItDoes()
    {
        var code = await _cli.RunAsync("rules", "list");

        Assert.Equal((0, "", 0), (code, _cli.Error, _cli.Connections));
        Assert.All(RuleSets.All, set =>
        {
            Assert.Contains(set.Name, _cli.Output, StringComparison.Ordinal);
            Assert.Contains(set.Shares.About, _cli.Output, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Compare_Generated_PrintsTablesWithoutANetwork()
    {
        var code = await _cli.RunAsync(["rules", "compare", "2026-06", "2026-06-flow", .. s_small]);

        Assert.Equal((0, "", 0), (code, _cli.Error, _cli.Connections));
        Assert.Contains("Subnets after block 300, seed 1", _cli.Output, StringComparison.Ordinal);
        Assert.Contains("Share 2026-06-flow", _cli.Output, StringComparison.Ordinal);
        Assert.Contains("Refused under 2026-06 only", _cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_Json_HasWholeRaoInStringsThatAddUp()
    {
        var code = await _cli.RunAsync(["rules", "compare", "2026-06", "2025-02", "--every", "100", "--json", .. s_small]);

        Assert.Equal(0, code);
        using var json = JsonDocument.Parse(_cli.Output);
        var samples = json.RootElement.GetProperty("samples").GetProperty("second");
        Assert.Equal(["0", "100", "200", "300"], samples.EnumerateArray().Select(sample => sample.GetProperty("block").GetString()));
        Assert.All(json.RootElement.GetProperty("accounts").EnumerateArray(), account => Assert.Equal(
            Rao(account, "difference_rao"), Rao(account.GetProperty("second"), "rao") - Rao(account.GetProperty("first"), "rao")));
        Assert.NotEqual(0, json.RootElement.GetProperty("accounts").GetArrayLength());
    }

    [Fact]
    public async Task Compare_RecordedScenario_RunsIt()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "scenarios", "three-subnets-1.json");

        var code = await _cli.RunAsync("rules", "compare", "2026-06", "2025-02", "--scenario", file);

        Assert.Equal((0, ""), (code, _cli.Error));
        Assert.Contains("three-subnets-1", _cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_Chart_IsAPng()
    {
        var file = Path.Combine(_folder.FullName, "chart.png");

        var code = await _cli.RunAsync(["rules", "compare", "2026-06", "2026-06-flow", "--chart", file, .. s_small]);

        Assert.Equal((0, ""), (code, _cli.Error));
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], File.ReadAllBytes(file)[..8]);
    }

    [Theory]
    [InlineData("There is no rule set '1999'", "1999", "2025-02")]
    [InlineData("--subnets is a whole number of 1 to 64, not '0'", "2026-06", "2025-02", "--subnets", "0")]
    [InlineData("--every is a whole number", "2026-06", "2025-02", "--every", "-1")]
    [InlineData("has to end in .png", "2026-06", "2025-02", "--chart", "chart.jpg")]
    [InlineData("its folder does not exist", "2026-06", "2025-02", "--chart", "no-such-folder/chart.png")]
    [InlineData("'none.json' cannot be used", "2026-06", "2025-02", "--scenario", "none.json")]
    [InlineData("--seed is for generated operations", "2026-06", "2025-02", "--scenario", "none.json", "--seed", "3")]
    public async Task Compare_BadCommandLine_EndsWithTwoAndSaysWhy(string reason, params string[] args)
    {
        var code = await _cli.RunAsync(["rules", "compare", .. args]);

        Assert.Equal(2, code);
        Assert.Contains(reason, _cli.Error, StringComparison.Ordinal);
        Assert.Empty(_cli.Output);
    }

    [Theory]
    [InlineData("{", "")]
    [InlineData("""{"format": "dtao-scenario/9"}""", "$.format: ")]
    [InlineData("""{"format": "dtao-scenario/1", "name": "n", "accounts": {"a": "00"}}""", "$.accounts: ")]
    [InlineData("""{"format": "dtao-scenario/1", "name": "n", "accounts": {}, "genesis": {"surprise": 1}, "steps": []}""", "$.genesis: ")]
    [InlineData("""{"format": "dtao-scenario/1", "name": "n", "accounts": {}, "genesis": {}, "steps": {}}""", "$.steps: ")]
    [InlineData("""{"format": "dtao-scenario/1", "name": "n", "accounts": {}, "genesis": {}, "steps": [{"blocks": 1}, {"op": "fly"}]}""", "$.steps[1]: ")]
    [InlineData("""{"format": "dtao-scenario/1", "name": "n", "accounts": {}, "genesis": {}, "steps": [7]}""", "$.steps[0]: ")]
    public async Task Compare_BadScenario_EndsWithOneAndNamesFileAndPlace(string document, string place)
    {
        var file = Path.Combine(_folder.FullName, "bad.json");
        await File.WriteAllTextAsync(file, document, TestContext.Current.CancellationToken);

        var code = await _cli.RunAsync("rules", "compare", "2026-06", "2025-02", "--scenario", file);

        Assert.Equal((1, ""), (code, _cli.Output));
        Assert.StartsWith($"'{file}' cannot be run: {place}", _cli.Error, StringComparison.Ordinal);
    }

    private static BigInteger Rao(JsonElement element, string name) => BigInteger.Parse(element.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
