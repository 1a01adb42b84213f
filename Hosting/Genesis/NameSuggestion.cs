namespace Dtao.Hosting.Genesis;

/// <summary>Finds the known name that a misspelt one most likely means.</summary>
internal static class NameSuggestion
{
    private const int LengthMax = 64;

    /// <returns>The nearest known name, or null when none is near.</returns>
    public static string? Nearest(string written, IEnumerable<string> known)
    {
        if (written.Length > LengthMax) return null;
        string? best = null;
        var bestDistance = Math.Max(1, written.Length / 3) + 1;
        foreach (var name in known)
        {
            var distance = Distance(written, name);
            if (distance >= bestDistance) continue;
            best = name;
            bestDistance = distance;
        }
        return best;
    }

    /// <summary>The sentence to append to a message; empty when nothing is near.</summary>
    public static string Sentence(string written, IEnumerable<string> known) =>
        Nearest(written, known) is { } name ? $" Did you mean '{name}'?" : string.Empty;

    /// <summary>How many letters must be inserted, removed, or replaced; case and separators do not count.</summary>
    private static int Distance(string left, string right)
    {
        left = Plain(left);
        right = Plain(right);
        var previous = new int[right.Length + 1];
        var current = new int[right.Length + 1];
        for (var column = 0; column <= right.Length; column++) previous[column] = column;
        for (var row = 1; row <= left.Length; row++)
        {
            current[0] = row;
            for (var column = 1; column <= right.Length; column++)
            {
                var replaced = previous[column - 1] + (left[row - 1] == right[column - 1] ? 0 : 1);
                current[column] = Math.Min(replaced, Math.Min(previous[column], current[column - 1]) + 1);
            }
            (previous, current) = (current, previous);
        }
        return previous[right.Length];
    }

    private static string Plain(string name) =>
        string.Concat(name.Where(character => character is not ('_' or '-')).Select(char.ToLowerInvariant));
}
