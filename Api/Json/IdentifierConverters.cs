using System.Text.Json;
using System.Text.Json.Serialization;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Grains;

namespace Dtao.Api.Json;

/// <summary>An account as taostats writes it, <c>{"ss58":"5...","hex":"0x..."}</c>; read in that form, or as text as in a query.</summary>
internal sealed class AccountConverter : JsonConverter<AccountId>
{
    public override AccountId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return Parse(reader.GetString());
        if (reader.TokenType != JsonTokenType.StartObject) throw new FieldException(Allowed);
        AccountId? account = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isNamed = reader.ValueTextEquals("ss58"u8) || reader.ValueTextEquals("hex"u8);
            if (!reader.Read() || !isNamed || reader.TokenType != JsonTokenType.String) throw new FieldException(Allowed);
            var read = Parse(reader.GetString());
            if (account is { } other && other != read) throw new FieldException("'ss58' and 'hex' name two accounts.");
            account = read;
        }

        return account ?? throw new FieldException(Allowed);
    }

    public override void Write(Utf8JsonWriter writer, AccountId value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("ss58"u8, Ss58.Encode(value));
        writer.WriteString("hex"u8, $"0x{value}");
        writer.WriteEndObject();
    }

    internal const string Allowed = "An account is an SS58 address, 64 hexadecimal digits, or a development account such as //Alice.";

    private static AccountId Parse(string? text)
    {
        var fault = AccountName.Parse(text, out var account);
        return fault == AddressFault.None ? account : throw new FieldException(AccountName.Explain(fault, text ?? string.Empty));
    }
}

/// <summary>A subnet's number, as a number.</summary>
internal sealed class NetUidConverter : JsonConverter<NetUid>
{
    public override NetUid Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetUInt16(out var value) ? new NetUid(value) : throw new FieldException("A netuid is a number from 0 to 65535.");

    public override void Write(Utf8JsonWriter writer, NetUid value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
}

/// <summary>A block's number, as a number: blocks stay far below what floating point holds exactly.</summary>
internal sealed class BlockNumberConverter : JsonConverter<BlockNumber>
{
    public override BlockNumber Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out var value) ? new BlockNumber(value) : throw new FieldException("A block is a whole number from 0 on.");

    public override void Write(Utf8JsonWriter writer, BlockNumber value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
}

/// <summary>An operation's id: a UUID, written as 32 hexadecimal digits.</summary>
internal sealed class OperationIdConverter : JsonConverter<OperationId>
{
    public override OperationId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Guid.TryParse(reader.GetString(), out var id) ? new OperationId(id) : throw new FieldException("An operation id is a UUID.");

    public override void Write(Utf8JsonWriter writer, OperationId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

/// <summary>Milliseconds since 1970 as taostats writes times, <c>2026-11-30T08:00:00.000Z</c>.</summary>
internal sealed class TimestampConverter : JsonConverter<Timestamp>
{
    public override Timestamp Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var time) ? new Timestamp(time.ToUnixTimeMilliseconds()) : throw new FieldException("A time is written as 2026-11-30T08:00:00.000Z.");

    public override void Write(Utf8JsonWriter writer, Timestamp value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
