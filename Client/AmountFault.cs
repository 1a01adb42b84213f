namespace Dtao.Client;

/// <summary>What is wrong with a written amount. Numbers are stable.</summary>
public enum AmountFault : byte
{
    None = 0,
    /// <summary>Not digits with at most one point: signs, exponents, and thousands separators are not read.</summary>
    NotANumber = 1,
    /// <summary>More than nine decimals: the smallest unit is 0.000000001.</summary>
    TooManyDecimals = 2,
    /// <summary>More rao than 64 bits hold.</summary>
    TooLarge = 3,
}
