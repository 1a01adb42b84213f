using System.Diagnostics.CodeAnalysis;
using Dtao.Economics.Ledger;

namespace Dtao.Economics.Neurons;

/// <summary>Questions that setting and committing weights ask in the same words.</summary>
/// <remarks>Source: rule book 02, 10.1 and 10.2; subnets/weights.rs.</remarks>
internal static class WeightRules
{
    /// <summary>The books of a subnet that has this mechanism.</summary>
    public static bool TryGetMechanism(LedgerScope scope, NetUid netuid, byte mechanism, [NotNullWhen(true)] out SubnetBooks? books) =>
        scope.TryGetBooks(netuid, out books) && mechanism < books.Hyper.MechanismCount;

    /// <summary>Whether the neuron set or committed weights a moment ago; a limit of 0 blocks is never too soon.</summary>
    /// <remarks>Source: subnets/weights.rs :: check_rate_limit. A neuron whose last update is block 0 passes.</remarks>
    public static bool IsTooSoon(LedgerScope scope, SubnetBooks books, Neuron neuron, byte mechanism) =>
        !RateLimit.Passes(scope.Block, neuron.Row(mechanism).LastUpdate, books.Hyper.WeightsRateLimit);

    /// <summary>Whether what the hotkey votes with reaches the network's threshold; the subnet owner's hotkey is not asked.</summary>
    /// <remarks>
    /// Source: lib.rs :: check_weights_min_stake. A threshold of 0 is reached by everybody and reads no stake at all, so that the answer
    /// needs nothing of root then.
    /// </remarks>
    public static bool HasEnoughStake(LedgerScope scope, SubnetBooks books, AccountId hotkey)
    {
        var threshold = scope.Parameters.StakeThreshold;
        return threshold == 0 || hotkey == books.OwnerHotkey
            || VotingStake.Of(scope, books.Netuid, hotkey) >= I64F64.FromInteger(threshold);
    }
}
