using Dtao.Economics.Ledger;

namespace Dtao.Economics.Epochs;

/// <summary>What one epoch of one mechanism reads. Arrays are by uid and may be longer than the number of neurons, so that they can be reused.</summary>
/// <remarks>Source: rule book 02, section 7. Defaults are those of a new subnet, section 2.2.</remarks>
public sealed class EpochInput
{
    /// <summary>The most neurons of an epoch: as many 16-bit integers still add up within 31 bits, so that no sum of the chain's saturates.</summary>
    public const int NeuronsMax = 32_768;

    /// <summary>The number of uids.</summary>
    public int NeuronCount { get; set; }

    /// <summary>The block in which the epoch runs.</summary>
    public ulong CurrentBlock { get; set; }

    /// <summary>Blocks between epochs.</summary>
    public ushort Tempo { get; set; } = 360;

    /// <summary>Blocks after its last update in which a neuron is active; see <see cref="Epochs.ActivityCutoff.Blocks"/>.</summary>
    public ulong ActivityCutoff { get; set; } = 5_000;

    /// <summary>The block of the last successful epoch before this one; 0 for none. The chain's LastMechansimStepBlock.</summary>
    public ulong LastStepBlock { get; set; }

    /// <summary>The block of each neuron's last update of weights in this mechanism.</summary>
    public ulong[] LastUpdate { get; set; } = [];

    /// <summary>The block in which each uid was last registered.</summary>
    public ulong[] RegisteredAt { get; set; } = [];

    /// <summary>Inherited alpha in rao; see <see cref="StakeInheritance"/>.</summary>
    public ulong[] AlphaStake { get; set; } = [];

    /// <summary>Inherited root stake in rao of TAO.</summary>
    public ulong[] TaoStake { get; set; } = [];

    /// <summary>How root TAO counts beside alpha, of 2^64 - 1.</summary>
    public ulong TaoWeight { get; set; } = NetworkParameters.Default.TaoWeight;

    /// <summary>Rao of total stake below which a neuron's stake does not count.</summary>
    public ulong StakeThreshold { get; set; }

    /// <summary>The uid of the subnet owner's hotkey, null when it has none.</summary>
    public int? OwnerUid { get; set; }

    /// <summary>The permits stored by the epoch before.</summary>
    public bool[] ValidatorPermit { get; set; } = [];

    /// <summary>How many neurons get a permit.</summary>
    public ushort MaxAllowedValidators { get; set; } = 64;

    /// <summary>Weights in parts of 65535, each row in stored order.</summary>
    public WeightEntry[][] Weights { get; set; } = [];

    /// <summary>Bonds in parts of 65535, each row in stored order.</summary>
    public WeightEntry[][] Bonds { get; set; } = [];

    /// <summary>Whether weights are committed before they are revealed.</summary>
    public bool CommitReveal { get; set; }

    /// <summary>The block of each neuron's earliest unexpired commitment, 2^64 - 1 for none. Read only with <see cref="CommitReveal"/>.</summary>
    public ulong[] CommitBlock { get; set; } = [];

    /// <summary>The stake, in parts of 65535, that must stand behind a weight.</summary>
    public ushort Kappa { get; set; } = 32_767;

    /// <summary>How far bonds follow clipped rather than given weights, in parts of 65535.</summary>
    public ushort BondsPenalty { get; set; } = ushort.MaxValue;

    /// <summary>How much of the old bonds stays, in millionths.</summary>
    public ulong BondsMovingAverage { get; set; } = 900_000;

    /// <summary>Whether bonds follow the third form of Yuma; otherwise the second.</summary>
    public bool Yuma3 { get; set; } = true;

    /// <summary>Whether the rate of bonds depends on the distance from consensus; without <see cref="Yuma3"/> it is ignored.</summary>
    public bool LiquidAlpha { get; set; }

    /// <summary>The least liquid rate, parts of 65535.</summary>
    public ushort AlphaLow { get; set; } = 45_875;

    /// <summary>The greatest liquid rate, parts of 65535.</summary>
    public ushort AlphaHigh { get; set; } = 58_982;

    /// <summary>The steepness of the liquid rate, hundredths.</summary>
    public short Steepness { get; set; } = 1_000;

    /// <summary>What there is to distribute, rao of alpha.</summary>
    public ulong Emission { get; set; }

    /// <summary>The owner's uid, or -1.</summary>
    internal int Owner => OwnerUid ?? -1;

    /// <summary>Throws when an array is shorter than the number of neurons.</summary>
    internal void Check()
    {
        var count = NeuronCount;
        if (count is < 0 or > NeuronsMax) throw new ArgumentException($"An epoch of {count} neurons; it may have 0 to {NeuronsMax}.");
        ReadOnlySpan<int> lengths =
        [
            LastUpdate.Length, RegisteredAt.Length, AlphaStake.Length, TaoStake.Length, ValidatorPermit.Length, Weights.Length, Bonds.Length,
            CommitReveal ? CommitBlock.Length : count,
        ];
        foreach (var length in lengths)
        {
            if (length < count) throw new ArgumentException($"An array of {length} values for {count} neurons.");
        }
    }
}
