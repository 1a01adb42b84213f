using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Neurons;

/// <summary>set_weights: what a hotkey says that the other neurons of its subnet are worth.</summary>
/// <remarks>
/// Source: rule book 02, 10.1; subnets/weights.rs :: internal_set_weights. The signer is the hotkey itself. A hotkey that points at
/// nobody but itself needs no permit and no minimal number of weights. The limit of a single weight is not walked: the chain fixes it where
/// every row passes.
/// </remarks>
internal static class SetWeights
{
    /// <summary>The call itself, which a subnet with commits and reveals refuses.</summary>
    public static LedgerError Execute(CallRun run, NetUid netuid, WeightsDetail weights)
    {
        var scope = run.Scope;
        if (scope.TryGetBooks(netuid, out var books) && books.Hyper.CommitReveal) return LedgerError.CommitRevealEnabled;
        return Store(scope, netuid, run.Signer, weights);
    }

    /// <summary>Checks weights and stores them, whether they were set or revealed.</summary>
    /// <remarks>While weights are committed, the commit is what is limited in rate and counts as the neuron's activity.</remarks>
    public static LedgerError Store(LedgerScope scope, NetUid netuid, AccountId hotkey, WeightsDetail weights)
    {
        if (netuid.IsRoot) return LedgerError.CanNotSetRootNetworkWeights;
        if (weights.Uids.Length != weights.Values.Length) return LedgerError.WeightVecNotEqualSize;
        if (!WeightRules.TryGetMechanism(scope, netuid, weights.Mechanism, out var books)) return LedgerError.MechanismDoesNotExist;

        var metagraph = scope.GetMetagraph(netuid);
        if (weights.Uids.Length > metagraph.Neurons.Length) return LedgerError.UidsLengthExceedUidsInSubNet;
        if (metagraph.UidOf(hotkey) is not { } uid) return LedgerError.HotKeyNotRegisteredInSubNet;
        var error = CheckNeuron(scope, books, metagraph, uid, weights);
        if (error == LedgerError.None) error = CheckRow(books.Hyper, metagraph, uid, weights);
        if (error != LedgerError.None) return error;

        var neuron = metagraph.Neurons[uid];
        var row = neuron.Row(weights.Mechanism) with { Weights = WeightRow.Of(weights.Uids, weights.Values) };
        if (!books.Hyper.CommitReveal) row = row with { LastUpdate = scope.Block.Value };
        scope.SetMetagraph(netuid, metagraph.WithNeuron(uid, neuron.WithRow(weights.Mechanism, row)));
        return LedgerError.None;
    }

    /// <summary>Whether the neuron may set weights now.</summary>
    private static LedgerError CheckNeuron(LedgerScope scope, SubnetBooks books, Metagraph metagraph, int uid, WeightsDetail weights)
    {
        var neuron = metagraph.Neurons[uid];
        if (!WeightRules.HasEnoughStake(scope, books, neuron.Hotkey)) return LedgerError.NotEnoughStakeToSetWeights;
        if (weights.VersionKey < books.Hyper.WeightsVersionKey) return LedgerError.IncorrectWeightVersionKey;
        if (!books.Hyper.CommitReveal && WeightRules.IsTooSoon(scope, books, neuron, weights.Mechanism)) return LedgerError.SettingWeightsTooFast;
        return neuron.HasPermit || neuron.Hotkey == books.OwnerHotkey || IsSelfWeight(uid, weights)
            ? LedgerError.None
            : LedgerError.NeuronNoValidatorPermit;
    }

    /// <summary>Whether the row is one that can be stored.</summary>
    private static LedgerError CheckRow(SubnetHyperparameters hyper, Metagraph metagraph, int uid, WeightsDetail weights)
    {
        if (weights.Uids.Distinct().Count() != weights.Uids.Length) return LedgerError.DuplicateUids;
        if (weights.Uids.Any(other => other >= metagraph.Neurons.Length)) return LedgerError.UidVecContainInvalidOne;
        return weights.Uids.Length >= Math.Min(hyper.MinAllowedWeights, metagraph.Neurons.Length) || IsSelfWeight(uid, weights)
            ? LedgerError.None
            : LedgerError.WeightVecLengthIsLow;
    }

    private static bool IsSelfWeight(int uid, WeightsDetail weights) => weights.Uids.Length == 1 && weights.Uids[0] == uid;
}
