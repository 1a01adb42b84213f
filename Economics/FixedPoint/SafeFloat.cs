namespace Dtao.Economics;

/// <summary>A non-negative decimal float: <see cref="Mantissa"/> x 10^<see cref="Exponent"/>. Shares and denominators of share pools.</summary>
public readonly partial record struct SafeFloat
{
    public UInt128 Mantissa { get; private init; }

    public long Exponent { get; private init; }

    /// <summary>Zero is the default value (mantissa 0, exponent 0).</summary>
    public bool IsZero => Mantissa == UInt128.Zero;

    /// <summary>Restores a number that <see cref="Mantissa"/> and <see cref="Exponent"/> of a canonical one were stored from; does not normalise.</summary>
    public static SafeFloat FromStored(UInt128 mantissa, long exponent) => new() { Mantissa = mantissa, Exponent = exponent };
}
