using System.Globalization;
using System.Numerics;

namespace Dtao.Economics.Tests.Vectors;

/// <summary>An exact fraction times a power of ten, so that a stated tolerance is tested without a rounding of its own.</summary>
/// <remarks>The power stands apart because some vectors go down to 10^-1000000.</remarks>
internal readonly record struct Rational(BigInteger Numerator, BigInteger Denominator, int Exponent = 0)
{
    public static implicit operator Rational(BigInteger value) => new(value, BigInteger.One);

    public static Rational operator +(Rational left, Rational right)
    {
        var exponent = Math.Min(left.Exponent, right.Exponent);
        var leftNumerator = left.Numerator * BigInteger.Pow(10, left.Exponent - exponent);
        var rightNumerator = right.Numerator * BigInteger.Pow(10, right.Exponent - exponent);
        return new(leftNumerator * right.Denominator + rightNumerator * left.Denominator, left.Denominator * right.Denominator, exponent);
    }

    public static Rational operator -(Rational left, Rational right) => left + right with { Numerator = -right.Numerator };

    public static Rational operator *(Rational left, Rational right) =>
        new(left.Numerator * right.Numerator, left.Denominator * right.Denominator, left.Exponent + right.Exponent);

    public static Rational operator /(Rational left, Rational right) =>
        new(left.Numerator * right.Denominator, left.Denominator * right.Numerator, left.Exponent - right.Exponent);

    public static bool operator <=(Rational left, Rational right)
    {
        var difference = right - left;
        return difference.Numerator.Sign * difference.Denominator.Sign >= 0;
    }

    public static bool operator >=(Rational left, Rational right) => right <= left;

    public static Rational OfBits(UInt128 bits, int fractionBits) => new(bits, BigInteger.One << fractionBits);

    public static Rational Of(SafeFloat value) => new(value.Mantissa, BigInteger.One, (int)value.Exponent);

    /// <summary>Reads decimals, exponents, products, and quotients: "2.5", "1e-12", "5e7 * 3e0 / 2e0".</summary>
    public static Rational Parse(string text)
    {
        var divided = text.Split('/', StringSplitOptions.TrimEntries);
        var result = divided[0].Split('*', StringSplitOptions.TrimEntries).Select(ParseDecimal).Aggregate((left, right) => left * right);
        return divided.Skip(1).Select(ParseDecimal).Aggregate(result, (left, right) => left / right);
    }

    public Rational Abs() => new(BigInteger.Abs(Numerator), BigInteger.Abs(Denominator), Exponent);

    private static Rational ParseDecimal(string text)
    {
        var parts = text.Split('e', 'E');
        var exponent = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var digits = point < 0 ? parts[0] : parts[0].Remove(point, 1);
        return new(
            BigInteger.Parse(digits, CultureInfo.InvariantCulture), BigInteger.One,
            point < 0 ? exponent : exponent - (parts[0].Length - point - 1));
    }
}
