using CsCheck;
using Dtao.Economics.Neurons;
using Xunit;

namespace Dtao.Economics.Tests.Neurons;

public class WeightRowTests
{
    /// <summary>One row in ten is all zeros, which chance alone hardly makes.</summary>
    private static readonly Gen<ushort[]> s_rows = Gen.Frequency(
        (9, Gen.OneOf(Gen.UShort, Gen.UShort[0, 9], Gen.UShort[32_760, 32_780]).Array[1, 40]),
        (1, Gen.Int[1, 40].Select(length => new ushort[length])));

    [Theory]
    [InlineData(new ushort[] { }, new ushort[] { })]
    [InlineData(new ushort[] { 0, 0 }, new ushort[] { 0, 0 })]
    [InlineData(new ushort[] { 65_535, 65_535 }, new ushort[] { 65_535, 65_535 })]
    [InlineData(new ushort[] { 1, 2 }, new ushort[] { 32_768, 65_535 })]
    [InlineData(new ushort[] { 0, 1, 3 }, new ushort[] { 0, 21_845, 65_535 })]
    [InlineData(new ushort[] { 16_384, 32_768 }, new ushort[] { 32_768, 65_535 })]
    [InlineData(new ushort[] { 1, 32_769 }, new ushort[] { 2, 65_535 })]
    [InlineData(new ushort[] { 65_534, 1, 65_535 }, new ushort[] { 65_534, 1, 65_535 })]
    public void MaxUpscale_KnownRows_AreTheChains(ushort[] values, ushort[] expected) => Assert.Equal(expected, WeightRow.MaxUpscale(values));

    [Fact]
    public void MaxUpscale_AnyRow_HasItsLargestAtTheTopAndKeepsTheOrder()
    {
        var (zero, low, high) = (0, 0, 0);
        s_rows.Sample(
            values =>
            {
                var max = values.Max();
                var stretched = WeightRow.MaxUpscale(values);
                if (max == 0) Interlocked.Increment(ref zero);
                else if (max <= 32_768) Interlocked.Increment(ref low);
                else Interlocked.Increment(ref high);

                Assert.Equal(max == 0 ? 0 : ushort.MaxValue, stretched.Max());
                for (var i = 0; i < values.Length; i++)
                {
                    Assert.Equal(values[i] == max ? stretched.Max() : stretched[i], stretched[i]);
                    for (var j = 0; j < values.Length; j++) Assert.True(values[i] < values[j] || stretched[i] >= stretched[j]);
                    Assert.True(max == 0 || Math.Abs(((long)stretched[i] * max) - ((long)values[i] * ushort.MaxValue)) <= max);
                }
            },
            iter: 3_000);

        Assert.True(zero > 0 && low > 0 && high > 0, $"{zero} {low} {high}");
    }

    [Fact]
    public void MaxUpscale_StretchedRow_StaysAsItIs() => s_rows.Sample(
        values =>
        {
            var stretched = WeightRow.MaxUpscale(values);
            Assert.Equal(stretched, WeightRow.MaxUpscale(stretched));
        },
        iter: 2_000);
}
