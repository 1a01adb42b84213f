using Dtao.Economics;
using Dtao.Grains.Subnets;
using Xunit;

namespace Dtao.Client.Tests;

public sealed class YieldTests
{
    private const long Hour = 3_600_000;
    private const long Year = 365 * 24 * Hour;

    [Theory]
    // A tenth in a year, in half a year (twice, so 1.1 x 1.1), and in two years (half of it).
    [InlineData(10, Year, 99_999UL)]
    [InlineData(10, Year / 2, 209_999UL)]
    [InlineData(10, Year * 2, 49_999UL)]
    // In two thirds of a year: one whole span, and half a one, which earns in proportion.
    [InlineData(10, Year / 3 * 2, 154_999UL)]
    [InlineData(0, Hour, 0UL)]
    // As much again every hour is out of bounds.
    [InlineData(100, Hour, Yield.YearPpmMax)]
    public void OfAlpha_Gain_Compounds(int perCent, long milliseconds, ulong ppm)
    {
        var yield = Yield.OfAlpha(Span(perCent, 0), milliseconds);

        Assert.Equal(ppm, yield.YearPpm);
        Assert.InRange(yield.RaoPerWhole, Math.Max(1UL, (ulong)perCent * 10_000_000) - 1, (ulong)perCent * 10_000_000);
    }

    [Theory]
    [InlineData(10, Year / 2, 199_999UL)]
    [InlineData(10, Year * 2, 49_999UL)]
    public void OfRoot_Gain_DoesNotCompound(int perCent, long milliseconds, ulong ppm) => Assert.Equal(ppm, Yield.OfRoot(Span(0, perCent), milliseconds).YearPpm);

    [Fact]
    public void Sum_OfSubnets_AddsWhatTheSameTaoEarned()
    {
        var whole = new Yield(new(1), new(9), 100, true, 5, 7);
        var part = new Yield(new(4), new(8), 50, false, 2, 3);

        Assert.Equal(new Yield(new(1), new(9), 100, true, 7, 10), Yield.Sum([part, whole]));
        Assert.Null(Yield.Sum([]));
    }

    [Theory]
    [InlineData(0UL, "0.00%")]
    [InlineData(123_456UL, "12.34%")]
    [InlineData(12_345_678_9UL, "12,345.67%")]
    [InlineData(Yield.YearPpmMax, ">1,000,000%")]
    public void YearPerCent_Ppm_IsPerCent(ulong ppm, string text) => Assert.Equal(text, YieldText.YearPerCent(ppm));

    [Theory]
    [InlineData(59_999, "59 s")]
    [InlineData(60_000, "1 min")]
    [InlineData(2 * Hour, "2 h")]
    [InlineData(49 * Hour, "2 d")]
    public void Span_Milliseconds_IsItsLargestUnit(long milliseconds, string text) => Assert.Equal(text, YieldText.Span(milliseconds));

    private static EarnedSpan Span(int alphaPerCent, int rootPerCent) =>
        new(new BlockNumber(1), new BlockNumber(2), true, ((UInt128)alphaPerCent << 64) / 100, ((UInt128)rootPerCent << 64) / 100);
}
