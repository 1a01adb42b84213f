using Dtao.Economics.Ledger;

namespace Dtao.Economics.Pools;

/// <summary>A hotkey's pool and one member's share in it, before or after an update.</summary>
public readonly record struct SharePoolMember(HotkeyPool Pool, SafeFloat Share);

/// <summary>How stake is recorded: a value, each member's share, and the sum of shares; a member owns value x share / sum.</summary>
/// <remarks>Source: rule book 01, 3.2 to 3.5; primitives/share-pool/src/lib.rs.</remarks>
public static class SharePool
{
    /// <summary>What a share is worth, in alpha; floored.</summary>
    public static Alpha Value(HotkeyPool pool, SafeFloat share)
    {
        var value = SafeFloat.FromUInt64(pool.Value.Rao).MulDiv(share, pool.Denominator);
        return new(value?.ToUInt64() ?? 0);
    }

    /// <summary>Adds a signed amount to one member's value. The other members' values stay, up to rounding.</summary>
    /// <remarks>
    /// Source: 3.3 :: update_value_for_one. The first update of an empty pool takes the amount without its sign, as the
    /// reference does; shares are computed from the pool before the update.
    /// </remarks>
    public static SharePoolMember UpdateOne(HotkeyPool pool, SafeFloat share, long delta)
    {
        var amount = Magnitude(delta);
        var value = AddSigned(pool.Value, delta);
        if (pool.Denominator.IsZero) return new(new HotkeyPool(value, amount), amount);

        var shares = SharesFor(pool, amount);
        var denominator = delta > 0 ? pool.Denominator.Add(shares) : pool.Denominator.Subtract(shares);
        var after = delta > 0 ? share.Add(shares) : share.Subtract(shares);
        return new(new HotkeyPool(value, denominator ?? pool.Denominator), after ?? share);
    }

    /// <summary>Adds a signed amount to the value that all members share by their shares.</summary>
    /// <remarks>Source: 3.4 :: update_value_for_all.</remarks>
    public static HotkeyPool UpdateAll(HotkeyPool pool, long delta) => pool with { Value = AddSigned(pool.Value, delta) };

    /// <summary>Whether adding the amount would move any share at all; when not, the stake is refused.</summary>
    /// <remarks>Source: 3.5 :: sim_update_value_for_one.</remarks>
    public static bool CanStake(HotkeyPool pool, long delta) =>
        pool.Denominator.IsZero || !SharesFor(pool, Magnitude(delta)).IsZero;

    private static SafeFloat SharesFor(HotkeyPool pool, SafeFloat amount) =>
        amount.MulDiv(pool.Denominator, SafeFloat.FromUInt64(pool.Value.Rao)) ?? SafeFloat.Zero;

    private static SafeFloat Magnitude(long delta) => SafeFloat.FromUInt64(AbsoluteValue(delta));

    private static Alpha AddSigned(Alpha value, long delta) =>
        delta < 0 ? value.SubtractSaturating(new(AbsoluteValue(delta))) : value.AddSaturating(new((ulong)delta));

    private static ulong AbsoluteValue(long delta) => unchecked(delta < 0 ? (ulong)-delta : (ulong)delta);
}
