using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Dtao.Economics;

namespace Dtao.Hosting.Conformance;

/// <summary>A case that does not have the form its topic asks for.</summary>
public sealed class MalformedVectorException(string message) : Exception(message);

/// <summary>One case of a vector file: its inputs by name, and what differed from its expectations.</summary>
public sealed class VectorCase(JsonElement element)
{
    private readonly List<string> _differences = [];

    public IReadOnlyList<string> Differences => _differences;

    /// <summary>Why this case cannot be run here; null when it can.</summary>
    public string? SkipReason { get; private set; }

    public JsonElement Element => element;

    public bool Has(string name) => element.TryGetProperty(name, out _);

    public string Text(string name) => Text(Field(name), name);

    public bool Flag(string name) => Field(name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new MalformedVectorException($"{name} is not a boolean"),
    };

    public ulong ReadUInt64(string name) => Parse<ulong>(Text(name), name);
    public long ReadInt64(string name) => Parse<long>(Text(name), name);
    public ushort ReadUInt16(string name) => Parse<ushort>(Text(name), name);
    public int ReadInt32(string name) => Parse<int>(Text(name), name);
    public UInt128 ReadUInt128(string name) => Parse<UInt128>(Text(name), name);
    public Int128 ReadInt128(string name) => Parse<Int128>(Text(name), name);
    public BigInteger ReadBigInteger(string name) => Parse<BigInteger>(Text(name), name);
    public U64F64 ReadU64F64(string name) => new(ReadUInt128(name));
    public Perquintill ReadPerquintill(string name) => new(ReadUInt64(name));

    /// <summary>The elements of an array field.</summary>
    public JsonElement[] Items(string name) => Items(Field(name), name);

    public T[] Numbers<T>(string name) where T : INumber<T> =>
        [.. Items(name).Select((item, i) => Parse<T>(Text(item, $"{name}[{i}]"), $"{name}[{i}]"))];

    /// <summary>Numbers, one for each of a given count of rows.</summary>
    public T[] Column<T>(string name, int rows) where T : INumber<T>
    {
        var column = Numbers<T>(name);
        return column.Length == rows ? column : throw new MalformedVectorException($"{name} has {column.Length} values, not {rows}");
    }

    public bool[] Flags(string name) => [.. Items(name).Select(item => item.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new MalformedVectorException($"{name} holds something that is not a boolean"),
    })];

    public void Skip(string reason) => SkipReason = reason;

    /// <summary>Compares a number with a field that holds a decimal text.</summary>
    public void Expect<T>(string name, T actual) where T : INumber<T> => ExpectText(name, Text(name), actual.ToString(null, CultureInfo.InvariantCulture));

    /// <summary>Compares a number that may be missing with a field that holds a decimal text or none.</summary>
    public void ExpectOrNone<T>(string name, T? actual) where T : struct, INumber<T> =>
        ExpectText(name, Text(name), actual?.ToString(null, CultureInfo.InvariantCulture) ?? "none");

    public void Expect(string name, string actual) => ExpectText(name, Text(name), actual);

    public void Expect(string name, bool actual)
    {
        if (Flag(name) != actual) _differences.Add($"{name}: expected {Flag(name)}, got {actual}");
    }

    public void Expect(string name, IEnumerable<string> actual) =>
        ExpectText(name, string.Join(' ', Items(name).Select((item, i) => Text(item, $"{name}[{i}]"))), string.Join(' ', actual));

    /// <summary>Compares a value that stands somewhere inside the case.</summary>
    public void ExpectText(string where, string expected, string actual)
    {
        if (expected != actual) _differences.Add($"{where}: expected {expected}, got {actual}");
    }

    /// <summary>Takes over what differed in a part of this case.</summary>
    public void Take(VectorCase part, string where) => _differences.AddRange(part.Differences.Select(difference => $"{where}.{difference}"));

    public static string Text(JsonElement item, string where) => item.ValueKind switch
    {
        JsonValueKind.String => item.GetString()!,
        JsonValueKind.Number => item.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => throw new MalformedVectorException($"{where} is neither text nor number"),
    };

    public static JsonElement[] Items(JsonElement item, string where) => item.ValueKind == JsonValueKind.Array
        ? [.. item.EnumerateArray()]
        : throw new MalformedVectorException($"{where} is not an array");

    public static T Parse<T>(string text, string where) where T : INumber<T> =>
        T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new MalformedVectorException($"{where} is {text}, not a number in the range of {typeof(T).Name}");

    private JsonElement Field(string name) => element.TryGetProperty(name, out var value)
        ? value
        : throw new MalformedVectorException($"{name} is missing");
}
