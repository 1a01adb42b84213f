namespace Dtao.Economics.Ledger;

/// <summary>The settings of a subnet that registrations, weights, and epochs read. Defaults are those of a subnet in a genesis document.</summary>
/// <remarks>
/// Source: rule book 02, 2.2; rule book 01, 10.5; scenarios, "Subnet fields". A subnet that is registered starts from
/// <see cref="OfNewSubnet"/>.
/// </remarks>
public sealed record SubnetHyperparameters
{
    public static readonly SubnetHyperparameters Default = new();

    /// <summary>What a registered subnet starts with: weights are committed and revealed.</summary>
    public static readonly SubnetHyperparameters OfNewSubnet = new() { CommitReveal = true };

    public ushort MaxUids { get; init; } = 256;
    public ushort MaxValidators { get; init; } = 64;
    public ushort MinAllowedWeights { get; init; } = 1;
    /// <summary>Blocks.</summary>
    public ushort ImmunityPeriod { get; init; } = 5_000;
    /// <summary>Thousandths of a tempo after which a neuron that set no weights is inactive.</summary>
    public uint ActivityCutoffFactor { get; init; } = 13_889;
    public bool Yuma3 { get; init; } = true;
    public bool LiquidAlpha { get; init; }
    /// <summary>Of 65535.</summary>
    public ushort AlphaLow { get; init; } = 45_875;
    public ushort AlphaHigh { get; init; } = 58_982;
    /// <summary>Hundredths.</summary>
    public short Steepness { get; init; } = 1_000;
    /// <summary>Of 65535.</summary>
    public ushort Kappa { get; init; } = 32_767;
    /// <summary>Of a million.</summary>
    public ulong BondsMovingAverage { get; init; } = 900_000;
    /// <summary>Of 65535.</summary>
    public ushort BondsPenalty { get; init; } = 65_535;
    public bool BondsReset { get; init; }
    public bool CommitReveal { get; init; }
    /// <summary>Epochs between a commit and its reveal.</summary>
    public ulong RevealPeriod { get; init; } = 1;
    /// <summary>Blocks between two settings of weights by one neuron.</summary>
    public ulong WeightsRateLimit { get; init; } = 100;
    public ulong WeightsVersionKey { get; init; }
    /// <summary>Of 65535.</summary>
    public ushort MinChildTake { get; init; }
    public ushort ImmuneOwnerUids { get; init; } = 1;
    public ushort MinNonImmuneUids { get; init; } = 10;
    /// <summary>Whole alpha rao under which a root dividend is not claimed.</summary>
    public ulong RootClaimThreshold { get; init; } = 500_000;
    /// <summary>Whether the pay of the owner's own miners is recycled; otherwise it is burned.</summary>
    public bool RecycleIncentive { get; init; }
    public bool OwnerCutAutoLock { get; init; }
    /// <summary>Mechanisms, each with weights, bonds, and incentives of its own.</summary>
    public byte MechanismCount { get; init; } = 1;
    public ushort Rho { get; init; } = 10;
}
