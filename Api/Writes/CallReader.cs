using System.Globalization;
using System.Text.Json;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Api.Writes;

/// <summary>Reads a call from JSON by the table of <see cref="CallForms"/>. Whatever is wrong is named with its place, all of it at once.</summary>
internal sealed class CallReader
{
    /// <summary>More faults than these help nobody.</summary>
    private const int FaultsMax = 32;

    private readonly List<string> _faults = [];

    private CallReader()
    {
    }

    /// <returns>The call, or what is wrong with it.</returns>
    public static (Call? Call, IReadOnlyList<string> Faults) Read(JsonElement json, string path = "call")
    {
        if (json.ValueKind != JsonValueKind.Object) return (null, [$"{path}: a call is an object with a kind and its fields."]);
        if (!json.TryGetProperty("kind", out var kind) || kind.ValueKind != JsonValueKind.String)
            return (null, [$"{path}.kind: the name of the call is missing, such as add_stake; GET /api/calls/v1 lists them."]);
        if (CallForms.Find(kind.GetString()!) is not { } form)
            return (null, [$"{path}.kind: there is no call '{kind.GetString()}'; GET /api/calls/v1 lists them."]);

        var reader = new CallReader();
        var values = reader.ReadObject(json, form.Fields, path, isCall: true);
        if (reader._faults.Count > 0) return (null, reader._faults);
        var call = form.Make(values);
        return Economics.Staking.CallShape.IsWellFormed(call) ? (call, []) : (null, [$"{path}: a field is out of its bounds; see docs/reference/calls.md, {form.Kind}."]);
    }

    private CallValues ReadObject(JsonElement json, IReadOnlyList<CallField> fields, string path, bool isCall = false)
    {
        foreach (var property in json.EnumerateObject())
        {
            if (isCall && property.NameEquals("kind")) continue;
            if (fields.All(field => !property.NameEquals(field.Name)))
                Fault($"{path}.{property.Name}", $"is no field here; there are {string.Join(", ", fields.Select(field => field.Name))}.");
        }

        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var field in fields)
        {
            var place = $"{path}.{field.Name}";
            values[field.Name] = null;
            if (!json.TryGetProperty(field.Name, out var value) || value.ValueKind == JsonValueKind.Null)
            {
                if (field.IsRequired) Fault(place, $"is missing. {field.Description}");
                continue;
            }

            values[field.Name] = field.IsList ? ReadList(value, field, place) : ReadOne(value, field, place);
        }

        return new CallValues(values);
    }

    private List<object?>? ReadList(JsonElement json, CallField field, string place)
    {
        if (json.ValueKind != JsonValueKind.Array) return Fault<List<object?>>(place, "is a list.");
        if (json.GetArrayLength() > CallField.ItemsMax) return Fault<List<object?>>(place, $"has more than {CallField.ItemsMax} items.");
        return [.. json.EnumerateArray().Select((item, index) => ReadOne(item, field, $"{place}[{index.ToString(CultureInfo.InvariantCulture)}]"))];
    }

    private object? ReadOne(JsonElement json, CallField field, string place) => field.Type switch
    {
        CallFieldType.Account => ReadAccount(json, place),
        CallFieldType.Netuid => ReadNumber(json, place, ushort.MaxValue) is { } number ? new NetUid((ushort)number) : null,
        CallFieldType.Number => ReadNumber(json, place, ulong.MaxValue),
        CallFieldType.Short => ReadNumber(json, place, ushort.MaxValue) is { } number ? (ushort)number : null,
        CallFieldType.Byte => ReadNumber(json, place, byte.MaxValue) is { } number ? (byte)number : null,
        CallFieldType.Flag => json.ValueKind is JsonValueKind.True or JsonValueKind.False ? json.GetBoolean() : Fault<object>(place, "is true or false."),
        CallFieldType.Text => json.ValueKind == JsonValueKind.String ? json.GetString() : Fault<object>(place, "is a text."),
        CallFieldType.Hash => ReadHash(json, place),
        CallFieldType.Word => json.ValueKind == JsonValueKind.String && field.Words.Contains(json.GetString()!, StringComparer.Ordinal)
            ? json.GetString()
            : Fault<object>(place, $"is one of {string.Join(", ", field.Words)}."),
        CallFieldType.Object => json.ValueKind == JsonValueKind.Object ? ReadObject(json, field.Fields, place) : Fault<object>(place, "is an object."),
        _ => throw new ArgumentOutOfRangeException(nameof(field), field.Type, "A type of field without a reader."),
    };

    private object? ReadAccount(JsonElement json, string place)
    {
        if (json.ValueKind != JsonValueKind.String) return Fault<object>(place, "is an account: an SS58 address, 64 hexadecimal digits, or a development account such as //Alice.");
        var text = json.GetString()!;
        var fault = AccountName.Parse(text, out var account);
        return fault == AddressFault.None ? account : Fault<object>(place, AccountName.Explain(fault, text));
    }

    private object? ReadHash(JsonElement json, string place)
    {
        // A hash has the length of an account, and is written like one.
        return json.ValueKind == JsonValueKind.String && AccountId.TryParseHex(json.GetString(), out var hash)
            ? hash.ToArray()
            : Fault<object>(place, "is 32 bytes in hexadecimal digits.");
    }

    private ulong? ReadNumber(JsonElement json, string place, ulong max)
    {
        ulong number = 0;
        var isNumber = json.ValueKind switch
        {
            JsonValueKind.Number => json.TryGetUInt64(out number),
            JsonValueKind.String => ulong.TryParse(json.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out number),
            _ => false,
        };
        if (isNumber && number <= max) return number;
        Fault(place, $"is a whole number from 0 to {max.ToString(CultureInfo.InvariantCulture)}.");
        return null;
    }

    private void Fault(string place, string what)
    {
        if (_faults.Count < FaultsMax) _faults.Add($"{place}: {what}");
    }

    private T? Fault<T>(string place, string what)
        where T : class
    {
        Fault(place, what);
        return null;
    }
}
