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
        var over = _tracks.Count - TracksMax;
        if (over <= 0) return;
        foreach (var (hotkey, _) in _tracks.OrderBy(track => track.Value.LastBlock).ThenBy(track => track.Key).Take(over).ToArray()) _tracks.Remove(hotkey);
    }

    public void Put(AccountId hotkey, EarningTrack track) => _tracks[hotkey] = track;

    public void Clear() => _tracks.Clear();
}
