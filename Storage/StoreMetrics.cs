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

    private static readonly InstrumentAdvice<long> Microseconds =
        new() { HistogramBucketBoundaries = [250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 10_000_000] };

    private static readonly Histogram<int> LogBatchEvents =
        Meter.CreateHistogram("dtao.storage.log.batch.events", "{event}", "Events in one transaction of the log.", tags: null, Counts);

    private static readonly Histogram<long> LogCommitMicroseconds =
        Meter.CreateHistogram("dtao.storage.log.commit.duration", "us", "Time of one transaction of the log.", tags: null, Microseconds);

    private static readonly Histogram<long> CheckpointMicroseconds =
        Meter.CreateHistogram("dtao.storage.checkpoint.duration", "us", "Time in which the write-ahead log was carried over into the file.", tags: null, Microseconds);

    private static readonly Histogram<int> RecordBatchSize =
        Meter.CreateHistogram("dtao.storage.records.batch.size", "{record}", "Records in one commit.", tags: null, Counts);

    private static readonly Histogram<long> RecordWriteMicroseconds =
        Meter.CreateHistogram("dtao.storage.records.write.duration", "us", "From a grain's call to its answer.", tags: null, Microseconds);

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
        LogCommitMicroseconds.Record(Since(startTimestamp));
    }

    internal static void CarriedOver(bool isWriterHeld, long startTimestamp) =>
        CheckpointMicroseconds.Record(Since(startTimestamp), new KeyValuePair<string, object?>("writer", isWriterHeld ? "held" : "beside"));

    internal static void RecordsCommitted(string provider, int records) => RecordBatchSize.Record(records, Tag(provider));

    internal static void RecordAnswered(string provider, long startTimestamp) =>
        RecordWriteMicroseconds.Record(Since(startTimestamp), Tag(provider));

    internal static void RecordQueueChanged(string provider, int change) => RecordQueueLength.Add(change, Tag(provider));

    internal static void RecordConflicted(string provider) => RecordConflicts.Add(1, Tag(provider));

    internal static void RequestUnanswered(string provider) => Unanswered.Add(1, Tag(provider));

    internal static void RequestThrottled(string provider) => Throttled.Add(1, Tag(provider));

    /// <summary>A process that keeps several logs tells of all together; one that keeps none tells nothing.</summary>
    private static IEnumerable<Measurement<long>> OverLogs(Func<OrderedLog, long> read)
    {
        lock (Logs) return Logs.Count == 0 ? [] : [new(Logs.Sum(read))];
    }

    private static long Since(long startTimestamp) => Stopwatch.GetElapsedTime(startTimestamp).Ticks / TimeSpan.TicksPerMicrosecond;

    private static KeyValuePair<string, object?> Tag(string provider) => new(ProviderTag, provider);
}
