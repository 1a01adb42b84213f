using System.Text;
using Dtao.Economics.Ledger;
using Dtao.Economics.Settings;

namespace Dtao.Api.ReadSide.Ingest;

/// <summary>Settings as text, one in a line, so that two states of them are compared at once: most events change none.</summary>
internal static class SettingsText
{
    /// <summary>A setting that is another than before.</summary>
    /// <param name="Before">Null where there was none.</param>
    /// <param name="After">Null where there is none any more.</param>
    public readonly record struct Change(string Name, string? Before, string? After);

    public static string Of(SubnetBooks books) => Of(Hyperparameters.OfSubnet, setting => setting.Read(books));

    public static string Of(NetworkParameters parameters) => Of(Hyperparameters.OfNetwork, setting => setting.Read(parameters));

    /// <summary>What differs, by name.</summary>
    public static IEnumerable<Change> Between(string before, string after)
    {
        if (before == after) return [];
        var (old, now) = (Read(before), Read(after));
        return old.Keys.Union(now.Keys).Order(StringComparer.Ordinal)
            .Select(name => new Change(name, old.GetValueOrDefault(name), now.GetValueOrDefault(name)))
            .Where(change => change.Before != change.After);
    }

    private static string Of(IReadOnlyList<Hyperparameter> settings, Func<Hyperparameter, string?> read)
    {
        var text = new StringBuilder();
        foreach (var setting in settings)
        {
            if (read(setting) is { } value) text.Append(setting.Name).Append('=').Append(value).Append('\n');
        }

        return text.ToString();
    }

    private static Dictionary<string, string> Read(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split('=', 2)).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
}
