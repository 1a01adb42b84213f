using Dtao.Silo;
using Dtao.Silo.Configuration;
using Serilog.Events;
using Xunit;

namespace Dtao.Hosting.Tests.Silo;

public class SiloCommandLineTests
{
    [Fact]
    public void Read_NoArguments_HasTheDocumentedDefaults()
    {
        var options = Valid();

        Assert.Equal(("data", null, null), (options.DataDirectory, options.GenesisFile, options.SnapshotFile));
        Assert.Equal((30_000, 11_111), (options.GatewayPort, options.SiloPort));
        Assert.True(options is { RunsEconomy: true, ShowsTable: true, Blocks: null, BlockClock: null, LogLevel: LogEventLevel.Information });
        Assert.Equal(Path.Combine("data", "ledger.db"), options.DatabaseFile);
    }

    [Fact]
    public void Read_EveryOption_IsTaken()
    {
        var options = Valid(
            "--data", "elsewhere", "--import-snapshot", "s.json", "--subnets", "3", "--block-interval", "250", "--no-economy", "--gateway-port", "0",
            "--silo-port", "12345", "--blocks", "7", "--no-table", "--until-input-ends", "--log-level", "debug");

        Assert.Equal(
            new SiloOptions
            {
                DataDirectory = "elsewhere",
                Api = new() { ReadSide = new() { Store = Path.Combine("elsewhere", "read-side.db") } },
                SnapshotFile = "s.json",
                ImportedSubnets = 3,
                BlockClock = new(250),
                RunsEconomy = false,
                GatewayPort = 0,
                SiloPort = 12_345,
                Blocks = 7,
                ShowsTable = false,
                EndsWithInput = true,
                LogLevel = LogEventLevel.Debug,
            },
            options);
    }

    [Theory]
    [InlineData("manual", null)]
    [InlineData("MANUAL", null)]
    [InlineData("0", 0L)]
    [InlineData("86400000", 86_400_000L)]
    public void Read_BlockInterval_IsMillisecondsOrManual(string text, long? milliseconds) =>
        Assert.Equal(new BlockClockSetting(milliseconds), Valid("--block-interval", text).BlockClock);

    [Theory]
    [InlineData("--block-interval", "-1")]
    [InlineData("--block-interval", "1.5")]
    [InlineData("--block-interval", "86400001")]
    [InlineData("--gateway-port", "65536")]
    [InlineData("--gateway-port", "11111")]
    [InlineData("--silo-port", "x")]
    [InlineData("--blocks", "0")]
    [InlineData("--log-level", "loud")]
    [InlineData("--subnets", "4")]
    [InlineData("--data", "")]
    [InlineData("--frobnicate", null)]
    [InlineData("--genesis", null)]
    public void Read_OneFault_IsTheUsageExitAndOneLine(string option, string? value)
    {
        var (options, exitCode, lines) = Read(value is null ? [option] : [option, value]);

        Assert.Null(options);
        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.Equal(2, lines.Length);
        Assert.Contains(option, lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ManyFaults_TellsThemAll()
    {
        var (_, exitCode, lines) = Read("--genesis", "a", "--import-snapshot", "b", "--subnets", "129", "--blocks", "none", "--log-level", "7", "--block-interval", "soon");

        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.Equal(6, lines.Length);
    }

    [Fact]
    public void Read_Help_ListsEveryOptionAndStops()
    {
        using var output = new StringWriter();

        var (options, exitCode) = new SiloCommandLine().Read(["--help"], output, TextWriter.Null);

        Assert.Null(options);
        Assert.Equal(ExitCode.Stopped, exitCode);
        Assert.All(
            ["--data", "--genesis", "--import-snapshot", "--subnets", "--block-interval", "--no-economy", "--gateway-port", "--silo-port", "--api-port", "--blocks", "--no-table", "--log-level"],
            option => Assert.Contains(option, output.ToString(), StringComparison.Ordinal));
    }

    private static SiloOptions Valid(params string[] arguments)
    {
        var (options, _, lines) = Read(arguments);
        Assert.Empty(lines);
        return options!;
    }

    private static (SiloOptions? Options, int ExitCode, string[] Lines) Read(params string[] arguments)
    {
        using var error = new StringWriter();
        var (options, exitCode) = new SiloCommandLine().Read(arguments, TextWriter.Null, error);
        return (options, exitCode, error.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }
}
