using CsCheck;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Wire;
using Xunit;
using static Dtao.Grains.Tests.ModelBytes;

namespace Dtao.Grains.Tests.Wire;

public sealed class MetagraphDeltaTests
{
    private static readonly Gen<uint[]> s_choices = Gen.UInt.Array[0, 300];

    [Fact]
    public void Apply_DeltaOfRandomChanges_GivesTheMetagraphAfterwards() => s_choices.Sample(choices =>
    {
        var random = new RandomMetagraph(choices);
        var before = random.ChangedOften(Metagraph.Empty, 20);
        var after = random.ChangedOften(before, 6);

        Assert.Equal(Examples.Describe(after), Examples.Describe(MetagraphDelta.Between(before, after).Apply(before)));
        Assert.Equal(Examples.Describe(before), Examples.Describe(MetagraphDelta.Between(after, before).Apply(after)));
    });

    [Fact]
    public void Codec_RandomDeltasAndMetagraphs_AreReadWhole() => s_choices.Sample(choices =>
    {
        var random = new RandomMetagraph(choices);
        var before = random.ChangedOften(Metagraph.Empty, 15);
        var delta = MetagraphDelta.Between(before, random.ChangedOften(before, 6));

        Assert.Equal(Examples.Describe(delta), Examples.Describe(Reread(delta)));
        Assert.Equal(Examples.Describe(before), Examples.Describe(Reread(before)));
    });

    [Fact]
    public void Between_NothingChanged_IsEmptyAndAppliesToTheSameObject()
    {
        var metagraph = new RandomMetagraph([5, 2, 9, 0, 1, 4, 6, 1, 3, 2]).ChangedOften(Metagraph.Empty, 5);

        var delta = MetagraphDelta.Between(metagraph, metagraph with { MechanismSplit = metagraph.MechanismSplit });

        Assert.True(delta.IsEmpty);
        Assert.Same(metagraph, delta.Apply(metagraph));
    }

    [Fact]
    public void Between_OneNeuronSetsWeights_CarriesThatRowOnly()
    {
        var bonds = new NeuronRow { Bonds = [new WeightEntry(0, 7)] };
        var before = Metagraph.Empty with { Neurons = [.. Enumerable.Range(0, 256).Select(uid => new Neuron { Hotkey = Account((byte)uid), Rows = [bonds] })] };
        var row = bonds with { Weights = [.. Enumerable.Range(0, 256).Select(uid => new WeightEntry((ushort)uid, 40_000))] };

        var delta = MetagraphDelta.Between(before, before.WithNeuron(3, before.Neurons[3].WithRow(0, row)));

        var neuron = Assert.Single(delta.Neurons);
        Assert.Equal(((ushort)3, (AccountId?)null, (int?)null), (neuron.Uid, neuron.Hotkey, delta.NeuronCount));
        Assert.Equal((256, true), (neuron.Rows[0].Weights?.Length ?? 0, neuron.Rows[0].Bonds is null));
        var writer = new RecordWriter();
        LedgerCodec.Write(writer, delta);
        Assert.InRange(writer.Length, 3 * 256, (3 * 256) + 48);
    }

    private static MetagraphDelta Reread(MetagraphDelta delta)
    {
        var writer = new RecordWriter();
        LedgerCodec.Write(writer, delta);
        var reader = new RecordReader(writer.WrittenSpan);
        var read = LedgerCodec.ReadMetagraphDelta(ref reader);
        Assert.True(reader.IsAtEnd);
        return read;
    }

    private static Metagraph Reread(Metagraph metagraph)
    {
        var writer = new RecordWriter();
        LedgerCodec.Write(writer, metagraph);
        var reader = new RecordReader(writer.WrittenSpan);
        var read = LedgerCodec.ReadMetagraph(ref reader);
        Assert.True(reader.IsAtEnd);
        return read;
    }
}
