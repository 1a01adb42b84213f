using Dtao.Economics.Ledger;

namespace Dtao.Grains.Wire;

[RegisterConverter]
public sealed class ColdkeySwapConverter : IConverter<ColdkeySwap, WireBytes>
{
    public ColdkeySwap ConvertFromSurrogate(in WireBytes surrogate)
    {
        var reader = new RecordReader(surrogate.Value);
        return LedgerCodec.ReadColdkeySwap(ref reader);
    }

    public WireBytes ConvertToSurrogate(in ColdkeySwap value)
    {
        var writer = new RecordWriter(64);
        LedgerCodec.Write(writer, value);
        return new(writer.ToArray());
    }
}
