using Dtao.Economics.Ledger;

namespace Dtao.Economics.Epochs;

/// <summary>What an epoch must be told that its subnet does not hold itself.</summary>
public static class EpochNeeds
{
    /// <summary>
    /// The hotkeys whose record (owner and take) and root stake an epoch reads: the neurons, those that may become the owner's, and the parents of
    /// both.
    /// </summary>
    /// <remarks>
    /// Source: rule book 02, 7.2 and 8. Everything else that is read of a hotkey, the destinations of automatic stakes included, is the
    /// subnet's own: its pool there, its links, its childkey take. Stakers are never read, so their number does not matter.
    /// </remarks>
    public static IReadOnlySet<AccountId> Of(Metagraph metagraph, SubnetBooks books)
    {
        var hotkeys = new HashSet<AccountId>(metagraph.Neurons.Length);
        foreach (var neuron in metagraph.Neurons) Add(hotkeys, metagraph, neuron.Hotkey);
        foreach (var bucket in metagraph.LockTotals.Keys)
        {
            if (!bucket.IsOfOwner) Add(hotkeys, metagraph, bucket.Hotkey);
        }

        if (books.OwnerHotkey is { } ownerHotkey && (books.Hyper.OwnerCutAutoLock || !metagraph.LockTotals.IsEmpty))
        {
            Add(hotkeys, metagraph, ownerHotkey);
            if (books.Owner is { } owner && metagraph.Locks.TryGetValue(owner, out var held)) hotkeys.Add(held.Hotkey);
        }

        return hotkeys;
    }

    private static void Add(HashSet<AccountId> hotkeys, Metagraph metagraph, AccountId hotkey)
    {
        hotkeys.Add(hotkey);
        if (!metagraph.Parents.TryGetValue(hotkey, out var parents)) return;
        foreach (var parent in parents) hotkeys.Add(parent.Hotkey);
    }
}
