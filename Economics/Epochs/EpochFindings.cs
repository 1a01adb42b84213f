using System.Collections.Immutable;
using Dtao.Economics.Ledger;

namespace Dtao.Economics.Epochs;

/// <summary>What an epoch found for one neuron, over all mechanisms. Vectors are in parts of 65535.</summary>
/// <param name="Server">Alpha that it earned as a miner.</param>
/// <param name="Validator">Alpha that it earned as a validator, before it is brought to what validators get.</param>
/// <param name="Emission">Alpha that is recorded for it; neurons are pruned by it.</param>
public readonly record struct NeuronFinding(
    bool IsActive, bool HasPermit, ushort Dividends, ushort Consensus, ushort ValidatorTrust, ushort StakeWeight,
    Alpha Server, Alpha Validator, Alpha Emission);

/// <summary>What an epoch found in one mechanism, by uid.</summary>
/// <param name="Incentive">Parts of 65535.</param>
/// <param name="Bonds">Rows as they are stored; empty without a new permit.</param>
public sealed record MechanismFinding(ImmutableArray<ushort> Incentive, ImmutableArray<ImmutableArray<WeightEntry>> Bonds);

/// <summary>Everything that the epoch of one subnet found: all that its payout needs from whoever ran it.</summary>
/// <param name="Neurons">By uid.</param>
public sealed record EpochFindings(ImmutableArray<NeuronFinding> Neurons, ImmutableArray<MechanismFinding> Mechanisms)
{
    /// <summary>Runs the mechanisms of a subnet one after the other and puts their vectors together.</summary>
    /// <param name="emission">What the mechanisms share, rao of alpha.</param>
    /// <remarks>Source: rule book 02, 7.12; subnets/mechanism.rs :: epoch_with_mechanisms.</remarks>
    public static EpochFindings Of(IReadOnlyList<EpochInput> inputs, Alpha emission, EpochWorkspace workspace)
    {
        var result = new EpochResult();
        var sum = new MechanismAggregate();
        sum.Reset(inputs[0].NeuronCount);
        var mechanisms = ImmutableArray.CreateBuilder<MechanismFinding>(inputs.Count);
        for (var mechanism = 0; mechanism < inputs.Count; mechanism++)
        {
            YumaConsensus.Run(inputs[mechanism], workspace, result);
            sum.Add(result, MechanismAggregate.Weight(inputs[mechanism].Emission, emission.Rao, mechanism));
            mechanisms.Add(Mechanism(result));
        }

        var neurons = ImmutableArray.CreateBuilder<NeuronFinding>(sum.NeuronCount);
        for (var uid = 0; uid < sum.NeuronCount; uid++) neurons.Add(Neuron(sum, uid));
        return new EpochFindings(neurons.MoveToImmutable(), mechanisms.MoveToImmutable());
    }

    /// <summary>What each neuron earned, in ascending order of hotkeys.</summary>
    public IReadOnlyList<NeuronPay> Pays(Metagraph metagraph)
    {
        Check(metagraph);
        var pays = new NeuronPay[Neurons.Length];
        for (var uid = 0; uid < pays.Length; uid++)
            pays[uid] = new NeuronPay(metagraph.Neurons[uid].Hotkey, Neurons[uid].Server, Neurons[uid].Validator);
        Array.Sort(pays, (left, right) => left.Hotkey.CompareTo(right.Hotkey));
        return pays;
    }

    /// <summary>The metagraph with the new vectors, permits, incentives, and bonds.</summary>
    /// <remarks>
    /// Source: rule book 02, 7.11; epoch/run_epoch.rs :: persist_mechanism_epoch_terms. Every row of bonds is written: who has no new permit
    /// loses the ones he had.
    /// </remarks>
    public Metagraph Record(Metagraph metagraph)
    {
        Check(metagraph);
        var neurons = ImmutableArray.CreateBuilder<Neuron>(Neurons.Length);
        for (var uid = 0; uid < Neurons.Length; uid++)
        {
            var found = Neurons[uid];
            neurons.Add(metagraph.Neurons[uid] with
            {
                IsActive = found.IsActive,
                HasPermit = found.HasPermit,
                Dividends = found.Dividends,
                Consensus = found.Consensus,
                ValidatorTrust = found.ValidatorTrust,
                StakeWeight = found.StakeWeight,
                Emission = found.Emission,
                Rows = Rows(metagraph.Neurons[uid], uid),
            });
        }

        return metagraph with { Neurons = neurons.MoveToImmutable() };
    }

    /// <summary>Rows of mechanisms that did not run stay as they are.</summary>
    private ImmutableArray<NeuronRow> Rows(Neuron neuron, int uid)
    {
        var rows = ImmutableArray.CreateBuilder<NeuronRow>(Math.Max(Mechanisms.Length, neuron.Rows.Length));
        for (var i = 0; i < Mechanisms.Length; i++)
            rows.Add(neuron.Row(i) with { Incentive = Mechanisms[i].Incentive[uid], Bonds = Mechanisms[i].Bonds[uid] });
        for (var i = Mechanisms.Length; i < neuron.Rows.Length; i++) rows.Add(neuron.Rows[i]);
        return rows.MoveToImmutable();
    }

    private void Check(Metagraph metagraph)
    {
        if (metagraph.Neurons.Length != Neurons.Length)
            throw new InvalidOperationException($"An epoch of {Neurons.Length} neurons for a subnet of {metagraph.Neurons.Length}.");
    }

    private static MechanismFinding Mechanism(EpochResult result)
    {
        var bonds = ImmutableArray.CreateBuilder<ImmutableArray<WeightEntry>>(result.NeuronCount);
        for (var uid = 0; uid < result.NeuronCount; uid++) bonds.Add([.. result.Bonds(uid)]);
        return new MechanismFinding([.. result.Incentive], bonds.MoveToImmutable());
    }

    private static NeuronFinding Neuron(MechanismAggregate sum, int uid) => new(
        sum.Active[uid], sum.NewPermits[uid], sum.Dividends[uid], sum.Consensus[uid], sum.ValidatorTrust[uid], sum.StakeWeight[uid],
        new Alpha(sum.ServerEmission[uid]), new Alpha(sum.ValidatorEmission[uid]), new Alpha(sum.Emission[uid]));
}
