using Dtao.Economics.Ledger;

namespace Dtao.Economics.Locks;

/// <summary>How many blocks it takes until mass and conviction of a lock have fallen to one e-th.</summary>
public readonly record struct LockRates(ulong Unlock, ulong Maturity)
{
    /// <summary>Half comes free in about 90 days.</summary>
    public static readonly LockRates Default = new(934_866, 934_866);
}

/// <summary>How a lock ages.</summary>
/// <remarks>
/// Source: rule book 01, 9.2; staking/lock.rs :: exp_decay, calculate_decayed_mass_and_conviction, roll_forward_lock. Products floor,
/// quotients cut toward zero, in 64 fraction bits; so ageing in two steps is not to the last bit ageing in one.
/// </remarks>
public static class LockDecay
{
    /// <summary>Beyond this many time scales the part that is left does not fall any further; it is not 0.</summary>
    private static readonly I64F64 s_scalesMax = I64F64.FromInteger(40L);

    /// <summary>The part that is left after some blocks: e^(-blocks / scale), at most 1; 0 for a scale of 0 blocks.</summary>
    public static U64F64 Left(ulong blocks, ulong scale)
    {
        if (blocks == 0) return U64F64.One;
        if (scale == 0) return U64F64.Zero;
        var ratio = I64F64.FromInteger(blocks).DivideChecked(I64F64.FromInteger(scale));
        return Inverse(I64F64.Min(ratio ?? s_scalesMax, s_scalesMax)).ToU64F64();
    }

    /// <summary>The lock as it is in a later block. Of a lock for the owner's hotkey the conviction is the mass; dust is nothing.</summary>
    public static LockState RollForward(LockState state, BlockNumber now, LockBucket bucket, LockRates rates)
    {
        var rolled = now > state.LastBlock ? Aged(state, now, bucket.IsPerpetual, rates) : state;
        if (bucket.IsOfOwner) rolled = rolled with { Conviction = U64F64.FromInteger(rolled.Mass.Rao) };
        return rolled.IsDust ? LockState.Nothing(rolled.LastBlock) : rolled;
    }

    private static LockState Aged(LockState state, BlockNumber now, bool isPerpetual, LockRates rates)
    {
        var blocks = now.Value - state.LastBlock.Value;
        var (unlocking, maturing) = (Left(blocks, rates.Unlock), Left(blocks, rates.Maturity));
        var mass = U64F64.FromInteger(state.Mass.Rao);
        var earned = isPerpetual
            ? mass.MultiplySaturating(U64F64.One.SubtractSaturating(maturing))
            : Earned(mass, blocks, unlocking, maturing, rates);
        return new LockState(
            isPerpetual ? state.Mass : new Alpha(unlocking.MultiplySaturating(mass).ToUInt64Saturating()),
            maturing.MultiplySaturating(state.Conviction).AddSaturating(earned),
            now);
    }

    /// <summary>The conviction that a melting mass has earned and not lost again.</summary>
    private static U64F64 Earned(U64F64 mass, ulong blocks, U64F64 unlocking, U64F64 maturing, LockRates rates)
    {
        if (rates.Unlock == rates.Maturity)
        {
            var scales = U64F64.FromRatio(blocks, rates.Maturity);
            return mass.MultiplySaturating(scales.MultiplySaturating(maturing));
        }

        if (rates.Unlock == 0 || rates.Maturity == 0) return U64F64.Zero;
        var difference = new I64F64(((Int128)rates.Unlock - rates.Maturity) << I64F64.FractionBits);
        var part = I64F64.FromInteger(rates.Unlock)
            .MultiplySaturating(unlocking.ToI64F64().SubtractSaturating(maturing.ToI64F64()))
            .DivideChecked(difference) ?? I64F64.Zero;
        return part <= I64F64.Zero ? U64F64.Zero : mass.MultiplySaturating(part.ToU64F64());
    }

    /// <summary>1 / e^value for a value of 0 to 40, by the reference's series: 63 terms, and the quotient at the end.</summary>
    /// <remarks>
    /// Source: rule book 02, 1.10. No power before its division is above 40 x 40^40 / 40!, which is below 2^60, and the sum is below 2^58: nothing
    /// overflows. Once a term is 0 so are all that follow.
    /// </remarks>
    private static I64F64 Inverse(I64F64 value)
    {
        var (sum, term) = (I64F64.One + value, value);
        for (var i = 2; i < I64F64.FractionBits && !term.IsZero; i++)
        {
            term = new I64F64(term.MultiplyChecked(value)!.Value.Bits / i);
            sum += term;
        }

        return I64F64.One.DivideChecked(sum)!.Value;
    }
}
