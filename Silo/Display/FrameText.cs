using System.Globalization;
using Dtao.Client;
using Dtao.Economics;

namespace Dtao.Silo.Display;

/// <summary>Figures as the terminal shows them.</summary>
internal static class FrameText
{
    /// <summary>Whole units with three decimals, floored.</summary>
    public static string Amount(ulong rao) => string.Create(
        CultureInfo.InvariantCulture, $"{rao / AmountText.RaoPerWhole:N0}.{rao % AmountText.RaoPerWhole / 1_000_000:D3}");

    /// <summary>Whole units, floored.</summary>
    public static string Whole(ulong rao) => (rao / AmountText.RaoPerWhole).ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>At most so many characters; what is cut ends with a mark.</summary>
    public static string Cut(string text, int max) => text.Length <= max ? text : text[..(max - 1)] + "…";

    /// <summary>An address by its ends.</summary>
    public static string Short(string address) => address.Length <= 12 ? address : $"{address[..6]}..{address[^4..]}";

    /// <summary>A part of 65535 as per cent with two decimals, to the nearest.</summary>
    public static string PerCent(Take take)
    {
        var parts = ((take.Parts * 20_000UL) + ushort.MaxValue) / (2UL * ushort.MaxValue);
        return string.Create(CultureInfo.InvariantCulture, $"{parts / 100}.{parts % 100:D2}%");
    }

    /// <summary>A year's yield; with the time that it was measured over, while that is shorter than it should be.</summary>
    public static string Year(Yield? yield) => yield switch
    {
        null => "-",
        { IsWhole: true } => YieldText.YearPerCent(yield.YearPpm),
        _ => $"{YieldText.YearPerCent(yield.YearPpm)} ({YieldText.Span(yield.Milliseconds)})",
    };

    public static string SignedAmount(Int128 rao) =>
        rao < 0 ? $"-{Amount((ulong)-rao)}" : Amount((ulong)rao);

    /// <summary>TAO for one alpha with six decimals, floored.</summary>
    public static string Price(UInt128 bits) => AmountText.FormatPrice(bits)[..^3];

    /// <summary>Per cent with two decimals and a sign.</summary>
    public static string Change(long? ppm) => ppm switch
    {
        null => "-",
        < 0 => string.Create(CultureInfo.InvariantCulture, $"-{-ppm.Value / 10_000}.{-ppm.Value / 100 % 100:D2}%"),
        _ => string.Create(CultureInfo.InvariantCulture, $"+{ppm.Value / 10_000}.{ppm.Value / 100 % 100:D2}%"),
    };

    /// <summary>Per cent with two decimals.</summary>
    public static string Share(ulong ppm) => string.Create(CultureInfo.InvariantCulture, $"{ppm / 10_000}.{ppm / 100 % 100:D2}%");

    public static string Tenths(ulong tenths) => string.Create(CultureInfo.InvariantCulture, $"{tenths / 10}.{tenths % 10}");
}
