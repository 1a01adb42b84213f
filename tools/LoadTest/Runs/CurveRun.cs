using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dtao.LoadTest.Reports;

namespace Dtao.LoadTest.Runs;

/// <summary>The same run with more and more stakers, and what grows with them.</summary>
internal sealed class CurveRun(LoadOptions options, LoadContext context, ILoadDisplay display, int workers)
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public async Task<IReadOnlyList<LoadReport>> RunAsync(IReadOnlyList<int> stakers, CancellationToken cancellationToken)
    {
        var reports = new List<LoadReport>();
        foreach (var count in stakers)
        {
            reports.Add(await new EmbeddedRun(PointOf(count), context, display, workers).RunAsync(cancellationToken));
            // What one run leaves must not be counted as the next one's.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }

        return reports;
    }

    /// <summary>One run of the curve: each has a folder of its own, below the one that was asked for.</summary>
    internal LoadOptions PointOf(int stakers) => options with
    {
        Population = options.Population with { Stakers = stakers },
        Folder = options.Folder is { } folder ? Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"stakers-{stakers}")) : null,
        Restarts = true,
    };

    public static string Json(IReadOnlyList<LoadReport> reports) => new JsonObject
    {
        ["schema"] = ReportJson.Schema,
        ["passed"] = reports.All(report => report.IsPassed),
        ["curve"] = new JsonArray([.. reports.Select(ReportJson.ToJson)]),
    }.ToJsonString(s_indented) + "\n";

    public static void Write(TextWriter output, IReadOnlyList<LoadReport> reports)
    {
        Line(output, "stakers", "created/s", "disk bytes", "memory bytes", "first block", "after restart", "block p50", "block p99", "applied/s", "audit", "resident", "proved");
        Line(output, "", "", "each", "each active", "ms", "ms", "ms", "ms", "", "ms", "MiB", "");
        foreach (var report in reports)
        {
            var (network, stakers) = (report.Network, report.Options.Population.Stakers);
            var whole = report.Blocks.Phases["whole"];
            var memory = report.Processes.SelectMany(process => process.Samples).Select(sample => sample.ResidentBytes).DefaultIfEmpty().ToArray();
            Line(
                output, Text(stakers), Text(stakers * 1_000L / Math.Max(1, network.CreationMilliseconds ?? 0)), Text((network.StoreBytes ?? 0) / stakers),
                Text(Math.Max(0, memory.Max() - (network.ResidentBytes ?? 0)) / Math.Max(1, report.Result.StakersSeen)), Text(network.FirstBlockMilliseconds ?? 0), Text(network.RestartMilliseconds ?? 0),
                Tenths(whole.Percentile(50)), Tenths(whole.Percentile(99)), Text(report.ReachedPerSecond()), Text(network.AuditMilliseconds ?? 0), Text(memory.Max() / 1_048_576), report.IsProved ? "yes" : "NO");
        }
    }

    private static void Line(TextWriter output, params string[] cells) => output.WriteLine(string.Concat(cells.Select(cell => cell.PadLeft(14))));

    private static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Tenths(long microseconds) => (microseconds / 1_000m).ToString("N1", CultureInfo.InvariantCulture);
}
