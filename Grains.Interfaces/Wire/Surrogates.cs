using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Wire;

/// <summary>How a structured value of Economics crosses the wire: as the bytes of <see cref="LedgerCodec"/>.</summary>
[GenerateSerializer, Immutable, Alias("dtao.wire.bytes")]
public readonly record struct WireBytes([property: Id(0)] byte[] Value);

/// <summary>How a unit crosses the wire: as its number.</summary>
[GenerateSerializer, Immutable, Alias("dtao.wire.number")]
public readonly record struct WireNumber([property: Id(0)] ulong Value);

[RegisterConverter]
public sealed class AccountIdConverter : IConverter<AccountId, WireBytes>
{
    public AccountId ConvertFromSurrogate(in WireBytes surrogate) => new(surrogate.Value);
    public WireBytes ConvertToSurrogate(in AccountId value) => new(value.ToArray());
}

[RegisterConverter]
public sealed class TaoConverter : IConverter<Tao, WireNumber>
{
    public Tao ConvertFromSurrogate(in WireNumber surrogate) => new(surrogate.Value);
    public WireNumber ConvertToSurrogate(in Tao value) => new(value.Rao);
}

[RegisterConverter]
public sealed class AlphaConverter : IConverter<Alpha, WireNumber>
{
    public Alpha ConvertFromSurrogate(in WireNumber surrogate) => new(surrogate.Value);
    public WireNumber ConvertToSurrogate(in Alpha value) => new(value.Rao);
}

[RegisterConverter]
public sealed class NetUidConverter : IConverter<NetUid, WireNumber>
{
    public NetUid ConvertFromSurrogate(in WireNumber surrogate) => new(checked((ushort)surrogate.Value));
    public WireNumber ConvertToSurrogate(in NetUid value) => new(value.Value);
}

[RegisterConverter]
public sealed class BlockNumberConverter : IConverter<BlockNumber, WireNumber>
{
    public BlockNumber ConvertFromSurrogate(in WireNumber surrogate) => new(surrogate.Value);
    public WireNumber ConvertToSurrogate(in BlockNumber value) => new(value.Value);
}

[RegisterConverter]
public sealed class PositionKeyConverter : IConverter<PositionKey, WireBytes>
{
    public PositionKey ConvertFromSurrogate(in WireBytes surrogate)
    {
        var reader = new RecordReader(surrogate.Value);
        return new(new NetUid(reader.UInt16()), reader.Account(), reader.Account());
    }

    public WireBytes ConvertToSurrogate(in PositionKey value)
    {
        var writer = new RecordWriter(80);
        writer.UInt64(value.Netuid.Value);
        writer.Account(value.Hotkey);
        writer.Account(value.Coldkey);
        return new(writer.ToArray());
    }
}

[RegisterConverter]
public sealed class CallConverter : IConverter<Call, WireBytes>
{
    public Call ConvertFromSurrogate(in WireBytes surrogate)
    {
        var reader = new RecordReader(surrogate.Value);
        return LedgerCodec.ReadCall(ref reader);
    }

    public WireBytes ConvertToSurrogate(in Call value)
    {
        var writer = new RecordWriter();
        LedgerCodec.Write(writer, value);
        return new(writer.ToArray());
    }
}

[RegisterConverter]
public sealed class CallOutcomeConverter : IConverter<CallOutcome, WireBytes>
{
    public CallOutcome ConvertFromSurrogate(in WireBytes surrogate)
    {
        var reader = new RecordReader(surrogate.Value);
        return LedgerCodec.ReadOutcome(ref reader);
    }

    public WireBytes ConvertToSurrogate(in CallOutcome value)
    {
        var writer = new RecordWriter();
        LedgerCodec.Write(writer, value);
        return new(writer.ToArray());
    }
}

[RegisterConverter]
public sealed class SubnetBooksConverter : IConverter<SubnetBooks, WireBytes>
{
    public SubnetBooks ConvertFromSurrogate(in WireBytes surrogate)
    {
        var reader = new RecordReader(surrogate.Value);
        return LedgerCodec.ReadBooks(ref reader);
    }

    public WireBytes ConvertToSurrogate(in SubnetBooks value)
    {
        var writer = new RecordWriter(512);
        LedgerCodec.Write(writer, value);
        return new(writer.ToArray());
    }
}

[RegisterConverter]
public sealed class NetworkParametersConverter : IConverter<NetworkParameters, WireBytes>
{
    public NetworkParameters ConvertFromSurrogate(in WireBytes surrogate)
    {
        var reader = new RecordReader(surrogate.Value);
        return LedgerCodec.ReadParameters(ref reader);
    }

    public WireBytes ConvertToSurrogate(in NetworkParameters value)
    {
        var writer = new RecordWriter();
        LedgerCodec.Write(writer, value);
        return new(writer.ToArray());
    }
}

[RegisterConverter]
public sealed class SafeFloatConverter : IConverter<SafeFloat, WireBytes>
{
    public SafeFloat ConvertFromSurrogate(in WireBytes surrogate)
    {
        var reader = new RecordReader(surrogate.Value);
        return reader.SafeFloat();
    }

    public WireBytes ConvertToSurrogate(in SafeFloat value)
    {
        var writer = new RecordWriter(32);
        writer.SafeFloat(value);
        return new(writer.ToArray());
    }
}
