namespace Dtao.Economics.Epochs;

/// <summary>What an epoch pays to each neuron as a miner, as a validator, and what is recorded as its emission.</summary>
/// <remarks>Source: rule book 02, 7.10; epoch/run_epoch.rs :: epoch_mechanism.</remarks>
public static class EpochEmission
{
    /// <summary>floor(share x emission) in rao, at most 2^64 - 1. The share is at least 0.</summary>
    public static ulong Amount(I32F32 share, ulong emission)
    {
        var high = Math.BigMul((ulong)share.Bits, emission, out ulong low);
        return high >> I32F32.FractionBits != 0 ? ulong.MaxValue : unchecked((high << I32F32.FractionBits) | (low >> I32F32.FractionBits));
    }

    /// <summary>Splits an epoch's emission by incentives and dividends; by stake when there are none of either. Fractions of a rao are lost.</summary>
    /// <param name="emission">What there is, in rao.</param>
    /// <param name="vectors">Incentives, dividends, and stake.</param>
    /// <param name="result">Receives the server, validator and recorded emission.</param>
    public static void Distribute(ulong emission, in EmissionVectors vectors, EpochResult result)
    {
        var incentive = vectors.Incentive;
        var dividends = vectors.Dividends;
        var sum = FixedVector.Sum(incentive).AddWrapping(FixedVector.Sum(dividends));
        if (sum.IsZero)
        {
            ByStake(emission, FixedVector.Sum(vectors.ActiveStake).IsZero ? vectors.Stake : vectors.ActiveStake, result);
            return;
        }

        var total = new Normalizer(sum);
        for (var i = 0; i < incentive.Length; i++)
        {
            result.ServerEmissionBuffer[i] = Amount(total.Share(incentive[i]), emission);
            result.ValidatorEmissionBuffer[i] = Amount(total.Share(dividends[i]), emission);
            result.EmissionBuffer[i] = Amount(total.Share(incentive[i].AddSaturating(dividends[i])), emission);
        }
    }

    private static void ByStake(ulong emission, ReadOnlySpan<I32F32> stake, EpochResult result)
    {
        for (var i = 0; i < stake.Length; i++)
        {
            var amount = Amount(stake[i], emission);
            (result.ServerEmissionBuffer[i], result.ValidatorEmissionBuffer[i], result.EmissionBuffer[i]) = (0, amount, amount);
        }
    }
}

/// <summary>The vectors by which an epoch's emission is split, one number a neuron.</summary>
/// <param name="incentive">Shares of the miners.</param>
/// <param name="dividends">Shares of the validators.</param>
/// <param name="activeStake">Shares of active stake with a permit.</param>
/// <param name="stake">Shares of all stake.</param>
public readonly ref struct EmissionVectors(
    ReadOnlySpan<I32F32> incentive, ReadOnlySpan<I32F32> dividends, ReadOnlySpan<I32F32> activeStake, ReadOnlySpan<I32F32> stake)
{
    /// <summary>Shares of the miners.</summary>
    public ReadOnlySpan<I32F32> Incentive { get; } = incentive;

    /// <summary>Shares of the validators.</summary>
    public ReadOnlySpan<I32F32> Dividends { get; } = dividends;

    /// <summary>Shares of active stake with a permit.</summary>
    public ReadOnlySpan<I32F32> ActiveStake { get; } = activeStake;

    /// <summary>Shares of all stake.</summary>
    public ReadOnlySpan<I32F32> Stake { get; } = stake;
}
