namespace Dtao.Economics;

/// <summary>The chain's operations on vectors of <see cref="I32F32"/> and of 16-bit weights.</summary>
/// <remarks>Source: rule book 02, 1.4, 7.3 and 10.1; pallets/subtensor/src/epoch/math.rs.</remarks>
public static class FixedVector
{
    /// <summary>Above this the ratio 65535 / max is formed first, so that the product cannot overflow.</summary>
    private static readonly I32F32 s_upscaleThreshold = I32F32.FromInteger(32_768L);

    private static readonly I32F32 s_parts = I32F32.FromInteger((long)ushort.MaxValue);

    /// <summary>The plain sum, which wraps.</summary>
    public static I32F32 Sum(ReadOnlySpan<I32F32> values)
    {
        var sum = I32F32.Zero;
        foreach (var value in values) sum = sum.AddWrapping(value);
        return sum;
    }

    /// <summary>Divides every value by the sum of all; leaves them as they are when the sum is 0.</summary>
    public static void Normalize(Span<I32F32> values)
    {
        var total = new Normalizer(Sum(values));
        foreach (ref var value in values) value = total.Share(value);
    }

    /// <summary>Scales so that the greatest value becomes 65535, rounding halves away from zero.</summary>
    public static ushort[] MaxUpscale(ReadOnlySpan<I32F32> values)
    {
        var result = new ushort[values.Length];
        if (values.IsEmpty) return result;
        var max = values[0];
        foreach (var value in values) max = I32F32.Max(max, value);
        for (var i = 0; i < values.Length; i++)
        {
            var scaled = max.IsZero ? values[i].MultiplySaturating(s_parts)
                : max > s_upscaleThreshold ? values[i].MultiplySaturating(s_parts.DivideOrZero(max)).RoundSaturating()
                : values[i].MultiplySaturating(s_parts).DivideOrZero(max).RoundSaturating();
            result[i] = scaled.ToUInt16Saturating();
        }

        return result;
    }

    /// <summary>Scales 16-bit weights so that the greatest becomes 65535.</summary>
    public static ushort[] MaxUpscale(ReadOnlySpan<ushort> values) => MaxUpscale(FromIntegers(values));

    /// <summary>Proportions in parts of 65535: the whole part of value x 65535, clamped.</summary>
    public static ushort[] ToParts(ReadOnlySpan<I32F32> proportions)
    {
        var result = new ushort[proportions.Length];
        for (var i = 0; i < result.Length; i++) result[i] = proportions[i].MultiplySaturating(s_parts).ToUInt16Saturating();
        return result;
    }

    /// <summary>Marks the count greatest values; among equal ones the lower index loses. All are marked when there are no more than count.</summary>
    public static bool[] TopK(ReadOnlySpan<I32F32> values, int count) => TopK(values, count, zeroCounts: true);

    /// <summary>As <see cref="TopK(ReadOnlySpan{I32F32}, int)"/>, but a zero is never marked.</summary>
    public static bool[] TopKNonZero(ReadOnlySpan<I32F32> values, int count) => TopK(values, count, zeroCounts: false);

    /// <summary>Whether no weight, after normalising, is above limit parts of 65535.</summary>
    public static bool IsMaxLimited(ReadOnlySpan<ushort> weights, ushort limit)
    {
        var bound = I32F32.FromInteger((long)limit).DivideOrZero(s_parts);
        var values = FromIntegers(weights);
        Normalize(values);
        foreach (var value in values)
        {
            if (value > bound) return false;
        }

        return true;
    }

    private static bool[] TopK(ReadOnlySpan<I32F32> values, int count, bool zeroCounts)
    {
        var result = new bool[values.Length];
        for (var i = 0; i < result.Length; i++) result[i] = zeroCounts || !values[i].IsZero;
        if (count >= values.Length) return result;

        var copy = values.ToArray();
        var order = new int[copy.Length];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(order, (left, right) => copy[left] == copy[right] ? left.CompareTo(right) : copy[left].CompareTo(copy[right]));
        foreach (var index in order.AsSpan(0, order.Length - count)) result[index] = false;
        return result;
    }

    private static I32F32[] FromIntegers(ReadOnlySpan<ushort> values)
    {
        var result = new I32F32[values.Length];
        for (var i = 0; i < values.Length; i++) result[i] = I32F32.FromInteger((long)values[i]);
        return result;
    }
}
