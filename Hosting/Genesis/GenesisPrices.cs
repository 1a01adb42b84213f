using Dtao.Economics;

namespace Dtao.Hosting.Genesis;

/// <summary>The moving price with which a pool begins when nobody states one.</summary>
public static class GenesisPrices
{
    /// <summary>Reserve over reserve, the spot price at equal weights, floored at 32 fraction bits and capped at 1 as the moving price itself is.</summary>
    /// <remarks>Source: rule book 01, 5.1 (the cap of the price that enters the average).</remarks>
    public static I96F32 Of(Tao tao, Alpha alpha)
    {
        var one = (Int128)1 << I96F32.FractionBits;
        if (alpha.IsZero) return new(0);
        var price = ((UInt128)tao.Rao << I96F32.FractionBits) / alpha.Rao;
        return new(price > (UInt128)one ? one : (Int128)price);
    }
}
