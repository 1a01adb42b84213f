using System.Net;
using System.Text.Json.Nodes;
using Dtao.Client;
using Dtao.Hosting.Health;
using Dtao.Silo.Configuration;
using Dtao.Silo.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace Dtao.Silo.Health;

/// <summary>Answers <c>/health/live</c> and <c>/health/ready</c> with 200 or 503, and why; and <c>/metrics</c> and <c>/dashboard</c>, where they are asked for.</summary>
internal sealed class HealthServer : IAsyncDisposable
{
    /// <summary>What Prometheus asks for.</summary>
    public const string MetricsPath = "/metrics";

    /// <summary>Whether only a new process helps.</summary>
    public const string LivePath = "/health/live";

    /// <summary>Whether clients may be sent here.</summary>
    public const string ReadyPath = "/health/ready";

    private readonly WebApplication _server;

    private HealthServer(WebApplication server)
    {
        _server = server;
        Address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }

    /// <summary>Such as <c>http://127.0.0.1:30080</c>.</summary>
    public string Address { get; }

    /// <summary>Starts what the options ask for, and says where it is; null when they ask for nothing.</summary>
    /// <param name="silo">The silo's services.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<HealthServer?> StartAsync(SiloOptions options, IServiceProvider silo, SiloTelemetry telemetry, TextWriter output)
    {
        if (options.Health is not { } at) return null;
        var shown = options.Telemetry.ShowsDashboard ? silo.GetRequiredService<IGrainFactory>() : null;
        var server = await StartAsync(silo.GetRequiredService<SiloHealth>(), at, telemetry.Metrics, shown);
        await output.WriteLineAsync($"Health at {server.Address}.");
        if (telemetry.Metrics is not null) await output.WriteLineAsync($"Metrics at {server.Address}{MetricsPath}.");
        if (shown is not null) await output.WriteLineAsync($"Dashboard at {server.Address}{SiloDashboard.Path}.");
        return server;
    }

    /// <param name="metrics">What <c>/metrics</c> is answered from; null = it is not.</param>
    /// <param name="shown">The silo whose dashboard is shown; null = none is.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<HealthServer> StartAsync(SiloHealth health, IPEndPoint at, MeterProvider? metrics = null, IGrainFactory? shown = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(at));
        if (shown is not null) SiloDashboard.AddTo(builder, shown);
        var server = builder.Build();
        if (metrics is not null) server.UseOpenTelemetryPrometheusScrapingEndpoint(metrics, predicate: null, MetricsPath, configureBranchedPipeline: null, optionsName: null);
        if (shown is not null) SiloDashboard.Map(server);
        server.Run(context => Answer(context, health));
        await server.StartAsync();
        return new HealthServer(server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static async Task Answer(HttpContext context, SiloHealth health)
    {
        var report = context.Request.Path.Value switch
        {
            LivePath => health.Live(),
            "/health" or ReadyPath => health.Ready(),
            _ => null,
        };
        if (report is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.StatusCode = report.IsOk ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync(ToJson(health, report).ToJsonString() + "\n");
    }

    private static JsonObject ToJson(SiloHealth health, HealthReport report) => new()
    {
        ["ok"] = report.IsOk,
        ["silo"] = health.Silo,
        ["version"] = DtaoVersion.Text,
        ["block"] = report.Block.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["block_seconds_ago"] = report.BlockSeconds,
        ["reasons"] = new JsonArray([.. report.Reasons.Select(reason => new JsonObject { ["code"] = reason.Code, ["text"] = reason.Text })]),
        ["warnings"] = new JsonArray([.. health.Warnings.Select(warning => JsonValue.Create(warning))]),
    };
}
