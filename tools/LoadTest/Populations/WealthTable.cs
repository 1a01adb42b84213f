namespace Dtao.LoadTest.Populations;

/// <summary>Weights of a Pareto distribution at the middles of equal parts of its draws.</summary>
/// <remarks>The topmost part is drawn again from the same table, scaled: a Pareto distribution's tail is one, too.</remarks>
internal sealed class WealthTable
{
    private const int PartBits = 12;
    private const int Parts = 1 << PartBits;
    private const int TailsMax = 2;

    /// <summary>Fraction bits of a weight.</summary>
    public const int Bits = 16;

    private readonly ulong[] _weights = new ulong[Parts];
    private readonly UInt128 _tail;

    /// <param name="shapeHundredths">Above 100, so that there is a mean.</param>
    public WealthTable(int shapeHundredths)
    {
        var exponent = -((100L << IntegerPower.ExponentBits) / shapeHundredths);
        for (var part = 0; part < Parts; part++)
        {
            var middle = ((2 * (ulong)part) + 1) << (IntegerPower.Bits - PartBits - 1);
            _weights[part] = (ulong)(IntegerPower.Raise(middle, exponent) >> (IntegerPower.Bits - Bits));
        }

        _tail = IntegerPower.Raise(1UL << (IntegerPower.Bits - PartBits), exponent) >> (IntegerPower.Bits - Bits);
    }

    /// <summary>The weight of whoever drew this; the least is about 1.</summary>
    public ulong WeightOf(ulong draw)
    {
        UInt128 scale = UInt128.One << Bits;
        for (var tails = 0; ; tails++)
        {
            var part = (int)(draw >> (64 - PartBits));
            draw <<= PartBits;
            if (part == 0 && tails < TailsMax)
            {
                scale = (scale * _tail) >> Bits;
                continue;
            }

            return (ulong)((_weights[part] * scale) >> Bits);
        }
    }
}
