using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;

namespace Dtao.Economics.Epochs;

/// <summary>Collects what the epoch of a subnet reads, so that it can be run elsewhere.</summary>
/// <remarks>
/// Source: rule book 02, 7.1 to 7.5 and 7.12; epoch/run_epoch.rs :: epoch_mechanism. To be called when the schedule has consumed the
/// epoch's slot (<see cref="EpochSchedule.Drain"/>) and before anything is paid.
/// </remarks>
public static class EpochGather
{
    /// <summary>One input for each mechanism, in their order. What the mechanisms have in common they share.</summary>
    public static EpochInput[] Inputs(ILedgerSource source, NetUid netuid, EpochPot pot)
    {
        if (!source.TryGetBooks(netuid, out var books)) throw new InvalidOperationException($"Subnet {netuid} is not at hand.");
        var stakes = new EpochStakes(source, netuid);
        var neurons = stakes.Metagraph.Neurons;
        var first = Common(source, books, stakes.Metagraph);
        first.RegisteredAt = [.. neurons.Select(neuron => neuron.RegisteredAt)];
        first.ValidatorPermit = [.. neurons.Select(neuron => neuron.HasPermit)];
        (first.AlphaStake, first.TaoStake) = Inherited(stakes);

        var count = Math.Max((byte)1, books.Hyper.MechanismCount);
        var split = stakes.Metagraph.MechanismSplit;
        var parts = Mechanisms.SplitEmission(pot.ForNeurons.Rao, split.IsDefaultOrEmpty ? null : [.. split], count);
        var inputs = new EpochInput[count];
        for (var mechanism = 0; mechanism < count; mechanism++)
        {
            var input = mechanism == 0 ? first : Share(first, Common(source, books, stakes.Metagraph));
            AddRows(input, books, stakes.Metagraph, (byte)mechanism);
            input.Emission = parts[mechanism];
            inputs[mechanism] = input;
        }

        return inputs;
    }

    private static EpochInput Common(ILedgerSource source, SubnetBooks books, Metagraph metagraph)
    {
        var hyper = books.Hyper;
        return new EpochInput
        {
            NeuronCount = metagraph.Neurons.Length,
            CurrentBlock = source.Block.Value,
            Tempo = books.Tempo,
            ActivityCutoff = ActivityCutoff.Blocks(hyper.ActivityCutoffFactor, books.Tempo),
            LastStepBlock = books.LastStepBlock,
            TaoWeight = source.Parameters.TaoWeight,
            StakeThreshold = source.Parameters.StakeThreshold,
            OwnerUid = books.OwnerHotkey is { } owner ? metagraph.UidOf(owner) : null,
            MaxAllowedValidators = hyper.MaxValidators,
            CommitReveal = hyper.CommitReveal,
            Kappa = hyper.Kappa,
            BondsPenalty = hyper.BondsPenalty,
            BondsMovingAverage = hyper.BondsMovingAverage,
            Yuma3 = hyper.Yuma3,
            LiquidAlpha = hyper.LiquidAlpha,
            AlphaLow = hyper.AlphaLow,
            AlphaHigh = hyper.AlphaHigh,
            Steepness = hyper.Steepness,
        };
    }

    private static EpochInput Share(EpochInput first, EpochInput input)
    {
        (input.RegisteredAt, input.ValidatorPermit) = (first.RegisteredAt, first.ValidatorPermit);
        (input.AlphaStake, input.TaoStake) = (first.AlphaStake, first.TaoStake);
        return input;
    }

    private static (ulong[] Alpha, ulong[] Tao) Inherited(EpochStakes stakes)
    {
        var neurons = stakes.Metagraph.Neurons;
        var (alpha, tao) = (new ulong[neurons.Length], new ulong[neurons.Length]);
        for (var uid = 0; uid < neurons.Length; uid++)
        {
            var hotkey = neurons[uid].Hotkey;
            var (children, parents) = (stakes.ChildrenOf(hotkey), stakes.ParentsOf(hotkey));
            ulong[] given = [.. children.Select(child => child.Proportion)];
            ParentStake[] lentAlpha = [.. parents.Select(parent => new ParentStake(stakes.AlphaOf(parent.Hotkey).Rao, parent.Proportion))];
            ParentStake[] lentTao = [.. parents.Select(parent => new ParentStake(stakes.RootOf(parent.Hotkey).Rao, parent.Proportion))];
            alpha[uid] = StakeInheritance.Inherited(stakes.AlphaOf(hotkey).Rao, given, lentAlpha);
            tao[uid] = StakeInheritance.Inherited(stakes.RootOf(hotkey).Rao, given, lentTao);
        }

        return (alpha, tao);
    }

    private static void AddRows(EpochInput input, SubnetBooks books, Metagraph metagraph, byte mechanism)
    {
        var count = metagraph.Neurons.Length;
        (input.LastUpdate, input.Weights, input.Bonds) = (new ulong[count], new WeightEntry[count][], new WeightEntry[count][]);
        for (var uid = 0; uid < count; uid++)
        {
            var row = metagraph.Neurons[uid].Row(mechanism);
            input.LastUpdate[uid] = row.LastUpdate;
            input.Weights[uid] = Entries(row.Weights);
            input.Bonds[uid] = Entries(row.Bonds);
        }

        if (books.Hyper.CommitReveal) input.CommitBlock = CommitBlocks(books, metagraph, mechanism);
    }

    /// <summary>The block of each neuron's earliest commit that has not expired; the epoch's own number is in the books already.</summary>
    /// <remarks>Source: rule book 02, 7.5-13; subnets/weights.rs :: is_commit_expired.</remarks>
    private static ulong[] CommitBlocks(SubnetBooks books, Metagraph metagraph, byte mechanism)
    {
        var blocks = new ulong[metagraph.Neurons.Length];
        for (var uid = 0; uid < blocks.Length; uid++)
        {
            blocks[uid] = ulong.MaxValue;
            if (!metagraph.Commits.TryGetValue(new CommitKey(mechanism, metagraph.Neurons[uid].Hotkey), out var commits)) continue;
            foreach (var commit in commits)
            {
                var isExpired = books.EpochIndex > SaturatingMath.Add(commit.Epoch, books.Hyper.RevealPeriod);
                if (!isExpired) blocks[uid] = Math.Min(blocks[uid], commit.Block);
            }
        }

        return blocks;
    }

    /// <summary>The row's own array: an epoch only reads it.</summary>
    private static WeightEntry[] Entries(ImmutableArray<WeightEntry> row) => ImmutableCollectionsMarshal.AsArray(row) ?? [];
}
