using System.Globalization;
using Dtao.LoadTest.Proofs;
using Dtao.LoadTest.Runs;

namespace Dtao.LoadTest.Reports;

/// <summary>What a number is of, and so which units it has.</summary>
public enum MetricKind
{
    /// <summary>Microseconds.</summary>
    Time = 0,
    Count = 1,
    PerSecond = 2,
    Bytes = 3,
    /// <summary>1 when it holds, and 0 when it does not.</summary>
    Word = 4,
}

/// <summary>The numbers of a report that thresholds can name, by stable names. Times are microseconds.</summary>
public static class LoadMetrics
{
    /// <summary>Percentiles that reports show, by their names.</summary>
    public static readonly IReadOnlyList<(string Name, double Percent)> Percentiles =
        [("p50", 50), ("p75", 75), ("p90", 90), ("p95", 95), ("p99", 99), ("p99.9", 99.9), ("p99.99", 99.99)];

    public const string Sent = "sent";
    public const string AuditName = "audit";
    public const string ProofName = "proof";

    /// <summary>Every name there is.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        .. Percentiles.Select(percentile => percentile.Name), "max", "mean", "offered", Sent, "late", "unsent", "applied", "refused", "failed", "rate", "block_p50", "block_p99", "block_max",
        Resident, ResidentLoaded, "first_block", "restart", "audit_time", AuditName, ProofName,
    ];

    private const string Resident = "rss";
    private const string ResidentLoaded = "rss_load";

    /// <summary>Of one of the <see cref="Names"/>.</summary>
    public static MetricKind KindOf(string name) => name switch
    {
        "offered" or Sent or "late" or "unsent" or "applied" or "refused" or "failed" => MetricKind.Count,
        "rate" => MetricKind.PerSecond,
        Resident or ResidentLoaded => MetricKind.Bytes,
        AuditName or ProofName => MetricKind.Word,
        _ => MetricKind.Time,
    };

    /// <summary>A number as a person reads it.</summary>
    public static string Text(string name, long value) => KindOf(name) switch
    {
        MetricKind.Time => string.Create(CultureInfo.InvariantCulture, $"{value / 1_000m:#,0.###} ms"),
        MetricKind.PerSecond => string.Create(CultureInfo.InvariantCulture, $"{value:N0} a second"),
        MetricKind.Bytes => string.Create(CultureInfo.InvariantCulture, $"{value / 1_048_576m:N1} MiB"),
        MetricKind.Word => value == 1 ? WordOf(name)! : "not " + WordOf(name),
        _ => value.ToString("N0", CultureInfo.InvariantCulture),
    };

    /// <summary>What holds or does not; null of a number.</summary>
    public static string? WordOf(string name) => name switch
    {
        AuditName => "clean",
        ProofName => "passed",
        _ => null,
    };

    public static IReadOnlyDictionary<string, long> Of(LoadReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var tally = report.Tally;
        var metrics = new Dictionary<string, long>(StringComparer.Ordinal);
        if (tally.All.Latency.Count > 0)
        {
            foreach (var (name, percent) in Percentiles) metrics[name] = tally.All.Latency.Percentile(percent);
            metrics["max"] = tally.All.Latency.Max;
            metrics["mean"] = tally.All.Latency.Mean;
        }

        metrics["offered"] = tally.Offered;
        metrics[Sent] = tally.Sent;
        metrics["late"] = tally.Late;
        metrics["unsent"] = tally.Unsent;
        metrics["applied"] = tally.All.Applied;
        metrics["refused"] = tally.All.Refused;
        metrics["failed"] = tally.All.Failed;
        metrics["rate"] = report.ReachedPerSecond();
        if (report.Blocks.Phases.TryGetValue("whole", out var whole) && whole.Count > 0)
        {
            metrics["block_p50"] = whole.Percentile(50);
            metrics["block_p99"] = whole.Percentile(99);
            metrics["block_max"] = whole.Max;
        }

        if (report.Processes.SelectMany(process => process.Samples).Select(sample => sample.ResidentBytes).ToArray() is { Length: > 0 } resident)
        {
            metrics[ResidentLoaded] = resident.Max();
            metrics[Resident] = Math.Max(resident.Max(), report.Network.ProofResidentBytes ?? 0);
        }

        if (report.Network.FirstBlockMilliseconds is { } first) metrics["first_block"] = first * 1_000;
        if (report.Network.RestartMilliseconds is { } restart) metrics["restart"] = restart * 1_000;
        if (report.Network.AuditMilliseconds is { } audit) metrics["audit_time"] = audit * 1_000;
        if (report.Proof.FirstOrDefault(check => check.Name == LoadProof.Audit) is { } check) metrics[AuditName] = check.IsPassed ? 1 : 0;
        metrics[ProofName] = report.IsProved ? 1 : 0;
        return metrics;
    }

    /// <summary>Requests that took effect, per second of the time in which requests were begun.</summary>
    public static long ReachedPerSecond(this LoadReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return PerSecond(report, report.Tally.All.Applied);
    }

    /// <summary>Requests that were meant to be sent, per second of the same time.</summary>
    public static long OfferedPerSecond(this LoadReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return PerSecond(report, report.Tally.Offered);
    }

    private static long PerSecond(LoadReport report, long count) => (long)((Int128)count * LoadOptions.MicrosecondsPerSecond / report.SendingMicroseconds);
}
