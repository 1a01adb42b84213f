using Dtao.LoadTest.Proofs;

namespace Dtao.LoadTest.Reports;

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
        "rss", "first_block", "restart", "audit_time", AuditName, ProofName,
    ];

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

        if (report.Processes.SelectMany(process => process.Samples).Select(sample => sample.ResidentBytes).ToArray() is { Length: > 0 } resident) metrics["rss"] = resident.Max();
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
        return report.Tally.All.Applied / Math.Max(1, report.Options.Seconds);
    }
}
