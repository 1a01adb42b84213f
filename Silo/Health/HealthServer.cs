using System.Net;
using System.Text.Json.Nodes;
using Dtao.Hosting.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Silo.Health;

/// <summary>Answers <c>/health/live</c> and <c>/health/ready</c> with 200 or 503, and why.</summary>
internal sealed class HealthServer : IAsyncDisposable
{
    private readonly WebApplication _server;

    private HealthServer(WebApplication server)
    {
        _server = server;
        Address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }

    /// <summary>Such as <c>http://127.0.0.1:30080</c>.</summary>
    public string Address { get; }

    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<HealthServer> StartAsync(SiloHealth health, IPEndPoint at)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(at));
        var server = builder.Build();
        server.Run(context => Answer(context, health));
        await server.StartAsync();
        return new HealthServer(server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static async Task Answer(HttpContext context, SiloHealth health)
    {
        var report = context.Request.Path.Value switch
        {
            "/health/live" => health.Live(),
            "/health" or "/health/ready" => health.Ready(),
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
        await context.Response.WriteAsync(ToJson(health.Silo, report).ToJsonString() + "\n");
    }

    private static JsonObject ToJson(string silo, HealthReport report) => new()
    {
        ["ok"] = report.IsOk,
        ["silo"] = silo,
        ["block"] = report.Block.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["block_seconds_ago"] = report.BlockSeconds,
        ["reasons"] = new JsonArray([.. report.Reasons.Select(reason => new JsonObject { ["code"] = reason.Code, ["text"] = reason.Text })]),
    };
}
