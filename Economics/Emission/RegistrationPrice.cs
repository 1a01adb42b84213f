using Dtao.Economics.Ledger;

namespace Dtao.Economics.Emission;

/// <summary>The price of a neuron's registration, which decays with every block.</summary>
/// <remarks>Source: rule book 01, 11.6; subnets/registration.rs :: update_registration_prices_for_networks, utils/misc.rs.</remarks>
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
        if (price < books.MinBurn) price = books.MinBurn;
        return price > books.MaxBurn ? books.MaxBurn : price;
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
