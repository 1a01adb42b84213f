using System.Text.Json;
using Dtao.Economics;
using Dtao.Hosting.Network;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Dtao.Client.Tests;

[Collection(typeof(OnDemoNetwork))]
public sealed class CliAuditTests(DemoNetwork network) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtao-audit-");
    private readonly CliRun _cli = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Audit_RunningNetworkAfterTrades_IsCleanToTheRao()
    {
        var token = TestContext.Current.CancellationToken;
        var (coldkey, hotkey) = (DemoNetwork.Staker(30), await network.OwnerHotkey(new NetUid(5)));
        var added = await network.Client.AddStakeAsync(coldkey, hotkey, new NetUid(5), new Tao(3 * AmountText.RaoPerWhole), cancellationToken: token);
        await network.CloseBlock();

        var code = await _cli.RunAsync("audit", "--database", network.DatabasePath, "--json");

        Assert.True(added.IsApplied, added.ErrorName);
        Assert.Equal((0, ""), (code, _cli.Error));
        using var json = JsonDocument.Parse(_cli.Output);
        var columns = json.RootElement.GetProperty("columns").EnumerateArray().ToList();
        Assert.Equal(1 + 17, columns.Count);
        Assert.All(columns, column => Assert.Equal("0", column.GetProperty("difference_rao").GetString()));
        Assert.Equal("0", json.RootElement.GetProperty("chains").GetProperty("fault_count").GetString());
    }

    [Fact]
    public async Task Audit_StoppedFile_IsCleanAndPrintsEveryDifference()
    {
        var path = Path.Combine(_folder.FullName, "ledger.db");
        await using (var host = await NetworkHost.StartAsync(DemoNetwork.OptionsFor(path), TestContext.Current.CancellationToken))
        {
            var client = new DtaoClient(host.Grains);
            var sent = await client.TransferAsync(DevAccounts.Alice, DevAccounts.Bob, new Tao(7), cancellationToken: TestContext.Current.CancellationToken);
            Assert.True(sent.IsApplied, sent.ErrorName);
        }

        var clean = await _cli.RunAsync("audit", "--database", path);
        await Damage(path);
        var damaged = await _cli.RunAsync("audit", "--database", path);

        Assert.Equal((0, 1), (clean, damaged));
        Assert.Equal(18, _cli.Output.Split('\n').Count(line => line.TrimStart().StartsWith("Difference ", StringComparison.Ordinal) && line.EndsWith(" 0.000000000", StringComparison.Ordinal)));
        Assert.Contains(": clean.", _cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_OneByteOfAnEventFlippedInTheFile_EndsWithOne()
    {
        var path = Path.Combine(_folder.FullName, "ledger.db");
        await using (var host = await NetworkHost.StartAsync(DemoNetwork.OptionsFor(path), TestContext.Current.CancellationToken))
        {
            var client = new DtaoClient(host.Grains);
            var sent = await client.TransferAsync(DevAccounts.Alice, DevAccounts.Bob, new Tao(7), cancellationToken: TestContext.Current.CancellationToken);
            Assert.True(sent.IsApplied, sent.ErrorName);
        }

        var clean = await _cli.RunAsync("audit", "--database", path);
        await FlipByteOfAnEvent(path);

        Assert.Equal((0, 1), (clean, await _cli.RunAsync("audit", "--database", path)));
    }

    [Fact]
    public async Task Audit_NoSuchFile_EndsWithThree()
    {
        var code = await _cli.RunAsync("audit", "--database", Path.Combine(_folder.FullName, "none.db"));

        Assert.Equal((3, ""), (code, _cli.Output));
        Assert.NotEmpty(_cli.Error);
    }

    [Fact]
    public async Task Audit_NotALedger_EndsWithThree()
    {
        var path = Path.Combine(_folder.FullName, "text.db");
        await File.WriteAllTextAsync(path, new string('x', 10_000), TestContext.Current.CancellationToken);

        Assert.Equal((3, ""), (await _cli.RunAsync("audit", "--database", path), _cli.Output));
    }

    /// <summary>Changes one bit of the file where the newest segment's last event stands.</summary>
    private static async Task FlipByteOfAnEvent(string path)
    {
        var token = TestContext.Current.CancellationToken;
        byte[] payload;
        await using (var connection = new SqliteConnection($"Data Source={path};Pooling=False;Mode=ReadOnly"))
        {
            await connection.OpenAsync(token);
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT payload FROM segments ORDER BY id DESC LIMIT 1";
            payload = (byte[])(await command.ExecuteScalarAsync(token))!;
        }

        var file = await File.ReadAllBytesAsync(path, token);
        var at = file.AsSpan().IndexOf(payload);
        Assert.True(at > 0, "The segment does not stand in one piece.");
        file[at + payload.Length - 1] ^= 0x01;
        await File.WriteAllBytesAsync(path, file, token);
    }

    /// <summary>Makes one snapshot differ from what was written, behind the store's back.</summary>
    private static async Task Damage(string path)
    {
        await using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText =
            "UPDATE snapshots SET checksum = checksum + 1 WHERE (actor, version) = (SELECT actor, version FROM snapshots ORDER BY actor, version LIMIT 1)";
        Assert.Equal(1, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
    }
}
