using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Dtao.Hosting.Scenarios;

/// <summary>A JSON object whose keys are in ordinal order. Values are objects, lists, strings, flags, and null.</summary>
public sealed class CanonicalObject() : SortedDictionary<string, object?>(StringComparer.Ordinal);

/// <summary>Writes the one text that a state has: sorted keys, no white space, all ASCII.</summary>
/// <remarks>Source: scenarios, "What must come out".</remarks>
public static class CanonicalJson
{
    public static byte[] Write(object? value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>SHA-256 of the text, in lower-case hexadecimal digits.</summary>
    public static string Sha256(object? value) => Convert.ToHexStringLower(SHA256.HashData(Write(value)));

    private static void Append(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case bool flag:
                text.Append(flag ? "true" : "false");
                break;
            case string word:
                AppendString(text, word);
                break;
            case CanonicalObject map:
                AppendObject(text, map);
                break;
            case IReadOnlyList<object?> list:
                AppendList(text, list);
                break;
            default:
                throw new ArgumentException($"A canonical document does not hold a {value.GetType().Name}.", nameof(value));
        }
    }

    private static void AppendObject(StringBuilder text, CanonicalObject map)
    {
        text.Append('{');
        var isFirst = true;
        foreach (var (key, value) in map)
        {
            if (!isFirst) text.Append(',');
            isFirst = false;
            AppendString(text, key);
            text.Append(':');
            Append(text, value);
        }

        text.Append('}');
    }

    private static void AppendList(StringBuilder text, IReadOnlyList<object?> list)
    {
        text.Append('[');
        for (var i = 0; i < list.Count; i++)
        {
            if (i > 0) text.Append(',');
            Append(text, list[i]);
        }

        text.Append(']');
    }

    private static void AppendString(StringBuilder text, string word)
    {
        text.Append('"');
        foreach (var letter in word)
        {
            if (letter is '"' or '\\') text.Append('\\').Append(letter);
            else if (letter is >= ' ' and <= '~') text.Append(letter);
            else text.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
        }

        text.Append('"');
    }
}
