using System.Globalization;

namespace Dtao.Economics.Ledger;

/// <summary>Reads the text of a setting as the type of the field that it sets. Out of the type's bounds counts as unreadable.</summary>
internal static class SettingText
{
    public static bool TryRead(string? text, out ulong value) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    public static bool TryRead(string? text, out ushort value) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    public static bool TryRead(string? text, out byte value) =>
        byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    public static bool TryRead(string? text, out UInt128 value) =>
        UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    public static bool TryRead(string? text, out Int128 value) =>
        Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    public static bool TryRead(string? text, out bool value)
    {
        value = text == "true";
        return value || text == "false";
    }

    public static bool TryRead(string? text, out AccountId? value)
    {
        value = null;
        if (text is null) return true;
        if (!AccountId.TryParseHex(text, out var account)) return false;
        value = account;
        return true;
    }
}
