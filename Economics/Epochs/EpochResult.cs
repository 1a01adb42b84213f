using Dtao.Economics.Ledger;

namespace Dtao.Economics.Epochs;

/// <summary>What one epoch of one mechanism gives, by uid. The buffers are reused by the next epoch that is run into it.</summary>
/// <remarks>Source: rule book 02, 7.11.</remarks>
public sealed class EpochResult
{
    private ushort[] _incentive = [];
    private ushort[] _dividends = [];
    private ushort[] _consensus = [];
    private ushort[] _validatorTrust = [];
    private ushort[] _stakeWeight = [];
    private ulong[] _serverEmission = [];
    private ulong[] _validatorEmission = [];
    private ulong[] _emission = [];
    private ulong[] _stake = [];
    private bool[] _active = [];
    private bool[] _newPermits = [];
    private int[] _bondStarts = [0];
    private WeightEntry[] _bonds = [];

    /// <summary>The number of uids.</summary>
    public int NeuronCount { get; private set; }

    /// <summary>Share of the miners' part, parts of 65535.</summary>
    public ReadOnlySpan<ushort> Incentive => IncentiveBuffer;

    /// <summary>Share of the validators' part, parts of 65535.</summary>
    public ReadOnlySpan<ushort> Dividends => DividendsBuffer;

    /// <summary>The weight on which the validators agree, parts of 65535.</summary>
    public ReadOnlySpan<ushort> Consensus => ConsensusBuffer;

    /// <summary>How much of a validator's weights lies within consensus, parts of 65535.</summary>
    public ReadOnlySpan<ushort> ValidatorTrust => ValidatorTrustBuffer;

    /// <summary>Share of all stake that counts, parts of 65535.</summary>
    public ReadOnlySpan<ushort> StakeWeight => StakeWeightBuffer;

    /// <summary>What the neuron earns as a miner, rao of alpha.</summary>
    public ReadOnlySpan<ulong> ServerEmission => ServerEmissionBuffer;

    /// <summary>What the neuron earns as a validator, rao of alpha.</summary>
    public ReadOnlySpan<ulong> ValidatorEmission => ValidatorEmissionBuffer;

    /// <summary>What is recorded as the neuron's emission, rao of alpha; neurons are pruned by it.</summary>
    public ReadOnlySpan<ulong> Emission => EmissionBuffer;

    /// <summary>Total stake before any threshold, rao.</summary>
    public ReadOnlySpan<ulong> Stake => StakeBuffer;

    /// <summary>Whether the neuron updated its weights recently.</summary>
    public ReadOnlySpan<bool> Active => ActiveBuffer;

    /// <summary>Who may validate until the next epoch.</summary>
    public ReadOnlySpan<bool> NewPermits => NewPermitsBuffer;

    internal Span<ushort> IncentiveBuffer => _incentive.AsSpan(0, NeuronCount);

    internal Span<ushort> DividendsBuffer => _dividends.AsSpan(0, NeuronCount);

    internal Span<ushort> ConsensusBuffer => _consensus.AsSpan(0, NeuronCount);

    internal Span<ushort> ValidatorTrustBuffer => _validatorTrust.AsSpan(0, NeuronCount);

    internal Span<ushort> StakeWeightBuffer => _stakeWeight.AsSpan(0, NeuronCount);

    internal Span<ulong> ServerEmissionBuffer => _serverEmission.AsSpan(0, NeuronCount);

    internal Span<ulong> ValidatorEmissionBuffer => _validatorEmission.AsSpan(0, NeuronCount);

    internal Span<ulong> EmissionBuffer => _emission.AsSpan(0, NeuronCount);

    internal Span<ulong> StakeBuffer => _stake.AsSpan(0, NeuronCount);

    internal Span<bool> ActiveBuffer => _active.AsSpan(0, NeuronCount);

    internal Span<bool> NewPermitsBuffer => _newPermits.AsSpan(0, NeuronCount);

    /// <summary>The neuron's bonds as they are stored, parts of 65535; empty without a new permit.</summary>
    public ReadOnlySpan<WeightEntry> Bonds(int uid) => _bonds.AsSpan(_bondStarts[uid], _bondStarts[uid + 1] - _bondStarts[uid]);

    /// <summary>Makes room for a number of neurons.</summary>
    internal void Reset(int count)
    {
        NeuronCount = count;
        if (_incentive.Length >= count) return;
        (_incentive, _dividends, _consensus) = (new ushort[count], new ushort[count], new ushort[count]);
        (_validatorTrust, _stakeWeight) = (new ushort[count], new ushort[count]);
        (_serverEmission, _validatorEmission, _emission, _stake) = (new ulong[count], new ulong[count], new ulong[count], new ulong[count]);
        (_active, _newPermits) = (new bool[count], new bool[count]);
        _bondStarts = new int[count + 1];
    }

    /// <summary>Adds the row of a uid; uids come in ascending order.</summary>
    internal Span<WeightEntry> AddBondRow(int uid, int length)
    {
        var start = _bondStarts[uid];
        var end = start + length;
        if (_bonds.Length < end) Array.Resize(ref _bonds, Math.Max(end, _bonds.Length * 2));
        _bondStarts[uid + 1] = end;
        return _bonds.AsSpan(start, length);
    }
}
