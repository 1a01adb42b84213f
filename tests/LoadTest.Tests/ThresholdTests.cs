using Dtao.LoadTest.Reports;

namespace Dtao.LoadTest.Tests;

public sealed class ThresholdTests
{
    private static readonly Dictionary<string, long> s_metrics = new(StringComparer.Ordinal)
    {
        ["p99"] = 50_000,
        ["p99.9"] = 1_500_000,
        ["sent"] = 1_000,
        ["failed"] = 0,
        ["refused"] = 25,
        ["rate"] = 400,
        ["rss"] = 8L * 1_073_741_824,
        ["rss_load"] = 3L * 1_073_741_824,
        ["audit"] = 1,
        ["proof"] = 0,
    };

    [Theory]
    [InlineData("p99<50ms", false)]
    [InlineData("p99<=50ms", true)]
    [InlineData("p99 < 50001us", true)]
    [InlineData("p99.9<1.6s", true)]
    [InlineData("p99.9<1.5s", false)]
    [InlineData("failed=0", true)]
    [InlineData("refused<=2.5%", true)]
    [InlineData("refused<2%", false)]
    [InlineData("rate>=400/s", true)]
    [InlineData("rate>400", false)]
    [InlineData("rss<8GiB", false)]
    [InlineData("rss<=8192MiB", true)]
    [InlineData("rss_load<4GiB", true)]
    [InlineData("audit=clean", true)]
    [InlineData("proof=passed", false)]
    [InlineData("block_p99<1s", false)]
    public void Threshold_Measured_HoldsOrNot(string text, bool isPassed) => Assert.Equal(isPassed, Threshold.Parse(text).Check(s_metrics).IsPassed);

    [Theory]
    [InlineData("p99", "no threshold")]
    [InlineData("p98<1ms", "not measured")]
    [InlineData("p99<fast", "no number")]
    [InlineData("p99<5minutes", "no unit")]
    [InlineData("p99<8GiB", "There are: us, ms, s.")]
    [InlineData("p99<50", "There are: us, ms, s.")]
    [InlineData("p99<5%", "There are: us, ms, s.")]
    [InlineData("rss<8", "There are: KiB, MiB, GiB.")]
    [InlineData("rss<8s", "There are: KiB, MiB, GiB.")]
    [InlineData("failed<1ms", "There are: %, none.")]
    [InlineData("applied>400/s", "There are: %, none.")]
    [InlineData("rate>400ms", "There are: /s, none.")]
    [InlineData("audit=1", "audit=clean")]
    public void Threshold_Malformed_SaysWhy(string text, string why) => Assert.Contains(why, Assert.Throws<LoadUsageException>(() => Threshold.Parse(text)).Message, StringComparison.Ordinal);

    /// <summary>Every number there is can be bounded, in a unit of its own.</summary>
    [Theory]
    [InlineData("p99<50ms", "50 ms")]
    [InlineData("p99.9<1.6s", "1,500 ms")]
    [InlineData("refused<2%", "25, 2.5 %")]
    [InlineData("rate>400", "400 a second")]
    [InlineData("rss<8GiB", "8,192.0 MiB")]
    [InlineData("audit=clean", "clean")]
    [InlineData("proof=passed", "not passed")]
    [InlineData("restart<1s", "nothing")]
    public void Threshold_Measured_IsShownInItsUnit(string text, string measured) => Assert.Equal(measured, Threshold.Parse(text).Check(s_metrics).Measured);
}
