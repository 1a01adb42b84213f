using System.Buffers;

namespace Dtao.Hosting.Genesis;

/// <summary>Writes places of a JSON document as paths that a person can read and a tool can follow.</summary>
internal static class JsonPath
{
    public const string Root = "$";

    private static readonly SearchValues<char> PlainCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    public static string Field(string parent, string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.AsSpan().IndexOfAnyExcept(PlainCharacters) < 0
            ? $"{parent}.{name}"
            : $"{parent}[\"{Escaped(name)}\"]";

    public static string Item(string parent, int index) => $"{parent}[{index}]";

    private static string Escaped(string name)
    {
        var escaped = System.Text.Json.JsonEncodedText.Encode(name, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
        return escaped.Length <= 80 ? escaped : escaped[..77] + "...";
    }
}
