using Dtao.Economics.Ledger;

namespace Dtao.Economics.Children;

/// <summary>Which calls look beyond their own subnet while a network has a stake threshold. Actors route by it; the rules themselves do not look at it.</summary>
/// <remarks>
/// Weights ask what their hotkey votes with, on the subnet and on root, with what its parents lend on both (<see cref="Neurons.VotingStake"/>).
/// Children, and an unstake, ask what is staked to their hotkey on all subnets; the unstake may end what the hotkey asked for on any of them
/// (<see cref="StakeThresholdRules"/>). Without a threshold none of this is read.
/// </remarks>
public static class ThresholdShapes
{
    /// <summary>Whether a call may have to be decided on more than its own subnet.</summary>
    public static bool MayLookBeyond(CallKind kind) => AsksVotes(kind) || AsksAllStake(kind);

    /// <summary>Whether a call has to, under these parameters.</summary>
    public static bool LooksBeyond(NetworkParameters parameters, CallKind kind) => parameters.StakeThreshold > 0 && MayLookBeyond(kind);

    /// <summary>Whether a call asks what its signer votes with on its subnet.</summary>
    public static bool AsksVotes(CallKind kind) => kind is CallKind.SetWeights or CallKind.RevealWeights or CallKind.BatchRevealWeights;

    /// <summary>Whether a call asks for all stake on its hotkey.</summary>
    public static bool AsksAllStake(CallKind kind) =>
        kind is CallKind.SetChildren or CallKind.RemoveStake or CallKind.RemoveStakeLimit or CallKind.RemoveStakeFullLimit;
}
