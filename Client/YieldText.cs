using System.Globalization;

namespace Dtao.Client;

/// <summary>Yields as people read them.</summary>
public static class YieldText
{
    /// <summary>A year's yield as per cent with two decimals, floored.</summary>
    public static string YearPerCent(ulong ppm) => ppm >= Yield.YearPpmMax
        ? string.Create(CultureInfo.InvariantCulture, $">{Yield.YearPpmMax / 10_000:N0}%")
        : string.Create(CultureInfo.InvariantCulture, $"{ppm / 10_000:N0}.{ppm / 100 % 100:D2}%");

    /// <summary>A span of time in its largest whole unit.</summary>
    public static string Span(long milliseconds) => milliseconds switch
    {
        >= 86_400_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 86_400_000} d"),
        >= 3_600_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 3_600_000} h"),
        >= 60_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 60_000} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1_000} s"),
    };
}
