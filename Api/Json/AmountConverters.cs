using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dtao.Economics;

namespace Dtao.Api.Json;

/// <summary>Whole rao of TAO as text; many readers of JSON take numbers as binary floating point, which cannot hold them.</summary>
internal sealed class TaoConverter : JsonConverter<Tao>
{
    public override Tao Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(Rao.Read(ref reader));

    public override void Write(Utf8JsonWriter writer, Tao value, JsonSerializerOptions options) => Rao.Write(writer, value.Rao);
}

/// <summary>Whole rao of alpha as text.</summary>
internal sealed class AlphaConverter : JsonConverter<Alpha>
{
    public override Alpha Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(Rao.Read(ref reader));

    public override void Write(Utf8JsonWriter writer, Alpha value, JsonSerializerOptions options) => Rao.Write(writer, value.Rao);
}

internal static class Rao
{
    public const string Allowed = "whole rao as text, such as \"1000000000\" for 1 TAO";

    public static ulong Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String && TryParse(reader.GetString(), out var rao)) return rao;
        throw new FieldException($"An amount is {Allowed}.");
    }

    public static bool TryParse(string? text, out ulong rao) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out rao);

    public static void Write(Utf8JsonWriter writer, ulong rao)
    {
        Span<byte> digits = stackalloc byte[20];
        rao.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        writer.WriteStringValue(digits[..length]);
    }
}
