using Dtao.TestKit;

namespace Dtao.Hosting.Tests.Telemetry;

/// <summary>One row of the page on metrics.</summary>
/// <param name="Section">The heading that it stands under.</param>
internal sealed record MetricRow(string Section, string Name, string Type, string Unit, string[] Labels)
{
    /// <summary>The name as Prometheus has it, by the rule on the page.</summary>
    public string PrometheusName
    {
        get
        {
            var unit = Unit switch
            {
                "us" => "_microseconds",
                "s" => "_seconds",
                "By" => "_bytes",
                _ => string.Empty,
            };
            return Name.Replace('.', '_') + unit + (Type == "counter" ? "_total" : string.Empty);
        }
    }
}

/// <summary>What docs/reference/metrics.md lists.</summary>
internal static class MetricsPage
{
    /// <summary>Its rows are of silos of a cluster.</summary>
    public const string GrainStorageSection = "Meter Dtao.Storage: grain storage";

    /// <summary>Its rows are of processes that serve the API.</summary>
    public const string ApiSection = "Meter Dtao.Api";

    public static MetricRow[] Read()
    {
        var rows = new List<MetricRow>();
        var section = string.Empty;
        foreach (var line in File.ReadLines(Repository.PathOf("docs", "reference", "metrics.md")))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal)) section = line[3..];
            if (!line.StartsWith("| `dtao.", StringComparison.Ordinal)) continue;
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            rows.Add(new(section, Bare(cells[1]), cells[2], Bare(cells[3]), [.. cells[4].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Bare)]));
        }

        return [.. rows];
    }

    private static string Bare(string cell) => cell.Trim('`');
}
