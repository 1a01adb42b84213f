using System.Text.Json;
using System.Text.Json.Serialization;
using Dtao.Api.Json;
using Dtao.Economics.Ledger;

namespace Dtao.Api.Writes;

/// <summary>A call as clients write it: an object with its kind and its fields, by the table of <see cref="CallForms"/>.</summary>
[JsonConverter(typeof(CallConverter))]
internal sealed record CallBody(Call Call);

/// <summary>Reads a call; whatever is wrong with it is told at once.</summary>
internal sealed class CallConverter : JsonConverter<CallBody>
{
    public override CallBody Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var (call, faults) = CallReader.Read(document.RootElement);
        return call is null ? throw new FieldException(string.Join(' ', faults)) : new CallBody(call);
    }

    public override void Write(Utf8JsonWriter writer, CallBody value, JsonSerializerOptions options) => throw new NotSupportedException("Calls are only read.");
}
