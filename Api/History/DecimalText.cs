using System.Globalization;
using System.Numerics;
using Dtao.Api.Json;

namespace Dtao.Api.History;

/// <summary>Decimal text that <see cref="PriceText"/> wrote, as a whole number of its last place.</summary>
internal static class DecimalText
{
    /// <summary>The number; below all others when there is none.</summary>
    public static BigInteger Of(string? text)
    {
        if (text is null) return BigInteger.MinusOne * BigInteger.Pow(10, 60);
        var isNegative = text.StartsWith('-');
        var parts = (isNegative ? text[1..] : text).Split('.');
        var fraction = parts.Length > 1 ? parts[1].PadRight(PriceText.Decimals, '0') : new string('0', PriceText.Decimals);
        var value = BigInteger.Parse(parts[0] + fraction, NumberStyles.None, CultureInfo.InvariantCulture);
        return isNegative ? -value : value;
    }
}

/// <summary>Signed rao as text.</summary>
internal static class Signed
{
    public static string Of(long rao) => rao.ToString(CultureInfo.InvariantCulture);

    public static string Of(BigInteger rao) => rao.ToString(CultureInfo.InvariantCulture);
}
