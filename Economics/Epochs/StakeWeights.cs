namespace Dtao.Economics.Epochs;

/// <summary>What each neuron's stake weighs in its subnet.</summary>
/// <remarks>Source: rule book 02, 7.2 and 7.4; staking/stake_utils.rs :: get_stake_weights_for_network; epoch/run_epoch.rs :: epoch_mechanism.</remarks>
public static class StakeWeights
{
    /// <summary>The part of root TAO that counts beside alpha, weight of 2^64 - 1, cut to 32 fraction bits.</summary>
    /// <remarks>Source: staking/stake_utils.rs :: get_tao_weight.</remarks>
    public static U96F32 TaoWeight(ulong weight) => U96F32.FromRatio(weight, ulong.MaxValue);

    /// <summary>Inherited alpha plus inherited root TAO by the TAO weight.</summary>
    public static I64F64 Total(ulong alphaStake, ulong taoStake, U96F32 taoWeight) =>
        I64F64.FromInteger(alphaStake).AddSaturating(I64F64.FromInteger(taoStake).MultiplySaturating(taoWeight.ToI64F64()));

    /// <summary>Totals of all neurons, and their whole rao.</summary>
    public static void Totals(ReadOnlySpan<ulong> alphaStake, ReadOnlySpan<ulong> taoStake, ulong taoWeight, Span<I64F64> totals, Span<ulong> raw)
    {
        var weight = TaoWeight(taoWeight);
        for (var i = 0; i < totals.Length; i++)
        {
            totals[i] = Total(alphaStake[i], taoStake[i], weight);
            raw[i] = totals[i].ToUInt64Saturating();
        }
    }

    /// <summary>The share of each total in the sum of those that count. Below the threshold none counts but the owner's.</summary>
    public static void Normalise(Span<I64F64> totals, ReadOnlySpan<ulong> raw, ulong threshold, int ownerUid, Span<I32F32> stake)
    {
        var sum = Int128.Zero;
        for (var i = 0; i < totals.Length; i++)
        {
            if (raw[i] < threshold && i != ownerUid) totals[i] = I64F64.Zero;
            sum = unchecked(sum + totals[i].Bits);
        }

        var divisor = new I64F64(sum);
        for (var i = 0; i < stake.Length; i++) stake[i] = (divisor.IsZero ? totals[i] : totals[i].DivideOrZero(divisor)).ToI32F32();
    }

    /// <summary>Stake without the inactive and those without a permit, normalised.</summary>
    public static void KeepActive(ReadOnlySpan<I32F32> stake, ReadOnlySpan<bool> active, ReadOnlySpan<bool> permits, Span<I32F32> activeStake)
    {
        for (var i = 0; i < stake.Length; i++) activeStake[i] = active[i] && permits[i] ? stake[i] : I32F32.Zero;
        FixedVector.Normalize(activeStake);
    }
}
