using System.Collections.Concurrent;

namespace Dtao.Hosting.Demo;

/// <summary>What became of the economy's operations since it began, by outcome.</summary>
public sealed class DemoCounts
{
    public const string Applied = nameof(Applied);
    /// <summary>The trader had nothing to sell or too little to spend: no operation was made.</summary>
    public const string NoMeans = nameof(NoMeans);
    /// <summary>All slots were busy: no operation was begun.</summary>
    public const string TooBusy = nameof(TooBusy);

    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public long this[string outcome] => _counts.GetValueOrDefault(outcome);

    /// <summary>By outcome, in ordinal order.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> All => [.. _counts.OrderBy(count => count.Key, StringComparer.Ordinal)];

    internal void Add(string outcome) => _counts.AddOrUpdate(outcome, 1, (_, count) => count + 1);

    public override string ToString() => string.Join(", ", All.Select(count => $"{count.Key} {count.Value}"));
}
