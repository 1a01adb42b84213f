namespace Dtao.Economics;

/// <summary>A binary fixed-point number with 32 fraction bits: value = <see cref="Bits"/> / 2^32.</summary>
public readonly partial record struct U96F32(UInt128 Bits)
{
    public const int FractionBits = 32;
}
