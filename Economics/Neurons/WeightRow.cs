using System.Collections.Immutable;
using Dtao.Economics.Ledger;

namespace Dtao.Economics.Neurons;

/// <summary>A row of weights as it is stored: stretched so that its largest value is 65535.</summary>
/// <remarks>
/// Source: rule book 02, 10.1; epoch/math.rs :: vec_u16_max_upscale_to_u16. Numbers have 32 fraction bits. Above 32768 the ratio is cut
/// first, so that the product fits; up to there the product is divided. Both round halves away from zero.
/// </remarks>
public static class WeightRow
{
    private const ushort ProductFitsMax = 32_768;

    /// <summary>The row of weights in the order in which they were given; both lists have the same length.</summary>
    public static ImmutableArray<WeightEntry> Of(ImmutableArray<ushort> uids, ImmutableArray<ushort> values)
    {
        var stretched = MaxUpscale(values.AsSpan());
        var row = ImmutableArray.CreateBuilder<WeightEntry>(uids.Length);
        for (var i = 0; i < uids.Length; i++) row.Add(new WeightEntry(uids[i], stretched[i]));
        return row.MoveToImmutable();
    }

    /// <summary>Values stretched so that the largest is 65535; all zeros stay zeros.</summary>
    public static ushort[] MaxUpscale(ReadOnlySpan<ushort> values)
    {
        var stretched = new ushort[values.Length];
        ushort max = 0;
        foreach (var value in values) max = Math.Max(max, value);
        if (max == 0) return stretched;

        var full = I32F32.FromInteger((ulong)ushort.MaxValue);
        var divisor = I32F32.FromInteger((ulong)max);
        var ratio = full.DivideOrZero(divisor);
        for (var i = 0; i < values.Length; i++)
        {
            var value = I32F32.FromInteger((ulong)values[i]);
            var exact = max > ProductFitsMax ? value.MultiplySaturating(ratio) : value.MultiplySaturating(full).DivideOrZero(divisor);
            stretched[i] = exact.RoundSaturating().ToUInt16Saturating();
        }

        return stretched;
    }
}
