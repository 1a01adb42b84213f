namespace Dtao.Economics.Registration;

/// <summary>What each holder gets of a dissolved subnet's TAO.</summary>
/// <param name="Shares">By holder, in the order in which they were given.</param>
/// <param name="Protocol">The part of the alpha that nobody holds; it is not paid out.</param>
/// <param name="Order">Holders in the order in which they are paid.</param>
public sealed record PotShares(IReadOnlyList<Tao> Shares, Tao Protocol, IReadOnlyList<int> Order);

/// <summary>Divides a pot in proportion to alpha, to the last rao: what rounding leaves over goes to the largest remainders.</summary>
/// <remarks>
/// Source: rule book 01, 10.6-5; staking/remove_stake.rs :: destroy_alpha_in_out_stakes. Ties of remainders keep the order of the holders, with
/// the protocol last. When something was left over, holders are also paid in the order of their remainders, which shows where a payment is refused.
/// One sort over all holders; nothing else is more than linear.
/// </remarks>
public static class PotSplit
{
    /// <param name="holders">Alpha by holder, in the chain's order of enumeration.</param>
    /// <param name="protocol">Alpha that takes part and belongs to nobody.</param>
    public static PotShares Split(Tao pot, IReadOnlyList<Alpha> holders, Alpha protocol)
    {
        UInt128 total = protocol.Rao;
        foreach (var alpha in holders) total += alpha.Rao;
        if (total == 0 || pot.IsZero) return new PotShares(new Tao[holders.Count], Tao.Zero, [.. Enumerable.Range(0, holders.Count)]);

        // The protocol's portion, where it has one, stands behind all holders.
        var shares = new ulong[holders.Count + 1];
        var portions = new Portion[holders.Count + (protocol.IsZero ? 0 : 1)];
        var leftover = pot.Rao;
        for (var place = 0; place < portions.Length; place++)
        {
            var product = (UInt128)pot.Rao * (place < holders.Count ? holders[place].Rao : protocol.Rao);
            var (share, remainder) = UInt128.DivRem(product, total);
            shares[place] = (ulong)share;
            portions[place] = new Portion(remainder, place);
            leftover -= shares[place];
        }

        if (leftover > 0) Array.Sort(portions);
        for (var place = 0; (ulong)place < leftover; place++) shares[portions[place].Place]++;
        return new PotShares(
            [.. shares.Take(holders.Count).Select(share => new Tao(share))],
            new Tao(shares[^1]),
            [.. portions.Where(portion => portion.Place < holders.Count).Select(portion => portion.Place)]);
    }

    /// <summary>Sorts the largest remainder first; the place makes the sort a stable one.</summary>
    private readonly record struct Portion(UInt128 Remainder, int Place) : IComparable<Portion>
    {
        public int CompareTo(Portion other)
        {
            var order = other.Remainder.CompareTo(Remainder);
            return order != 0 ? order : Place.CompareTo(other.Place);
        }
    }
}
