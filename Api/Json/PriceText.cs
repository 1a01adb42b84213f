using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dtao.Economics;

namespace Dtao.Api.Json;

/// <summary>Fractions as decimal text, computed with integers.</summary>
internal static class PriceText
{
    /// <summary>Decimals of a price: what is below is floored.</summary>
    public const int Decimals = 18;

    private static readonly BigInteger s_scale = BigInteger.Pow(10, Decimals);

    /// <summary>A price in TAO for one alpha, floored, without zeros at its end.</summary>
    public static string Of(U64F64 price) => Of(price.Bits, U64F64.FractionBits);

    /// <summary>A fixed-point number from its raw bits.</summary>
    public static string Of(BigInteger bits, int fractionBits)
    {
        if (bits.Sign < 0) return "-" + Of(-bits, fractionBits);
        var scaled = (bits * s_scale) >> fractionBits;
        return Of(scaled);
    }

    /// <summary>A quotient, floored; "0" where the divisor is 0.</summary>
    public static string OfRatio(BigInteger dividend, BigInteger divisor)
    {
        if (divisor.IsZero) return "0";
        if (dividend.Sign < 0 != divisor.Sign < 0 && !dividend.IsZero) return "-" + OfRatio(BigInteger.Abs(dividend), BigInteger.Abs(divisor));
        return Of(BigInteger.Abs(dividend) * s_scale / BigInteger.Abs(divisor));
    }

    private static string Of(BigInteger scaled)
    {
        var whole = BigInteger.DivRem(scaled, s_scale, out var fraction).ToString(CultureInfo.InvariantCulture);
        return fraction.IsZero ? whole : $"{whole}.{fraction.ToString($"D{Decimals}", CultureInfo.InvariantCulture).TrimEnd('0')}";
    }
}

/// <summary>A price in TAO for one alpha as decimal text.</summary>
internal sealed class PriceConverter : JsonConverter<U64F64>
{
    public override U64F64 Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new FieldException("A price is never read.");

    public override void Write(Utf8JsonWriter writer, U64F64 value, JsonSerializerOptions options) => writer.WriteStringValue(PriceText.Of(value));
}
