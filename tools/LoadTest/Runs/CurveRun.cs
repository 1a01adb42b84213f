using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dtao.LoadTest.Reports;

namespace Dtao.LoadTest.Runs;

/// <summary>What a curve came to.</summary>
/// <param name="Reports">Of the runs that were done.</param>
/// <param name="Ended">Why there are no more of them; null when all were done.</param>
internal sealed record CurveResult(IReadOnlyList<LoadReport> Reports, string? Ended)
{
    /// <summary>One that failed says more than one that was not done.</summary>
    public int ExitCode
    {
        get
        {
            if (Reports.Any(report => report.ExitCode == LoadExitCode.Failed)) return LoadExitCode.Failed;
            return Ended is null && Reports.All(report => report.IsPassed) ? LoadExitCode.Passed : LoadExitCode.Unknown;
        }
    }
}

/// <summary>The same run with more and more stakers, and what grows with them.</summary>
internal sealed class CurveRun(LoadOptions options, LoadContext context, ILoadDisplay display, int workers)
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <summary>What was done is told, whatever becomes of the rest.</summary>
    /// <exception cref="LoadUsageException">One of its folders has a network already: nothing was started.</exception>
    public async Task<CurveResult> RunAsync(IReadOnlyList<int> stakers, CancellationToken cancellationToken)
    {
        foreach (var count in stakers) EmbeddedRun.CheckFolder(PointOf(count).Folder);
        var reports = new List<LoadReport>();
        try
        {
            foreach (var count in stakers)
            {
                reports.Add(await new EmbeddedRun(PointOf(count), context, display, workers).RunAsync(cancellationToken));
                if (reports[^1].IsInterrupted) return new(reports, "it was ended before it was over");
                // What one run leaves must not be counted as the next one's.
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            }
        }
        catch (Exception caught) when (reports.Count > 0 && caught is OperationCanceledException or LoadBrokenException)
        {
            return new(reports, caught is LoadBrokenException ? caught.Message : "it was ended before it was over");
        }

        return new(reports, null);
    }

    /// <summary>One run of the curve: each has a folder of its own, below the one that was asked for.</summary>
    internal LoadOptions PointOf(int stakers) => options with
    {
        Population = options.Population with { Stakers = stakers },
        Folder = options.Folder is { } folder ? Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"stakers-{stakers}")) : null,
        Restarts = true,
    };

    public static string Json(CurveResult curve) => new JsonObject
    {
        ["schema"] = ReportJson.Schema,
        ["passed"] = curve.ExitCode == LoadExitCode.Passed,
        ["ended"] = curve.Ended,
        ["curve"] = new JsonArray([.. curve.Reports.Select(ReportJson.ToJson)]),
    }.ToJsonString(s_indented) + "\n";

    /// <summary>A table, and below it whatever did not hold. Memory is that of the network's process, and not of workers.</summary>
    public static void Write(TextWriter output, CurveResult curve)
    {
        Line(output, "stakers", "created/s", "disk bytes", "memory bytes", "first block", "after restart", "block p50", "block p99", "applied/s", "audit", "resident", "in proof", "proved");
        Line(output, "", "", "each", "each active", "ms", "ms", "ms", "ms", "", "ms", "MiB", "MiB", "");
        foreach (var report in curve.Reports)
        {
            var (network, stakers) = (report.Network, report.Options.Population.Stakers);
            var whole = report.Blocks.Phases["whole"];
            var resident = ResidentOf(report);
            Line(
                output, Text(stakers), Text(stakers * 1_000L / Math.Max(1, network.CreationMilliseconds ?? 0)), Text((network.StoreBytes ?? 0) / stakers),
                Text(Math.Max(0, resident - (network.ResidentBytes ?? 0)) / Math.Max(1, report.Result.StakersSeen)), Text(network.FirstBlockMilliseconds ?? 0), Text(network.RestartMilliseconds ?? 0),
                Tenths(whole.Percentile(50)), Tenths(whole.Percentile(99)), Text(report.ReachedPerSecond()), Text(network.AuditMilliseconds ?? 0), Text(resident / 1_048_576),
                Text((network.ProofResidentBytes ?? 0) / 1_048_576), report.IsProved ? "yes" : "NO");
        }

        foreach (var report in curve.Reports.Where(report => !report.IsPassed))
        {
            output.WriteLine();
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Options.Population.Stakers:N0} stakers: {report.Verdict}"));
            ReportText.WriteChecks(output, report.Proof.Where(check => !check.IsPassed));
            ReportText.WriteThresholds(output, report.Thresholds.Where(threshold => !threshold.IsPassed));
        }

        if (curve.Ended is { } why) output.WriteLine($"The curve is not whole: {why}.");
    }

    /// <summary>The most that the network's own process had during the load.</summary>
    internal static long ResidentOf(LoadReport report) =>
        report.Processes.Where(process => process.Name.StartsWith(EmbeddedRun.SiloName, StringComparison.Ordinal)).SelectMany(process => process.Samples).Select(sample => sample.ResidentBytes).DefaultIfEmpty().Max();

    private static void Line(TextWriter output, params string[] cells) => output.WriteLine(string.Concat(cells.Select(cell => cell.PadLeft(14))));

    private static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Tenths(long microseconds) => (microseconds / 1_000m).ToString("N1", CultureInfo.InvariantCulture);
}
