using System.Collections.Immutable;
using Dtao.Economics;
using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Wire;

/// <summary>The layout of what is asked and answered about an epoch, between a pool and its metagraph. It is never stored.</summary>
internal static class EpochCodec
{
    private const int NeuronsMax = EpochInput.NeuronsMax;

    public static void Write(RecordWriter writer, EpochInput input)
    {
        writer.UInt64((ulong)input.NeuronCount);
        writer.UInt64(input.CurrentBlock);
        writer.UInt64(input.Tempo);
        writer.UInt64(input.ActivityCutoff);
        writer.UInt64(input.LastStepBlock);
        writer.UInt64(input.TaoWeight);
        writer.UInt64(input.StakeThreshold);
        writer.OptionalUInt64(input.OwnerUid is { } owner ? (ulong)owner : null);
        writer.UInt64(input.MaxAllowedValidators);
        writer.Byte((byte)((input.CommitReveal ? 1 : 0) | (input.Yuma3 ? 2 : 0) | (input.LiquidAlpha ? 4 : 0)));
        writer.UInt64(input.Kappa);
        writer.UInt64(input.BondsPenalty);
        writer.UInt64(input.BondsMovingAverage);
        writer.UInt64(input.AlphaLow);
        writer.UInt64(input.AlphaHigh);
        writer.Int64(input.Steepness);
        writer.UInt64(input.Emission);
        for (var uid = 0; uid < input.NeuronCount; uid++)
        {
            writer.UInt64(input.LastUpdate[uid]);
            writer.UInt64(input.RegisteredAt[uid]);
            writer.UInt64(input.AlphaStake[uid]);
            writer.UInt64(input.TaoStake[uid]);
            writer.Bool(input.ValidatorPermit[uid]);
            Write(writer, input.Weights[uid]);
            Write(writer, input.Bonds[uid]);
            if (input.CommitReveal) writer.UInt64(input.CommitBlock[uid]);
        }
    }

    public static EpochInput ReadInput(ref RecordReader reader)
    {
        var count = reader.Count(NeuronsMax);
        var input = new EpochInput
        {
            NeuronCount = count,
            CurrentBlock = reader.UInt64(),
            Tempo = reader.UInt16(),
            ActivityCutoff = reader.UInt64(),
            LastStepBlock = reader.UInt64(),
            TaoWeight = reader.UInt64(),
            StakeThreshold = reader.UInt64(),
            OwnerUid = reader.OptionalUInt64() is { } owner ? checked((int)owner) : null,
            MaxAllowedValidators = reader.UInt16(),
        };
        var flags = reader.Byte();
        (input.CommitReveal, input.Yuma3, input.LiquidAlpha) = ((flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0);
        (input.Kappa, input.BondsPenalty, input.BondsMovingAverage) = (reader.UInt16(), reader.UInt16(), reader.UInt64());
        (input.AlphaLow, input.AlphaHigh, input.Steepness) = (reader.UInt16(), reader.UInt16(), checked((short)reader.Int64()));
        input.Emission = reader.UInt64();
        (input.LastUpdate, input.RegisteredAt) = (new ulong[count], new ulong[count]);
        (input.AlphaStake, input.TaoStake) = (new ulong[count], new ulong[count]);
        input.ValidatorPermit = new bool[count];
        (input.Weights, input.Bonds) = (new WeightEntry[count][], new WeightEntry[count][]);
        if (input.CommitReveal) input.CommitBlock = new ulong[count];
        for (var uid = 0; uid < count; uid++)
        {
            input.LastUpdate[uid] = reader.UInt64();
            input.RegisteredAt[uid] = reader.UInt64();
            input.AlphaStake[uid] = reader.UInt64();
            input.TaoStake[uid] = reader.UInt64();
            input.ValidatorPermit[uid] = reader.Bool();
            input.Weights[uid] = ReadRow(ref reader);
            input.Bonds[uid] = ReadRow(ref reader);
            if (input.CommitReveal) input.CommitBlock[uid] = reader.UInt64();
        }

        return input;
    }

    public static void Write(RecordWriter writer, EpochFindings findings)
    {
        writer.UInt64((ulong)findings.Neurons.Length);
        foreach (var neuron in findings.Neurons)
        {
            writer.Byte((byte)((neuron.IsActive ? 1 : 0) | (neuron.HasPermit ? 2 : 0)));
            writer.UInt64(neuron.Dividends);
            writer.UInt64(neuron.Consensus);
            writer.UInt64(neuron.ValidatorTrust);
            writer.UInt64(neuron.StakeWeight);
            writer.UInt64(neuron.Server.Rao);
            writer.UInt64(neuron.Validator.Rao);
            writer.UInt64(neuron.Emission.Rao);
        }

        writer.UInt64((ulong)findings.Mechanisms.Length);
        foreach (var mechanism in findings.Mechanisms)
        {
            foreach (var incentive in mechanism.Incentive) writer.UInt64(incentive);
            foreach (var row in mechanism.Bonds) Write(writer, row.AsSpan());
        }
    }

    public static EpochFindings ReadFindings(ref RecordReader reader)
    {
        var neurons = new NeuronFinding[reader.Count(NeuronsMax)];
        for (var uid = 0; uid < neurons.Length; uid++)
        {
            var flags = reader.Byte();
            neurons[uid] = new NeuronFinding(
                (flags & 1) != 0, (flags & 2) != 0, reader.UInt16(), reader.UInt16(), reader.UInt16(), reader.UInt16(),
                new Alpha(reader.UInt64()), new Alpha(reader.UInt64()), new Alpha(reader.UInt64()));
        }

        var mechanisms = new MechanismFinding[reader.Count(byte.MaxValue)];
        for (var i = 0; i < mechanisms.Length; i++)
        {
            var incentive = new ushort[neurons.Length];
            for (var uid = 0; uid < incentive.Length; uid++) incentive[uid] = reader.UInt16();
            var bonds = new ImmutableArray<WeightEntry>[neurons.Length];
            for (var uid = 0; uid < bonds.Length; uid++) bonds[uid] = [.. ReadRow(ref reader)];
            mechanisms[i] = new MechanismFinding([.. incentive], [.. bonds]);
        }

        return new EpochFindings([.. neurons], [.. mechanisms]);
    }

    private static void Write(RecordWriter writer, ReadOnlySpan<WeightEntry> row)
    {
        writer.UInt64((ulong)row.Length);
        foreach (var entry in row)
        {
            writer.UInt64(entry.Uid);
            writer.UInt64(entry.Value);
        }
    }

    private static WeightEntry[] ReadRow(ref RecordReader reader)
    {
        var row = new WeightEntry[reader.Count(NeuronsMax)];
        for (var i = 0; i < row.Length; i++) row[i] = new WeightEntry(reader.UInt16(), reader.UInt16());
        return row;
    }
}

[RegisterConverter]
public sealed class EpochInputConverter : IConverter<EpochInput, WireBytes>
{
    public EpochInput ConvertFromSurrogate(in WireBytes surrogate)
    {
        var reader = new RecordReader(surrogate.Value);
        return EpochCodec.ReadInput(ref reader);
    }

    public WireBytes ConvertToSurrogate(in EpochInput value)
    {
        var writer = new RecordWriter(4096);
        EpochCodec.Write(writer, value);
        return new(writer.ToArray());
    }
}

[RegisterConverter]
public sealed class EpochFindingsConverter : IConverter<EpochFindings, WireBytes>
{
    public EpochFindings ConvertFromSurrogate(in WireBytes surrogate)
    {
        var reader = new RecordReader(surrogate.Value);
        return EpochCodec.ReadFindings(ref reader);
    }

    public WireBytes ConvertToSurrogate(in EpochFindings value)
    {
        var writer = new RecordWriter(4096);
        EpochCodec.Write(writer, value);
        return new(writer.ToArray());
    }
}

[RegisterConverter]
public sealed class RootAccrualConverter : IConverter<RootAccrual, WireBytes>
{
    public RootAccrual ConvertFromSurrogate(in WireBytes surrogate)
    {
        var reader = new RecordReader(surrogate.Value);
        return LedgerCodec.ReadAccrual(ref reader);
    }

    public WireBytes ConvertToSurrogate(in RootAccrual value)
    {
        var writer = new RecordWriter(64);
        LedgerCodec.Write(writer, value);
        return new(writer.ToArray());
    }
}
