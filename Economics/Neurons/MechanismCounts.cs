using System.Collections.Immutable;
using Dtao.Economics.Ledger;
using Dtao.Economics.Settings;

namespace Dtao.Economics.Neurons;

/// <summary>How many mechanisms a subnet has, and how an epoch's emission is split over them.</summary>
/// <remarks>Source: rule book 02, 7.12; subnets/mechanism.rs :: do_set_mechanism_count, update_mechanism_counts_if_needed, do_set_emission_split.</remarks>
internal static class MechanismCounts
{
    /// <summary>Beyond it the chain's index of mechanisms would run into that of other subnets.</summary>
    public const byte Most = 16;

    /// <summary>
    /// Follows a change of the count. Of mechanisms that are gone nothing stays, neither rows of neurons nor commits: one that comes again begins empty.
    /// Any change makes the split even.
    /// </summary>
    public static void Changed(LedgerScope scope, NetUid netuid, byte before, byte after)
    {
        if (before == after) return;
        var metagraph = scope.GetMetagraph(netuid) with { MechanismSplit = [] };
        if (after < before)
        {
            metagraph = metagraph with
            {
                Neurons = [.. metagraph.Neurons.Select(neuron => neuron.Rows.Length > after ? neuron with { Rows = neuron.Rows[..after] } : neuron)],
                Commits = metagraph.Commits.RemoveRange(metagraph.Commits.Keys.Where(key => key.Mechanism >= after && key.Mechanism < before)),
            };
        }

        scope.SetMetagraph(netuid, metagraph);
    }

    /// <summary>Sets the split from its text: parts of 65535 with commas between, those that are left out 0; null makes it even.</summary>
    /// <returns>InvalidParameterValue for what is no such list, InvalidValue for none or more than there are mechanisms, or another sum.</returns>
    public static LedgerError TrySplit(string? text, byte count, out ImmutableArray<ushort> split)
    {
        split = [];
        if (text is null) return LedgerError.None;
        var parts = text.Length == 0 ? [] : text.Split(',');
        var read = ImmutableArray.CreateBuilder<ushort>(parts.Length);
        foreach (var part in parts)
        {
            if (!SettingText.TryRead(part, out ushort value)) return LedgerError.InvalidParameterValue;
            read.Add(value);
        }

        if (parts.Length == 0 || parts.Length > count || read.Sum(part => part) != ushort.MaxValue) return LedgerError.InvalidValue;
        split = read.MoveToImmutable();
        return LedgerError.None;
    }
}
