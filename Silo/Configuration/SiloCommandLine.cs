using System.CommandLine;
using System.CommandLine.Invocation;
using System.Globalization;
using Dtao.Hosting.Genesis;
using Serilog.Events;

namespace Dtao.Silo.Configuration;

/// <summary>The command line: its options, and the rules between them. Every fault is told at once.</summary>
internal sealed class SiloCommandLine
{
    /// <summary>The longest block interval: one day.</summary>
    private const long IntervalMillisecondsMax = GenesisDocument.BlockIntervalMillisecondsMax;

    private static readonly LogEventLevel[] Levels = Enum.GetValues<LogEventLevel>();

    private readonly Option<string> _data = new("--data")
    {
        Description = "Directory of the database, the logs, and the copy of the genesis.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "data",
    };

    private readonly Option<string?> _genesis = new("--genesis") { Description = "Start a new network from a genesis document.", HelpName = "FILE" };

    private readonly Option<string?> _snapshot = new("--import-snapshot") { Description = "Start a new network from the chain's public snapshot.", HelpName = "FILE" };

    private readonly Option<string?> _subnets = new("--subnets") { Description = "How many subnets an import adds, 0 to 128. Default 8.", HelpName = "N" };

    private readonly Option<string?> _interval = new("--block-interval")
    {
        Description = "Milliseconds between blocks; 0 = as fast as they close; 'manual' = only when asked. Default: as the genesis says.",
        HelpName = "MS",
    };

    private readonly Option<bool> _noEconomy = new("--no-economy") { Description = "Do not run the built-in economy." };

    private readonly Option<string?> _gatewayPort = new("--gateway-port")
    {
        Description = $"Loopback port for clients. Default {SiloOptions.GatewayPortDefault}; 0 = any free one.",
        HelpName = "PORT",
    };

    private readonly Option<string?> _siloPort = new("--silo-port")
    {
        Description = $"Loopback port for silos. Default {SiloOptions.SiloPortDefault}; 0 = any free one.",
        HelpName = "PORT",
    };

    private readonly Option<string?> _blocks = new("--blocks") { Description = "Stop after so many blocks.", HelpName = "N" };

    private readonly Option<bool> _noTable = new("--no-table") { Description = "Print plain lines instead of the live table." };

    private readonly Option<bool> _untilInputEnds = new("--until-input-ends")
    {
        Description = "Stop cleanly when the standard input ends; for a program that starts the silo and may die.",
    };

    private readonly Option<string?> _logLevel = new("--log-level")
    {
        Description = $"Least level that is logged: {string.Join(", ", Levels)}. Default {LogEventLevel.Information}.",
        HelpName = "LEVEL",
    };

    private readonly RootCommand _root;

    public SiloCommandLine() => _root = new RootCommand("Hosts a dynamic TAO ledger in this process, on this machine only.")
    {
        _data, _genesis, _snapshot, _subnets, _interval, _noEconomy, _gatewayPort, _siloPort, _blocks, _noTable, _untilInputEnds, _logLevel,
    };

    /// <summary>Reads the command line. Null options: help was printed, or the faults were.</summary>
    /// <returns>The options and the exit code of a process that goes no further.</returns>
    public (SiloOptions? Options, int ExitCode) Read(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        var parsed = _root.Parse(arguments);
        if (parsed.Errors.Count == 0 && parsed.Action is not null)
        {
            // Help and version.
            return (null, parsed.Invoke(new InvocationConfiguration { Output = output, Error = error }));
        }
        List<string> faults = [.. parsed.Errors.Select(fault => fault.Message)];
        var options = Check(parsed, faults);
        if (faults.Count == 0) return (options, ExitCode.Stopped);
        foreach (var fault in faults) error.WriteLine(fault);
        error.WriteLine("Run with --help for all options.");
        return (null, ExitCode.Usage);
    }

    private SiloOptions Check(ParseResult parsed, List<string> faults)
    {
        var genesis = Value(parsed, _genesis);
        var snapshot = Value(parsed, _snapshot);
        if (genesis is not null && snapshot is not null) faults.Add("--genesis and --import-snapshot are two ways to start a network; give one.");
        if (snapshot is null && Value(parsed, _subnets) is not null) faults.Add("--subnets needs --import-snapshot.");
        var data = Value(parsed, _data);
        if (data is not null && string.IsNullOrWhiteSpace(data)) faults.Add("--data needs a directory.");
        else if (File.Exists(data)) faults.Add($"--data {data} is a file; a directory is needed.");
        var gatewayPort = Number(parsed, _gatewayPort, 0, ushort.MaxValue, SiloOptions.GatewayPortDefault, faults);
        var siloPort = Number(parsed, _siloPort, 0, ushort.MaxValue, SiloOptions.SiloPortDefault, faults);
        if (gatewayPort == siloPort && gatewayPort != 0) faults.Add($"--gateway-port and --silo-port are both {gatewayPort}; they must differ.");
        return new()
        {
            DataDirectory = data ?? string.Empty,
            GenesisFile = genesis,
            SnapshotFile = snapshot,
            ImportedSubnets = (int)Number(parsed, _subnets, 0, SnapshotImportOptions.SubnetsMax, 8, faults),
            BlockClock = Interval(Value(parsed, _interval), faults),
            RunsEconomy = !Value(parsed, _noEconomy),
            GatewayPort = (int)gatewayPort,
            SiloPort = (int)siloPort,
            Blocks = Value(parsed, _blocks) is null ? null : Number(parsed, _blocks, 1, long.MaxValue, 1, faults),
            ShowsTable = !Value(parsed, _noTable),
            EndsWithInput = Value(parsed, _untilInputEnds),
            LogLevel = Level(Value(parsed, _logLevel), faults),
        };
    }

    /// <summary>The value of an option; the default when its own parsing failed, which is told already.</summary>
    private static T? Value<T>(ParseResult parsed, Option<T> option) =>
        parsed.GetResult(option) is { } result && result.Errors.Any() ? default : parsed.GetValue(option);

    private static long Number(ParseResult parsed, Option<string?> option, long lowest, long highest, long unset, List<string> faults)
    {
        if (Value(parsed, option) is not { } text) return unset;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= lowest && number <= highest) return number;
        faults.Add($"{option.Name} {text} is no number from {lowest} to {highest}.");
        return unset;
    }

    private static BlockClockSetting? Interval(string? text, List<string> faults)
    {
        if (text is null) return null;
        if (text.Equals("manual", StringComparison.OrdinalIgnoreCase)) return BlockClockSetting.Manual;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds <= IntervalMillisecondsMax) return new(milliseconds);
        faults.Add($"--block-interval {text} is neither 'manual' nor a number from 0 to {IntervalMillisecondsMax}.");
        return null;
    }

    private static LogEventLevel Level(string? text, List<string> faults)
    {
        if (text is null) return LogEventLevel.Information;
        foreach (var level in Levels)
        {
            if (level.ToString().Equals(text, StringComparison.OrdinalIgnoreCase)) return level;
        }
        faults.Add($"--log-level {text} is none of {string.Join(", ", Levels)}.");
        return LogEventLevel.Information;
    }
}
