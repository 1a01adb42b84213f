using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Neurons;

namespace Dtao.Client;

/// <content>How subnets and coldkeys present themselves, and batches over several subnets.</content>
public static partial class Calls
{
    /// <summary>Buys a new subnet that presents itself from the beginning. Rule book 01, 10.3.</summary>
    /// <param name="identity">Null: it does not.</param>
    public static Call RegisterNetwork(AccountId hotkey, IdentityDetail? identity) => RegisterNetwork(hotkey) with { Detail = identity };

    /// <summary>Says how a subnet presents itself, all of it; its owner's call.</summary>
    public static Call SetSubnetIdentity(NetUid netuid, IdentityDetail identity) => new() { Kind = CallKind.SetSubnetIdentity, Netuid = netuid, Detail = identity };

    /// <summary>Gives a subnet's token another of the chain's symbols that no subnet has; the call of its owner or of the sudo key.</summary>
    public static Call UpdateSymbol(NetUid netuid, string symbol) => new() { Kind = CallKind.UpdateSymbol, Netuid = netuid, Detail = new SymbolDetail(symbol) };

    /// <summary>Says how the signer presents itself, all of it. It must own a hotkey that is a neuron somewhere.</summary>
    public static Call SetIdentity(ColdkeyIdentityDetail identity) => new() { Kind = CallKind.SetIdentity, Detail = identity };

    /// <summary>Sets weights on several subnets, on each by itself; the receipt tells of each whether it was done. The signer is the neurons' hotkey.</summary>
    /// <param name="weights">At most <see cref="WeightBatches.PartsMax"/>, each made by <see cref="SetWeights"/>.</param>
    public static Call BatchSetWeights(IEnumerable<Call> weights) => new()
    {
        Kind = CallKind.BatchSetWeights,
        Detail = new BatchWeightsDetail([.. weights.Select(call => new SubnetWeights(call.Netuid, Part<WeightsDetail>(call, CallKind.SetWeights)))]),
    };

    /// <summary>Commits to weights on several subnets, on each by itself. The signer is the neurons' hotkey.</summary>
    /// <param name="commits">At most <see cref="WeightBatches.PartsMax"/>, each made by <see cref="CommitWeights"/>.</param>
    public static Call BatchCommitWeights(IEnumerable<Call> commits) => new()
    {
        Kind = CallKind.BatchCommitWeights,
        Detail = new BatchCommitDetail([.. commits.Select(call => new SubnetCommit(call.Netuid, Part<CommitDetail>(call, CallKind.CommitWeights)))]),
    };

    /// <summary>Says whether a hotkey with a seat on root becomes a parent on subnets to come; its owner's call.</summary>
    public static Call SetAutoParentDelegation(AccountId hotkey, bool isEnabled) =>
        new() { Kind = CallKind.SetAutoParentDelegation, Hotkey = hotkey, Detail = new SwitchDetail(isEnabled) };

    private static TDetail Part<TDetail>(Call call, CallKind kind)
        where TDetail : CallDetail =>
        call.Kind == kind && call.Detail is TDetail detail ? detail : throw new ArgumentException($"A {call.Kind} is no part of such a batch.", nameof(call));
}
