namespace Dtao.Economics.Epochs;

/// <summary>Between proportions and the 16 bits in which they are stored.</summary>
/// <remarks>Source: rule book 02, 7.11-31; epoch/math.rs :: fixed_proportion_to_u16, u16_proportion_to_fixed.</remarks>
public static class Quantise
{
    /// <summary>floor(proportion x 65535), at most 65535. The proportion is at least 0.</summary>
    public static ushort ToParts(I32F32 proportion) =>
        proportion >= I32F32.One ? ushort.MaxValue : (ushort)((proportion.Bits * ushort.MaxValue) >> I32F32.FractionBits);

    /// <summary>parts / 65535, toward zero.</summary>
    public static I32F32 FromParts(ushort parts) => new(((long)parts << I32F32.FractionBits) / ushort.MaxValue);

    /// <summary><see cref="ToParts(I32F32)"/> of each.</summary>
    public static void ToParts(ReadOnlySpan<I32F32> proportions, Span<ushort> parts)
    {
        for (var i = 0; i < proportions.Length; i++) parts[i] = ToParts(proportions[i]);
    }
}
