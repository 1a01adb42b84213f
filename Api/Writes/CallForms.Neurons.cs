using System.Collections.Immutable;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Api.Writes;

/// <content>Takes, weights, children, and registrations of neurons.</content>
internal static partial class CallForms
{
    private static readonly CallField s_uids = new("uids", CallFieldType.Short, "The neurons that are weighted.") { IsList = true };
    private static readonly CallField s_values = new("values", CallFieldType.Short, "A weight for each uid; only their ratios count.") { IsList = true };
    private static readonly CallField s_salt = new("salt", CallFieldType.Short, "The salt that the commit was made with.") { IsList = true };
    private static readonly CallField s_versionKey = new CallField("version_key", CallFieldType.Number, "The version of the validator's software; 0 unless it is said.").Optional();
    private static readonly CallField s_mechanism = new CallField("mechanism", CallFieldType.Byte, "The subnet's mechanism; the first, 0, unless it is said.").Optional();
    private static readonly CallField s_hash = new("hash", CallFieldType.Hash, "The hash of what is committed to.");

    private static readonly CallField s_reveals = new("reveals", CallFieldType.Object, "What was committed to, one object for each commit.")
    {
        IsList = true,
        Fields = [s_uids, s_values, s_salt, s_versionKey],
    };

    private static readonly CallField s_children = new("children", CallFieldType.Object, "The children; an empty list revokes them.")
    {
        IsList = true,
        Fields = [new("hotkey", CallFieldType.Account, "The child."), new("proportion", CallFieldType.Number, "Its part of the parent's stake, of 2^64-1.")],
    };

    private static readonly CallField s_weightsOfSubnets = new("subnets", CallFieldType.Object, "Weights of one subnet each, at most 128.")
    {
        IsList = true,
        Fields = [s_netuid, s_uids, s_values, s_versionKey],
    };

    private static readonly CallField s_commitsOfSubnets = new("subnets", CallFieldType.Object, "The commit of one subnet each, at most 128.")
    {
        IsList = true,
        Fields = [s_netuid, s_hash],
    };

    private static IEnumerable<CallForm> Neurons() =>
    [
        Form(CallKind.IncreaseTake, "Raises a hotkey's delegate take.", [s_hotkey, s_take], with => Calls.IncreaseTake(with.Account("hotkey"), with.Take("take"))),
        Form(CallKind.DecreaseTake, "Lowers a hotkey's delegate take.", [s_hotkey, s_take], with => Calls.DecreaseTake(with.Account("hotkey"), with.Take("take"))),
        Form(CallKind.TryAssociateHotkey, "Makes the signer the owner of a hotkey that nobody owns.", [s_hotkey], with => Calls.TryAssociateHotkey(with.Account("hotkey"))),
        Form(CallKind.SetWeights, "Sets weights at once, where the subnet has commit-reveal off. The signer is the neuron's hotkey.", [s_netuid, s_uids, s_values, s_versionKey, s_mechanism],
            with => Weights(CallKind.SetWeights, with, [])),
        Form(CallKind.CommitWeights, "Commits to weights by their hash. The signer is the neuron's hotkey.", [s_netuid, s_hash, s_mechanism],
            with => new() { Kind = CallKind.CommitWeights, Netuid = with.Netuid("netuid"), Detail = new CommitDetail(with.Hash("hash"), with.Byte("mechanism")) }),
        Form(CallKind.RevealWeights, "Reveals weights that were committed.", [s_netuid, s_uids, s_values, s_salt, s_versionKey, s_mechanism],
            with => Weights(CallKind.RevealWeights, with, with.Shorts("salt"))),
        Form(CallKind.BatchRevealWeights, "Reveals several commits of the first mechanism.", [s_netuid, s_reveals],
            with => new()
            {
                Kind = CallKind.BatchRevealWeights,
                Netuid = with.Netuid("netuid"),
                Detail = new BatchRevealDetail([.. with.Objects("reveals").Select(reveal => Detail(reveal, reveal.Shorts("salt"), 0))]),
            }),
        Form(CallKind.CommitTimelockedWeights, "Commits to weights that open by themselves in the epoch that is the subnet's reveal period later.",
            [s_netuid, s_uids, s_values, new CallField("round", CallFieldType.Number, "The beacon's round; 0 unless it is said.").Optional(), s_versionKey, s_mechanism],
            with => Calls.CommitTimelockedWeights(
                with.Netuid("netuid"), with.Shorts("uids"), with.Shorts("values"), with.Number("round"), with.Number("version_key"), with.Byte("mechanism"))),
        Form(CallKind.SetChildren, "Asks for the children of a hotkey on a subnet.", [s_hotkey, s_netuid, s_children],
            with => Calls.SetChildren(
                with.Account("hotkey"), with.Netuid("netuid"), with.Objects("children").Select(child => new ChildLink(child.Number("proportion"), child.Account("hotkey"))))),
        Form(CallKind.SetChildkeyTake, "Sets what a hotkey keeps, as a child, of its parents' dividends.", [s_hotkey, s_netuid, s_take],
            with => Calls.SetChildkeyTake(with.Account("hotkey"), with.Netuid("netuid"), with.Take("take"))),
        Form(CallKind.SetAutoStakeHotkey, "Has the pay of the signer's miners on a subnet staked to a hotkey.", [s_hotkey, s_netuid],
            with => Calls.SetAutoStakeHotkey(with.Account("hotkey"), with.Netuid("netuid"))),
        Form(CallKind.RegisterNeuron, "Buys a seat on a subnet for a hotkey, at the price of the moment.", [s_hotkey, s_netuid],
            with => Calls.RegisterNeuron(with.Account("hotkey"), with.Netuid("netuid"))),
        Form(CallKind.RegisterLimit, "As register_neuron, refused above a price.",
            [s_hotkey, s_netuid, new("limit", CallFieldType.Number, "Rao of TAO that the registration may cost.")],
            with => Calls.RegisterLimit(with.Account("hotkey"), with.Netuid("netuid"), with.Tao("limit"))),
        Form(CallKind.RootRegister, "Gives a hotkey a seat on root, free of charge.", [s_hotkey], with => Calls.RootRegister(with.Account("hotkey"))),
        Form(CallKind.BatchSetWeights, "Sets weights on several subnets, on each by itself.", [s_weightsOfSubnets],
            with => Calls.BatchSetWeights(with.Objects("subnets").Select(part => Weights(CallKind.SetWeights, part, [], 0)))),
        Form(CallKind.BatchCommitWeights, "Commits to weights on several subnets, on each by itself.", [s_commitsOfSubnets],
            with => new()
            {
                Kind = CallKind.BatchCommitWeights,
                Detail = new BatchCommitDetail([.. with.Objects("subnets").Select(part => new SubnetCommit(part.Netuid("netuid"), new CommitDetail(part.Hash("hash"), 0)))]),
            }),
        Form(CallKind.SetAutoParentDelegation, "Whether a hotkey with a seat on root becomes a parent on subnets to come.", [s_hotkey, s_isOn],
            with => Calls.SetAutoParentDelegation(with.Account("hotkey"), with.Flag("is_on"))),
    ];

    private static Call Weights(CallKind kind, CallValues with, ImmutableArray<ushort> salt) => Weights(kind, with, salt, with.Byte("mechanism"));

    private static Call Weights(CallKind kind, CallValues with, ImmutableArray<ushort> salt, byte mechanism) =>
        new() { Kind = kind, Netuid = with.Netuid("netuid"), Detail = Detail(with, salt, mechanism) };

    private static WeightsDetail Detail(CallValues with, ImmutableArray<ushort> salt, byte mechanism) =>
        new(with.Shorts("uids"), with.Shorts("values"), with.Number("version_key"), mechanism, salt);
}
