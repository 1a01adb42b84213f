using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Dtao.Storage;

/// <summary>The meter of this library. Tags name the grain storage provider where there is one.</summary>
public static class StoreMetrics
{
    /// <summary>Name of the meter, for whoever listens.</summary>
    public const string MeterName = "Dtao.Storage";

    private const string ProviderTag = "provider";
    private static readonly Meter Meter = new(MeterName);

    private static readonly Histogram<int> LogBatchEvents =
        Meter.CreateHistogram<int>("dtao.storage.log.batch.events", "{event}", "Events in one transaction of the log.");

    private static readonly Histogram<double> LogCommitSeconds =
        Meter.CreateHistogram<double>("dtao.storage.log.commit.duration", "s", "Time of one transaction of the log.");

    private static readonly Histogram<int> RecordBatchSize =
        Meter.CreateHistogram<int>("dtao.storage.records.batch.size", "{record}", "Records in one commit.");

    private static readonly Histogram<double> RecordWriteSeconds =
        Meter.CreateHistogram<double>("dtao.storage.records.write.duration", "s", "From a grain's call to its answer.");

    private static readonly UpDownCounter<int> RecordQueueLength =
        Meter.CreateUpDownCounter<int>("dtao.storage.records.queue.length", "{record}", "Writes that wait for a commit.");

    private static readonly Counter<int> RecordConflicts =
        Meter.CreateCounter<int>("dtao.storage.records.conflicts", "{record}", "Writes that did not find the tag they expected.");

    private static readonly Counter<int> Unanswered =
        Meter.CreateCounter<int>("dtao.storage.requests.unanswered", "{request}", "Requests of which it is not known whether they were done.");

    private static readonly Counter<int> Throttled =
        Meter.CreateCounter<int>("dtao.storage.requests.throttled", "{request}", "Requests that the service was too busy for.");

    internal static void LogCommitted(int events, long startTimestamp)
    {
        LogBatchEvents.Record(events);
        LogCommitSeconds.Record(Stopwatch.GetElapsedTime(startTimestamp).TotalSeconds);
    }

    internal static void RecordsCommitted(string provider, int records) => RecordBatchSize.Record(records, Tag(provider));

    internal static void RecordAnswered(string provider, long startTimestamp) =>
        RecordWriteSeconds.Record(Stopwatch.GetElapsedTime(startTimestamp).TotalSeconds, Tag(provider));

    internal static void RecordQueueChanged(string provider, int change) => RecordQueueLength.Add(change, Tag(provider));

    internal static void RecordConflicted(string provider) => RecordConflicts.Add(1, Tag(provider));

    internal static void RequestUnanswered(string provider) => Unanswered.Add(1, Tag(provider));

    internal static void RequestThrottled(string provider) => Throttled.Add(1, Tag(provider));

    private static KeyValuePair<string, object?> Tag(string provider) => new(ProviderTag, provider);
}
