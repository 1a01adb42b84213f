using System.Collections.Immutable;

namespace Dtao.Economics.Ledger;

/// <summary>What makes one sorted map of another.</summary>
/// <param name="Set">Entries that are new or changed, in ascending order of key.</param>
/// <param name="Removed">In ascending order.</param>
public sealed record MapDelta<TKey, TValue>(ImmutableArray<KeyValuePair<TKey, TValue>> Set, ImmutableArray<TKey> Removed)
    where TKey : IComparable<TKey>
{
    public static readonly MapDelta<TKey, TValue> Empty = new([], []);

    public bool IsEmpty => Set.IsEmpty && Removed.IsEmpty;

    public ImmutableSortedDictionary<TKey, TValue> Apply(ImmutableSortedDictionary<TKey, TValue> before)
    {
        if (IsEmpty) return before;
        var after = before.ToBuilder();
        foreach (var key in Removed) after.Remove(key);
        foreach (var (key, value) in Set) after[key] = value;
        return after.ToImmutable();
    }
}

/// <summary>Makes deltas of sorted maps.</summary>
public static class MapDelta
{
    /// <summary>Values are compared as they compare themselves: lists by reference.</summary>
    public static MapDelta<TKey, TValue> Between<TKey, TValue>(ImmutableSortedDictionary<TKey, TValue> before, ImmutableSortedDictionary<TKey, TValue> after)
        where TKey : IComparable<TKey>
    {
        if (ReferenceEquals(before, after)) return MapDelta<TKey, TValue>.Empty;
        var same = EqualityComparer<TValue>.Default;
        return new(
            [.. after.Where(entry => !before.TryGetValue(entry.Key, out var old) || !same.Equals(old, entry.Value))],
            [.. before.Keys.Where(key => !after.ContainsKey(key))]);
    }
}
