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

    private static readonly InstrumentAdvice<int> Counts = new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 4_096] };

    private static readonly InstrumentAdvice<double> Seconds =
        new() { HistogramBucketBoundaries = [0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] };

    private static readonly Histogram<int> LogBatchEvents =
        Meter.CreateHistogram("dtao.storage.log.batch.events", "{event}", "Events in one transaction of the log.", tags: null, Counts);

    private static readonly Histogram<double> LogCommitSeconds =
        Meter.CreateHistogram("dtao.storage.log.commit.duration", "s", "Time of one transaction of the log.", tags: null, Seconds);

    private static readonly Histogram<int> RecordBatchSize =
        Meter.CreateHistogram("dtao.storage.records.batch.size", "{record}", "Records in one commit.", tags: null, Counts);

    private static readonly Histogram<double> RecordWriteSeconds =
        Meter.CreateHistogram("dtao.storage.records.write.duration", "s", "From a grain's call to its answer.", tags: null, Seconds);

    private static readonly UpDownCounter<int> RecordQueueLength =
        Meter.CreateUpDownCounter<int>("dtao.storage.records.queue.length", "{record}", "Writes that wait for a commit.");

    private static readonly Counter<int> RecordConflicts =
        Meter.CreateCounter<int>("dtao.storage.records.conflicts", "{record}", "Writes that did not find the tag they expected.");

    private static readonly Counter<int> Unanswered =
        Meter.CreateCounter<int>("dtao.storage.requests.unanswered", "{request}", "Requests of which it is not known whether they were done.");

    private static readonly Counter<int> Throttled =
        Meter.CreateCounter<int>("dtao.storage.requests.throttled", "{request}", "Requests that the service was too busy for.");

    private static readonly HashSet<OrderedLog> Logs = [];

    static StoreMetrics()
    {
        Meter.CreateObservableGauge("dtao.storage.log.queue.events", static () => OverLogs(log => log.AppendedPosition - log.DurablePosition), "{event}", "Events that wait for the disk.");
        Meter.CreateObservableGauge("dtao.storage.log.queue.size", static () => OverLogs(log => log.QueuedBytes), "By", "Bytes of events and snapshots that wait for the disk.");
    }

    internal static void LogOpened(OrderedLog log)
    {
        lock (Logs) Logs.Add(log);
    }

    internal static void LogClosed(OrderedLog log)
    {
        lock (Logs) Logs.Remove(log);
    }

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

    /// <summary>A process that keeps several logs tells of all together; one that keeps none tells nothing.</summary>
    private static IEnumerable<Measurement<long>> OverLogs(Func<OrderedLog, long> read)
    {
        lock (Logs) return Logs.Count == 0 ? [] : [new(Logs.Sum(read))];
    }

    private static KeyValuePair<string, object?> Tag(string provider) => new(ProviderTag, provider);
}
