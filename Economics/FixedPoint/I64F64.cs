namespace Dtao.Economics;

/// <summary>A binary fixed-point number with 64 fraction bits: value = <see cref="Bits"/> / 2^64.</summary>
public readonly partial record struct I64F64(Int128 Bits)
{
    public const int FractionBits = 64;
}
