using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Dtao.Hosting.Genesis;

/// <summary>Reads the fields of one JSON object, each once, and reports what is wrong with them by path.</summary>
/// <remarks>A reading method answers null for a field that is absent, null, or faulty; the fault is in the list by then.</remarks>
internal sealed class JsonFields
{
    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);
    private readonly FaultList _faults;

    private JsonFields(string path, FaultList faults)
    {
        Path = path;
        _faults = faults;
    }

    public string Path { get; }

    /// <summary>Opens an object; null and a fault when it is none.</summary>
    /// <param name="known">Every field that may stand here.</param>
    public static JsonFields? Open(JsonElement element, string path, IReadOnlyCollection<string> known, FaultList faults)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            faults.Add(path, GenesisFaultCode.WrongType, $"Expected an object, found {KindOf(element)}.");
            return null;
        }
        var fields = new JsonFields(path, faults);
        foreach (var property in element.EnumerateObject())
        {
            var place = JsonPath.Field(path, property.Name);
            if (!known.Contains(property.Name))
            {
                faults.Add(place, GenesisFaultCode.UnknownField,
                    $"There is no field '{property.Name}' here.{NameSuggestion.Sentence(property.Name, known)}");
            }
            else if (!fields._values.TryAdd(property.Name, property.Value))
            {
                faults.Add(place, GenesisFaultCode.DuplicateField, $"The field '{property.Name}' stands twice.");
            }
        }
        return fields;
    }

    public string PathOf(string name) => JsonPath.Field(Path, name);

    public bool Has(string name) => _values.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>The raw value of a field that is present and not null.</summary>
    public JsonElement? Element(string name) => Has(name) ? _values[name] : null;

    public string? Text(string name)
    {
        if (Element(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.String) return value.GetString();
        _faults.Add(PathOf(name), GenesisFaultCode.WrongType, $"Expected text, found {KindOf(value)}.");
        return null;
    }

    public bool? Flag(string name)
    {
        if (Element(name) is not { } value) return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        _faults.Add(PathOf(name), GenesisFaultCode.WrongType, $"Expected true or false, found {KindOf(value)}.");
        return null;
    }

    /// <summary>A whole number between bounds.</summary>
    public BigInteger? Number(string name, BigInteger lowest, BigInteger highest) =>
        Element(name) is { } value ? WholeNumber(value, PathOf(name), lowest, highest, _faults) : null;

    public ulong? U64(string name, ulong highest = ulong.MaxValue) => (ulong?)Number(name, 0, highest);

    public ushort? U16(string name, ushort highest = ushort.MaxValue) => (ushort?)Number(name, 0, highest);

    /// <summary>Reports the field as missing unless it is there.</summary>
    public bool Require(string name)
    {
        if (_values.ContainsKey(name)) return true;
        _faults.Add(PathOf(name), GenesisFaultCode.MissingField, $"The field '{name}' is missing.");
        return false;
    }

    /// <summary>A whole number, written as a JSON integer or as decimal text.</summary>
    public static BigInteger? WholeNumber(JsonElement value, string path, BigInteger lowest, BigInteger highest, FaultList faults)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.String => value.GetString()!,
            _ => null,
        };
        if (text is null)
        {
            faults.Add(path, GenesisFaultCode.WrongType, $"Expected a whole number or a decimal string, found {KindOf(value)}.");
            return null;
        }
        return WholeNumber(text, path, lowest, highest, faults);
    }

    public static BigInteger? WholeNumber(string text, string path, BigInteger lowest, BigInteger highest, FaultList faults)
    {
        const int digitsMax = 60;
        if (text.Length > digitsMax || !BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            || text[0] == '+')
        {
            faults.Add(path, GenesisFaultCode.NotAWholeNumber, $"Expected a whole number, found {Shown(text)}; amounts are whole rao, without point or exponent.");
            return null;
        }
        if (number.Sign < 0 && lowest.Sign >= 0)
        {
            faults.Add(path, GenesisFaultCode.NegativeNumber, $"{number} is negative.");
            return null;
        }
        if (number > highest && IsTypeBound(highest))
        {
            faults.Add(path, GenesisFaultCode.NumberTooLarge, $"{number} exceeds {highest}, the largest value of this field.");
            return null;
        }
        if (number < lowest || number > highest)
        {
            faults.Add(path, GenesisFaultCode.OutOfRange, $"{number} lies outside {lowest} to {highest}.");
            return null;
        }
        return number;
    }

    public static string KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "null",
    };

    private static bool IsTypeBound(BigInteger highest) => (highest + 1).IsPowerOfTwo;

    private static string Shown(string text) => text.Length <= 40 ? $"'{text}'" : $"'{text[..37]}...'";
}
