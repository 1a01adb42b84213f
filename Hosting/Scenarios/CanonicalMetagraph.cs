using System.Collections.Immutable;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Hosting.Scenarios;

/// <summary>Writes neurons, links, and the last epoch's pay of one subnet.</summary>
/// <remarks>Source: scenarios, "State": what is empty is left out.</remarks>
internal static class CanonicalMetagraph
{
    public static void Add(CanonicalObject subnet, Metagraph metagraph, Aliases aliases)
    {
        if (metagraph.Neurons.Length > 0) subnet["neurons"] = metagraph.Neurons.Select(neuron => (object?)NeuronOf(neuron, aliases)).ToArray();
        AddMap(subnet, "alpha_dividends", metagraph.AlphaDividends, aliases, amount => amount.ToString());
        AddMap(subnet, "root_dividends", metagraph.RootDividends, aliases, amount => amount.ToString());
        AddMap(subnet, "children", metagraph.Children, aliases, links => Links(links, aliases));
        AddMap(subnet, "pending_children", metagraph.PendingChildren, aliases, pending => new CanonicalObject
        {
            ["children"] = Links(pending.Children, aliases),
            ["cooldown"] = Text(pending.CooldownBlock),
        });
        AddMap(subnet, "child_takes", metagraph.ChildTakes, aliases, take => Text(take));
        AddMap(subnet, "hotkey_swaps", metagraph.HotkeysSwappedAt, aliases, block => Text(block));
        AddMap(subnet, "key_swaps", metagraph.KeysSwappedAt, aliases, block => Text(block));
        AddMap(subnet, "swapped_away", metagraph.SwappedAway, aliases, block => Text(block));
        AddMap(subnet, "unseated", metagraph.Unseated, aliases, block => Text(block));
        AddLocks(subnet, metagraph, aliases);
        AddOrders(subnet, metagraph, aliases);
    }

    private static void AddOrders(CanonicalObject subnet, Metagraph metagraph, Aliases aliases)
    {
        if (metagraph.Orders.IsEmpty) return;
        var orders = new CanonicalObject();
        foreach (var (id, record) in metagraph.Orders)
        {
            orders[id.ToString()] = new CanonicalObject
            {
                ["owner"] = aliases.Name(record.Owner),
                ["status"] = record.Status.ToString(),
                ["filled"] = Text(record.Filled),
            };
        }

        subnet["orders"] = orders;
    }

    private static void AddLocks(CanonicalObject subnet, Metagraph metagraph, Aliases aliases)
    {
        AddMap(subnet, "locks", metagraph.Locks, aliases, held => LockOf(held.State, aliases.Name(held.Hotkey)));
        AddMap(subnet, "lock_choices", metagraph.LockChoices, aliases, choices => Text((byte)choices));
        if (!metagraph.LockTotals.IsEmpty)
        {
            subnet["lock_totals"] = metagraph.LockTotals
                .Select(entry => (object?)new object?[] { entry.Key.Kind.ToString(), LockOf(entry.Value, entry.Key.IsOfOwner ? null : aliases.Name(entry.Key.Hotkey)) })
                .ToArray();
        }

        if (metagraph.Lease is { } lease) subnet["lease_accrued"] = lease.Accrued.ToString();
    }

    private static CanonicalObject LockOf(LockState state, string? hotkey)
    {
        var lines = new CanonicalObject
        {
            ["mass"] = state.Mass.ToString(),
            ["conviction"] = Text(state.Conviction.Bits),
            ["block"] = state.LastBlock.ToString(),
        };
        if (hotkey is not null) lines["hotkey"] = hotkey;
        return lines;
    }

    private static CanonicalObject NeuronOf(Neuron neuron, Aliases aliases)
    {
        var row = neuron.Row(0);
        return new CanonicalObject
        {
            ["hotkey"] = aliases.Name(neuron.Hotkey),
            ["registered"] = Text(neuron.RegisteredAt),
            ["last_update"] = Text(row.LastUpdate),
            ["active"] = neuron.IsActive,
            ["permit"] = neuron.HasPermit,
            ["incentive"] = Text(row.Incentive),
            ["dividend"] = Text(neuron.Dividends),
            ["consensus"] = Text(neuron.Consensus),
            ["trust"] = Text(neuron.ValidatorTrust),
            ["stake_weight"] = Text(neuron.StakeWeight),
            ["emission"] = neuron.Emission.ToString(),
            ["weights"] = Entries(row.Weights),
            ["bonds"] = Entries(row.Bonds),
        };
    }

    private static object?[] Entries(ImmutableArray<WeightEntry> entries) =>
        [.. entries.Select(entry => (object?)new object?[] { Text(entry.Uid), Text(entry.Value) })];

    private static object?[] Links(ImmutableArray<ChildLink> links, Aliases aliases) =>
        [.. links.Select(link => (object?)new object?[] { Text(link.Proportion), aliases.Name(link.Hotkey) })];

    private static void AddMap<T>(
        CanonicalObject subnet, string field, ImmutableSortedDictionary<AccountId, T> map, Aliases aliases, Func<T, object?> write)
    {
        if (map.IsEmpty) return;
        var entries = new CanonicalObject();
        foreach (var (hotkey, value) in map) entries[aliases.Name(hotkey)] = write(value);
        subnet[field] = entries;
    }

    private static string Text(IFormattable number) => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture);
}
