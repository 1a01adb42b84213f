using Dtao.Api.Telemetry;
using Dtao.Client;
using Dtao.Grains.Telemetry;
using Dtao.Silo.Configuration;
using Dtao.Storage;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Orleans.Dashboard;
using Serilog.Extensions.Logging;

namespace Dtao.Silo.Telemetry;

/// <summary>What collects and exports metrics, traces, and logs of this process. It outlives the silo, so that its end is told too.</summary>
internal sealed class SiloTelemetry : IDisposable
{
    private const string ServiceName = "dtao-silo";

    /// <summary>Subnets times codes; beyond, what is new is counted together.</summary>
    private const int SubnetSeriesMax = 20_000;

    private static readonly string[] s_meters =
        [LedgerMetrics.MeterName, StoreMetrics.MeterName, ClientMetrics.MeterName, SiloMetrics.MeterName, "Microsoft.Orleans", "System.Runtime", .. ApiMetrics.Meters];

    /// <summary>Orleans' own has one span for each call between actors, and carries the trace from one to the other.</summary>
    private static readonly string[] s_sources = [LedgerTraces.SourceName, StoreTraces.SourceName, ClientTraces.SourceName, "Microsoft.Orleans.Application"];

    private readonly TelemetryOptions _options;
    private readonly OpenTelemetrySdk? _sdk;

    private SiloTelemetry(TelemetryOptions options)
    {
        _options = options;
        if (!options.ServesMetrics && options.Otlp.Endpoint is null) return;
        _sdk = OpenTelemetrySdk.Create(Configure);
        if (options.Otlp.Endpoint is not null) LogProviders.AddProvider(new Forwarding(_sdk.GetLoggerFactory()));
    }

    /// <summary>What the health server answers <c>/metrics</c> from; null = it does not.</summary>
    public MeterProvider? Metrics => _options.ServesMetrics ? _sdk!.MeterProvider : null;

    /// <summary>Who is told of log events besides the console and the file.</summary>
    public LoggerProviderCollection LogProviders { get; } = new();

    private bool Traces => _options.Otlp.Endpoint is not null;

    public static SiloTelemetry Start(TelemetryOptions options) => new(options);

    /// <summary>Adds to a silo what it needs to be traced and shown.</summary>
    public void Configure(ISiloBuilder silo)
    {
        if (Traces) silo.AddActivityPropagation();
        if (_options.ShowsDashboard) silo.AddDashboard();
    }

    public void Dispose()
    {
        LogProviders.Dispose();
        _sdk?.Dispose();
    }

    private void Configure(IOpenTelemetryBuilder telemetry)
    {
        telemetry.ConfigureResource(resource => resource.AddService(ServiceName, serviceVersion: typeof(SiloTelemetry).Assembly.GetName().Version?.ToString()));
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(s_meters).AddView(LedgerMetrics.PoolDecisionsName, PoolDecisions());
            if (_options.ServesMetrics) metrics.AddPrometheusExporter(prometheus => prometheus.ScopeInfoEnabled = false);
        });
        if (_options.Otlp.Endpoint is not { } endpoint) return;
        telemetry.WithTracing(tracing => tracing.AddSource(s_sources).SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(_options.Otlp.TracePermille / 1_000.0))));
        telemetry.WithLogging();
        telemetry.UseOtlpExporter(_options.Otlp.Protocol, endpoint);
    }

    private MetricStreamConfiguration PoolDecisions() => _options.TellsSubnetsApart
        ? new() { CardinalityLimit = SubnetSeriesMax }
        : new() { TagKeys = [.. LedgerMetrics.PoolDecisionLabels] };

    /// <summary>A collection of providers disposes them; the factory belongs to the kit.</summary>
    private sealed class Forwarding(ILoggerFactory factory) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => factory.CreateLogger(categoryName);

        public void Dispose()
        {
        }
    }
}
