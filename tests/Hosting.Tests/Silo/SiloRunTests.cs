using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Dtao.Api;
using Dtao.Client;
using Dtao.Hosting.Genesis;
using Dtao.Hosting.Network;
using Dtao.Hosting.Tests.Genesis;
using Dtao.Silo;
using Dtao.Silo.Configuration;
using Dtao.Silo.Running;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console.Testing;
using SQLitePCL;
using Xunit;

namespace Dtao.Hosting.Tests.Silo;

/// <summary>The process as a whole, in this process: from the command line to the exit code.</summary>
public sealed class SiloRunTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("dtao-silo-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Start_TwiceForThreeBlocks_ContinuesWithCleanBooks()
    {
        var first = await Start("--blocks", "3", "--block-interval", "0");
        var second = await Start("--blocks", "3");

        Assert.Equal(ExitCode.Stopped, first.ExitCode);
        Assert.Contains("New network 'demo'", first.Output, StringComparison.Ordinal);
        Assert.Contains("Stopped. block 3 ", first.Output, StringComparison.Ordinal);
        Assert.Contains("audit clean at block 3", first.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Stopped, second.ExitCode);
        Assert.Contains("Continuing network 'demo'", second.Output, StringComparison.Ordinal);
        Assert.Contains("Stopped. block 6 ", second.Output, StringComparison.Ordinal);
        Assert.Contains("audit clean at block 6", second.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_GenesisGivenOnALedger_RefusesAndChangesNothing()
    {
        await Start("--blocks", "1", "--block-interval", "0", "--no-economy");
        var before = await File.ReadAllBytesAsync(Path.Combine(_directory, "genesis.json"), TestContext.Current.CancellationToken);

        var again = await Start("--genesis", Path.Combine(_directory, "genesis.json"));

        Assert.Equal(ExitCode.LedgerExists, again.ExitCode);
        Assert.Contains("never overwritten", again.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(Path.Combine(_directory, "genesis.json"), TestContext.Current.CancellationToken));
        Assert.Contains("Stopped. block 2 ", (await Start("--blocks", "1", "--block-interval", "0", "--no-economy")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_FaultyGenesis_ListsTheFaultsAndWritesNoLedger()
    {
        var file = Path.Combine(_directory, "bad.json");
        await File.WriteAllTextAsync(file, GenesisDocuments.With("subnets 1 tao_in", "-1"), TestContext.Current.CancellationToken);

        var run = await Start("--genesis", file);

        Assert.Equal(ExitCode.GenesisFaulty, run.ExitCode);
        Assert.Contains($"$.subnets[1].tao_in: -1 is negative. [{GenesisFaultCode.NegativeNumber}]", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_directory, "ledger.db")));
        Assert.False(File.Exists(Path.Combine(_directory, "genesis.json")));
    }

    [Fact]
    public async Task Start_MissingGenesisFile_SaysSo()
    {
        var run = await Start("--genesis", Path.Combine(_directory, "none.json"));

        Assert.Equal(ExitCode.GenesisFaulty, run.ExitCode);
        Assert.Contains("none.json", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_DatabaseIsSomethingElse_IsTheStoresExit()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "ledger.db"), "This is no database, and it is long enough to be looked at as one.", TestContext.Current.CancellationToken);

        var run = await Start();

        Assert.Equal(ExitCode.StoreUnusable, run.ExitCode);
        Assert.NotEmpty(run.Error);
    }

    /// <summary>Somebody else writes to the file and does not end: the first write of the run fails, as on a full disk.</summary>
    [Fact]
    public async Task Start_WriteFailsWhileItRuns_StopsWithTheStoresExitAndGoesOnLater()
    {
        await Start("--blocks", "1", "--block-interval", "0", "--no-economy");
        (int ExitCode, string Output, string Error) failed;
        using (new WriteLock(Path.Combine(_directory, "ledger.db")))
        {
            failed = await Start("--block-interval", "0", "--no-economy");
        }

        var again = await Start("--blocks", "2", "--block-interval", "0", "--no-economy");

        Assert.Equal(ExitCode.StoreUnusable, failed.ExitCode);
        Assert.Contains("A write to the database failed", failed.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Stopped, again.ExitCode);
        Assert.Contains("audit clean at block 3", again.Output, StringComparison.Ordinal);
    }

    /// <summary>A superuser may write to what is marked read-only, so there is nothing to see where one runs the test.</summary>
    [Fact]
    public async Task Start_DirectoryIsReadOnly_SaysWhatToDo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.UserName == "root", "File modes refuse nothing here.");
        if (OperatingSystem.IsWindows()) return;
        await Start("--blocks", "1", "--block-interval", "0", "--no-economy");
        var file = Path.Combine(_directory, "ledger.db.lock");
        File.SetUnixFileMode(file, UnixFileMode.UserRead);

        var run = await Start("--no-economy");

        Assert.Equal(ExitCode.StoreUnusable, run.ExitCode);
        Assert.Contains("check its permissions", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_InputHasEnded_StopsCleanlyWhenAsked()
    {
        var run = await Start("--no-economy", "--until-input-ends");

        Assert.Equal(ExitCode.Stopped, run.ExitCode);
    }

    /// <summary>Only whoever asks for a port needs it.</summary>
    [Fact]
    public async Task Start_PortOfTheApiIsTaken_IsAnErrorWhereItWasAskedFor()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        var asked = await Start("--no-economy", "--api-port", port);
        var free = await Start("--blocks", "1", "--block-interval", "0", "--no-economy", "--api-port", "any");

        Assert.Equal(ExitCode.CannotServe, asked.ExitCode);
        Assert.Contains($"cannot be served at 127.0.0.1:{port}", asked.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Stopped, free.ExitCode);
        Assert.Contains("Page and API at http://127.0.0.1:", free.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_DefaultPortOfTheApiIsTaken_GoesOnWithout(bool hasAdministrator)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var secret = Path.Combine(_directory, "administrator.txt");
        await File.WriteAllTextAsync(secret, "//Alice", TestContext.Current.CancellationToken);

        var (isServed, exitCode, output, _) = await StartApi(new ApiOptions { Listen = (IPEndPoint)taken.LocalEndpoint, AdministratorFile = hasAdministrator ? secret : null });

        Assert.False(isServed);
        Assert.Equal(ExitCode.Stopped, exitCode);
        Assert.Contains("is taken", output, StringComparison.Ordinal);
    }

    /// <summary>A file that somebody named and that is not there is no port that is taken.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_AFileOfTheApiIsMissing_EndsAndNamesIt(bool isOfKeys)
    {
        var missing = Path.Combine(_directory, "not-there.txt");
        var options = new ApiOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0) };

        var (isServed, exitCode, output, error) = await StartApi(isOfKeys ? options with { KeysFile = missing } : options with { AdministratorFile = missing });

        Assert.False(isServed);
        Assert.Equal(ExitCode.CannotServe, exitCode);
        Assert.Contains(missing, error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    private async Task<(bool IsServed, int ExitCode, string Output, string Error)> StartApi(ApiOptions api)
    {
        var options = new SiloOptions { DataDirectory = _directory, Api = api };
        await using var network = await NetworkHost.StartAsync(new() { DatabasePath = options.DatabaseFile, Genesis = DemoGenesis.Create().ToNetworkGenesis(NetworkGenesis.Manual), DrivesBlocks = false }, TestContext.Current.CancellationToken);
        await using var client = new DtaoClient(network.Client);
        using var output = new StringWriter();
        using var error = new StringWriter();
        var (host, exitCode) = await EmbeddedApi.StartAsync(options, client, () => default, NullLoggerFactory.Instance, output, error, TestContext.Current.CancellationToken);
        if (host is not null) await host.DisposeAsync();
        return (host is not null, exitCode, output.ToString(), error.ToString());
    }

    [Fact]
    public async Task Start_UsersGenesis_RunsIt()
    {
        var file = Path.Combine(_directory, "mine.json");
        await File.WriteAllTextAsync(file, GenesisDocuments.Small, TestContext.Current.CancellationToken);

        var run = await Start("--genesis", file, "--blocks", "2", "--block-interval", "0");

        Assert.Equal(ExitCode.Stopped, run.ExitCode);
        Assert.Contains("New network 'small'", run.Output, StringComparison.Ordinal);
        Assert.Contains("audit clean at block 2", run.Output, StringComparison.Ordinal);
    }

    private async Task<(int ExitCode, string Output, string Error)> Start(params string[] arguments)
    {
        using var console = new TestConsole();
        using var output = new StringWriter();
        using var error = new StringWriter();
        string[] all = ["--data", _directory, "--gateway-port", "0", "--silo-port", "0", "--no-table", .. arguments];
        // The default port is one for all processes of this machine.
        if (!arguments.Contains("--api-port")) all = [.. all, "--api-port", "0"];
        var exitCode = await SiloRun.Start(all, console, TextReader.Null, output, error, TestContext.Current.CancellationToken);
        return (exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Another connection in the middle of a write, which nobody else can begin until it is over.</summary>
    private sealed class WriteLock : IDisposable
    {
        private readonly sqlite3 _database;

        public WriteLock(string path)
        {
            Batteries_V2.Init();
            Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open(path, out _database));
            Assert.Equal(raw.SQLITE_OK, raw.sqlite3_exec(_database, "BEGIN IMMEDIATE"));
        }

        public void Dispose() => _database.Dispose();
    }
}
