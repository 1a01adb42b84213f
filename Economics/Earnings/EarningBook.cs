using System.Diagnostics.CodeAnalysis;

namespace Dtao.Economics.Earnings;

/// <summary>The earnings of the hotkeys of one subnet, as its pool keeps them beside its books. No rule reads it.</summary>
public sealed class EarningBook
{
    /// <summary>How many hotkeys are followed. Those that were paid the longest ago leave first.</summary>
    public const int TracksMax = 512;

    private readonly SortedDictionary<AccountId, EarningTrack> _tracks = [];

    public IReadOnlyDictionary<AccountId, EarningTrack> Tracks => _tracks;

    public bool TryGet(AccountId hotkey, [NotNullWhen(true)] out EarningTrack? track) => _tracks.TryGetValue(hotkey, out track);

    /// <summary>Takes over a block's gains; the cost depends on how many hotkeys gained, and not on who has stake on them.</summary>
    public void Add(BlockNumber block, IReadOnlyList<StakeGain> gains)
    {
        foreach (var gain in gains) Put(gain.Hotkey, _tracks.GetValueOrDefault(gain.Hotkey, EarningTrack.Empty).Add(block, gain.PerAlpha, gain.PerRoot));
        LetOldestGo();
    }

    /// <summary>Lets a hotkey go on with the earnings of the one whose place it takes; what was known of its own is left out.</summary>
    /// <param name="keepsRoot">Whether root stake stays on the former hotkey. What that earned stays there too.</param>
    public void Move(AccountId former, AccountId next, bool keepsRoot)
    {
        if (!_tracks.Remove(former, out var track)) return;
        _tracks[next] = keepsRoot ? track.OfAlpha() : track;
        if (keepsRoot && track.OfRoot() is { } root) _tracks[former] = root;
        LetOldestGo();
    }

    public void Put(AccountId hotkey, EarningTrack track) => _tracks[hotkey] = track;

    public void Clear() => _tracks.Clear();

    private void LetOldestGo()
    {
        var over = _tracks.Count - TracksMax;
        if (over <= 0) return;
        foreach (var (hotkey, _) in _tracks.OrderBy(track => track.Value.LastBlock).ThenBy(track => track.Key).Take(over).ToArray()) _tracks.Remove(hotkey);
    }
}
