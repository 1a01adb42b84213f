using System.Net;
using Dtao.Api.Configuration;
using Dtao.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Dtao.Api.Telemetry;

/// <summary>What a process of its own tells about itself, and whom.</summary>
internal sealed record ApiTelemetryOptions
{
    /// <summary>Where Prometheus asks; null = nowhere. A port of its own, so that it is not shown to whoever may use the API.</summary>
    public IPEndPoint? Metrics { get; init; }

    /// <summary>Where metrics and traces are sent.</summary>
    public OtlpSettings Otlp { get; init; } = new();
}

/// <summary>Collects and exports the metrics and traces of a process of its own; in an embedded network the silo does.</summary>
internal sealed class ApiTelemetry : IAsyncDisposable
{
    /// <summary>What Prometheus asks for.</summary>
    public const string MetricsPath = "/metrics";

    private const string ServiceName = "dtao-api";

    /// <summary>Operations of the client, and Orleans' calls, which carry the trace to the silos; beside requests.</summary>
    private static readonly string[] s_sources = [ClientTraces.SourceName, "Microsoft.Orleans.Application"];

    private static readonly string[] s_others = [ClientMetrics.MeterName, "Microsoft.Orleans", "System.Runtime"];

    private readonly OpenTelemetrySdk? _sdk;
    private WebApplication? _server;

    private ApiTelemetry(ApiTelemetryOptions options)
    {
        if (options.Metrics is null && options.Otlp.Endpoint is null) return;
        _sdk = OpenTelemetrySdk.Create(telemetry =>
        {
            telemetry.ConfigureResource(resource => resource.AddService(ServiceName, serviceVersion: DtaoVersion.Text));
            telemetry.WithMetrics(metrics =>
            {
                metrics.AddMeter([.. ApiMetrics.Meters, .. s_others]);
                if (options.Metrics is not null) metrics.AddPrometheusExporter(prometheus => prometheus.ScopeInfoEnabled = false);
            });
            if (options.Otlp.Endpoint is not { } endpoint) return;
            telemetry.WithTracing(tracing => tracing.AddSource(s_sources).AddRequests(options.Otlp.TracePermille));
            telemetry.UseOtlpExporter(options.Otlp.Protocol, endpoint);
        });
    }

    /// <summary>Such as <c>http://127.0.0.1:30091</c>; null where Prometheus is not served.</summary>
    public string? Address { get; private set; }

    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<ApiTelemetry> StartAsync(ApiTelemetryOptions options, CancellationToken cancellationToken)
    {
        var telemetry = new ApiTelemetry(options);
        try
        {
            if (options.Metrics is { } at) await telemetry.Serve(at, cancellationToken);
            return telemetry;
        }
        catch
        {
            await telemetry.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _sdk?.Dispose();
    }

    private async Task Serve(IPEndPoint at, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(at));
        _server = builder.Build();
        _server.UseOpenTelemetryPrometheusScrapingEndpoint(_sdk!.MeterProvider, predicate: null, MetricsPath, configureBranchedPipeline: null, optionsName: null);
        await _server.StartAsync(cancellationToken);
        Address = _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }
}
