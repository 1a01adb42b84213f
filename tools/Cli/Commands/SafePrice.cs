using System.Numerics;
using Dtao.Client;
using Dtao.Economics;

namespace Dtao.Cli.Commands;

/// <summary>Limits from a price and a tolerance, rounded so that the tolerance is never exceeded by less than asked.</summary>
/// <remarks>A tolerance is in parts of 10^9: 0.005 is 5,000,000.</remarks>
internal static class SafePrice
{
    /// <summary>0.5 %.</summary>
    public const ulong ToleranceDefault = 5_000_000;

    private const ulong One = AmountText.RaoPerWhole;

    /// <summary>The highest price to buy at: price x (1 + tolerance), rounded up to a rao.</summary>
    public static LimitPrice ToBuy(UInt128 priceBits, ulong tolerance) =>
        new(Clamp(DivideUp((BigInteger)priceBits * (One + (BigInteger)tolerance), BigInteger.One << 64)));

    /// <summary>The lowest price to sell at: price x (1 - tolerance), rounded down to a rao.</summary>
    public static LimitPrice ToSell(UInt128 priceBits, ulong tolerance) => new(Clamp(((BigInteger)priceBits * Rest(tolerance)) >> 64));

    /// <summary>The lowest rate to swap at: origin's price / destination's price x (1 - tolerance) x 10^9, rounded down. Null when the destination has no price.</summary>
    public static ulong? ToSwap(UInt128 originBits, UInt128 destinationBits, ulong tolerance) =>
        destinationBits == 0 ? null : Clamp((BigInteger)originBits * Rest(tolerance) / destinationBits);

    private static ulong Rest(ulong tolerance) => tolerance >= One ? 0 : One - tolerance;

    private static BigInteger DivideUp(BigInteger value, BigInteger divisor) => (value + divisor - 1) / divisor;

    private static ulong Clamp(BigInteger value) => value > ulong.MaxValue ? ulong.MaxValue : (ulong)value;
}
