using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Dashboard;

namespace Dtao.Silo.Health;

/// <summary>Orleans' dashboard on the health server. It has no login, so that only this machine is shown it.</summary>
internal static class SiloDashboard
{
    public const string Path = "/dashboard";

    /// <param name="silo">Asks the actors of the dashboard, which the silo hosts.</param>
    public static void AddTo(WebApplicationBuilder builder, IGrainFactory silo)
    {
        builder.Services.AddRouting().AddSingleton(silo);
        // What the log says is in the log.
        new Pages(builder.Services, builder.Configuration).AddDashboard(options => options.HideTrace = true);
    }

    public static void Map(WebApplication server)
    {
        server.Use(next => context => context.Request.Path.StartsWithSegments(Path) && !IsFromHere(context) ? Refuse(context) : next(context));
        server.UseRouting();
#pragma warning disable ASP0014 // The server answers everything else itself, after the endpoints.
        server.UseEndpoints(endpoints => endpoints.MapOrleansDashboard(Path));
#pragma warning restore ASP0014
    }

    /// <summary>From this machine, and by its own name: a page from elsewhere must not read it through somebody's browser.</summary>
    private static bool IsFromHere(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } from && IPAddress.IsLoopback(from)
        && (context.Request.Host.Host is "localhost" || (IPAddress.TryParse(context.Request.Host.Host.Trim('[', ']'), out var asked) && IPAddress.IsLoopback(asked)));

    private static Task Refuse(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    /// <summary>The part of the dashboard that needs no silo of its own.</summary>
    private sealed class Pages(IServiceCollection services, IConfiguration configuration) : IClientBuilder
    {
        public IServiceCollection Services => services;

        public IConfiguration Configuration => configuration;
    }
}
