using System.Collections.Frozen;
using System.CommandLine;
using System.CommandLine.Invocation;
using System.Globalization;
using System.Net;
using Dtao.Api;
using Dtao.Api.Configuration;
using Dtao.Economics;
using Dtao.Hosting.Cluster;
using Dtao.Hosting.Genesis;
using Dtao.Hosting.Health;
using Serilog.Events;

namespace Dtao.Silo.Configuration;

/// <summary>The command line: its options, and the rules between them. Every fault is told at once.</summary>
internal sealed class SiloCommandLine
{
    /// <summary>The longest block interval: one day.</summary>
    private const long IntervalMillisecondsMax = GenesisDocument.BlockIntervalMillisecondsMax;

    private static readonly LogEventLevel[] Levels = Enum.GetValues<LogEventLevel>();

    private const string Embedded = "embedded";
    private const string InCluster = "cluster";
    private const int HealthPortDefault = 30_080;

    private readonly Option<string?> _role = new("--role")
    {
        Description = $"'{Embedded}': the whole network in this process (default). '{InCluster}': one silo of many, on Azure storage.",
        HelpName = "ROLE",
    };

    private readonly Option<string?> _settings = new("--settings") { Description = "Settings file, in place of appsettings.json.", HelpName = "FILE" };

    private readonly Option<string[]> _set = new("--set") { Description = "One setting, such as Storage:Table=Ledger; may be repeated.", HelpName = "NAME=VALUE" };

    private readonly Option<string?> _healthPort = new("--health-port")
    {
        Description = $"HTTP port for health; 0 = any free one, 'off' = none. Default: off, in a cluster {HealthPortDefault}.",
        HelpName = "PORT",
    };

    private readonly Option<string?> _apiPort = new("--api-port")
    {
        Description = $"HTTP port of page and API, embedded only; 'any' = a free one, 0 = none. Default {ApiOptions.PortDefault}; where that is taken, none.",
        HelpName = "PORT",
    };

    private readonly Option<string?> _data = new("--data")
    {
        Description = "Directory of the database, the logs, and the copy of the genesis. Default data.",
        HelpName = "DIR",
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
        Description = $"Port for clients. Default {SiloOptions.GatewayPortDefault}; 0 = any free one.",
        HelpName = "PORT",
    };

    private readonly Option<string?> _siloPort = new("--silo-port")
    {
        Description = $"Port for silos. Default {SiloOptions.SiloPortDefault}; 0 = any free one.",
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

    public SiloCommandLine() => _root = new RootCommand("Hosts a dynamic TAO ledger: all of it in this process, or as one silo of a cluster.")
    {
        _role, _settings, _set, _healthPort, _apiPort, _data, _genesis, _snapshot, _subnets, _interval, _noEconomy, _gatewayPort, _siloPort, _blocks, _noTable, _untilInputEnds, _logLevel,
    };

    /// <summary>Reads the command line. Null options: help was printed, or the faults were.</summary>
    /// <returns>The options and the exit code of a process that goes no further.</returns>
    public (SiloOptions? Options, int ExitCode) Read(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, SettingSources? sources = null)
    {
        var parsed = _root.Parse(arguments);
        if (parsed.Errors.Count == 0 && parsed.Action is not null)
        {
            // Help and version.
            return (null, parsed.Invoke(new InvocationConfiguration { Output = output, Error = error }));
        }
        List<string> faults = [.. parsed.Errors.Select(fault => fault.Message)];
        var settings = SiloSettings.Read(sources ?? SettingSources.None, Value(parsed, _settings), Value(parsed, _set) ?? [], faults);
        var options = Check(parsed, settings, faults);
        if (faults.Count == 0) return (options, ExitCode.Stopped);
        foreach (var fault in faults) error.WriteLine(fault);
        error.WriteLine("Run with --help for all options.");
        return (null, ExitCode.Usage);
    }

    private SiloOptions Check(ParseResult parsed, SiloSettings settings, List<string> faults)
    {
        var isCluster = IsCluster(Value(parsed, _role) ?? settings.Text("Role"), settings, faults);
        var genesis = Value(parsed, _genesis) ?? (Value(parsed, _snapshot) is null ? settings.Text("Genesis") : null);
        var snapshot = Value(parsed, _snapshot);
        if (genesis is not null && snapshot is not null) faults.Add("--genesis and --import-snapshot are two ways to start a network; give one.");
        if (snapshot is null && Value(parsed, _subnets) is not null) faults.Add("--subnets needs --import-snapshot.");
        if (isCluster && Value(parsed, _blocks) is not null) faults.Add("--blocks is for a network in one process: in a cluster no silo owns the clock.");
        var data = Value(parsed, _data) ?? settings.Text("Data") ?? "data";
        if (string.IsNullOrWhiteSpace(data)) faults.Add("--data needs a directory.");
        else if (File.Exists(data)) faults.Add($"--data {data} is a file; a directory is needed.");
        var gatewayPort = Port(parsed, _gatewayPort, settings, "Silo:GatewayPort", SiloOptions.GatewayPortDefault, faults);
        var siloPort = Port(parsed, _siloPort, settings, "Silo:Port", SiloOptions.SiloPortDefault, faults);
        var health = HealthAt(Value(parsed, _healthPort) ?? settings.Text("Health:Port"), isCluster, settings, faults);
        if (!isCluster && gatewayPort == siloPort && gatewayPort != 0) faults.Add($"--gateway-port and --silo-port are both {gatewayPort}; they must differ.");
        var api = ApiSettings.Read(settings.Text, faults, Value(parsed, _apiPort), Path.Combine(data, "read-side.db"));
        if (isCluster && Value(parsed, _apiPort) is not null) faults.Add("--api-port is for a network in one process: beside a cluster run the API in a process of its own.");
        return new()
        {
            Api = isCluster ? null : api,
            ApiIsAsked = (Value(parsed, _apiPort) ?? settings.Text(ApiSettings.PortName)) is not null,
            Cluster = isCluster ? settings.Cluster(siloPort, gatewayPort) : null,
            Administrators = isCluster ? FrozenSet<AccountId>.Empty : settings.Accounts("Administrators"),
            Health = health,
            Telemetry = settings.Telemetry(hasServer: health is not null),
            HealthBounds = new() { BlockSecondsMax = (int)settings.Number("Health:BlockSecondsMax", 1, 86_400, HealthOptions.BlockSecondsMaxDefault) },
            Limits = settings.Limits(),
            DataDirectory = data,
            GenesisFile = genesis,
            SnapshotFile = snapshot,
            ImportedSubnets = (int)Number(parsed, _subnets, 0, SnapshotImportOptions.SubnetsMax, 8, faults),
            BlockClock = Interval(Value(parsed, _interval), "--block-interval", faults) ?? Interval(settings.Text("BlockInterval"), "BlockInterval", faults),
            RunsEconomy = !isCluster && !Value(parsed, _noEconomy),
            GatewayPort = gatewayPort,
            SiloPort = siloPort,
            Blocks = Value(parsed, _blocks) is null ? null : Number(parsed, _blocks, 1, long.MaxValue, 1, faults),
            ShowsTable = !isCluster && !Value(parsed, _noTable),
            EndsWithInput = Value(parsed, _untilInputEnds),
            LogLevel = Level(Value(parsed, _logLevel), "--log-level", faults) ?? Level(settings.Text("LogLevel"), "LogLevel", faults) ?? LogEventLevel.Information,
        };
    }

    private static bool IsCluster(string? role, SiloSettings settings, List<string> faults)
    {
        if (string.Equals(role, InCluster, StringComparison.OrdinalIgnoreCase)) return true;
        if (role is not null && !role.Equals(Embedded, StringComparison.OrdinalIgnoreCase)) faults.Add($"Role {role} is neither {Embedded} nor {InCluster}.");
        else if ((settings.Text("Storage:ConnectionString") ?? settings.Text("Storage:TableEndpoint")) is not null)
        {
            faults.Add($"A storage account is set, and the role is {Embedded}, which keeps its state in a file: set Role to {InCluster}, or take the account away.");
        }

        if (settings.Text("FaultInjection:RatesFile") is not null) faults.Add($"FaultInjection:RatesFile is for a silo of a cluster that is on trial; the role is {Embedded}.");
        return false;
    }

    private static IPEndPoint? HealthAt(string? port, bool isCluster, SiloSettings settings, List<string> faults)
    {
        var address = settings.Address("Health:Address") ?? IPAddress.Loopback;
        if (port is null) return isCluster ? new(address, HealthPortDefault) : null;
        if (port.Equals("off", StringComparison.OrdinalIgnoreCase)) return null;
        if (ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return new(address, number);
        faults.Add($"--health-port {port} is neither 'off' nor a number from 0 to {ushort.MaxValue}.");
        return null;
    }

    private static int Port(ParseResult parsed, Option<string?> option, SiloSettings settings, string name, int unset, List<string> faults) =>
        (int)(Value(parsed, option) is null ? settings.Number(name, 0, ushort.MaxValue, unset) : Number(parsed, option, 0, ushort.MaxValue, unset, faults));

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

    private static BlockClockSetting? Interval(string? text, string name, List<string> faults)
    {
        if (text is null) return null;
        if (text.Equals("manual", StringComparison.OrdinalIgnoreCase)) return BlockClockSetting.Manual;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds <= IntervalMillisecondsMax) return new(milliseconds);
        faults.Add($"{name} {text} is neither 'manual' nor a number from 0 to {IntervalMillisecondsMax}.");
        return null;
    }

    private static LogEventLevel? Level(string? text, string name, List<string> faults)
    {
        if (text is null) return null;
        foreach (var level in Levels)
        {
            if (level.ToString().Equals(text, StringComparison.OrdinalIgnoreCase)) return level;
        }

        faults.Add($"{name} {text} is none of {string.Join(", ", Levels)}.");
        return null;
    }
}
