namespace Dtao.Economics.Epochs;

/// <summary>A parent of a hotkey on a subnet: the stake of the parent, and the part of it that the hotkey works with.</summary>
/// <param name="Stake">The parent's own stake in rao: alpha on the subnet, or TAO on root.</param>
/// <param name="Proportion">Of 2^64 - 1.</param>
public readonly record struct ParentStake(ulong Stake, ulong Proportion);

/// <summary>The stake that a hotkey works with: its own, without what its children have, with what its parents lend.</summary>
/// <remarks>
/// Source: rule book 02, 7.2-4; staking/stake_utils.rs :: get_inherited_for_hotkey_on_subnet, get_tao_inherited_for_hotkey_on_subnet.
/// Everything has 32 fraction bits and every product floors; only the answer is cut to whole rao. Giving more than all to children
/// leaves 0, before the parents' part is added.
/// </remarks>
public static class StakeInheritance
{
    /// <summary>A proportion of 2^64 - 1, cut to 32 fraction bits.</summary>
    public static U96F32 Proportion(ulong proportion) => U96F32.FromRatio(proportion, ulong.MaxValue);

    /// <summary>The inherited stake in rao.</summary>
    /// <param name="own">The stake on the hotkey itself, of all its stakers.</param>
    /// <param name="childProportions">What each child has of it, of 2^64 - 1.</param>
    /// <param name="parents">The hotkey's parents.</param>
    public static ulong Inherited(ulong own, ReadOnlySpan<ulong> childProportions, ReadOnlySpan<ParentStake> parents)
    {
        var initial = U96F32.FromInteger(own);
        var toChildren = U96F32.Zero;
        foreach (var proportion in childProportions) toChildren = toChildren.AddSaturating(initial.MultiplySaturating(Proportion(proportion)));
        var fromParents = U96F32.Zero;
        foreach (var parent in parents)
            fromParents = fromParents.AddSaturating(U96F32.FromInteger(parent.Stake).MultiplySaturating(Proportion(parent.Proportion)));
        return initial.SubtractSaturating(toChildren).AddSaturating(fromParents).ToUInt64Saturating();
    }
}
