using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Registration;

/// <summary>What the registration of a subnet costs, which number it gets, and which subnet has to go for it.</summary>
/// <remarks>Source: rule book 01, 4.15, 8, 10.1 and 10.2; coinbase/root.rs, subnets/subnet.rs, staking/stake_utils.rs.</remarks>
public static class NetworkChoice
{
    /// <summary>Rao to be paid: twice the last price just after a registration, falling in a straight line to the minimum.</summary>
    /// <param name="totalIssuance">All TAO as the staking ledger counts it; the fall gets steeper with each halving.</param>
    /// <remarks>Source: 10.1 :: get_network_lock_cost.</remarks>
    public static Tao LockCost(NetworkParameters parameters, BlockNumber block, Tao totalIssuance)
    {
        var last = parameters.NetworkLastLock.Rao;
        var start = SaturatingMath.Multiply(last, parameters.NetworkLastLockBlock == 0 ? 1UL : 2UL);
        var interval = ReductionInterval(parameters, totalIssuance);
        var perBlock = interval == 0 ? 0 : last / interval;
        var fallen = SaturatingMath.Multiply(perBlock, SaturatingMath.Subtract(block.Value, parameters.NetworkLastLockBlock));
        var cost = new Tao(SaturatingMath.Subtract(start, fallen));
        return cost < parameters.NetworkMinLock ? parameters.NetworkMinLock : cost;
    }

    /// <summary>Whether enough blocks have passed since anybody registered a subnet.</summary>
    /// <remarks>Source: section 8.</remarks>
    public static bool PassesRateLimit(NetworkParameters parameters, BlockNumber block) =>
        RateLimit.Passes(block, parameters.NetworkLastLockBlock, parameters.NetworkRateLimit);

    /// <summary>The subnet that leaves when there is no room: the lowest moving price, then the oldest; null when all are immune.</summary>
    /// <remarks>Source: 10.2 :: get_network_to_prune.</remarks>
    public static NetUid? ToPrune(ILedgerSource source)
    {
        SubnetBooks? worst = null;
        foreach (var books in Dynamic(source))
        {
            if (source.Block.Value < SaturatingMath.Add(books.RegisteredAt.Value, source.Parameters.NetworkImmunity)) continue;
            if (worst is null || GoesBefore(books, worst)) worst = books;
        }

        return worst?.Netuid;
    }

    /// <summary>How many subnets there are beside root.</summary>
    public static int Count(ILedgerSource source) => source.Subnets.Count(netuid => !netuid.IsRoot);

    /// <summary>The lowest number from 1 on that no subnet has.</summary>
    public static NetUid NextFree(ILedgerSource source)
    {
        var taken = source.Subnets.ToHashSet();
        ushort number = 1;
        while (taken.Contains(new NetUid(number))) number++;
        return new NetUid(number);
    }

    /// <summary>TAO per alpha in the middle of all subnets that have a price; of an even number the mean of the two middle ones; 1 when none has.</summary>
    /// <remarks>Source: 4.15 :: get_median_subnet_alpha_price.</remarks>
    public static U64F64 MedianPrice(ILedgerSource source)
    {
        U64F64[] prices = [.. Dynamic(source).Select(Market.Price).Where(price => !price.IsZero).Order()];
        if (prices.Length == 0) return U64F64.One;
        var (lower, upper) = (prices[(prices.Length - 1) / 2], prices[prices.Length / 2]);
        return prices.Length % 2 == 1 ? upper : lower.AddSaturating(upper).DivideOrZero(U64F64.FromInteger(2));
    }

    private static ulong ReductionInterval(NetworkParameters parameters, Tao totalIssuance)
    {
        var halving = I64F64.FromInteger(BlockEmission.Of(totalIssuance.Rao)).DivideOrZero(I64F64.FromInteger(BlockEmission.Base));
        return I64F64.FromInteger(parameters.NetworkLockInterval).MultiplySaturating(halving).ToUInt64Saturating();
    }

    private static bool GoesBefore(SubnetBooks books, SubnetBooks worst)
    {
        var (price, least) = (MovingPrice(books), MovingPrice(worst));
        return price < least || (price == least && books.RegisteredAt < worst.RegisteredAt);
    }

    private static U64F64 MovingPrice(SubnetBooks books) => books.Mechanism == 0 ? U64F64.One : books.MovingPrice.ToU64F64();

    /// <summary>All subnets but root, in storage order.</summary>
    private static IEnumerable<SubnetBooks> Dynamic(ILedgerSource source)
    {
        foreach (var netuid in source.Subnets)
        {
            if (!netuid.IsRoot && source.TryGetBooks(netuid, out var books)) yield return books;
        }
    }
}
