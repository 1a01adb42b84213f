using Dtao.Api.Errors;
using Dtao.Api.Requests;
using Dtao.Client;
using Dtao.Economics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Api.Health;

/// <summary>Says something that may keep this process from serving: an orchestrator sends nobody here meanwhile.</summary>
/// <remarks>Add one to the services to have it asked.</remarks>
internal interface IReadinessCheck
{
    /// <summary>Why not to come here; null = nothing.</summary>
    string? Reason();
}

/// <summary>Whether the process lives, and whether it can serve.</summary>
internal sealed class HealthPart : IApiPart
{
    public string Name => "Health";

    public void Add(IServiceCollection services, ApiOptions options) => services.AddSingleton<IReadinessCheck, ChainReadiness>();

    public void Map(ApiRoutes routes)
    {
        Map(routes, "/health/live", "get_liveness", "Whether the process answers; only a new one helps where not.", []);
        var checks = routes.Routes.ServiceProvider.GetRequiredService<IEnumerable<IReadinessCheck>>().ToArray();
        Map(routes, "/health/ready", "get_readiness", "Whether requests may be sent here: the network answers, and its newest block is not too old.", checks);
    }

    private static void Map(ApiRoutes routes, string path, string operationId, string summary, IReadinessCheck[] checks)
    {
        var watch = routes.Routes.ServiceProvider.GetRequiredService<ChainWatch>();
        routes.Routes.MapGet(path, Answer).WithName(operationId).WithSummary(summary).WithTags(routes.Part)
            .Produces<HealthView>().Produces<HealthView>(StatusCodes.Status503ServiceUnavailable)
            .WithMetadata(new ParameterList([])).DisableRateLimiting().DisableRequestTimeout();

        IResult Answer(HttpContext context)
        {
            context.Response.Headers.CacheControl = "no-store";
            string[] reasons = [.. checks.Select(check => check.Reason()).OfType<string>()];
            var view = new HealthView(reasons.Length == 0, DtaoVersion.Text, watch.Head, reasons);
            return Results.Json(view, Json.ApiJson.Options, statusCode: view.Ok ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        }
    }
}

/// <summary>How the process is.</summary>
/// <param name="Ok">Whether all is well.</param>
/// <param name="Version">The build.</param>
/// <param name="BlockNumber">The newest block that it has heard of.</param>
/// <param name="Reasons">What is wrong.</param>
internal sealed record HealthView(bool Ok, string Version, BlockNumber BlockNumber, IReadOnlyList<string> Reasons);

/// <summary>The network answers, and goes on.</summary>
internal sealed class ChainReadiness(ChainWatch watch, ApiLimits limits, TimeProvider time) : IReadinessCheck
{
    public string? Reason()
    {
        if (watch.State is not { } state) return "The network has not answered yet.";
        if (!state.IsReachable) return "The network does not answer.";
        var seconds = time.GetElapsedTime(state.HeardAt).Ticks / TimeSpan.TicksPerSecond;
        return state.BlockIntervalMilliseconds >= 0 && seconds > limits.BlockSecondsMax ? $"The newest block is {seconds} seconds old; more than {limits.BlockSecondsMax} are too many." : null;
    }
}
