using System.Globalization;

namespace Dtao.Hosting.Genesis;

/// <summary>Reads a field of a document as the text that the ledger's settings take.</summary>
internal static class SettingReader
{
    /// <returns>The value's canonical text; null when the field is absent, faulty, or not a setting.</returns>
    public static string? Read(JsonFields fields, FieldRule rule, AccountNames names) => rule.Kind switch
    {
        FieldKind.Number => fields.Number(rule.Name, rule.Lowest, rule.Highest)?.ToString(CultureInfo.InvariantCulture),
        FieldKind.Flag => fields.Flag(rule.Name) is { } flag ? flag ? "true" : "false" : null,
        FieldKind.Account => fields.Text(rule.Name) is { } text ? names.Resolve(text, fields.PathOf(rule.Name))?.ToString() : null,
        _ => null,
    };
}
