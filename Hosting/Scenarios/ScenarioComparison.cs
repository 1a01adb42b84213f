using System.Globalization;
using System.Text.Json;

namespace Dtao.Hosting.Scenarios;

/// <summary>Compares a final state with what a scenario expects, and names the first place that differs.</summary>
public static class ScenarioComparison
{
    private static readonly string[] s_subnetFigures =
        ["tao_in", "alpha_in", "alpha_out", "weight", "moving_price", "protocol_alpha", "stray_tao", "unowned_alpha"];

    public static IEnumerable<string> Differences(CanonicalObject state, string sha256, ScenarioExpectation expect)
    {
        if (expect.Figures is { } figures && FirstDifference(FiguresOf(state), figures, "figures") is { } figure) yield return figure;
        if (expect.State is { } expected && FirstDifference(state, expected, "state") is { } place) yield return place;
        if (expect.Sha256 is { } digest && digest != sha256) yield return $"sha256: {sha256}, expected {digest}";
    }

    /// <summary>The main numbers of a state, as large scenarios list them.</summary>
    public static CanonicalObject FiguresOf(CanonicalObject state)
    {
        var results = (IReadOnlyList<object?>)state["results"]!;
        var subnets = new CanonicalObject();
        foreach (var (netuid, subnet) in (CanonicalObject)state["subnets"]!)
        {
            var figures = new CanonicalObject();
            foreach (var name in s_subnetFigures) figures[name] = ((CanonicalObject)subnet!)[name];
            subnets[netuid] = figures;
        }

        return new CanonicalObject
        {
            ["block"] = state["block"],
            ["total_issuance"] = state["total_issuance"],
            ["total_stake"] = state["total_stake"],
            ["results"] = CountByName(results),
            ["results_sha256"] = CanonicalJson.Sha256(results),
            ["subnets"] = subnets,
        };
    }

    /// <summary>The path at which two documents first differ, with both values; null when they are equal.</summary>
    public static string? FirstDifference(object? actual, JsonElement expected, string path) => (actual, expected.ValueKind) switch
    {
        (CanonicalObject map, JsonValueKind.Object) => InObjects(map, expected, path),
        (IReadOnlyList<object?> list, JsonValueKind.Array) => InLists(list, expected, path),
        (string word, JsonValueKind.String) when word == expected.GetString() => null,
        (bool flag, JsonValueKind.True or JsonValueKind.False) when flag == expected.GetBoolean() => null,
        (null, JsonValueKind.Null) => null,
        _ => $"{path}: {Shown(actual)}, expected {Shortened(expected.GetRawText())}",
    };

    private static CanonicalObject CountByName(IReadOnlyList<object?> results)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var result in results)
        {
            var name = ((CanonicalObject)result!).TryGetValue("error", out var error) ? (string)error! : "ok";
            counts[name] = counts.GetValueOrDefault(name) + 1;
        }

        var document = new CanonicalObject();
        foreach (var (name, count) in counts) document[name] = count.ToString(CultureInfo.InvariantCulture);
        return document;
    }

    private static string? InObjects(CanonicalObject actual, JsonElement expected, string path)
    {
        foreach (var (key, value) in actual)
        {
            if (!expected.TryGetProperty(key, out var other)) return $"{path}.{key}: {Shown(value)}, not expected";
            if (FirstDifference(value, other, $"{path}.{key}") is { } difference) return difference;
        }

        foreach (var field in expected.EnumerateObject())
        {
            if (!actual.ContainsKey(field.Name)) return $"{path}.{field.Name}: missing, expected {Shortened(field.Value.GetRawText())}";
        }

        return null;
    }

    private static string? InLists(IReadOnlyList<object?> actual, JsonElement expected, string path)
    {
        var index = 0;
        foreach (var other in expected.EnumerateArray())
        {
            if (index >= actual.Count) return $"{path}[{index}]: missing, expected {Shortened(other.GetRawText())}";
            if (FirstDifference(actual[index], other, $"{path}[{index}]") is { } difference) return difference;
            index++;
        }

        return index < actual.Count ? $"{path}[{index}]: {Shown(actual[index])}, not expected" : null;
    }

    private static string Shown(object? value) => Shortened(System.Text.Encoding.ASCII.GetString(CanonicalJson.Write(value)));

    private static string Shortened(string text)
    {
        const int LengthMax = 160;
        return text.Length <= LengthMax ? text : text[..LengthMax] + "...";
    }
}
