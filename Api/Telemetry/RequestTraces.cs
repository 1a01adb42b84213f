using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using OpenTelemetry.Trace;

namespace Dtao.Api.Telemetry;

/// <summary>The spans of requests. They are ASP.NET Core's own.</summary>
internal static class RequestTraces
{
    public const string SourceName = "Microsoft.AspNetCore";

    /// <summary>What ASP.NET Core calls each of them.</summary>
    public const string Name = "Microsoft.AspNetCore.Hosting.HttpRequestIn";

    /// <summary>Collects them with other sources, with method and path. A host that is there already goes on without.</summary>
    /// <param name="permille">Of a thousand, so many are recorded.</param>
    public static TracerProviderBuilder AddRequests(this TracerProviderBuilder tracing, int permille)
    {
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        return tracing.AddSource(SourceName).SetSampler(new TraceSampler(permille));
    }

    /// <summary>Tells route and status of a request that is over, which the framework does not.</summary>
    public static void Describe(HttpContext context)
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is not { IsAllDataRequested: true } span) return;
        span.SetTag("http.response.status_code", context.Response.StatusCode);
        if (context.GetEndpoint() is not RouteEndpoint { RoutePattern.RawText: { } route }) return;
        span.DisplayName = $"{context.Request.Method} {route}";
        span.SetTag("http.route", route);
    }
}

/// <summary>Which traces are recorded: of those that begin here a part, and of others those that are recorded where they come from.</summary>
/// <param name="permille">Of a thousand that begin here, so many are recorded.</param>
/// <remarks>
/// A request of the API begins a trace anew, whatever its header says and whichever id it brings: otherwise anybody could have everything recorded. Questions for health and metrics
/// come again and again, and are left out.
/// </remarks>
internal sealed class TraceSampler(int permille) : Sampler
{
    private const string PathTag = "url.path";
    private const int Whole = 1_000;

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var parent = samplingParameters.ParentContext;
        var isRequest = samplingParameters.Name == RequestTraces.Name;
        var isRecorded = isRequest || parent.TraceId == default
            ? !(isRequest && IsAboutThisProcess(samplingParameters.Tags)) && Random.Shared.Next(Whole) < permille
            : (parent.TraceFlags & ActivityTraceFlags.Recorded) != 0;
        return new SamplingResult(isRecorded ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
    }

    private static bool IsAboutThisProcess(IEnumerable<KeyValuePair<string, object?>>? tags) =>
        tags?.FirstOrDefault(tag => tag.Key == PathTag).Value is string path
        && (path.StartsWith("/health", StringComparison.OrdinalIgnoreCase) || path.StartsWith(ApiTelemetry.MetricsPath, StringComparison.OrdinalIgnoreCase));
}
