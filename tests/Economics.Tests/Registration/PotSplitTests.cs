using System.Numerics;
using CsCheck;
using Dtao.Economics.Registration;
using Xunit;

namespace Dtao.Economics.Tests.Registration;

public class PotSplitTests
{
    private static readonly Gen<(ulong Pot, ulong[] Holders, ulong Protocol)> s_pots = Gen.Select(
        Gen.OneOf(Gen.ULong[0, 50], Gen.ULong[0, 21_000_000_000_000_000], Gen.ULong),
        Gen.OneOf(Gen.ULong[0, 9], Gen.ULong[0, 1_000_000_000_000], Gen.ULong).Array[0, 40],
        Gen.OneOf(Gen.Const(0UL), Gen.ULong[0, 9], Gen.ULong));

    [Theory]
    [InlineData(99_999UL, new[] { 5_000UL }, 0UL, new[] { 99_999UL }, 0UL)]
    [InlineData(1UL, new[] { 3UL, 2UL }, 0UL, new[] { 1UL, 0UL }, 0UL)]
    [InlineData(200UL, new[] { 50UL }, 50UL, new[] { 100UL }, 100UL)]
    [InlineData(0UL, new[] { 1_000UL }, 7UL, new[] { 0UL }, 0UL)]
    [InlineData(9UL, new ulong[0], 0UL, new ulong[0], 0UL)]
    [InlineData(9UL, new ulong[0], 1UL, new ulong[0], 9UL)]
    [InlineData(2UL, new[] { 1UL, 1UL, 1UL }, 0UL, new[] { 1UL, 1UL, 0UL }, 0UL)]
    [InlineData(1UL, new[] { 1UL, 1UL }, 1UL, new[] { 1UL, 0UL }, 0UL)]
    [InlineData(2UL, new[] { 1UL }, 1UL, new[] { 1UL }, 1UL)]
    [InlineData(ulong.MaxValue, new[] { ulong.MaxValue, ulong.MaxValue }, ulong.MaxValue,
        new[] { 6_148_914_691_236_517_205UL, 6_148_914_691_236_517_205UL }, 6_148_914_691_236_517_205UL)]
    public void Split_KnownPots_GivesTheLeftoverToTheLargestRemainders(ulong pot, ulong[] holders, ulong protocol, ulong[] shares, ulong withheld)
    {
        var split = Split(pot, holders, protocol);

        Assert.Equal(shares, split.Shares.Select(share => share.Rao));
        Assert.Equal(withheld, split.Protocol.Rao);
    }

    [Fact]
    public void Split_WithALeftover_PaysInTheOrderOfRemaindersAndTiesInTheirOwn()
    {
        // Of 10 in parts of 16: remainders 14, 10, 14, 4 and 6 for the protocol.
        var split = Split(10, [3, 1, 3, 2], 7);

        Assert.Equal([0, 2, 1, 3], split.Order);
        Assert.Equal([2UL, 1, 2, 1], split.Shares.Select(share => share.Rao));
        Assert.Equal(4UL, split.Protocol.Rao);
    }

    [Fact]
    public void Split_WithoutALeftover_PaysInTheOrderGiven() => Assert.Equal([0, 1, 2], Split(60, [1, 2, 3], 0).Order);

    /// <summary>Nothing is lost or made, nobody gets a rao more or less than rounding explains, and more alpha never gets less.</summary>
    [Fact]
    public void Split_AnyPot_SumsToThePotAndStaysWithinOneOfTheExactShare() => s_pots.Sample(
        (pot, holders, protocol) =>
        {
            var split = Split(pot, holders, protocol);
            var total = holders.Aggregate((BigInteger)protocol, (sum, alpha) => sum + alpha);
            var paid = split.Shares.Aggregate((BigInteger)split.Protocol.Rao, (sum, share) => sum + share.Rao);
            Assert.Equal(total.IsZero ? BigInteger.Zero : pot, paid);
            Assert.Equal(Enumerable.Range(0, holders.Length), split.Order.Order());
            for (var i = 0; i < holders.Length; i++)
            {
                var floor = total.IsZero ? BigInteger.Zero : (BigInteger)pot * holders[i] / total;
                Assert.InRange((BigInteger)split.Shares[i].Rao, floor, floor + 1);
            }

            for (var i = 1; i < holders.Length; i++)
            {
                if (holders[i] < holders[i - 1]) Assert.True(split.Shares[i] <= split.Shares[i - 1]);
            }
        },
        iter: 3_000,
        threads: 1);

    /// <summary>The same as the plain statement of the rule: floor shares, then one rao each by a stable sort of remainders.</summary>
    [Fact]
    public void Split_AnyPot_IsTheLargestRemainderMethod() => s_pots.Where(pot => pot.Holders.Length > 0).Sample(
        (pot, holders, protocol) =>
        {
            var values = holders.Append(protocol).Select(value => (BigInteger)value).ToArray();
            var total = values.Aggregate(BigInteger.Zero, (sum, value) => sum + value);
            if (total.IsZero) return;
            var shares = values.Select(value => pot * value / total).ToArray();
            var leftover = (int)(pot - shares.Aggregate(BigInteger.Zero, (sum, share) => sum + share));
            foreach (var place in Enumerable.Range(0, values.Length).Where(place => place < holders.Length || protocol > 0)
                .OrderByDescending(place => pot * values[place] % total).Take(leftover)) shares[place]++;

            var split = Split(pot, holders, protocol);

            Assert.Equal(shares, split.Shares.Append(split.Protocol).Select(share => (BigInteger)share.Rao));
        },
        iter: 3_000,
        threads: 1);

    [Fact]
    public void Split_AMillionHolders_SumsToThePot()
    {
        var holders = new ulong[1_000_000];
        for (var i = 0; i < holders.Length; i++) holders[i] = 1 + (ulong)i * 7_919 % 1_000_003;

        var split = Split(123_456_789_012_345, holders, 55_555_555);

        Assert.Equal((UInt128)123_456_789_012_345, split.Shares.Aggregate((UInt128)split.Protocol.Rao, (sum, share) => sum + share.Rao));
        Assert.Equal(holders.Length, split.Order.Distinct().Count());
    }

    private static PotShares Split(ulong pot, ulong[] holders, ulong protocol) =>
        PotSplit.Split(new Tao(pot), [.. holders.Select(alpha => new Alpha(alpha))], new Alpha(protocol));
}
