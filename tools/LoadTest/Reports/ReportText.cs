using System.Globalization;
using Dtao.Hosting.Chaos;
using Dtao.LoadTest.Driving;

namespace Dtao.LoadTest.Reports;

/// <summary>A report as lines for a person.</summary>
internal static class ReportText
{
    public static void Write(TextWriter output, LoadReport report)
    {
        var tally = report.Tally;
        Line(output, $"Dtao {report.Machine.Build}, {report.Machine.Framework}, {report.Machine.Processors} processors, {report.Machine.Collector} GC");
        Line(output, $"{report.Options.Model.Text}, {report.LengthText}, seed {report.Options.Population.Seed}, {report.Workers} {(report.Workers == 1 ? "worker" : "workers")}, {report.Network.Kind} network of {report.Network.Silos} silo(s)");
        Line(output, $"offered {tally.Offered:N0}, sent {tally.Sent:N0}, late {tally.Late:N0}, unsent {tally.Unsent:N0}; applied {tally.All.Applied:N0} ({report.ReachedPerSecond():N0} a second), refused {tally.All.Refused:N0}, failed {tally.All.Failed:N0}");
        Line(output, $"{report.Result.StakersSeen:N0} stakers acted; plan {string.Join(' ', report.Result.PlanHashes.Select(hash => hash[..16]))}");
        output.WriteLine();
        output.WriteLine($"{"latency, ms",-16}{"count",12}{"p50",10}{"p90",10}{"p99",10}{"p99.9",10}{"p99.99",10}{"max",10}");
        Latency(output, "applied", tally.All.Latency);
        Latency(output, "refused", tally.RefusedLatency);
        Latency(output, "failed", tally.FailedLatency);
        foreach (var (name, ends) in tally.Operations) Latency(output, name, ends.Latency);
        output.WriteLine();
        foreach (var (code, count) in tally.RefusedCodes) Line(output, $"refused as {code}: {count:N0}");
        foreach (var (code, count) in tally.FailedCodes) Line(output, $"failed as {code}: {count:N0}");
        Blocks(output, report);
        foreach (var process in report.Processes.Where(process => process.Samples.Count > 0))
        {
            Line(output, $"{process.Name}: {process.Samples.Average(sample => sample.CpuPermille) / 1_000:0.00} processors, resident at most {process.Samples.Max(sample => sample.ResidentBytes) / 1_048_576:N0} MiB");
        }

        if (report.Network.ProofResidentBytes is { } proving) Line(output, $"resident at most {proving / 1_048_576:N0} MiB from the end of the load to the end of the proof");
        foreach (var (name, samples) in report.Silos.Where(silo => silo.Samples.Count > 0)) Line(output, $"{name}: {samples.Average(sample => sample.CpuPermille) / 10:0.0} % of its machine, managed memory at most {samples.Max(sample => sample.ManagedBytes) / 1_048_576:N0} MiB");
        if (report.Result.Signed.Count > 0) Line(output, $"signed {report.Result.Signed.Count:N0} operations, {report.Result.Signed.Microseconds / report.Result.Signed.Count:N0} us each");
        foreach (var strike in report.Faults) Line(output, $"{strike.AtMilliseconds / 1_000,4} s: {strike.What}{(strike.BackMilliseconds is { } back ? string.Create(CultureInfo.InvariantCulture, $", back at {back / 1_000} s") : string.Empty)}");
        WriteChecks(output, report.Proof);
        WriteThresholds(output, report.Thresholds);
        if (report.IsInterrupted) output.WriteLine("The run was ended before it was over.");
        output.WriteLine(report.Verdict.ToUpperInvariant());
    }

    /// <summary>What held and what did not, and why.</summary>
    public static void WriteChecks(TextWriter output, IEnumerable<ChaosCheck> checks)
    {
        foreach (var check in checks)
        {
            Line(output, $"{(check.IsPassed ? "proved" : "NOT PROVED"),-11}{check.Name}: {check.Extent}");
            foreach (var fault in check.Faults) output.WriteLine("           " + fault);
        }
    }

    public static void WriteThresholds(TextWriter output, IEnumerable<ThresholdResult> thresholds)
    {
        foreach (var threshold in thresholds) Line(output, $"{(threshold.IsPassed ? "passed" : "FAILED"),-11}{threshold.Text} (measured {threshold.Measured})");
    }

    private static void Blocks(TextWriter output, LoadReport report)
    {
        var stakers = report.Options.Population.Stakers;
        if (report.Network is { CreationMilliseconds: { } made, StoreBytes: null })
        {
            Line(output, $"made {stakers:N0} stakers in {made:N0} ms");
        }
        else if (report.Network.CreationMilliseconds is { } created)
        {
            Line(output, $"created {stakers:N0} stakers in {created:N0} ms, {(report.Network.StoreBytes ?? 0) / stakers:N0} bytes each on disk; first block {report.Network.FirstBlockMilliseconds:N0} ms after the start; audit {report.Network.AuditMilliseconds:N0} ms");
        }

        if (report.Network.Idle is { } idle) Line(output, $"accounts in memory {idle.Before:N0}, {idle.After:N0} after {idle.WaitedMilliseconds / 1_000:N0} s without a load; resident {idle.ResidentBytesBefore / 1_048_576:N0} and {idle.ResidentBytesAfter / 1_048_576:N0} MiB");
        if (report.Blocks.Last > report.Blocks.First) Line(output, $"blocks {report.Blocks.First + 1} to {report.Blocks.Last}; from one to the next {report.Blocks.Intervals.Percentile(50) / 1_000:N0} ms (p50), {report.Blocks.Intervals.Max / 1_000:N0} ms (max)");
        foreach (var (name, phase) in report.Blocks.Phases.Where(phase => phase.Value.Count > 0)) Line(output, $"block phase {name,-7} p50 {Milliseconds(phase.Percentile(50))} ms, p99 {Milliseconds(phase.Percentile(99))} ms, max {Milliseconds(phase.Max)} ms");
    }

    private static void Latency(TextWriter output, string name, LatencyHistogram latency)
    {
        if (latency.Count == 0) return;
        Line(output, $"{name,-16}{latency.Count,12:N0}{Milliseconds(latency.Percentile(50)),10}{Milliseconds(latency.Percentile(90)),10}{Milliseconds(latency.Percentile(99)),10}{Milliseconds(latency.Percentile(99.9)),10}{Milliseconds(latency.Percentile(99.99)),10}{Milliseconds(latency.Max),10}");
    }

    private static string Milliseconds(long microseconds) => (microseconds / 1_000m).ToString("0.0", CultureInfo.InvariantCulture);

    private static void Line(TextWriter output, FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
