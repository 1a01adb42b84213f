using System.Diagnostics.Metrics;
using Dtao.Api.Health;
using Dtao.Api.Live;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Ingest;
using Dtao.Economics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Dtao.Api.Telemetry;

/// <summary>The meter of the API: what was not answered as asked, who listens, and how far the read side is. Requests and their times are ASP.NET Core's own figures.</summary>
/// <remarks>A process serves one API. Where tests run several at once, the one that began last and knows a figure tells it.</remarks>
public sealed class ApiMetrics(IServiceProvider services) : IHostedService, IDisposable
{
    public const string MeterName = "Dtao.Api";

    /// <summary>This meter, and those of the framework that tell of requests.</summary>
    public static IReadOnlyList<string> Meters { get; } = [MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.RateLimiting", "Microsoft.AspNetCore.Server.Kestrel"];

    private static readonly Meter s_meter = new(MeterName);

    private static readonly Counter<long> s_problems = s_meter.CreateCounter<long>("dtao.api.problems", "{request}", "Requests that were answered with a problem.");

    private static readonly List<ApiMetrics> s_running = [];

    static ApiMetrics()
    {
        s_meter.CreateObservableGauge("dtao.api.streams", () => Read(api => api.Streams), "{stream}", "Live streams that are open.");
        s_meter.CreateObservableGauge("dtao.read_side.behind", () => Read(api => api.Behind), "{block}", "Blocks that the read side has not taken in whole.");
        s_meter.CreateObservableGauge("dtao.read_side.block", () => Read(api => (long?)api.Position?.Complete), "{block}", "The newest block that is complete in the read side.");
        s_meter.CreateObservableGauge("dtao.read_side.stands_still", () => Read(api => api.StandsStill), "{flag}", "1 while the read side does not get on.");
    }

    private long? Streams => services.GetRequiredService<LiveHub>().Subscribers;

    private ReadPosition? Position => services.GetService<IReadSideEvents>()?.Position;

    private long? Behind => Position is { } position ? (long)SaturatingMath.Subtract(services.GetRequiredService<ChainWatch>().Head.Value, position.Complete) : null;

    private long? StandsStill => services.GetService<IngestState>() is { } state ? state.Failure is null ? 0 : 1 : null;

    /// <param name="name">Of the problem: one of a fixed set.</param>
    public static void NoteProblem(string name) => s_problems.Add(1, new KeyValuePair<string, object?>("name", name));

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lock (s_running) s_running.Add(this);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Tells nothing any more. Of a host whose start failed nothing is stopped.</summary>
    public void Dispose()
    {
        lock (s_running) s_running.Remove(this);
    }

    private static Measurement<long>[] Read(Func<ApiMetrics, long?> value)
    {
        lock (s_running)
        {
            for (var i = s_running.Count - 1; i >= 0; i--)
            {
                if (value(s_running[i]) is { } known) return [new(known)];
            }
        }

        return [];
    }
}
