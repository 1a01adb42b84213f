using System.Diagnostics.CodeAnalysis;

namespace Dtao.Economics.Ledger;

/// <summary>What was written, in the order of the first write of each key. Most scopes write one or two keys; a dissolved subnet pays a million.</summary>
/// <remarks>Short lists are searched, long ones are looked up.</remarks>
/// <param name="capacity">How many keys most scopes write: an entry is large, and each call makes its own scope.</param>
internal sealed class ChangeList<TKey, TValue>(int capacity)
    where TKey : struct, IEquatable<TKey>
{
    private const int SearchedMax = 16;

    private readonly List<(TKey Key, TValue Value)> _entries = new(capacity);
    private Dictionary<TKey, int>? _places;

    public IReadOnlyList<(TKey Key, TValue Value)> Entries => _entries;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var place = PlaceOf(key);
        value = place < 0 ? default : _entries[place].Value;
        return place >= 0;
    }

    public void Set(TKey key, TValue value)
    {
        var place = PlaceOf(key);
        if (place >= 0)
        {
            _entries[place] = (key, value);
            return;
        }

        _entries.Add((key, value));
        if (_places is not null) _places.Add(key, _entries.Count - 1);
        else if (_entries.Count > SearchedMax) _places = _entries.Select((entry, i) => (entry.Key, i)).ToDictionary(entry => entry.Key, entry => entry.i);
    }

    private int PlaceOf(TKey key)
    {
        if (_places is not null) return _places.TryGetValue(key, out var known) ? known : -1;
        for (var place = 0; place < _entries.Count; place++)
        {
            if (_entries[place].Key.Equals(key)) return place;
        }

        return -1;
    }
}
