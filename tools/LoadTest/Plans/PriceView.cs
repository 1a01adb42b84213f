using Dtao.Economics;

namespace Dtao.LoadTest.Plans;

/// <summary>What a trader knows of a subnet's price.</summary>
/// <param name="Price">TAO for one alpha, raw U64F64.</param>
/// <param name="Before">The price one view earlier.</param>
/// <param name="Slow">A moving average over views: an eighth of each difference is taken up.</param>
public readonly record struct SubnetPrice(NetUid Netuid, UInt128 Price, UInt128 Before, UInt128 Slow, ulong TaoReserve, ulong AlphaReserve)
{
    /// <summary>Whether this one's price stands higher against its reference than the other's.</summary>
    public bool StandsAbove(SubnetPrice other, Func<SubnetPrice, UInt128> reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return Short(Price) * Short(reference(other)) > Short(other.Price) * Short(reference(this));
    }

    /// <summary>With as many bits as two of them can be multiplied.</summary>
    private static UInt128 Short(UInt128 price) => (ulong)UInt128.Min(price >> 24, ulong.MaxValue);
}

/// <summary>All prices at one time, as traders see them until the next view.</summary>
public sealed record PriceView(long Number, IReadOnlyList<SubnetPrice> Subnets);

/// <summary>Makes views of the prices that are observed. The same observations make the same views.</summary>
public sealed class PriceBoard
{
    private const int SlowParts = 8;

    private PriceView _view;

    /// <param name="first">What is seen at the beginning.</param>
    public PriceBoard(IEnumerable<(NetUid Netuid, UInt128 Price, ulong TaoReserve, ulong AlphaReserve)> first)
    {
        _view = new(1, [.. first.Select(seen => new SubnetPrice(seen.Netuid, seen.Price, seen.Price, seen.Price, seen.TaoReserve, seen.AlphaReserve))]);
    }

    public PriceView View => Volatile.Read(ref _view);

    /// <summary>Takes up what is seen now; a subnet that is not seen keeps its price.</summary>
    public void Note(IEnumerable<(NetUid Netuid, UInt128 Price, ulong TaoReserve, ulong AlphaReserve)> seen)
    {
        var byNetuid = seen.ToDictionary(subnet => subnet.Netuid);
        var former = View;
        Volatile.Write(ref _view, new(former.Number + 1, [.. former.Subnets.Select(last => byNetuid.TryGetValue(last.Netuid, out var now)
            ? new SubnetPrice(last.Netuid, now.Price, last.Price, Slow(last.Slow, now.Price), now.TaoReserve, now.AlphaReserve)
            : last)]));
    }

    private static UInt128 Slow(UInt128 slow, UInt128 price) => price >= slow ? slow + ((price - slow) / SlowParts) : slow - ((slow - price) / SlowParts);
}
