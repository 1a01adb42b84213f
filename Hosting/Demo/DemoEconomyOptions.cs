using System.ComponentModel.DataAnnotations;

namespace Dtao.Hosting.Demo;

/// <summary>How lively the built-in economy is.</summary>
public sealed record DemoEconomyOptions
{
    /// <value>Default 20.</value>
    [Range(1, 1_000)]
    public int OperationsPerSecond { get; init; } = 20;

    /// <summary>How many operations may be under way at once; while all are, none is begun, and what was missed is not caught up.</summary>
    /// <value>Default 16.</value>
    [Range(1, 1_000)]
    public int ConcurrencyMax { get; init; } = 16;

    /// <summary>The same seed makes the same plans in the same order. What comes of them depends on the network.</summary>
    /// <value>Default 1.</value>
    public ulong Seed { get; init; } = 1;
}
