namespace Dtao.Economics.Staking;

/// <summary>The flow counters: signed sums of rao that clamp at the bounds of 64 bits.</summary>
/// <remarks>Source: coinbase/subnet_emissions.rs :: record_tao_inflow, record_tao_outflow, record_protocol_inflow; the amount's cast wraps.</remarks>
internal static class SignedFlow
{
    public static long Add(long flow, ulong rao) => Clamp((Int128)flow + unchecked((long)rao));

    public static long Subtract(long flow, ulong rao) => Clamp((Int128)flow - unchecked((long)rao));

    private static long Clamp(Int128 sum) => sum > long.MaxValue ? long.MaxValue : sum < long.MinValue ? long.MinValue : (long)sum;
}
