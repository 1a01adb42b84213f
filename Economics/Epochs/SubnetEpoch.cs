using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;
using Dtao.Economics.Locks;

namespace Dtao.Economics.Epochs;

/// <summary>The whole epoch of one subnet, where everything is at hand.</summary>
/// <remarks>
/// Source: rule book 02, sections 7 and 8. Whoever has the parts in different places calls the four steps one by one:
/// <see cref="OwnerChange.Apply"/>, <see cref="EpochGather.Inputs"/>, <see cref="EpochFindings.Of"/>, <see cref="EpochPayout.Apply"/>; the last answers what
/// <see cref="RootAccruals.Apply"/> has to be given at root.
/// </remarks>
public static class SubnetEpoch
{
    /// <summary>Runs the epoch and pays it out.</summary>
    /// <param name="pot">What the schedule took out of the books for it.</param>
    /// <returns>What root has to credit to its stakers.</returns>
    public static IReadOnlyList<RootAccrual> Run(LedgerScope scope, NetUid netuid, EpochPot pot, EpochWorkspace workspace)
    {
        OwnerChange.Apply(scope, netuid);
        var inputs = EpochGather.Inputs(scope, netuid, pot);
        var findings = EpochFindings.Of(inputs, pot.ForNeurons, workspace);
        return EpochPayout.Apply(scope, netuid, pot, findings);
    }
}
