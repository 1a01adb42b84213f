using System.Text.Json;
using Dtao.Economics;
using Xunit;

namespace Dtao.Client.Tests;

/// <summary>A network to a file and from a file, as a person asks for it.</summary>
[Collection(typeof(OnDemoNetwork))]
public sealed class CliNetworkFileTests(DemoNetwork network) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dtao-cli-file-").FullName;

    private string NetworkFile => Path.Combine(_folder, "net.dtao");

    private string Database => Path.Combine(_folder, "ledger.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Export_BesideARunningNetwork_IsImportedAndAuditedClean()
    {
        var sent = await network.Client.TransferAsync(DemoNetwork.Staker(31), DemoNetwork.Staker(32), new Tao(7), cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(sent.IsApplied, sent.ErrorName);

        var exported = await Run(0, "network", "export", "--database", network.DatabasePath, "--file", NetworkFile, "--json");
        var found = await Run(0, "network", "check", "--file", NetworkFile, "--json");
        var imported = await Run(0, "network", "import", "--file", NetworkFile, "--database", Database, "--json");

        Assert.Equal(Parts(exported), Parts(found));
        Assert.Equal(Parts(exported), Parts(imported));
        using var json = JsonDocument.Parse(exported);
        Assert.True(long.Parse(json.RootElement.GetProperty("events").GetString()!, System.Globalization.CultureInfo.InvariantCulture) > 0);
        Assert.Equal(network.Host.Log.DurablePosition, long.Parse(json.RootElement.GetProperty("events").GetString()!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Contains("\"clean\": true", await Run(0, "audit", "--database", Database, "--json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_WhatCannotBeDone_EndsWithTheCodeForIt()
    {
        await Run(0, "network", "export", "--database", network.DatabasePath, "--file", NetworkFile);
        await Run(1, "network", "export", "--database", network.DatabasePath, "--file", NetworkFile);
        await Run(0, "network", "export", "--database", network.DatabasePath, "--file", NetworkFile, "--overwrite");
        await Run(0, "network", "import", "--file", NetworkFile, "--database", Database);
        await Run(1, "network", "import", "--file", NetworkFile, "--database", Database);
        await Run(3, "network", "import", "--file", Path.Combine(_folder, "none.dtao"), "--database", Database);
        await Run(3, "network", "export", "--database", Path.Combine(_folder, "none.db"), "--file", NetworkFile + "2");
        await Run(2, "network", "import", "--file", NetworkFile, "--database", Database, "--storage", "UseDevelopmentStorage=true");
        await Run(2, "network", "import", "--file", NetworkFile, "--storage-env", "DTAO_NO_SUCH_VARIABLE");
        await Run(2, "network", "import");
        var bytes = await File.ReadAllBytesAsync(NetworkFile, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(NetworkFile, bytes, TestContext.Current.CancellationToken);

        await Run(1, "network", "check", "--file", NetworkFile);
        await Run(1, "network", "import", "--file", NetworkFile, "--database", Database + "2");

        Assert.False(File.Exists(Database + "2"));
    }

    private static async Task<string> Run(int exitCode, params string[] arguments)
    {
        var cli = new CliRun();
        var code = await cli.RunAsync(arguments);
        Assert.True(code == exitCode, $"dtao {string.Join(' ', arguments)} ended with {code}: {cli.Output} {cli.Error}");
        return cli.Output;
    }

    private static (string?, string?, string?, string?) Parts(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return (root.GetProperty("block").GetString(), root.GetProperty("ledger_digest").GetString(), root.GetProperty("file_digest").GetString(), root.GetProperty("file_bytes").GetString());
    }
}
