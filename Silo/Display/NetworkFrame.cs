using Dtao.Client;
using Dtao.Economics;

namespace Dtao.Silo.Display;

/// <summary>What the audit last said.</summary>
internal enum AuditOutcome : byte
{
    /// <summary>No audit has finished yet.</summary>
    Pending = 0,
    Clean = 1,
    /// <summary>Something does not add up; the log says what.</summary>
    Off = 2,
    /// <summary>The audit itself could not be run; the log says why.</summary>
    Failed = 3,
}

/// <param name="Block">The block that was audited.</param>
internal readonly record struct AuditState(AuditOutcome Outcome, BlockNumber Block)
{
    public override string ToString() => Outcome switch
    {
        AuditOutcome.Clean => $"clean at block {Block}",
        AuditOutcome.Off => $"OFF at block {Block}",
        AuditOutcome.Failed => $"could not be run at block {Block}",
        _ => "pending",
    };
}

/// <summary>One subnet's line.</summary>
/// <param name="PriceBits">Spot price, raw U64F64.</param>
/// <param name="PriceChangePpm">Against <see cref="FrameReader.ChangeBlocks"/> blocks ago, in parts per million; null while that is not known.</param>
/// <param name="EmissionSharePpm">Of the TAO that the last block gave to subnets, in parts per million.</param>
/// <param name="SwapsPerSecondTenths">In tenths.</param>
internal sealed record SubnetLine(
    NetUid Netuid, string Name, string Symbol, UInt128 PriceBits, long? PriceChangePpm, Tao TaoReserve, Alpha AlphaReserve, ulong EmissionSharePpm,
    ulong SwapsPerSecondTenths)
{
    /// <summary>Blocks until the next epoch; 0 when it is due, null when the subnet has none.</summary>
    public ulong? EpochIn { get; init; }

    /// <summary>What a seat costs.</summary>
    public Tao Burn { get; init; }
}

/// <summary>One validator's line.</summary>
/// <param name="Name">From the genesis document, or else its address, shortened.</param>
/// <param name="Weight">Its stake on all subnets in TAO, root by the TAO weight.</param>
/// <param name="Yield">What a root TAO with it earned in the last hour, or since the history began; null while there is none.</param>
internal sealed record ValidatorLine(string Name, Take Take, Tao RootStake, Tao Weight, int Nominators, Yield? Yield);

/// <summary>The network at one moment, as the terminal shows it. No figure here is booked anywhere.</summary>
internal sealed record NetworkFrame
{
    public required string Network { get; init; }
    public required BlockNumber Block { get; init; }
    public required Tao TotalIssuance { get; init; }
    /// <summary>TAO minted since genesis and not recycled: issuance less what genesis had; negative when more was destroyed.</summary>
    public required Int128 IssuedRao { get; init; }
    /// <summary>How long the last block took to close; null before the first.</summary>
    public long? CloseMicroseconds { get; init; }
    public required IReadOnlyList<SubnetLine> Subnets { get; init; }
    public ulong SwapsPerSecondTenths { get; init; }
    /// <summary>What a new subnet costs; null while it is not known.</summary>
    public Tao? SubnetCost { get; init; }
    /// <summary>Those with the most weight, heaviest first; read less often than the rest.</summary>
    public IReadOnlyList<ValidatorLine> Validators { get; init; } = [];
    public AuditState Audit { get; init; }
    /// <summary>Outcomes of the built-in economy; null when it is off.</summary>
    public string? Economy { get; init; }
}
