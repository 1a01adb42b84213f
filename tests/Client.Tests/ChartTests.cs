using Dtao.Cli;
using Dtao.Cli.Charts;
using Dtao.TestKit;
using Xunit;

namespace Dtao.Client.Tests;

public class ChartTests
{
    private const string Namespace = "Dtao.Cli.Charts.";

    [Fact]
    public void CommandLine_EveryMember_IsFreeOfFloatingPointButForCharts()
    {
        var faults = typeof(DtaoCommand).Assembly.GetTypes().SelectMany(FloatingPoint.In).ToArray();

        Assert.Contains(faults, fault => fault.Type.StartsWith(Namespace, StringComparison.Ordinal));
        Assert.DoesNotContain(faults, fault => !fault.Type.StartsWith(Namespace, StringComparison.Ordinal));
    }

    [Fact]
    public void Font_OfTheProgram_HasWhatLabelsAreWrittenWith()
    {
        using var font = ChartFont.Open();

        Assert.Equal(ChartFont.Name, font.FamilyName);
        Assert.True(font.ContainsGlyphs("ABCXYZ abcxyz 0123456789 ,.:;%()[]+-/ τ α × − – ≤ äöü"));
    }

    [Fact]
    public void Png_OtherLabels_IsAnotherPicture()
    {
        var one = ChartImage.Png([Panel("Price")]);

        Assert.Equal(one, ChartImage.Png([Panel("Price")]));
        Assert.NotEqual(one, ChartImage.Png([Panel("Share")]));
    }

    [Fact]
    public void Png_NothingToShow_IsStillAPicture() =>
        Assert.NotEmpty(ChartImage.Png([new ChartPanel("Empty", new("x"), new("y") { FromZero = true }), new ChartPanel("Bars", new("x"), new("y")) { Bars = [new("a", 0)] }]));

    private static ChartPanel Panel(string title) => new(title, new("block"), new("TAO", 1_000_000_000))
    {
        Lines = [new("one", 0, [new(0, 0), new(1, Int128.MaxValue)]), new("two", 1, [new(0, -5), new(1, 5)]) { IsDashed = true }],
    };
}
