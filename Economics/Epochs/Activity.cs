namespace Dtao.Economics.Epochs;

/// <summary>How long a neuron counts as active after its last update.</summary>
public static class ActivityCutoff
{
    private const ulong FactorScale = 1_000;

    /// <summary>Blocks: floor(factor x tempo / 1000), at least 1.</summary>
    /// <remarks>Source: rule book 02, 7.1-1; utils/misc.rs :: get_activity_cutoff_blocks.</remarks>
    public static ulong Blocks(uint factorMilli, ushort tempo) => Math.Max(1, (ulong)factorMilli * tempo / FactorScale);
}

/// <summary>Who updated its weights recently enough.</summary>
/// <remarks>Source: rule book 02, 7.1-2; epoch/run_epoch.rs :: epoch_mechanism.</remarks>
public static class Activity
{
    /// <summary>Whether a neuron is inactive: its last update lies more than the cutoff back.</summary>
    public static bool IsInactive(ulong lastUpdate, ulong cutoff, ulong currentBlock)
    {
        var deadline = unchecked(lastUpdate + cutoff);
        return deadline >= lastUpdate && deadline < currentBlock;
    }

    /// <summary>Marks the active neurons.</summary>
    public static void Mark(ReadOnlySpan<ulong> lastUpdate, ulong cutoff, ulong currentBlock, Span<bool> active)
    {
        for (var i = 0; i < active.Length; i++) active[i] = !IsInactive(lastUpdate[i], cutoff, currentBlock);
    }
}
