using Dtao.Economics.Ledger;

namespace Dtao.Economics.Registration;

/// <summary>The uids of a subnet: who gets one, and who has to leave for it.</summary>
/// <remarks>Source: rule book 01, 11.7 and 11.8; rule book 02, 11; subnets/uids.rs, subnets/registration.rs :: get_neuron_to_prune.</remarks>
public static class NeuronSlots
{
    /// <summary>The uid that a newcomer would take over on a full subnet; null when nobody may be replaced.</summary>
    /// <remarks>Reads the owners of the subnet's hotkeys, and nothing else outside the subnet.</remarks>
    public static int? ToPrune(ILedgerSource source, SubnetBooks books)
    {
        var neurons = source.GetMetagraph(books.Netuid).Neurons;
        var immortal = ImmortalUids(source, books);
        int? bestFree = null, bestImmune = null;
        var free = 0;
        for (var uid = 0; uid < neurons.Length; uid++)
        {
            if (immortal.Contains(uid)) continue;
            if (IsImmune(neurons[uid], books, source.Block))
            {
                if (GoesBefore(neurons[uid], bestImmune is { } best ? neurons[best] : null)) bestImmune = uid;
                continue;
            }

            free++;
            if (GoesBefore(neurons[uid], bestFree is { } other ? neurons[other] : null)) bestFree = uid;
        }

        return free > books.Hyper.MinNonImmuneUids ? bestFree : bestImmune;
    }

    /// <summary>Seats a hotkey on the next uid, or, where the subnet is full, on that of a neuron that has to leave.</summary>
    /// <returns>The uid; null when the subnet is full and nobody may be replaced.</returns>
    /// <remarks>Source: subnets/registration.rs :: register_neuron.</remarks>
    public static int? Take(LedgerScope scope, SubnetBooks books, AccountId hotkey)
    {
        if (scope.GetMetagraph(books.Netuid).Neurons.Length < books.Hyper.MaxUids) return Append(scope, books, hotkey);
        if (ToPrune(scope, books) is not { } uid) return null;
        Replace(scope, books, uid, hotkey);
        return uid;
    }

    /// <summary>Gives a hotkey the next uid.</summary>
    public static int Append(LedgerScope scope, SubnetBooks books, AccountId hotkey)
    {
        var metagraph = scope.GetMetagraph(books.Netuid);
        scope.SetMetagraph(books.Netuid, metagraph with { Neurons = metagraph.Neurons.Add(Newcomer(scope, books, hotkey)), Unseated = metagraph.Unseated.Remove(hotkey) });
        return metagraph.Neurons.Length;
    }

    /// <summary>Puts a hotkey in the place of another one; the owner's hotkey stays where it is, without a word.</summary>
    /// <remarks>Bonds of others towards the uid stay stored: the epoch masks them by the block of registration (rule book 02, 7.8).</remarks>
    public static void Replace(LedgerScope scope, SubnetBooks books, int uid, AccountId hotkey)
    {
        var metagraph = scope.GetMetagraph(books.Netuid);
        if (metagraph.Neurons[uid].Hotkey == books.OwnerHotkey) return;

        var neurons = metagraph.Neurons.ToBuilder();
        neurons[uid] = Newcomer(scope, books, hotkey);
        for (var other = 0; other < neurons.Count; other++) neurons[other] = WithoutWeightsTowards(neurons[other], uid);
        scope.SetMetagraph(books.Netuid, metagraph with { Neurons = neurons.MoveToImmutable(), Unseated = metagraph.Unseated.Remove(hotkey) });
    }

    /// <summary>The uids of the owner's keys that are never replaced: its oldest ones, and the subnet owner's hotkey before them.</summary>
    private static List<int> ImmortalUids(ILedgerSource source, SubnetBooks books)
    {
        var neurons = source.GetMetagraph(books.Netuid).Neurons;
        var limit = books.Hyper.ImmuneOwnerUids;
        var uids = books.Owner is not { } owner
            ? []
            : Enumerable.Range(0, neurons.Length)
                .Where(uid => source.GetHotkey(neurons[uid].Hotkey)?.Owner == owner)
                .OrderBy(uid => neurons[uid].RegisteredAt).ThenBy(uid => uid)
                .Take(limit)
                .ToList();
        if (books.OwnerHotkey is not { } ownerHotkey || source.GetMetagraph(books.Netuid).UidOf(ownerHotkey) is not { } ownerUid) return uids;
        if (uids.Contains(ownerUid)) return uids;
        uids.Insert(0, ownerUid);
        return [.. uids.Take(limit)];
    }

    private static bool IsImmune(Neuron neuron, SubnetBooks books, BlockNumber block) =>
        SaturatingMath.Subtract(block.Value, neuron.RegisteredAt) < books.Hyper.ImmunityPeriod;

    /// <summary>Least emission first, then the earliest registration; the caller asks in ascending order of uid.</summary>
    private static bool GoesBefore(Neuron neuron, Neuron? best) =>
        best is null || neuron.Emission < best.Emission || (neuron.Emission == best.Emission && neuron.RegisteredAt < best.RegisteredAt);

    private static Neuron Newcomer(LedgerScope scope, SubnetBooks books, AccountId hotkey)
    {
        var block = scope.Block.Value;
        var row = NeuronRow.Empty with { LastUpdate = block };
        return new Neuron
        {
            Hotkey = hotkey,
            RegisteredAt = block,
            Rows = [.. Enumerable.Repeat(row, Math.Max((int)books.Hyper.MechanismCount, 1))],
        };
    }

    /// <summary>A weight for the uid that has changed hands is zero from now on, but it is still there.</summary>
    private static Neuron WithoutWeightsTowards(Neuron neuron, int uid)
    {
        for (var mechanism = 0; mechanism < neuron.Rows.Length; mechanism++)
        {
            var row = neuron.Rows[mechanism];
            if (!row.Weights.Any(weight => weight.Uid == uid)) continue;
            neuron = neuron.WithRow(mechanism, row with
            {
                Weights = [.. row.Weights.Select(weight => weight.Uid == uid ? weight with { Value = 0 } : weight)],
            });
        }

        return neuron;
    }
}
