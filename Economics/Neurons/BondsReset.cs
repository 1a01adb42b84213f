using System.Collections.Immutable;
using Dtao.Economics.Ledger;

namespace Dtao.Economics.Neurons;

/// <summary>Takes the bonds that all validators have to one neuron.</summary>
/// <remarks>
/// Source: rule book 02, 10.5; epoch/run_epoch.rs :: do_reset_bonds. On the chain a hotkey asks for it with a commitment of a special kind;
/// commitments are not modelled.
/// </remarks>
public static class BondsReset
{
    /// <summary>The neurons of a subnet after a hotkey's bonds were reset in all mechanisms; as they were where that is switched off or it is no neuron.</summary>
    public static Metagraph Apply(Metagraph metagraph, SubnetHyperparameters hyper, AccountId hotkey)
    {
        if (!hyper.BondsReset || metagraph.UidOf(hotkey) is not { } uid) return metagraph;
        return metagraph with { Neurons = [.. metagraph.Neurons.Select(neuron => Without(neuron, uid))] };
    }

    private static Neuron Without(Neuron neuron, int uid)
    {
        if (!neuron.Rows.Any(row => row.Bonds.Any(bond => bond.Uid == uid))) return neuron;
        ImmutableArray<NeuronRow> rows = [.. neuron.Rows.Select(row => row with { Bonds = row.Bonds.RemoveAll(bond => bond.Uid == uid) })];
        return neuron with { Rows = rows };
    }
}
