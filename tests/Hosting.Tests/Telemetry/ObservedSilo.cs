using System.Net;
using Dtao.Client;
using Dtao.Grains;
using Dtao.Grains.Shell;
using Dtao.Hosting.Health;
using Dtao.Hosting.Network;
using Dtao.Hosting.Scenarios;
using Dtao.Silo.Configuration;
using Dtao.Silo.Health;
using Dtao.Silo.Running;
using Dtao.Silo.Telemetry;
using Dtao.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OpenTelemetry.Exporter;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Xunit;

namespace Dtao.Hosting.Tests.Telemetry;

/// <summary>An embedded network that tells everything it can, as the process puts it together, and a client that comes in through its gateway. It traces whom its caller traces.</summary>
public sealed class ObservedSilo : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dtao-observed-").FullName;
    private readonly OtlpReceiver _receiver = new();
    private SiloTelemetry? _telemetry;
    private Logger? _logger;
    private SerilogLoggerFactory? _loggers;
    private SiloMetrics? _metrics;
    private HealthServer? _server;
    private NetworkHost? _host;
    private DtaoClient? _client;

    public NetworkHost Host => _host!;

    public DtaoClient Client => _client!;

    internal OtlpReceiver Receiver => _receiver;

    internal SiloOptions Options { get; private set; } = null!;

    /// <summary>Such as <c>http://127.0.0.1:30080</c>.</summary>
    public string Address => _server!.Address;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A file beside the network's, which goes with it.</summary>
    public string FileOf(string name) => Path.Combine(_folder, name);

    public async ValueTask InitializeAsync()
    {
        await _receiver.StartAsync();
        Options = new()
        {
            DataDirectory = _folder,
            Health = new IPEndPoint(IPAddress.Loopback, 0),
            LogLevel = LogEventLevel.Debug,
            Telemetry = new()
            {
                ServesMetrics = true,
                TellsSubnetsApart = true,
                ShowsDashboard = true,
                Otlp = new() { Endpoint = _receiver.Address, Protocol = OtlpExportProtocol.HttpProtobuf, TracePermille = 0 },
            },
        };
        Directory.CreateDirectory(Options.LogDirectory);
        _telemetry = SiloTelemetry.Start(Options.Telemetry);
        _logger = SiloLogging.Create(Options, showsTable: true, _telemetry.LogProviders);
        _loggers = new SerilogLoggerFactory(_logger);
        _host = await NetworkHost.StartAsync(new()
        {
            DatabasePath = Options.DatabaseFile,
            Genesis = NetworkGenesis.Of(SmallNetwork.Genesis()),
            DrivesBlocks = false,
            Health = Options.HealthBounds,
            Silo = _telemetry.Configure,
            Logging = logging => logging.Services.AddSerilogFactory(_loggers),
        });
        _metrics = new SiloMetrics(_host.Services.GetRequiredService<NetworkContext>(), _host.Services.GetRequiredService<SiloHealth>());
        _server = await HealthServer.StartAsync(Options, _host.Services, _telemetry, TextWriter.Null);
        _client = await DtaoClient.ConnectAsync(new() { Gateways = [new IPEndPoint(IPAddress.Loopback, _host.GatewayPort)], PropagatesTraces = true, ConnectMillisecondsMax = 180_000 });
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null) await _client.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
        _metrics?.Dispose();
        if (_host is not null) await _host.DisposeAsync();
        _loggers?.Dispose();
        if (_logger is not null) await _logger.DisposeAsync();
        _telemetry?.Dispose();
        await _receiver.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Audits once, as the process does again and again.</summary>
    public void Audit() => new AuditWatch(() => NetworkAudit.Run(Host.Log), TimeProvider.System, NullLogger.Instance, _metrics!.NoteAudit).Audit();

    public Task CloseBlock() => Host.Grains.Coordinator().CloseBlock();

    /// <summary>The lines of the log file so far that hold a text.</summary>
    public async Task<string[]> LogLinesWith(string text)
    {
        var lines = new List<string>();
        foreach (var file in Directory.GetFiles(Options.LogDirectory))
        {
            using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            while (await reader.ReadLineAsync(Cancel) is { } line)
            {
                if (line.Contains(text, StringComparison.Ordinal)) lines.Add(line);
            }
        }

        return [.. lines];
    }
}
