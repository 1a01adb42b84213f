using Dtao.Economics.Ledger;

namespace Dtao.Economics.Earnings;

/// <summary>What one unit of stake on a hotkey gained in one block. A figure for readers: no rule looks at it.</summary>
/// <param name="PerAlpha">Alpha for each alpha on the hotkey (on root: TAO for each TAO), after the hotkey's take.</param>
/// <param name="PerRoot">The alpha put aside for each root TAO on the hotkey, after its take, in TAO at the pool's price when the block ended.</param>
public readonly record struct StakeGain(AccountId Hotkey, U64F64 PerAlpha, U64F64 PerRoot)
{
    public bool IsNone => PerAlpha.IsZero && PerRoot.IsZero;

    /// <summary>By how much a share of the hotkey's pool is worth more, as a part of what it was worth.</summary>
    /// <remarks>
    /// Deposits and withdrawals change value and shares in proportion, so only what all holders share moves this figure. Each of three divisions floors
    /// at about 21 digits, and the last at 64 fraction bits; a loss, which only rounding can make, is no gain. Nothing is said of a pool that was empty.
    /// </remarks>
    public static U64F64 OfShare(HotkeyPool before, HotkeyPool after)
    {
        if (before.IsEmpty || before.Value.IsZero) return U64F64.Zero;
        var value = SafeFloat.FromUInt64(before.Value.Rao);
        if (SafeFloat.FromUInt64(after.Value.Rao).MulDiv(before.Denominator, after.Denominator) is not { } worth) return U64F64.Zero;
        if (worth.Subtract(value)?.Divide(value) is not { } gain) return U64F64.Zero;
        var whole = gain.ToUInt64();
        var fraction = gain.Subtract(SafeFloat.FromUInt64(whole))?.MulDiv(s_two64, SafeFloat.FromUInt64(1))?.ToUInt64() ?? 0;
        return new U64F64(new UInt128(whole, fraction));
    }

    /// <summary>What a root TAO earned, in TAO: the alpha put aside for it, at a price; floored.</summary>
    public static U64F64 OfRoot(I96F32 increment, U64F64 price) => increment.ToU64F64().MultiplySaturating(price);

    private static readonly SafeFloat s_two64 = SafeFloat.FromUInt64(1UL << 32).MulDiv(SafeFloat.FromUInt64(1UL << 32), SafeFloat.FromUInt64(1))!.Value;
}
