using Azure;

namespace Dtao.Storage;

/// <summary>Tags of rows and blobs, between the service and the grains that keep them.</summary>
internal static class AzureTags
{
    /// <summary>The tag as the service wrote it, quotes included.</summary>
    public static string? ToText(ETag? tag) => tag is { } some && some != default ? some.ToString("H") : null;

    /// <summary>
    /// The tag of a row to ask for. Null for a text that the service cannot have given out: sent on, '*' would match whatever
    /// is stored, and others would be refused as nonsense instead of as stale.
    /// </summary>
    public static ETag? ToRowTag(string text) => IsQuoted(text, "W/\"datetime'", "'\"") ? new(text) : null;

    /// <summary>The tag of a blob to ask for, by the same rule.</summary>
    public static ETag? ToBlobTag(string text) => IsQuoted(text, "\"", "\"") ? new(text) : null;

    private static bool IsQuoted(string text, string start, string end) =>
        text.Length > start.Length + end.Length
        && text.StartsWith(start, StringComparison.Ordinal)
        && text.EndsWith(end, StringComparison.Ordinal)
        && !text.AsSpan()[start.Length..^end.Length].Contains('"')
        && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
