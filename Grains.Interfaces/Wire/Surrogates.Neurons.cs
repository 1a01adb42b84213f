using Dtao.Economics.Ledger;

namespace Dtao.Grains.Wire;

[RegisterConverter]
public sealed class MetagraphConverter : IConverter<Metagraph, WireBytes>
{
    public Metagraph ConvertFromSurrogate(in WireBytes surrogate)
    {
        var reader = new RecordReader(surrogate.Value);
        return LedgerCodec.ReadMetagraph(ref reader);
    }

    public WireBytes ConvertToSurrogate(in Metagraph value)
    {
        var writer = new RecordWriter(4096);
        LedgerCodec.Write(writer, value);
        return new(writer.ToArray());
    }
}

[RegisterConverter]
public sealed class MetagraphDeltaConverter : IConverter<MetagraphDelta, WireBytes>
{
    public MetagraphDelta ConvertFromSurrogate(in WireBytes surrogate)
    {
        var reader = new RecordReader(surrogate.Value);
        return LedgerCodec.ReadMetagraphDelta(ref reader);
    }

    public WireBytes ConvertToSurrogate(in MetagraphDelta value)
    {
        var writer = new RecordWriter(512);
        LedgerCodec.Write(writer, value);
        return new(writer.ToArray());
    }
}

[RegisterConverter]
public sealed class ClaimRatesConverter : IConverter<ClaimRates, WireBytes>
{
    public ClaimRates ConvertFromSurrogate(in WireBytes surrogate)
    {
        var reader = new RecordReader(surrogate.Value);
        return LedgerCodec.ReadClaimRates(ref reader);
    }

    public WireBytes ConvertToSurrogate(in ClaimRates value)
    {
        var writer = new RecordWriter();
        LedgerCodec.Write(writer, value);
        return new(writer.ToArray());
    }
}

[RegisterConverter]
public sealed class RootClaimTypeConverter : IConverter<RootClaimType, WireBytes>
{
    public RootClaimType ConvertFromSurrogate(in WireBytes surrogate)
    {
        var reader = new RecordReader(surrogate.Value);
        return LedgerCodec.ReadClaimType(ref reader);
    }

    public WireBytes ConvertToSurrogate(in RootClaimType value)
    {
        var writer = new RecordWriter(16);
        LedgerCodec.Write(writer, value);
        return new(writer.ToArray());
    }
}

[RegisterConverter]
public sealed class SubnetRemainsConverter : IConverter<SubnetRemains, WireBytes>
{
    public SubnetRemains ConvertFromSurrogate(in WireBytes surrogate)
    {
        var reader = new RecordReader(surrogate.Value);
        return LedgerCodec.ReadRemains(ref reader);
    }

    public WireBytes ConvertToSurrogate(in SubnetRemains value)
    {
        var writer = new RecordWriter();
        LedgerCodec.Write(writer, value);
        return new(writer.ToArray());
    }
}

[RegisterConverter]
public sealed class SubnetHyperparametersConverter : IConverter<SubnetHyperparameters, WireBytes>
{
    public SubnetHyperparameters ConvertFromSurrogate(in WireBytes surrogate)
    {
        var reader = new RecordReader(surrogate.Value);
        return LedgerCodec.ReadHyper(ref reader);
    }

    public WireBytes ConvertToSurrogate(in SubnetHyperparameters value)
    {
        var writer = new RecordWriter(96);
        LedgerCodec.Write(writer, value);
        return new(writer.ToArray());
    }
}
