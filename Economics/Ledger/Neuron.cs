using System.Collections.Immutable;

namespace Dtao.Economics.Ledger;

/// <summary>What one neuron has in one of its subnet's mechanisms.</summary>
/// <remarks>Source: rule book 02, 7.5, 7.11 and 7.12. Rows keep the order in which they were submitted.</remarks>
public sealed record NeuronRow
{
    public static readonly NeuronRow Empty = new();

    /// <summary>The block in which the neuron last set or committed weights, or was registered.</summary>
    public ulong LastUpdate { get; init; }
    public ushort Incentive { get; init; }
    public ImmutableArray<WeightEntry> Weights { get; init; } = [];
    public ImmutableArray<WeightEntry> Bonds { get; init; } = [];
}

/// <summary>One uid of a subnet: who holds it and what the last epoch found.</summary>
/// <remarks>Source: rule book 02, 7.11 and 11. Vectors are in parts of 65535.</remarks>
public sealed record Neuron
{
    public required AccountId Hotkey { get; init; }
    public ulong RegisteredAt { get; init; }
    public bool IsActive { get; init; } = true;
    public bool HasPermit { get; init; }
    public ushort Dividends { get; init; }
    public ushort Consensus { get; init; }
    public ushort ValidatorTrust { get; init; }
    public ushort StakeWeight { get; init; }
    /// <summary>Alpha that the last epoch found for it, as server and validator together.</summary>
    public Alpha Emission { get; init; }
    /// <summary>By mechanism; the first is always there, a missing one reads as <see cref="NeuronRow.Empty"/>.</summary>
    public ImmutableArray<NeuronRow> Rows { get; init; } = [NeuronRow.Empty];

    public NeuronRow Row(int mechanism) => mechanism < Rows.Length ? Rows[mechanism] : NeuronRow.Empty;

    public Neuron WithRow(int mechanism, NeuronRow row)
    {
        var rows = Rows;
        while (rows.Length <= mechanism) rows = rows.Add(NeuronRow.Empty);
        return this with { Rows = rows.SetItem(mechanism, row) };
    }
}
