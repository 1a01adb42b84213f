using System.Globalization;
using System.Text.Json;
using Dtao.Economics;

namespace Dtao.Hosting.Scenarios;

/// <summary>Reads the fields of scenario documents: numbers as strings or integers, aliases as accounts, absent as null.</summary>
internal static class JsonFields
{
    public static JsonElement Required(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var field)
            ? field
            : throw new ScenarioFormatException($"The field '{name}' is missing in {Shown(element)}.");

    /// <summary>The field, or null when it is absent or JSON null.</summary>
    public static JsonElement? Optional(JsonElement element, string name) =>
        element.TryGetProperty(name, out var field) && field.ValueKind != JsonValueKind.Null ? field : null;

    public static string Text(JsonElement field) =>
        field.ValueKind == JsonValueKind.String ? field.GetString()! : throw new ScenarioFormatException($"{Shown(field)} is not a string.");

    public static ulong Number(JsonElement field) =>
        ulong.TryParse(NumberText(field), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new ScenarioFormatException($"{Shown(field)} is not an unsigned 64-bit integer.");

    public static ushort ShortNumber(JsonElement field)
    {
        var value = Number(field);
        return value <= ushort.MaxValue ? (ushort)value : throw new ScenarioFormatException($"{Shown(field)} is not an unsigned 16-bit integer.");
    }

    public static bool Flag(JsonElement field) => field.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new ScenarioFormatException($"{Shown(field)} is neither true nor false."),
    };

    public static NetUid Netuid(JsonElement field) => new(ShortNumber(field));

    public static AccountId Account(JsonElement field, Aliases aliases) => aliases.Account(Text(field));

    /// <summary>A setting's value as text: null stays null, flags become true or false, numbers their digits.</summary>
    public static string? SettingText(JsonElement field) => field.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => NumberText(field),
    };

    private static string NumberText(JsonElement field) => field.ValueKind switch
    {
        JsonValueKind.String => field.GetString()!,
        JsonValueKind.Number => field.GetRawText(),
        _ => throw new ScenarioFormatException($"{Shown(field)} is not a number."),
    };

    private static string Shown(JsonElement element)
    {
        const int LengthMax = 80;
        var text = element.GetRawText();
        return text.Length <= LengthMax ? text : text[..LengthMax] + "...";
    }
}
