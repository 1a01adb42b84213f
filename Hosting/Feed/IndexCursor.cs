using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Dtao.Hosting.Feed;

/// <summary>A place in the feed of a store whose order the index has made.</summary>
/// <param name="Round">The round of which something is told; 0 before the first.</param>
/// <param name="Lines">How many of its lines are told.</param>
/// <param name="Events">How many events of the next line are told.</param>
/// <param name="Facts">How many facts of the next event are told.</param>
/// <param name="Mark">The round's digest, by which another history is known.</param>
internal readonly record struct IndexCursor(long Round, int Lines, int Events, int Facts, ulong Mark)
{
    private const string Format = "2";

    /// <summary>The text that readers keep.</summary>
    /// <param name="network">As <see cref="FeedCursor.NetworkMark"/> makes it.</param>
    public string ToText(string network) => string.Create(CultureInfo.InvariantCulture, $"{Format}-{network}-{Round}-{Lines}-{Events}-{Facts}-{Mark:x16}");

    public static bool TryParse(string text, [NotNullWhen(true)] out string? network, out IndexCursor cursor)
    {
        (network, cursor) = (null, default);
        var parts = text.Length > 256 ? [] : text.Split('-');
        if (parts.Length != 7 || parts[0] != Format) return false;
        if (!long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var round)
            || !int.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out var lines)
            || !int.TryParse(parts[4], NumberStyles.None, CultureInfo.InvariantCulture, out var events)
            || !int.TryParse(parts[5], NumberStyles.None, CultureInfo.InvariantCulture, out var facts)
            || !ulong.TryParse(parts[6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var mark)) return false;
        (network, cursor) = (parts[1], new IndexCursor(round, lines, events, facts, mark));
        return true;
    }
}
