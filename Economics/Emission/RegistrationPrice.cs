using Dtao.Economics.Ledger;

namespace Dtao.Economics.Emission;

/// <summary>The price of a neuron's registration, which decays with every block and jumps with every registration.</summary>
/// <remarks>Source: rule book 01, 11.5 and 11.6; subnets/registration.rs :: update_registration_prices_for_networks, utils/misc.rs.</remarks>
public static class RegistrationPrice
{
    private const int FractionBits = 32;
    private const ulong One = 1UL << FractionBits;
    private const ulong Half = 1UL << (FractionBits - 1);

    // 0 = not computed yet; a factor is never 0. Racing writers write the same value.
    private static readonly ulong[] s_factors = new ulong[ushort.MaxValue + 1];

    /// <summary>The price after one block, in rao. The bounds apply even when nothing decays, the lower one first.</summary>
    public static Tao Decay(SubnetBooks books, BlockNumber block)
    {
        var price = books.Burn;
        if (books.BurnHalfLife > 0 && block.Value > 1) price = new Tao(MultiplyQ32(price.Rao, DecayFactor(books.BurnHalfLife)));
        return Bounded(books, price);
    }

    /// <summary>The price after a registration, in rao; a multiplier under one counts as one.</summary>
    /// <remarks>Source: rule book 01, 11.5; subnets/registration.rs :: bump_registration_price_after_registration.</remarks>
    public static Tao Bump(SubnetBooks books)
    {
        var multiplier = U64F64.Max(books.BurnMultiplier, U64F64.One);
        return Bounded(books, new Tao(U64F64.FromInteger(books.Burn.Rao).MultiplySaturating(multiplier).ToUInt64Saturating()));
    }

    /// <summary>The factor per block, in parts of 2^32, that halves a price in so many blocks; 2^32 for 0.</summary>
    public static ulong DecayFactor(ushort halfLife)
    {
        var known = Volatile.Read(ref s_factors[halfLife]);
        if (known != 0) return known;

        ulong low = 0, high = One;
        if (halfLife == 0) low = One;
        while (low + 1 < high)
        {
            var middle = low + ((high - low) >> 1);
            if (PowerQ32(middle, halfLife) > Half) high = middle;
            else low = middle;
        }

        Volatile.Write(ref s_factors[halfLife], low);
        return low;
    }

    private static Tao Bounded(SubnetBooks books, Tao price)
    {
        if (price < books.MinBurn) price = books.MinBurn;
        return price > books.MaxBurn ? books.MaxBurn : price;
    }

    private static ulong PowerQ32(ulong factor, ushort exponent)
    {
        var result = One;
        for (uint rest = exponent; rest > 0;)
        {
            if ((rest & 1) == 1) result = MultiplyQ32(result, factor);
            rest >>= 1;
            if (rest > 0) factor = MultiplyQ32(factor, factor);
        }

        return result;
    }

    private static ulong MultiplyQ32(ulong value, ulong factor)
    {
        var product = ((UInt128)value * factor) >> FractionBits;
        return product > ulong.MaxValue ? ulong.MaxValue : (ulong)product;
    }
}
