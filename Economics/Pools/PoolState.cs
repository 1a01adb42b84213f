using Dtao.Economics.Ledger;

namespace Dtao.Economics.Pools;

/// <summary>What a swap looks at: the market of one subnet. Reserves are rao.</summary>
/// <param name="IsDynamic">Mechanism 1 on a subnet other than root; otherwise everything is one to one.</param>
/// <param name="QuoteWeight">The stored TAO weight; the alpha weight is the rest of one.</param>
/// <param name="IsInitialised">Whether the weight was ever written by a swap; the first swap writes one half.</param>
public readonly record struct PoolState(
    bool IsDynamic, Tao TaoReserve, Alpha AlphaReserve, Perquintill QuoteWeight, bool IsInitialised, FeeRate FeeRate)
{
    /// <summary>The market of a subnet's books.</summary>
    public static PoolState Of(SubnetBooks books) => new(
        !books.IsRoot && books.Mechanism == 1, books.TaoReserve, books.AlphaReserve, books.QuoteWeight, books.SwapInitialised, books.FeeRate);

    /// <summary>The spot price in TAO per alpha, by the stored weight; 1 where there is no curve.</summary>
    /// <remarks>Source: rule book 01, 4.1 and 4.2; pallets/swap/src/pallet/impls.rs :: current_price.</remarks>
    public U64F64 Price => IsDynamic ? Balancer.Price(TaoReserve, AlphaReserve, QuoteWeight) : U64F64.One;
}
