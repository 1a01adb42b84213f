using Dtao.Economics.Ledger;
using Dtao.Economics.Neurons;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Neurons;

public class BondsResetTests
{
    [Theory]
    [InlineData(true, true, 1)]
    [InlineData(false, true, 2)]
    [InlineData(true, false, 2)]
    public void Apply_Hotkey_LosesTheBondsToItInEveryMechanism(bool isOn, bool isNeuron, int left)
    {
        var bench = new Bench();
        var row = new NeuronRow { LastUpdate = 3, Bonds = [new(2, 9), new(0, 8)] };
        bench.Spoil(0, neuron => neuron.WithRow(0, row).WithRow(1, row));
        bench.Spoil(3, neuron => neuron.WithRow(1, row));

        var after = BondsReset.Apply(bench.Metagraph, new SubnetHyperparameters { BondsReset = isOn }, isNeuron ? Bob : Ghost);

        foreach (var changed in new[] { after.Neurons[0].Row(0), after.Neurons[0].Row(1), after.Neurons[3].Row(1) })
        {
            Assert.Equal(left, changed.Bonds.Length);
            Assert.Contains(new WeightEntry(0, 8), changed.Bonds);
            Assert.Equal(3UL, changed.LastUpdate);
        }
    }
}
