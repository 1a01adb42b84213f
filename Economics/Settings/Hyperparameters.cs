using System.Collections.Frozen;
using Dtao.Economics.Ledger;

namespace Dtao.Economics.Settings;

/// <summary>Every hyperparameter of subnets and of the network, in one table: its names, who may set it, within what bounds, and where it is kept.</summary>
/// <remarks>Source: rule book 01, section 15; rule book 02, 2.1, 2.2, 6.4, 7.9, and 7.12; admin-utils/lib.rs.</remarks>
public static partial class Hyperparameters
{
    /// <summary>Names of settings of a subnet that are no hyperparameters: what its ledger holds, which other calls and blocks change.</summary>
    public static IReadOnlySet<string> StateOfSubnet { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "tao_in", "alpha_in", "alpha_out", "protocol_alpha", "weight", "swap_initialised", "moving_price", "first_emission_block", "last_epoch_block",
        "burn", "registered_at",
    };

    /// <summary>Names of settings of the network that are no hyperparameters.</summary>
    public static IReadOnlySet<string> StateOfNetwork { get; } = new HashSet<string>(StringComparer.Ordinal) { "network_last_lock", "network_last_lock_block" };

    /// <summary>A value of subnets by its name here or on the chain.</summary>
    public static bool TryGetOfSubnet(string name, out Hyperparameter? found) => Names.OfSubnet.TryGetValue(name, out found);

    /// <summary>A value of the network by its name here or on the chain.</summary>
    public static bool TryGetOfNetwork(string name, out Hyperparameter? found) => Names.OfNetwork.TryGetValue(name, out found);

    /// <summary>A value of a subnet as text, by its name here or on the chain; false when there is none of that name.</summary>
    public static bool TryRead(SubnetBooks books, string name, out string? value)
    {
        value = TryGetOfSubnet(name, out var found) ? found!.Read(books) : null;
        return found is not null;
    }

    /// <summary>A value of the network as text, by its name here or on the chain; false when there is none of that name.</summary>
    public static bool TryRead(NetworkParameters parameters, string name, out string? value)
    {
        value = TryGetOfNetwork(name, out var found) ? found!.Read(parameters) : null;
        return found is not null;
    }

    private static FrozenDictionary<string, Hyperparameter> ByName(IEnumerable<Hyperparameter> all)
    {
        var byName = new Dictionary<string, Hyperparameter>(StringComparer.Ordinal);
        foreach (var value in all)
        {
            byName.Add(value.Name, value);
            if (value.ChainName != value.Name) byName.Add(value.ChainName, value);
        }

        return byName.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>A class of its own, so that it is made after the tables, which stand in other files.</summary>
    private static class Names
    {
        public static readonly FrozenDictionary<string, Hyperparameter> OfSubnet = ByName(Hyperparameters.OfSubnet);
        public static readonly FrozenDictionary<string, Hyperparameter> OfNetwork = ByName(Hyperparameters.OfNetwork);
    }
}
