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
        var alpha = I64F64.FromInteger(Inherited(source, metagraph, netuid, hotkey));
        var tao = I64F64.FromInteger(Inherited(source, metagraph, NetUid.Root, hotkey));
        var weight = U96F32.FromRatio(source.Parameters.TaoWeight, ulong.MaxValue).ToI64F64();
        return alpha.AddSaturating(tao.MultiplySaturating(weight));
    }

    /// <summary>Rao on one of the two subnets. More given to children than there is leaves 0 before the parents' part is added.</summary>
    private static ulong Inherited(ILedgerSource source, Metagraph metagraph, NetUid stakedOn, AccountId hotkey)
    {
        U96F32 Part(AccountId holder, ulong proportion) =>
            U96F32.FromInteger(source.GetHotkeyPool(stakedOn, holder).Value.Rao).MultiplySaturating(U96F32.FromRatio(proportion, ulong.MaxValue));

        var lent = metagraph.ChildrenOf(hotkey).Aggregate(U96F32.Zero, (sum, child) => sum.AddSaturating(Part(hotkey, child.Proportion)));
        var borrowed = metagraph.ParentsOf(hotkey).Aggregate(U96F32.Zero, (sum, parent) => sum.AddSaturating(Part(parent.Hotkey, parent.Proportion)));
        var own = U96F32.FromInteger(source.GetHotkeyPool(stakedOn, hotkey).Value.Rao);
        return own.SubtractSaturating(lent).AddSaturating(borrowed).ToUInt64Saturating();
    }
}
