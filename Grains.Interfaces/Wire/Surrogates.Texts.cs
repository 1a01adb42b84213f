using Dtao.Economics.Ledger;

namespace Dtao.Grains.Wire;

[RegisterConverter]
public sealed class IdentityConverter : IConverter<IdentityDetail, WireBytes>
{
    public IdentityDetail ConvertFromSurrogate(in WireBytes surrogate)
    {
        var reader = new RecordReader(surrogate.Value);
        return LedgerCodec.ReadSubnetIdentity(ref reader);
    }

    public WireBytes ConvertToSurrogate(in IdentityDetail value)
    {
        var writer = new RecordWriter(256);
        LedgerCodec.Write(writer, value);
        return new(writer.ToArray());
    }
}

[RegisterConverter]
public sealed class ColdkeyIdentityConverter : IConverter<ColdkeyIdentityDetail, WireBytes>
{
    public ColdkeyIdentityDetail ConvertFromSurrogate(in WireBytes surrogate)
    {
        var reader = new RecordReader(surrogate.Value);
        return LedgerCodec.ReadColdkeyIdentity(ref reader);
    }

    public WireBytes ConvertToSurrogate(in ColdkeyIdentityDetail value)
    {
        var writer = new RecordWriter(256);
        LedgerCodec.Write(writer, value);
        return new(writer.ToArray());
    }
}
