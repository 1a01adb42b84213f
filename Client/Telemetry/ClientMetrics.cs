using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Dtao.Client;

/// <summary>The meter of the client library; docs/reference/metrics.md lists its names. What nobody listens to costs a look at a flag.</summary>
public static class ClientMetrics
{
    /// <summary>Name of the meter, for whoever listens.</summary>
    public const string MeterName = "Dtao.Client";

    private static readonly Meter s_meter = new(MeterName);

    private static readonly InstrumentAdvice<long> s_microseconds = new()
    {
        HistogramBucketBoundaries = [250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 10_000_000, 60_000_000],
    };

    private static readonly Counter<long> s_operations =
        s_meter.CreateCounter<long>("dtao.client.operations", "{operation}", "Operations that came to an end here.");

    private static readonly Histogram<long> s_operationMicroseconds =
        s_meter.CreateHistogram("dtao.client.operation.duration", "us", "From the first try to the end.", tags: null, s_microseconds);

    private static long s_repeats;

    static ClientMetrics() =>
        s_meter.CreateObservableCounter("dtao.client.repeats", static () => Interlocked.Read(ref s_repeats), "{message}", "How often operations were sent again.");

    internal static bool IsEnabled => s_operations.Enabled || s_operationMicroseconds.Enabled;

    internal static void SentAgain() => Interlocked.Increment(ref s_repeats);

    internal static void Ended(OperationResult result, long startTimestamp)
    {
        var outcome = new KeyValuePair<string, object?>("outcome", NameOf(result.Status));
        s_operations.Add(1, new("call", result.Operation.Call.Kind.ToString()), outcome, new("code", CodeOf(result)));
        s_operationMicroseconds.Record(Stopwatch.GetElapsedTime(startTimestamp).Ticks / TimeSpan.TicksPerMicrosecond, outcome);
    }

    internal static string NameOf(OperationStatus status) => status switch
    {
        OperationStatus.Applied => "applied",
        OperationStatus.Refused => "refused",
        OperationStatus.NotAccepted => "not_accepted",
        _ => "unknown",
    };

    internal static string CodeOf(OperationResult result) => result.IsApplied ? nameof(Grains.RefusalCode.None) : result.ErrorName;
}
