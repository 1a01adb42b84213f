using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Dtao.Hosting.Feed;

/// <summary>A place in the feed of an ordered log: how much of genesis was told, or how far the segments were read.</summary>
/// <param name="InGenesis">Whether genesis is not told yet.</param>
/// <param name="At">Of genesis the row of the actor told last; else the number of the segment read last. 0 before the first.</param>
/// <param name="Events">How many of that segment's events are told; of genesis 0.</param>
/// <param name="Facts">How many facts of the next one are told; of genesis, of that actor. 0 in genesis: all of them.</param>
/// <param name="Mark">The first bytes of the segment's digest, by which another history is known; 0 in genesis and before the first segment.</param>
internal readonly record struct FeedCursor(bool InGenesis, long At, int Events, int Facts, ulong Mark)
{
    public static readonly FeedCursor Start = new(true, 0, 0, 0, 0);

    /// <summary>Behind genesis, before the first segment.</summary>
    public static readonly FeedCursor FirstSegment = new(false, 0, 0, 0, 0);

    private const string Format = "1";
    private const char Separator = '-';

    /// <summary>The text that readers keep.</summary>
    /// <param name="network">As <see cref="NetworkMark"/> makes it.</param>
    public string ToText(string network) => string.Create(
        CultureInfo.InvariantCulture, $"{Format}-{network}-{(InGenesis ? 'g' : 's')}-{At}-{Events}-{Facts}-{Mark:x16}");

    /// <summary>What stands for a network's id in cursors: such an id may be any text.</summary>
    public static string NetworkMark(string networkId) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(networkId)).AsSpan(0, 8));

    /// <summary>What a digest is known again by.</summary>
    public static ulong MarkOf(ReadOnlySpan<byte> digest) => System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(digest);

    public static bool TryParse(string text, [NotNullWhen(true)] out string? network, out FeedCursor cursor)
    {
        (network, cursor) = (null, Start);
        var parts = text.Length > 256 ? [] : text.Split(Separator);
        if (parts.Length != 7 || parts[0] != Format || parts[2] is not ("g" or "s")) return false;
        if (!long.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            || !int.TryParse(parts[4], NumberStyles.None, CultureInfo.InvariantCulture, out var events)
            || !int.TryParse(parts[5], NumberStyles.None, CultureInfo.InvariantCulture, out var facts)
            || !ulong.TryParse(parts[6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var mark)) return false;
        (network, cursor) = (parts[1], new FeedCursor(parts[2] == "g", at, events, facts, mark));
        return true;
    }
}
