using CsCheck;
using Xunit;

namespace Dtao.Client.Tests;

public sealed class AmountTextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1_000_000_000)]
    [InlineData("1.5", 1_500_000_000)]
    [InlineData(".5", 500_000_000)]
    [InlineData("2.", 2_000_000_000)]
    [InlineData(" 0.000000001 ", 1)]
    [InlineData("0.1000000000000", 100_000_000)]
    [InlineData("000000000000000001.0", 1_000_000_000)]
    [InlineData("18446744073.709551615", ulong.MaxValue)]
    public void Parse_Amount_IsExact(string text, ulong expected)
    {
        var fault = AmountText.Parse(text, out var rao);

        Assert.Equal((AmountFault.None, expected), (fault, rao));
    }

    [Theory]
    [InlineData("", AmountFault.NotANumber)]
    [InlineData(".", AmountFault.NotANumber)]
    [InlineData("-1", AmountFault.NotANumber)]
    [InlineData("+1", AmountFault.NotANumber)]
    [InlineData("1e3", AmountFault.NotANumber)]
    [InlineData("1,000", AmountFault.NotANumber)]
    [InlineData("1.2.3", AmountFault.NotANumber)]
    [InlineData("NaN", AmountFault.NotANumber)]
    [InlineData("٣", AmountFault.NotANumber)]
    [InlineData("0.0000000001", AmountFault.TooManyDecimals)]
    [InlineData("18446744073.709551616", AmountFault.TooLarge)]
    [InlineData("99999999999999999999999999", AmountFault.TooLarge)]
    public void Parse_NotAnAmount_NamesTheFault(string text, AmountFault expected)
    {
        var fault = AmountText.Parse(text, out var rao);

        Assert.Equal((expected, 0UL), (fault, rao));
        Assert.Contains(text, AmountText.Explain(fault, text), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_AnyFormattedAmount_GivesItBack() => Gen.ULong.Sample(rao =>
        AmountText.Parse(AmountText.Format(rao), out var read) == AmountFault.None && read == rao);

    [Theory]
    [InlineData(0, "0.000000000", "0.000000000")]
    [InlineData(1, "0.000000001", "0.000000001")]
    [InlineData(ulong.MaxValue, "18446744073.709551615", "18,446,744,073.709551615")]
    public void Format_Amount_HasNineDecimals(ulong rao, string plain, string grouped)
    {
        Assert.Equal(plain, AmountText.Format(rao));
        Assert.Equal(grouped, AmountText.FormatGrouped(rao));
    }

    [Fact]
    public void Price_OneAndAHalf_IsFlooredToTheRao()
    {
        var bits = new UInt128(1, 1UL << 63);

        Assert.Equal("1.500000000", AmountText.FormatPrice(bits));
        Assert.Equal(1_500_000_000UL, AmountText.PriceRao(bits));
        Assert.Equal(3UL, AmountText.ValueRao(2, bits));
        Assert.Equal(1UL, AmountText.ValueRao(1, bits));
        Assert.Equal("0.999999999", AmountText.FormatPrice(ulong.MaxValue));
        Assert.Equal(ulong.MaxValue, AmountText.PriceRao(UInt128.MaxValue));
        Assert.Equal(ulong.MaxValue, AmountText.ValueRao(ulong.MaxValue, UInt128.MaxValue));
    }

    [Theory]
    [InlineData(0, "0.0000%")]
    [InlineData(1, "0.0001%")]
    [InlineData(1_234_567, "123.4567%")]
    public void FormatPartsPerMillion_Parts_ArePerCent(ulong ppm, string expected) => Assert.Equal(expected, AmountText.FormatPartsPerMillion(ppm));
}
