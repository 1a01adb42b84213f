using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;

namespace Dtao.Economics.Neurons;

/// <summary>What a hotkey votes with on a subnet: its stake without what its children have and with what its parents lend, on the subnet and on root.</summary>
/// <remarks>
/// Source: rule book 02, 7.2; staking/stake_utils.rs :: get_stake_weights_for_hotkey_on_subnet. Reads the share pools of the hotkey and of its
/// parents on both, and the links of the subnet.
/// </remarks>
public static class VotingStake
{
    /// <summary>Rao of alpha, with root TAO counted by its weight.</summary>
    public static I64F64 Of(ILedgerSource source, NetUid netuid, AccountId hotkey)
    {
        var metagraph = source.GetMetagraph(netuid);
        return StakeWeights.Total(
            Inherited(source, metagraph, netuid, hotkey),
            Inherited(source, metagraph, NetUid.Root, hotkey),
            StakeWeights.TaoWeight(source.Parameters.TaoWeight));
    }

    /// <summary>Rao on one of the two subnets, by the links of the one that is voted on.</summary>
    private static ulong Inherited(ILedgerSource source, Metagraph metagraph, NetUid stakedOn, AccountId hotkey)
    {
        ulong StakeOf(AccountId holder) => source.GetHotkeyPool(stakedOn, holder).Value.Rao;

        ulong[] children = [.. metagraph.ChildrenOf(hotkey).Select(child => child.Proportion)];
        ParentStake[] parents = [.. metagraph.ParentsOf(hotkey).Select(parent => new ParentStake(StakeOf(parent.Hotkey), parent.Proportion))];
        return StakeInheritance.Inherited(StakeOf(hotkey), children, parents);
    }
}
