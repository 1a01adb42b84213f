namespace Dtao.Economics.Epochs;

/// <summary>The division of a subnet's emission among its mechanisms.</summary>
/// <remarks>Source: rule book 02, 7.12-1; subnets/mechanism.rs :: split_emissions.</remarks>
public static class Mechanisms
{
    /// <summary>Each mechanism's part in rao: by the stored split, or even; what flooring leaves goes to the first.</summary>
    /// <param name="emission">What there is, rao.</param>
    /// <param name="split">Parts of 65535, null for even. Missing parts are 0, surplus ones are ignored.</param>
    /// <param name="count">The number of mechanisms, at least 1.</param>
    public static ulong[] SplitEmission(ulong emission, ushort[]? split, int count)
    {
        var parts = new ulong[count];
        var rest = emission;
        for (var m = 0; m < count; m++)
        {
            parts[m] = split is null ? emission / (ulong)count
                : m < split.Length ? (ulong)(Math.BigMul(emission, (ulong)split[m]) / ushort.MaxValue) : 0;
            rest = rest > parts[m] ? rest - parts[m] : 0;
        }

        if (count > 0) parts[0] += rest;
        return parts;
    }
}
