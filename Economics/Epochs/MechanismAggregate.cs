namespace Dtao.Economics.Epochs;

/// <summary>The vectors of a subnet, put together from the epochs of its mechanisms.</summary>
/// <remarks>
/// Source: rule book 02, 7.12-3; subnets/mechanism.rs :: epoch_with_mechanisms. Emissions add up as integers. Everything else is
/// weighted by the mechanism's part of the emission and cut to an integer at each step. Raw stake is summed, so it counts once a mechanism,
/// an oddity of the reference.
/// </remarks>
public sealed class MechanismAggregate
{
    /// <summary>The number of uids.</summary>
    public int NeuronCount { get; private set; }

    /// <summary>Parts of 65535.</summary>
    public ushort[] Dividends { get; private set; } = [];

    /// <summary>Parts of 65535.</summary>
    public ushort[] Consensus { get; private set; } = [];

    /// <summary>Parts of 65535.</summary>
    public ushort[] ValidatorTrust { get; private set; } = [];

    /// <summary>Parts of 65535.</summary>
    public ushort[] StakeWeight { get; private set; } = [];

    /// <summary>Rao of alpha.</summary>
    public ulong[] ServerEmission { get; private set; } = [];

    /// <summary>Rao of alpha.</summary>
    public ulong[] ValidatorEmission { get; private set; } = [];

    /// <summary>Rao of alpha, as recorded for pruning.</summary>
    public ulong[] Emission { get; private set; } = [];

    /// <summary>Rao.</summary>
    public ulong[] Stake { get; private set; } = [];

    /// <summary>Whether the neuron is active in any mechanism.</summary>
    public bool[] Active { get; private set; } = [];

    /// <summary>Whether any mechanism grants a permit.</summary>
    public bool[] NewPermits { get; private set; } = [];

    /// <summary>Starts over for a number of neurons. Arrays grow only, and are cleared up to that number.</summary>
    public void Reset(int count)
    {
        NeuronCount = count;
        if (Dividends.Length < count)
        {
            (Dividends, Consensus, ValidatorTrust, StakeWeight) = (new ushort[count], new ushort[count], new ushort[count], new ushort[count]);
            (ServerEmission, ValidatorEmission, Emission, Stake) = (new ulong[count], new ulong[count], new ulong[count], new ulong[count]);
            (Active, NewPermits) = (new bool[count], new bool[count]);
            return;
        }

        foreach (var vector in (ReadOnlySpan<Array>)[Dividends, Consensus, ValidatorTrust, StakeWeight, ServerEmission, ValidatorEmission, Emission, Stake, Active, NewPermits])
            Array.Clear(vector, 0, count);
    }

    /// <summary>The weight of a mechanism: its part of the emission; without any emission all of the weight lies on the first.</summary>
    public static U64F64 Weight(ulong part, ulong emission, int mechanism) =>
        U64F64.FromInteger(part).DivideOr(U64F64.FromInteger(emission), mechanism == 0 ? U64F64.One : U64F64.Zero);

    /// <summary>Adds the epoch of one mechanism; mechanisms come in their order.</summary>
    public void Add(EpochResult epoch, U64F64 weight)
    {
        if (epoch.NeuronCount != NeuronCount) throw new ArgumentException($"An epoch of {epoch.NeuronCount} neurons among {NeuronCount}.", nameof(epoch));
        for (var i = 0; i < NeuronCount; i++)
        {
            Dividends[i] = Weighted(Dividends[i], epoch.Dividends[i], weight).ToUInt16Saturating();
            Consensus[i] = Weighted(Consensus[i], epoch.Consensus[i], weight).ToUInt16Saturating();
            ValidatorTrust[i] = Weighted(ValidatorTrust[i], epoch.ValidatorTrust[i], weight).ToUInt16Saturating();
            StakeWeight[i] = Weighted(StakeWeight[i], epoch.StakeWeight[i], weight).ToUInt16Saturating();
            Emission[i] = Weighted(Emission[i], epoch.Emission[i], weight).ToUInt64Saturating();
            ServerEmission[i] = AddSaturating(ServerEmission[i], epoch.ServerEmission[i]);
            ValidatorEmission[i] = AddSaturating(ValidatorEmission[i], epoch.ValidatorEmission[i]);
            Stake[i] = AddSaturating(Stake[i], epoch.Stake[i]);
            Active[i] |= epoch.Active[i];
            NewPermits[i] |= epoch.NewPermits[i];
        }
    }

    /// <remarks>Source: subnets/mechanism.rs :: weighted_acc_u16, weighted_acc_alpha.</remarks>
    private static U64F64 Weighted(ulong sum, ulong added, U64F64 weight) =>
        U64F64.FromInteger(sum).AddSaturating(U64F64.FromInteger(added).MultiplySaturating(weight));

    private static ulong AddSaturating(ulong left, ulong right) => ulong.MaxValue - left < right ? ulong.MaxValue : left + right;
}
