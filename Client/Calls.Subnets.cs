using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Neurons;

namespace Dtao.Client;

/// <content>Weights, children, registrations, root claims, and settings.</content>
public static partial class Calls
{
    private const ushort CommitRevealVersion = 4;

    /// <summary>Sets weights at once, where the subnet has commit-reveal off. The signer is the neuron's hotkey. Rule book 02, 10.1.</summary>
    /// <param name="values">Only their ratios count.</param>
    public static Call SetWeights(NetUid netuid, IEnumerable<ushort> uids, IEnumerable<ushort> values, ulong versionKey = 0, byte mechanism = 0) =>
        new() { Kind = CallKind.SetWeights, Netuid = netuid, Detail = Weights(uids, values, [], versionKey, mechanism) };

    /// <summary>Commits to weights by their hash; the signer is the neuron's hotkey, which reveals them later with the same salt. Rule book 02, 10.2.</summary>
    public static Call CommitWeights(
        AccountId hotkey, NetUid netuid, IEnumerable<ushort> uids, IEnumerable<ushort> values, IEnumerable<ushort> salt, ulong versionKey = 0, byte mechanism = 0) => new()
        {
            Kind = CallKind.CommitWeights,
            Netuid = netuid,
            Detail = new CommitDetail(CommitHash.Of(hotkey, netuid, Weights(uids, values, salt, versionKey, mechanism)), mechanism),
        };

    /// <summary>Reveals weights that were committed, in the epoch that is the subnet's reveal period later. Rule book 02, 10.3.</summary>
    public static Call RevealWeights(
        NetUid netuid, IEnumerable<ushort> uids, IEnumerable<ushort> values, IEnumerable<ushort> salt, ulong versionKey = 0, byte mechanism = 0) =>
        new() { Kind = CallKind.RevealWeights, Netuid = netuid, Detail = Weights(uids, values, salt, versionKey, mechanism) };

    /// <summary>Commits to weights that open by themselves in the epoch that is the subnet's reveal period later. Rule book 02, 10.4.</summary>
    public static Call CommitTimelockedWeights(
        NetUid netuid, IEnumerable<ushort> uids, IEnumerable<ushort> values, ulong round = 0, ulong versionKey = 0, byte mechanism = 0) => new()
        {
            Kind = CallKind.CommitTimelockedWeights,
            Netuid = netuid,
            Detail = new TimelockDetail(Weights(uids, values, [], versionKey, mechanism), round, CommitRevealVersion),
        };

    /// <summary>Asks for the children of a hotkey on a subnet; none revokes them. Rule book 02, 9.1.</summary>
    /// <param name="children">Each with its proportion of 2^64-1; at most 5.</param>
    public static Call SetChildren(AccountId hotkey, NetUid netuid, IEnumerable<ChildLink> children) =>
        new() { Kind = CallKind.SetChildren, Hotkey = hotkey, Netuid = netuid, Detail = new ChildrenDetail([.. children]) };

    /// <summary>Sets what a hotkey keeps, as a child, of its parents' dividends. Rule book 02, 9.2.</summary>
    public static Call SetChildkeyTake(AccountId hotkey, NetUid netuid, Take take) =>
        new() { Kind = CallKind.SetChildkeyTake, Hotkey = hotkey, Netuid = netuid, Take = take };

    /// <summary>Has the pay of the signer's miners on a subnet staked to a hotkey. Rule book 01, 6.13.</summary>
    public static Call SetAutoStakeHotkey(AccountId hotkey, NetUid netuid) =>
        new() { Kind = CallKind.SetAutoStakeHotkey, Hotkey = hotkey, Netuid = netuid };

    /// <summary>Buys a seat on a subnet for a hotkey, at the price of the moment. Rule book 01, 11.</summary>
    public static Call RegisterNeuron(AccountId hotkey, NetUid netuid) => new() { Kind = CallKind.RegisterNeuron, Hotkey = hotkey, Netuid = netuid };

    /// <summary>As <see cref="RegisterNeuron"/>, refused above a price.</summary>
    public static Call RegisterLimit(AccountId hotkey, NetUid netuid, Tao limit) =>
        new() { Kind = CallKind.RegisterLimit, Hotkey = hotkey, Netuid = netuid, Limit = limit.Rao };

    /// <summary>Gives a hotkey a seat on root, without payment. Rule book 01, 11.</summary>
    public static Call RootRegister(AccountId hotkey) => new() { Kind = CallKind.RootRegister, Hotkey = hotkey };

    /// <summary>Buys a new subnet at the lock cost of the moment. Rule book 01, 10.3.</summary>
    public static Call RegisterNetwork(AccountId hotkey) => new() { Kind = CallKind.RegisterNetwork, Hotkey = hotkey };

    /// <summary>Dissolves a subnet; the sudo key's call. Rule book 01, 10.6.</summary>
    public static Call DissolveNetwork(NetUid netuid) => new() { Kind = CallKind.DissolveNetwork, Netuid = netuid };

    /// <summary>Claims what the signer's root stake has earned on subnets, at most five. Rule book 02, 8.6.</summary>
    public static Call ClaimRoot(IEnumerable<NetUid> netuids) => new() { Kind = CallKind.ClaimRoot, Detail = new ClaimDetail([.. netuids]) };

    /// <summary>Chooses what becomes of root dividends when they are claimed. Rule book 02, 8.6.</summary>
    public static Call SetRootClaimType(RootClaimType type) => new() { Kind = CallKind.SetRootClaimType, Detail = new ClaimTypeDetail(type) };

    /// <summary>Sets the blocks between a subnet's epochs; its owner's call. Rule book 02, 6.4.</summary>
    public static Call SetTempo(NetUid netuid, ushort blocks) => new() { Kind = CallKind.SetTempo, Netuid = netuid, Amount = blocks };

    /// <summary>Sets after how many thousandths of a tempo a neuron is inactive; the owner's call. Rule book 02, 6.4.</summary>
    public static Call SetActivityCutoffFactor(NetUid netuid, uint thousandths) =>
        new() { Kind = CallKind.SetActivityCutoffFactor, Netuid = netuid, Amount = thousandths };

    /// <summary>Asks for an epoch when the freeze window is over; the owner's call. Rule book 02, 6.4.</summary>
    public static Call TriggerEpoch(NetUid netuid) => new() { Kind = CallKind.TriggerEpoch, Netuid = netuid };

    /// <summary>Sets a hyperparameter of a subnet, within its bounds; the call of its owner or of the sudo key. Rule book 02, 6.4.</summary>
    /// <param name="name">As in a genesis document, or as on the chain.</param>
    public static Call SetHyperparameter(NetUid netuid, string name, string value) =>
        new() { Kind = CallKind.SetHyperparameter, Netuid = netuid, Parameter = name, Value = value };

    /// <summary>Sets a parameter of the network, within its bounds; the sudo key's call.</summary>
    /// <param name="name">As in a genesis document, or as on the chain.</param>
    /// <param name="value">Null clears what can be absent.</param>
    public static Call SudoSet(string name, string? value) => new() { Kind = CallKind.SudoSet, Parameter = name, Value = value };

    private static WeightsDetail Weights(IEnumerable<ushort> uids, IEnumerable<ushort> values, IEnumerable<ushort> salt, ulong versionKey, byte mechanism) =>
        new([.. uids], [.. values], versionKey, mechanism, [.. salt]);
}
