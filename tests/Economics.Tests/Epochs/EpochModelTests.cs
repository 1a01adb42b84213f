using System.Numerics;
using CsCheck;
using Dtao.Economics.Epochs;
using Xunit;

namespace Dtao.Economics.Tests.Epochs;

/// <summary>The fast ways of an epoch against the ways in which the rules are written.</summary>
public class EpochModelTests
{
    private const long One = 1L << 32;

    private static readonly Gen<long> s_share = Gen.Frequency((1, Gen.Const(0L)), (1, Gen.Const(One)), (1, Gen.Long[0, 16]), (6, Gen.Long[0, One]));

    /// <summary>The chain's search by pivots ends at the same score, for any stake, majority, and scores with ties.</summary>
    [Fact]
    public void WeightedMedian_AnyScores_IsThatOfThePivots() =>
        Gen.Select(Gen.Select(s_share, Gen.Frequency((1, Gen.Long[0, 3]), (1, s_share))).Array[0, 24], s_share).Sample((pairs, majority) =>
        {
            I32F32[] stake = [.. pairs.Select(pair => new I32F32(pair.Item1))];
            var matrix = new SparseMatrix();
            matrix.Reset(pairs.Length);
            foreach (var (_, score) in pairs) matrix.AddRow([5], [new I32F32(score)]);
            var medians = new I32F32[7];

            new WeightedMedian().Columns(stake, matrix, new(majority), medians);

            var kept = pairs.Where(pair => pair.Item1 > 0).ToArray();
            var shares = kept.Select(pair => new I32F32(pair.Item1)).ToArray();
            FixedVector.Normalize(shares);
            long[] bits = [.. shares.Select(share => share.Bits)];
            Assert.Equal(ByPivots(bits, [.. kept.Select(pair => pair.Item2)], bits.Sum() - majority), medians[5].Bits);
            Assert.Equal(0, medians[6].Bits);
        }, iter: 20_000);

    [Fact]
    public void Normalize_AnyShares_IsTheQuotientOfEach() => s_share.Array[1, 20].Sample(values =>
    {
        I32F32[] vector = [.. values.Select(bits => new I32F32(bits))];
        FixedVector.Normalize(vector);

        var sum = values.Aggregate(BigInteger.Zero, (total, value) => total + value);
        var expected = values.Select(value => sum.IsZero ? value : (long)((new BigInteger(value) << 32) / sum));
        Assert.Equal(expected, vector.Select(value => value.Bits));
    }, iter: 20_000);

    [Fact]
    public void Exp_AnyValueOfTheClamp_IsTheSeries() => Gen.Frequency((1, Gen.Long[-64, 64]), (4, Gen.Long[-20 * One, 20 * One])).Sample(bits =>
        Assert.Equal(Series(bits), Transcendental.ExpSafe(new(bits)).Bits), iter: 20_000);

    [Theory]
    [InlineData(0)]
    [InlineData(One)]
    [InlineData(-One)]
    [InlineData(20 * One)]
    [InlineData(-20 * One)]
    [InlineData(1)]
    [InlineData(-1)]
    public void Exp_EdgeOfTheClamp_IsTheSeries(long bits) => Assert.Equal(Series(bits), Transcendental.ExpSafe(new(bits)).Bits);

    /// <summary>A moving average above 1,000,000 turns the rate negative: 2 x old - 1 x fresh, and what falls below 0 is gone.</summary>
    [Fact]
    public void MovingAverage_RateBelowZero_KeepsWhatIsLeftAboveZero()
    {
        SparseMatrix fresh = new(), old = new(), result = new();
        fresh.Reset(1);
        fresh.AddRow([0, 1], [new(One / 2), new(One)]);
        old.Reset(1);
        old.AddRow([1, 0], [new(One / 4), new(One)]);

        Bonds.MovingAverage(fresh, old, Bonds.Rate(2_000_000), new(), 2, result);

        Assert.Equal([(ushort)0], result.Columns(0).ToArray());
        Assert.Equal([new I32F32(One * 3 / 2)], result.Values(0).ToArray());
    }

    private static long Series(long bits)
    {
        if (bits == 0) return One;
        if (bits == One) return 22_802_600L << 9;
        BigInteger x = Math.Abs(bits), sum = x + One, term = x;
        for (var i = 2; i < 32; i++)
        {
            term = (term * x >> 32) / i;
            sum += term;
        }

        return (long)(bits < 0 ? (BigInteger.One << 64) / sum : sum);
    }

    /// <summary>The rule as it is written: a list is cut around the score in its middle.</summary>
    private static long ByPivots(long[] stake, long[] scores, long minority)
    {
        List<int> list = [.. Enumerable.Range(0, stake.Length)];
        long low = 0, high = stake.Sum();
        while (list.Count > 1)
        {
            var pivot = scores[list[list.Count / 2]];
            List<int> lower = list.FindAll(k => scores[k] < pivot), upper = list.FindAll(k => scores[k] > pivot);
            long lowerStake = lower.Sum(k => stake[k]), upperStake = upper.Sum(k => stake[k]);
            if (minority < low + lowerStake && lower.Count > 0) (list, high) = (lower, low + lowerStake);
            else if (high - upperStake <= minority && upper.Count > 0) (list, low) = (upper, high - upperStake);
            else return pivot;
        }

        return list.Count == 0 ? 0 : scores[list[0]];
    }
}
