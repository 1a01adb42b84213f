using System.CommandLine;
using System.CommandLine.Invocation;
using Dtao.Api.ReadSide;
using Dtao.Api.Telemetry;
using Dtao.Client;
using Microsoft.Extensions.Configuration;
using Serilog.Events;

namespace Dtao.Api.Configuration;

/// <summary>What a process of its own was asked to do, checked.</summary>
internal sealed record ProcessOptions(ApiOptions Api, DtaoConnectionOptions Connection, LogEventLevel LogLevel, bool EndsWithInput, ApiTelemetryOptions Telemetry);

/// <summary>The command line of a process of its own. Every fault is told at once.</summary>
internal sealed class ApiCommandLine
{
    private static readonly LogEventLevel[] s_levels = Enum.GetValues<LogEventLevel>();

    private readonly Option<string[]> _gateway = new("--gateway") { Description = "A silo's gateway as host:port; may be repeated. Default: port 30000 of this machine.", HelpName = "HOST:PORT" };

    private readonly Option<string?> _connection = new("--connection")
    {
        Description = "The storage account in which the silos find each other: a connection string, or its table endpoint. In place of --gateway.",
        HelpName = "ACCOUNT",
    };

    private readonly Option<string?> _port = new("--port") { Description = $"Port of page and API; 'any' = a free one. Default {ApiOptions.PortDefault}.", HelpName = "PORT" };

    private readonly Option<string?> _address = new("--address") { Description = "Address to listen at. Default 127.0.0.1: this machine only.", HelpName = "ADDRESS" };

    private readonly Option<string?> _settings = new("--settings") { Description = "Settings file, in place of appsettings.json.", HelpName = "FILE" };

    private readonly Option<string[]> _set = new("--set") { Description = "One setting, such as Api:RequestsMax=100; may be repeated.", HelpName = "NAME=VALUE" };

    private readonly Option<string?> _readSide = new("--read-side")
    {
        Description = $"Where history is kept: a SQLite file, a PostgreSQL connection string, or 'none'. Default {ReadSideOptions.FileDefault}.",
        HelpName = "DATABASE",
    };

    private readonly Option<bool> _readSideRebuild = new("--read-side-rebuild") { Description = "Empty the history at the start, and build it anew." };

    private readonly Option<bool> _untilInputEnds = new("--until-input-ends") { Description = "Stop when the standard input ends; for a program that starts this one and may die." };

    private readonly Option<string?> _logLevel = new("--log-level") { Description = $"Least level that is logged: {string.Join(", ", s_levels)}. Default {LogEventLevel.Information}.", HelpName = "LEVEL" };

    private readonly RootCommand _root;

    public ApiCommandLine() => _root = new RootCommand("Serves page and API of a dynamic TAO ledger that runs elsewhere. It keeps nothing but its history, which can be built anew: any number may run.")
    {
        _gateway, _connection, _port, _address, _settings, _set, _readSide, _readSideRebuild, _untilInputEnds, _logLevel,
    };

    /// <summary>Reads the command line. Null options: help was printed, or the faults were.</summary>
    /// <returns>The options and the exit code of a process that goes no further.</returns>
    public (ProcessOptions? Options, int ExitCode) Read(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, IConfiguration? environment)
    {
        var parsed = _root.Parse(arguments);
        if (parsed.Errors.Count == 0 && parsed.Action is not null) return (null, parsed.Invoke(new InvocationConfiguration { Output = output, Error = error }));
        List<string> faults = [.. parsed.Errors.Select(fault => fault.Message)];
        var options = faults.Count == 0 ? Check(parsed, environment, faults) : null;
        if (options is not null && faults.Count == 0) return (options, ExitCode.Stopped);
        foreach (var fault in faults) error.WriteLine(fault);
        error.WriteLine("Run with --help for all options.");
        return (null, ExitCode.Usage);
    }

    private ProcessOptions? Check(ParseResult parsed, IConfiguration? environment, List<string> faults)
    {
        var settings = ProcessSettings.Read(parsed.GetValue(_settings), environment, parsed.GetValue(_set) ?? [], faults);
        settings.Set("Gateways", parsed.GetValue(_gateway) is { Length: > 0 } gateways ? string.Join(',', gateways) : null);
        settings.Set("Storage:ConnectionString", parsed.GetValue(_connection));
        settings.Set("Api:Address", parsed.GetValue(_address));
        settings.Set("Api:ReadSide", parsed.GetValue(_readSide));
        if (parsed.GetValue(_readSideRebuild)) settings.Set("Api:ReadSideRebuild", "true");
        settings.Set("LogLevel", parsed.GetValue(_logLevel));
        var api = ApiSettings.Read(settings.Text, faults, parsed.GetValue(_port));
        if (api is null && faults.Count == 0) faults.Add("A process that serves the API needs a port.");
        var connection = ConnectionSettings.Read(settings.Text, faults);
        var telemetry = TelemetrySettings.Read(settings.Text, faults);
        var level = LogEventLevel.Information;
        if (settings.Text("LogLevel") is { } text && !Enum.TryParse(text, ignoreCase: true, out level)) faults.Add($"--log-level {text} is none of {string.Join(", ", s_levels)}.");
        return api is null ? null : new ProcessOptions(api, connection, level, parsed.GetValue(_untilInputEnds), telemetry);
    }
}
