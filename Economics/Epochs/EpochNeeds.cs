using Dtao.Economics.Ledger;

namespace Dtao.Economics.Epochs;

/// <summary>What an epoch must be told that its subnet does not hold itself.</summary>
public static class EpochNeeds
{
    /// <summary>The hotkeys whose record (owner and take) and root stake an epoch reads: the neurons and their parents.</summary>
    /// <remarks>
    /// Source: rule book 02, 7.2 and 8. Everything else that is read of a hotkey, the destinations of automatic stakes included, is the
    /// subnet's own: its pool there, its links, its childkey take. Stakers are never read, so their number does not matter.
    /// </remarks>
    public static IReadOnlySet<AccountId> Of(Metagraph metagraph)
    {
        var hotkeys = new HashSet<AccountId>(metagraph.Neurons.Length);
        foreach (var neuron in metagraph.Neurons)
        {
            hotkeys.Add(neuron.Hotkey);
            if (!metagraph.Parents.TryGetValue(neuron.Hotkey, out var parents)) continue;
            foreach (var parent in parents) hotkeys.Add(parent.Hotkey);
        }

        return hotkeys;
    }
}
