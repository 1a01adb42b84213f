using System.Numerics;
using Dtao.Economics.Emission;
using Dtao.Economics.Tests.Vectors;
using Xunit;

namespace Dtao.Economics.Tests.Emission;

/// <summary>The division by TAO flow: the literal vectors of its normalisation, and its traps.</summary>
public class FlowShareTests
{
    private const string File = "emission-shares.json";
    private static readonly U64F64 Two = U64F64.FromInteger(2);
    private static readonly Rational SumTolerance = Rational.Parse("1e-12");

    public static TheoryData<string> Normalisations => LiteralVector.Rows(File, vector => vector.Given.TryGetProperty("flows", out _));

    [Theory]
    [MemberData(nameof(Normalisations))]
    public void Normalise_FlowsOfTheVector_SharesAreWithinItsTolerance(string id)
    {
        var vector = LiteralVector.Find(File, id);
        var flows = vector.Given.GetProperty("flows").EnumerateArray().Select(flow => Nearest(LiteralVector.Text(flow))).ToArray();
        var stated = vector.Expected.GetProperty("shares").EnumerateArray().Select(share => Rational.Parse(LiteralVector.Text(share))).ToArray();
        var (relative, absolute) = id switch
        {
            "flow-norm-p1" => (Rational.Parse("0"), Rational.Parse("0.001")),
            "flow-norm-zero" => (Rational.Parse("0"), Rational.Parse("1e-18")),
            _ => (Rational.Parse("0.01"), Rational.Parse("0")),
        };

        var shares = FlowShares.Normalise(flows, Nearest(LiteralVector.Text(vector.Given.GetProperty("p"))));

        Assert.Equal(stated.Length, shares.Length);
        var sum = Rational.Parse("0");
        for (var i = 0; i < shares.Length; i++)
        {
            var actual = Rational.OfBits(shares[i].Bits, U64F64.FractionBits);
            sum += actual;
            Assert.True((actual - stated[i]).Abs() <= (relative * stated[i]) + absolute, $"{id}[{i}]: expected {stated[i]}, got {actual}");
        }

        if (vector.Expected.TryGetProperty("sum", out var total))
            Assert.True((sum - Rational.Parse(LiteralVector.Text(total))).Abs() <= SumTolerance, $"{id}: the sum is {sum}");
    }

    /// <summary>The power of a scaled flow of 3 units of 2^-32 overflows inside and counts as the greatest, at an exponent of 1 too.</summary>
    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, (long)int.MaxValue << 32)]
    [InlineData(4, 4)]
    public void Power_FlowNextToNothing_IsNothingOrTheGreatestOrItself(long units, long expected) =>
        Assert.Equal(new U64F64((UInt128)expected << 32), Transcendental.Power(new U64F64((UInt128)units << 32), U64F64.One));

    [Fact]
    public void Normalise_TinyFlowAtASquare_OutweighsTheGreatest()
    {
        var great = U64F64.FromInteger(1_000_000_000_000);

        var shares = FlowShares.Normalise([great, U64F64.FromInteger(1)], Two);

        Assert.True(shares[1] > U64F64.FromRatio(1, 3), $"{shares[1].Bits}");
    }

    [Fact]
    public void Next_SameBlockAgain_ChangesNothing()
    {
        var first = default(FlowAverage).Next(new BlockNumber(5), 1_000_000, FlowSettings.Default.Smoothing);

        Assert.True(first.Value > I64F64.Zero);
        Assert.False(first.MovesIn(new BlockNumber(5)));
        Assert.Equal(first, first.Next(new BlockNumber(5), long.MaxValue, FlowSettings.Default.Smoothing));
        Assert.True(first.MovesIn(new BlockNumber(6)));
    }

    [Fact]
    public void Next_SmoothingOfOne_IsTheFlowItself() =>
        Assert.Equal(I64F64.FromInteger(-7L), new FlowAverage(BlockNumber.Genesis, I64F64.One).Next(new BlockNumber(1), -7, long.MaxValue).Value);

    public static TheoryData<bool, long, long, long, long, long, ulong, ulong> Nets => new()
    {
        // net, user 1, protocol 1, user 2, protocol 2, cutoff, parts 1 : 2
        { false, 10, 99, 30, 99, 0, 1, 3 },
        { true, 10, 20, 30, 60, 0, 0, 0 },
        { true, 30, 40, 30, 20, 0, 0, 1 },
        { true, 10, -10, 20, 0, 0, 1, 1 },
        { true, 30, 5, 30, 0, 0, 25, 30 },
        { false, -10, 0, 30, 0, 0, 0, 1 },
        { false, -10, 0, 30, 0, -5, 0, 1 },
        { false, 10, 0, 30, 0, 10, 0, 1 },
        { false, 20, 0, 30, 0, 10, 1, 2 },
    };

    [Theory]
    [MemberData(nameof(Nets))]
    public void Shares_TwoSubnets_FollowWhatTheNetFlowsLeaveAboveTheLimit(
        bool isNet, long user1, long protocol1, long user2, long protocol2, long cutoff, ulong part1, ulong part2)
    {
        SubnetFlow[] flows =
        [
            new(I64F64.FromInteger(user1), I64F64.FromInteger(protocol1)),
            new(I64F64.FromInteger(user2), I64F64.FromInteger(protocol2)),
        ];

        var shares = FlowShares.Shares(flows, FlowSettings.Default with { NetFlow = isNet, Cutoff = I64F64.FromInteger(cutoff) });

        AssertNear(part1, part1 + part2, shares[0]);
        AssertNear(part2, part1 + part2, shares[1]);
    }

    [Fact]
    public void Shares_NoSubnets_AreNone() => Assert.Empty(FlowShares.Shares([], FlowSettings.Default));

    /// <summary>The logarithm and the series leave a power less than a thousandth beside its true value.</summary>
    private static void AssertNear(ulong numerator, ulong denominator, U64F64 share)
    {
        var expected = U64F64.FromRatio(numerator, denominator);
        var difference = share > expected ? share - expected : expected - share;
        Assert.True(difference <= U64F64.FromRatio(1, 1_000), $"expected {numerator} of {denominator}, got {share.Bits}");
    }

    private static U64F64 Nearest(string text)
    {
        var value = Rational.Parse(text) * (BigInteger.One << U64F64.FractionBits);
        var (numerator, denominator) = value.Exponent < 0
            ? (value.Numerator, value.Denominator * BigInteger.Pow(10, -value.Exponent))
            : (value.Numerator * BigInteger.Pow(10, value.Exponent), value.Denominator);
        return new((UInt128)(((numerator * 2) + denominator) / (denominator * 2)));
    }
}
