using System.Collections.Immutable;

namespace Dtao.Economics.Ledger;

/// <summary>The blocks in which a subnet's owners last set hyperparameters, by the stable number of each.</summary>
/// <remarks>Source: utils/rate_limiting.rs :: Hyperparameter. Only what is limited in rate is here, and only while the limit is on.</remarks>
public sealed class SettingMarks : IEquatable<SettingMarks>
{
    public static readonly SettingMarks None = new([]);

    private readonly ImmutableSortedDictionary<byte, ulong> _blocks;

    public SettingMarks(IEnumerable<KeyValuePair<byte, ulong>> blocks) => _blocks = blocks.ToImmutableSortedDictionary();

    public IReadOnlyCollection<KeyValuePair<byte, ulong>> Blocks => _blocks;

    /// <summary>The block of the last setting; 0 for never.</summary>
    public ulong Last(byte slot) => _blocks.GetValueOrDefault(slot);

    public SettingMarks With(byte slot, BlockNumber block) => new(_blocks.SetItem(slot, block.Value));

    public bool Equals(SettingMarks? other) => other is not null && _blocks.SequenceEqual(other._blocks);

    public override bool Equals(object? obj) => Equals(obj as SettingMarks);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var (slot, block) in _blocks)
        {
            hash.Add(slot);
            hash.Add(block);
        }

        return hash.ToHashCode();
    }
}
