using System.Globalization;
using System.Text.RegularExpressions;

namespace Dtao.LoadTest.Reports;

/// <summary>What a threshold came to.</summary>
/// <param name="Value">What was measured; null where the run has no such number, and then it is not passed.</param>
public sealed record ThresholdResult(string Text, long? Value, bool IsPassed);

/// <summary>A bound that a run has to keep, such as <c>p99&lt;50ms</c>, <c>failed=0</c>, <c>refused&lt;=2%</c>, <c>rss&lt;8GiB</c>, <c>audit=clean</c>.</summary>
public sealed partial record Threshold
{
    private const decimal PercentOf = 100;

    private static readonly (string Unit, decimal Factor)[] s_units =
    [
        ("us", 1), ("ms", 1_000), ("s", 1_000_000), ("KiB", 1_024), ("MiB", 1_048_576), ("GiB", 1_073_741_824), ("/s", 1), ("", 1),
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
        if (WordOf(metric) is { } word) return value == word && comparison == "=" ? new(text, metric, comparison, 1, false) : throw new LoadUsageException($"Write {metric}={word}.");
        var number = Number().Match(value);
        if (!number.Success) throw new LoadUsageException($"'{value}' is no number with a unit.");
        var (amount, unit) = (decimal.Parse(number.Groups[1].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture), number.Groups[2].Value);
        if (unit == "%") return new(text, metric, comparison, amount, true);
        foreach (var (name, factor) in s_units)
        {
            if (name == unit) return new(text, metric, comparison, amount * factor, false);
        }

        throw new LoadUsageException($"'{unit}' is no unit. There are: us, ms, s, KiB, MiB, GiB, /s, and %.");
    }

    public ThresholdResult Check(IReadOnlyDictionary<string, long> metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        if (!metrics.TryGetValue(Metric, out var value)) return new(Text, null, false);
        var measured = IsPercent ? value * PercentOf / Math.Max(1, metrics[LoadMetrics.Sent]) : value;
        return new(Text, value, Comparison switch
        {
            "<" => measured < Bound,
            "<=" => measured <= Bound,
            ">" => measured > Bound,
            ">=" => measured >= Bound,
            _ => measured == Bound,
        });
    }

    /// <summary>The one value of a threshold that holds or does not.</summary>
    private static string? WordOf(string metric) => metric switch
    {
        LoadMetrics.AuditName => "clean",
        LoadMetrics.ProofName => "passed",
        _ => null,
    };

    [GeneratedRegex(@"^([a-z0-9_.]+)\s*(<=|>=|<|>|=)\s*(\S+)$")]
    private static partial Regex Pattern();

    [GeneratedRegex(@"^([0-9]+(?:\.[0-9]+)?)(\S*)$")]
    private static partial Regex Number();
}
