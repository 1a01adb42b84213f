using Azure;

namespace Dtao.Storage;

/// <summary>Tags of rows and blobs, between the service and the grains that keep them.</summary>
internal static class AzureTags
{
    /// <summary>The tag as the service wrote it, quotes included.</summary>
    public static string? ToText(ETag? tag) => tag is { } some && some != default ? some.ToString("H") : null;

    /// <summary>
    /// The tag to ask for. Null for a text that the service cannot have given out: sent on, '*' would match whatever is
    /// stored, and others would be refused as nonsense instead of as stale.
    /// </summary>
    public static ETag? ToTag(string text)
    {
        var quoted = text.AsSpan(text.StartsWith("W/", StringComparison.Ordinal) ? 2 : 0);
        var isTag = quoted.Length > 2 && quoted[0] == '"' && quoted[^1] == '"'
            && !quoted[1..^1].Contains('"') && !quoted.ContainsAnyExceptInRange(' ', '~');
        return isTag ? new(text) : null;
    }
}
