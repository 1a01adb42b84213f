using System.Collections.Immutable;
using Dtao.Economics;
using Dtao.Economics.Children;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Subnets;

/// <summary>Views of a subnet's neurons and links. Pure.</summary>
public static class MetagraphViews
{
    /// <summary>A page without stakes.</summary>
    public static NeuronPage NeuronsOf(MetagraphState state, int fromUid, int countMax)
    {
        var neurons = state.Metagraph.Neurons;
        var first = Math.Clamp(fromUid, 0, neurons.Length);
        var count = Math.Min(Math.Clamp(countMax, 1, ViewLimits.RowsMax), neurons.Length - first);
        return new NeuronPage(state.Block, neurons.Length, [.. Enumerable.Range(first, count).Select(uid => RowOf(uid, neurons[uid]))]);
    }

    public static NeuronPage WithStakes(NeuronPage page, Alpha[] own, Alpha[] root) => page with
    {
        Rows = [.. page.Rows.Select((row, place) => row with { Stake = own[place], RootStake = new Tao(root[place].Rao) })],
    };

    /// <param name="books">Of the subnet; null when there is none.</param>
    public static HotkeyFamily FamilyOf(MetagraphState state, SubnetBooks? books, NetworkParameters parameters, AccountId hotkey)
    {
        var metagraph = state.Metagraph;
        var pending = metagraph.PendingChildren.GetValueOrDefault(hotkey);
        return new HotkeyFamily(
            state.Block, Links(metagraph.ChildrenOf(hotkey)), Links(metagraph.ParentsOf(hotkey)), TakeOf(hotkey),
            pending is null ? null : Links(pending.Children), new BlockNumber(pending?.CooldownBlock ?? 0));

        FamilyLink[] Links(ImmutableArray<ChildLink> links) => [.. links.Select(link => new FamilyLink(link.Hotkey, link.Proportion, TakeOf(link.Hotkey)))];

        ushort TakeOf(AccountId child) => books is null ? (ushort)0 : ChildTake.Of(books, parameters, metagraph, child).Parts;
    }

    private static NeuronEntry RowOf(int uid, Neuron neuron) => new(
        uid, neuron.Hotkey, Alpha.Zero, Tao.Zero, neuron.Dividends, neuron.Row(0).Incentive, neuron.Emission, neuron.Consensus, neuron.ValidatorTrust,
        neuron.HasPermit, neuron.IsActive, neuron.RegisteredAt, neuron.Row(0).LastUpdate);
}
