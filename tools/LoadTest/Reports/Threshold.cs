using System.Globalization;
using System.Text.RegularExpressions;

namespace Dtao.LoadTest.Reports;

/// <summary>What a threshold came to.</summary>
/// <param name="Value">What was measured; null where the run has no such number, and then it is not passed.</param>
/// <param name="Measured">The same for a person.</param>
public sealed record ThresholdResult(string Text, long? Value, string Measured, bool IsPassed);

/// <summary>A bound that a run has to keep, such as <c>p99&lt;50ms</c>, <c>failed=0</c>, <c>refused&lt;=2%</c>, <c>rss&lt;8GiB</c>, <c>audit=clean</c>.</summary>
public sealed partial record Threshold
{
    private const decimal PercentOf = 100;

    /// <summary>Which units a number has: a bound of another kind would hold or fail whatever was measured.</summary>
    private static readonly (MetricKind Kind, string Unit, decimal Factor)[] s_units =
    [
        (MetricKind.Time, "us", 1), (MetricKind.Time, "ms", 1_000), (MetricKind.Time, "s", 1_000_000),
        (MetricKind.Bytes, "KiB", 1_024), (MetricKind.Bytes, "MiB", 1_048_576), (MetricKind.Bytes, "GiB", 1_073_741_824),
        (MetricKind.PerSecond, "/s", 1), (MetricKind.PerSecond, "", 1), (MetricKind.Count, "%", 1), (MetricKind.Count, "", 1),
    ];

    private Threshold(string text, string metric, string comparison, decimal bound, bool isPercent) =>
        (Text, Metric, Comparison, Bound, IsPercent) = (text, metric, comparison, bound, isPercent);

    public string Text { get; }

    private string Metric { get; }

    private string Comparison { get; }

    private decimal Bound { get; }

    /// <summary>Whether the bound is a share of what was sent.</summary>
    private bool IsPercent { get; }

    /// <exception cref="LoadUsageException">It is no threshold; the message says why.</exception>
    public static Threshold Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var match = Pattern().Match(text.Trim());
        if (!match.Success) throw new LoadUsageException($"'{text}' is no threshold: write a name, one of < <= = >= >, and a value, such as p99<50ms.");
        var (metric, comparison, value) = (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value);
        if (!LoadMetrics.Names.Contains(metric)) throw new LoadUsageException($"'{metric}' is not measured. There are: {string.Join(", ", LoadMetrics.Names)}.");
        if (LoadMetrics.WordOf(metric) is { } word) return value == word && comparison == "=" ? new(text, metric, comparison, 1, false) : throw new LoadUsageException($"Write {metric}={word}.");
        var number = Number().Match(value);
        if (!number.Success) throw new LoadUsageException($"'{value}' is no number with a unit.");
        var (amount, unit) = (decimal.Parse(number.Groups[1].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture), number.Groups[2].Value);
        var kind = LoadMetrics.KindOf(metric);
        foreach (var (of, name, factor) in s_units)
        {
            if (of == kind && name == unit) return new(text, metric, comparison, amount * factor, unit == "%");
        }

        throw new LoadUsageException($"'{unit}' is no unit of {metric}. There are: {string.Join(", ", s_units.Where(entry => entry.Kind == kind).Select(entry => entry.Unit.Length == 0 ? "none" : entry.Unit))}.");
    }

    public ThresholdResult Check(IReadOnlyDictionary<string, long> metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        if (!metrics.TryGetValue(Metric, out var value)) return new(Text, null, "nothing", false);
        var measured = IsPercent ? value * PercentOf / Math.Max(1, metrics[LoadMetrics.Sent]) : value;
        var shown = LoadMetrics.Text(Metric, value) + (IsPercent ? string.Create(CultureInfo.InvariantCulture, $", {measured:0.###} %") : string.Empty);
        return new(Text, value, shown, Comparison switch
        {
            "<" => measured < Bound,
            "<=" => measured <= Bound,
            ">" => measured > Bound,
            ">=" => measured >= Bound,
            _ => measured == Bound,
        });
    }

    [GeneratedRegex(@"^([a-z0-9_.]+)\s*(<=|>=|<|>|=)\s*(\S+)$")]
    private static partial Regex Pattern();

    [GeneratedRegex(@"^([0-9]+(?:\.[0-9]+)?)(\S*)$")]
    private static partial Regex Number();
}
