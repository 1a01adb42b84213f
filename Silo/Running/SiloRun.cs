using Dtao.Client;
using Dtao.Grains.Shell;
using Dtao.Hosting.Demo;
using Dtao.Hosting.Genesis;
using Dtao.Hosting.Health;
using Dtao.Hosting.Network;
using Dtao.Silo.Configuration;
using Dtao.Silo.Display;
using Dtao.Silo.Health;
using Dtao.Silo.Telemetry;
using Dtao.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Serilog;
using Serilog.Extensions.Logging;
using Spectre.Console;

namespace Dtao.Silo.Running;

/// <summary>One run of the process, from checked options to the exit code.</summary>
internal sealed partial class SiloRun(
    SiloOptions options, IAnsiConsole console, TextWriter output, TextWriter error, ILoggerFactory loggers, SiloTelemetry telemetry)
{
    private const string WriteFailedText =
        "A write to the database failed; the network has stopped so that nothing unwritten is told. Start again to go on from what is written.";

    private readonly Microsoft.Extensions.Logging.ILogger _logger = loggers.CreateLogger("Dtao.Silo");
    private readonly TimeProvider _time = TimeProvider.System;
    private bool _storeLost;
    private string _storeLostText = WriteFailedText;
    private AuditWatch? _audit;

    private bool ShowsTable => options.ShowsTable && console.Profile.Capabilities.Ansi && console.Profile.Capabilities.Interactive;

    /// <summary>Reads the command line and runs.</summary>
    /// <param name="input">Only its end is of interest, and only when the command line says so.</param>
    public static async Task<int> Start(
        IReadOnlyList<string> arguments, IAnsiConsole console, TextReader input, TextWriter output, TextWriter error, CancellationToken stop,
        SettingSources? sources = null)
    {
        var (options, exitCode) = new SiloCommandLine().Read(arguments, output, error, sources);
        if (options is null) return exitCode;
        var showsTable = options.ShowsTable && console.Profile.Capabilities.Ansi && console.Profile.Capabilities.Interactive;
        try
        {
            Directory.CreateDirectory(options.LogDirectory);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"The data directory cannot be made: {refused.Message}");
            return ExitCode.StoreUnusable;
        }
        using var telemetry = SiloTelemetry.Start(options.Telemetry);
        await using var logger = SiloLogging.Create(options, showsTable, telemetry.LogProviders);
        using var loggers = new SerilogLoggerFactory(logger);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var role = options.Cluster is null ? "embedded" : "cluster";
        LogStarts(loggers.CreateLogger("Dtao.Silo"), DtaoVersion.Text, role);
        await output.WriteLineAsync($"Dtao {DtaoVersion.Text}, role {role}.");
        if (options.EndsWithInput) _ = EndWith(input, ending);
        if (options.Cluster is not null) return await new ClusterRun(options, output, error, loggers, telemetry).Run(ending.Token);
        return await new SiloRun(options, console, output, error, loggers, telemetry).Run(ending.Token);
    }

    private static async Task EndWith(TextReader input, CancellationTokenSource ending)
    {
        // A reader of the console's input blocks whoever reads it.
        await Task.Factory.StartNew(input.ReadToEnd, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await ending.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The run was over first.
        }
    }

    private async Task<int> Run(CancellationToken stop)
    {
        try
        {
            return await RunNetwork(stop);
        }
        catch (StoreException unusable)
        {
            LogStoreUnusable(unusable);
            await error.WriteLineAsync(unusable.Message);
            return ExitCode.StoreUnusable;
        }
        catch (Exception cancelled) when (stop.IsCancellationRequested && IsCancelled(cancelled))
        {
            return ExitCode.Stopped;
        }
        catch (Exception) when (_storeLost)
        {
            await error.WriteLineAsync(_storeLostText);
            return ExitCode.StoreUnusable;
        }
        catch (Exception failure)
        {
            LogFailed(failure);
            await error.WriteLineAsync($"The silo failed: {failure.Message} The log in {options.LogDirectory} has the details.");
            return ExitCode.Failed;
        }
    }

    /// <summary>A silo that is asked to stop while it starts says so in an exception of its own.</summary>
    internal static bool IsCancelled(Exception? caught) => caught is OperationCanceledException or OrleansLifecycleCanceledException
        || (caught is AggregateException several && several.InnerExceptions.Any(IsCancelled))
        || (caught is not null && IsCancelled(caught.InnerException));

    private async Task<int> RunNetwork(CancellationToken stop)
    {
        var hasLedger = HasLedger();
        if (hasLedger && (options.GenesisFile ?? options.SnapshotFile) is { } given)
        {
            await error.WriteLineAsync($"{options.DatabaseFile} has a ledger already, and a ledger is never overwritten: {given} was not read. "
                + "Start without it to go on, or give another --data directory to begin anew.");
            return ExitCode.LedgerExists;
        }
        var genesis = hasLedger
            ? await GenesisSource.LoadCopy(options, stop)
            : await GenesisSource.Load(options, output, error, stop);
        if (genesis is null && !hasLedger) return ExitCode.GenesisFaulty;
        if (!hasLedger) await File.WriteAllBytesAsync(options.GenesisCopyFile, GenesisWriter.Write(genesis!), stop);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await using var host = await StartHost(hasLedger, genesis, ending);
        using var metrics = new SiloMetrics(host.Services.GetRequiredService<NetworkContext>(), host.Services.GetService<SiloHealth>());
        await using var health = await HealthServer.StartAsync(options, host.Services, telemetry, output);
        await output.WriteLineAsync($"{(hasLedger ? "Continuing" : "New")} network '{genesis?.Name ?? "?"}' in {options.DataDirectory}; clients connect to 127.0.0.1:{host.GatewayPort}.");
        await output.WriteLineAsync(GenesisLoader.RequiresSignatures(host.Log)
            ? "Operations are taken only with their signer's signature."
            : "Operations are not signed: whoever names a coldkey acts for it.");
        if (options.Administrators.Count > 0) await output.WriteLineAsync($"An administrator's calls are taken only with the signature of one of {options.Administrators.Count} keys.");
        await using var client = new DtaoClient(host.Client);
        var (api, exitCode) = await EmbeddedApi.StartAsync(options, client, () => _audit?.State ?? default, loggers, output, error, ending.Token);
        await using var served = api;
        if (exitCode != ExitCode.Stopped) return exitCode;
        await Serve(host, client, genesis, hasLedger, metrics, ending);
        return _storeLost ? ExitCode.StoreUnusable : ExitCode.Stopped;
    }

    private bool HasLedger()
    {
        if (!File.Exists(options.DatabaseFile)) return false;
        using var log = OrderedLog.Open(options.DatabaseFile);
        return GenesisLoader.HasLedger(log);
    }

    private Task<NetworkHost> StartHost(bool hasLedger, GenesisDocument? genesis, CancellationTokenSource ending)
    {
        long? interval = options.BlockClock is { } clock ? clock.Milliseconds ?? NetworkGenesis.Manual : null;
        return NetworkHost.StartAsync(
            new()
            {
                DatabasePath = options.DatabaseFile,
                Administrators = options.Administrators,
                Genesis = hasLedger ? null : genesis!.ToNetworkGenesis(interval),
                GatewayPort = options.GatewayPort,
                SiloPort = options.SiloPort,
                DrivesBlocks = !OwnsClock(hasLedger) && options.BlockClock is not { IsManual: true },
                OnStoreLost = failure => EndWithoutStore(failure, ending),
                OnDatabaseChecked = LogChecked,
                Limits = options.Limits,
                Health = options.Health is null && options.Telemetry.Otlp.Endpoint is null ? null : options.HealthBounds,
                Silo = telemetry.Configure,
                Logging = logging => logging.Services.AddSerilogFactory(loggers),
            },
            ending.Token);
    }

    private void EndWithoutStore(Exception failure, CancellationTokenSource ending)
    {
        if (failure.InnerException is StoreException { Code: StoreErrorCode.Corrupt } damage)
        {
            _storeLostText = damage.Message;
            LogStoreDamaged(damage.Message);
        }
        else
        {
            LogStoreLost(failure);
        }

        _storeLost = true;
        ending.Cancel();
    }

    private void LogChecked(FileCheckReport report)
    {
        var milliseconds = report.Took.Ticks / TimeSpan.TicksPerMillisecond;
        switch (report.Result)
        {
            case FileCheckResult.Sound:
                LogStoreSound(milliseconds);
                break;
            case FileCheckResult.EveryRowReadable:
                LogStoreReadable(milliseconds);
                break;
            case FileCheckResult.NotMade:
                LogStoreNotChecked(report.Details);
                break;
        }
    }

    /// <summary>
    /// A ledger keeps the interval that it began with. Another one, or a number of blocks, is a matter of this run, so this process closes the blocks.
    /// </summary>
    private bool OwnsClock(bool hasLedger) => options.BlockClock is not { IsManual: true } && (options.Blocks is not null || (hasLedger && options.BlockClock is not null));

    private async Task Serve(NetworkHost host, DtaoClient client, GenesisDocument? genesis, bool hasLedger, SiloMetrics metrics, CancellationTokenSource ending)
    {
        var economy = options.RunsEconomy && genesis is not null
            ? new DemoEconomy(new ClientDemoNetwork(client), DemoPopulation.Of(genesis), new(), _time, loggers.CreateLogger<DemoEconomy>())
            : null;
        var audit = _audit = new AuditWatch(() => NetworkAudit.Run(host.Log), _time, loggers.CreateLogger<AuditWatch>(), metrics.NoteAudit);
        var names = genesis?.Aliases.DistinctBy(named => named.Account).ToDictionary(named => named.Account, named => named.Name);
        var display = new DisplayLoop(
            client, frame => frame with { Audit = audit.State, Economy = economy?.Counts.ToString() }, _time, loggers.CreateLogger<DisplayLoop>(), names);

        List<Task> work = [audit.Run(ending.Token), ShowsTable ? display.ShowTable(console, ending.Token) : display.ShowLines(output, ending.Token)];
        if (economy is not null) work.Add(economy.Run(ending.Token));
        if (OwnsClock(hasLedger)) work.Add(CloseBlocks(host, client, ending));
        try
        {
            await Task.WhenAll(work.Append(Task.Delay(Timeout.Infinite, ending.Token).ContinueWith(_ => { }, TaskScheduler.Default)));
        }
        catch (Exception) when (_storeLost)
        {
            // Whatever was under way failed with the store, and that is what is told.
        }

        // First, so that what is told and audited last is the last block.
        if (!_storeLost) await host.RestAsync();
        await Close(display, audit);
    }

    private async Task CloseBlocks(NetworkHost host, DtaoClient client, CancellationTokenSource ending)
    {
        var network = await client.GetNetworkAsync(ending.Token);
        var interval = options.BlockClock?.Milliseconds ?? Math.Max(0, network.BlockIntervalMilliseconds);
        await new BlockClock(host.Grains, _time).Run(interval, options.Blocks, ending.Token);
        await ending.CancelAsync();
    }

    private async Task Close(DisplayLoop display, AuditWatch audit)
    {
        if (_storeLost)
        {
            await error.WriteLineAsync(_storeLostText);
            return;
        }
        audit.Audit();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10), _time);
        if (await display.ReadOnce(patience.Token) is { } frame) await output.WriteLineAsync($"Stopped. {FrameLines.Render(frame)}");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Dtao {Version} starts in the role {Role}.")]
    private static partial void LogStarts(Microsoft.Extensions.Logging.ILogger logger, string version, string role);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The database cannot be used.")]
    private partial void LogStoreUnusable(Exception cause);

    [LoggerMessage(Level = LogLevel.Critical, Message = "A write to the database failed or its outcome is unknown; stopping.")]
    private partial void LogStoreLost(Exception cause);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The database is damaged and is not written any more; stopping. {Damage}")]
    private partial void LogStoreDamaged(string damage);

    [LoggerMessage(Level = LogLevel.Information, Message = "The whole database was looked through beside the network in {Milliseconds} ms: no damage.")]
    private partial void LogStoreSound(long milliseconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "Every row of the database was read beside the network in {Milliseconds} ms: no damage. Too much was written to look at the file as a whole.")]
    private partial void LogStoreReadable(long milliseconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database could not be looked through beside the network: {Reason}")]
    private partial void LogStoreNotChecked(string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The silo failed.")]
    private partial void LogFailed(Exception cause);
}
