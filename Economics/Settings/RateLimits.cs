using Dtao.Economics.Ledger;

namespace Dtao.Economics.Settings;

/// <summary>Everything that makes a call wait because of when it, or another, was made: each is a parameter, and 0 switches it off.</summary>
/// <remarks>Source: rule book 01, section 8; rule book 02, 6.4, 9.1, 9.2, 10.1, and 10.2. Stakes and transfers have no limit.</remarks>
public static class RateLimits
{
    /// <summary>Parameters of the network.</summary>
    public static IReadOnlyList<string> OfNetwork { get; } =
    [
        "take_rate_limit", "network_rate_limit", "set_children_rate_limit", "child_take_rate_limit", "child_cooldown", "start_call_delay",
        "admin_freeze_window", "owner_hyperparam_rate_limit", "tempo_rate_limit", "weights_version_key_rate_limit", "owner_hotkey_rate_limit",
        "default_weights_rate_limit", "tx_rate_limit", "hotkey_swap_interval", "coldkey_swap_delay", "coldkey_swap_reannouncement_delay",
    ];

    /// <summary>Settings of a subnet.</summary>
    public static IReadOnlyList<string> OfSubnet { get; } = ["weights_rate_limit"];

    /// <summary>The parameters with every limit off.</summary>
    public static NetworkParameters SwitchOff(NetworkParameters parameters)
    {
        foreach (var name in OfNetwork)
        {
            var error = ParameterSettings.Set(parameters, name, "0", out parameters);
            if (error != LedgerError.None) throw new InvalidOperationException($"The limit '{name}' cannot be switched off: {error}.");
        }

        return parameters;
    }

    /// <summary>A subnet's settings with every limit off.</summary>
    public static SubnetHyperparameters SwitchOff(SubnetHyperparameters settings)
    {
        var books = new SubnetBooks { Hyper = settings };
        foreach (var name in OfSubnet)
        {
            var error = SubnetSettings.Set(books, name, "0");
            if (error != LedgerError.None) throw new InvalidOperationException($"The limit '{name}' cannot be switched off: {error}.");
        }

        return books.Hyper;
    }
}
