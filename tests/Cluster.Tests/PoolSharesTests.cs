using Dtao.Hosting.Cluster;

namespace Dtao.Cluster.Tests;

public sealed class PoolSharesTests
{
    [Theory]
    [InlineData("aaaaaa", "ab", 3)]
    [InlineData("aaaaaa", "abc", 4)]
    [InlineData("aabbcc", "abcd", 1)]
    [InlineData("aaabbb", "abc", 2)]
    [InlineData("aabbc", "abc", 0)]
    [InlineData("abbcc", "abc", 0)]
    [InlineData("a", "abc", 0)]
    [InlineData("", "abc", 0)]
    [InlineData("aaaa", "a", 0)]
    [InlineData("aabbxx", "abc", 1)]
    public void Moves_AnySpread_BecomesEvenWithAsFewAsPossible(string places, string silos, int expected)
    {
        var pools = places.Select((silo, pool) => ((long)pool, silo)).ToDictionary();

        var moves = PoolShares.Moves(pools, silos.ToArray());

        Assert.Equal(expected, moves.Count);
        foreach (var (pool, to) in moves)
        {
            Assert.NotEqual(to, pools[pool]);
            pools[pool] = to;
        }

        var counts = silos.Select(silo => pools.Values.Count(place => place == silo)).ToArray();
        Assert.InRange(counts.Max() - counts.Min(), 0, 1);
        Assert.Empty(PoolShares.Moves(pools, silos.ToArray()));
    }
}
