namespace Dtao.Economics.Ledger;

/// <summary>One entry of a neuron's row of weights or bonds: the neuron it points at, and how strongly.</summary>
/// <param name="Uid">The neuron that is weighted.</param>
/// <param name="Value">The strength, parts of 65535. A stored zero is not the same as a missing entry.</param>
/// <remarks>Rows keep the order in which their uids were submitted. Source: rule book 02, 7.9 and 10.1.</remarks>
public readonly record struct WeightEntry(ushort Uid, ushort Value);
