using System.Text.Json;
using Dtao.Hosting.Genesis;
using Xunit;

namespace Dtao.Client.Tests;

public sealed class CliGenesisTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtao-cli-");
    private readonly CliRun _cli = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Validate_DemoGenesis_IsValid()
    {
        var code = await _cli.RunAsync("genesis", "validate", Put("demo.json", GenesisWriter.Write(DemoGenesis.Create())));

        Assert.Equal((0, "", 0), (code, _cli.Error, _cli.Connections));
        Assert.EndsWith("Valid.\n", _cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_FaultyDocument_ListsThemByPathAndEndsWithOne()
    {
        var code = await _cli.RunAsync("genesis", "validate", "--json", Put("bad.json", """{"format": "dtao-genesis/1", "nonsense": 1, "balances": {"//Nobody": "1"}}"""u8));

        Assert.Equal(1, code);
        using var json = JsonDocument.Parse(_cli.Output);
        Assert.False(json.RootElement.GetProperty("valid").GetBoolean());
        Assert.True(json.RootElement.GetProperty("faults").GetArrayLength() >= 2);
        Assert.All(json.RootElement.GetProperty("faults").EnumerateArray(), fault => Assert.StartsWith("$", fault.GetProperty("path").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Validate_MalformedJson_EndsWithOne()
    {
        var code = await _cli.RunAsync("genesis", "validate", Put("bad.json", "{"u8));

        Assert.Equal(1, code);
        Assert.EndsWith("1 fault.\n", _cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_NoSuchFile_EndsWithTwo()
    {
        var code = await _cli.RunAsync("genesis", "validate", Path.Combine(_folder.FullName, "none.json"));

        Assert.Equal(2, code);
        Assert.Contains("none.json", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_SmallSnapshot_WritesADocumentThatValidates()
    {
        var (alice, bob) = (Ss58.Encode(DevAccounts.Alice), Ss58.Encode(DevAccounts.Bob));
        var snapshot = JsonSerializer.SerializeToUtf8Bytes(new
        {
            stakes = new Dictionary<string, object> { [alice] = new Dictionary<string, object> { [bob] = new long[] { 5_000_000_000, 7 } } },
            balances = new Dictionary<string, long> { [alice] = 1_000_000_000 },
        });
        var target = Path.Combine(_folder.FullName, "genesis.json");
        string[] line = ["genesis", "import", Put("snapshot.json", snapshot), "--output", target, "--subnets", "2", "--tao-reserve", "12.5"];

        var imported = await _cli.RunAsync(line);
        var validated = await _cli.RunAsync("genesis", "validate", target);
        var repeated = await _cli.RunAsync(line);

        Assert.Equal((0, 0, 2), (imported, validated, repeated));
        Assert.Contains("Minted for added subnets   25.000000000 τ", _cli.Output, StringComparison.Ordinal);
        Assert.Contains("is not overwritten", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_WrongChecksum_WritesNothing()
    {
        var target = Path.Combine(_folder.FullName, "genesis.json");
        var snapshot = """{"stakes": {}, "balances": {"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ": 1}}"""u8;

        var code = await _cli.RunAsync("genesis", "import", Put("snapshot.json", snapshot), "--output", target);

        Assert.Equal((1, false), (code, File.Exists(target)));
        Assert.Contains("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ", _cli.Output, StringComparison.Ordinal);
    }

    private string Put(string name, ReadOnlySpan<byte> content)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
