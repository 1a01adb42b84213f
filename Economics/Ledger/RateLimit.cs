namespace Dtao.Economics.Ledger;

/// <summary>The chain's usual test of how long ago something was done.</summary>
/// <remarks>Source: rule book 02, 6.4; utils/rate_limiting.rs :: check_passes_rate_limit. A few calls have another test and say so.</remarks>
public static class RateLimit
{
    /// <summary>Whether it was never done (block 0), or at least <paramref name="blocks"/> ago. A limit of 0 always passes.</summary>
    public static bool Passes(BlockNumber now, ulong last, ulong blocks) => last == 0 || SaturatingMath.Subtract(now.Value, last) >= blocks;
}
