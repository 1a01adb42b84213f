using Dtao.Economics.Emission;

namespace Dtao.Economics.Ledger;

/// <summary>Everything that one subnet's ledger holds besides its share pools: market, counters, pendings, and settings.</summary>
/// <remarks>
/// A plain set of fields. Whoever shares an instance treats it as read-only; a rule that changes it works on the copy that
/// <see cref="LedgerScope.Books"/> hands out. Field names and defaults follow the chain's stores (rule book 01, 1.5; rule book 02, 2.2).
/// </remarks>
public sealed class SubnetBooks
{
    public NetUid Netuid { get; set; }
    /// <summary>0 = stable, one to one; 1 = dynamic pool.</summary>
    public ushort Mechanism { get; set; } = 1;
    public AccountId? Owner { get; set; }
    public AccountId? OwnerHotkey { get; set; }

    // The market.
    public Tao TaoReserve { get; set; }
    public Alpha AlphaReserve { get; set; }
    /// <summary>Alpha outside the pool, pending emission included.</summary>
    public Alpha AlphaOutstanding { get; set; }
    /// <summary>Alpha that the chain itself bought; owned by nobody.</summary>
    public Alpha ProtocolAlpha { get; set; }
    /// <summary>Free TAO of the account <c>subnet:N</c>; the pool's reserve plus stray amounts.</summary>
    public Tao AccountTao { get; set; }
    public Perquintill QuoteWeight { get; set; } = Perquintill.Half;
    public bool SwapInitialised { get; set; }
    public FeeRate FeeRate { get; set; } = FeeRate.Default;
    public I96F32 MovingPrice { get; set; }
    public UInt128 Volume { get; set; }
    /// <summary>Rao that stakers put in less what they took out, since the division by flow last took it in.</summary>
    public long FlowUser { get; set; }
    /// <summary>Rao that emission put in less what root's sales took out, since the division by flow last took it in.</summary>
    public long FlowProtocol { get; set; }
    public FlowBooks FlowAverages { get; set; }
    /// <summary>This subnet's part of the network's TotalStake counter; the counter is the sum over all subnets.</summary>
    public Int128 TotalStake { get; set; }

    // Emission.
    public Alpha PendingServer { get; set; }
    public Alpha PendingValidator { get; set; }
    public Alpha PendingRoot { get; set; }
    public Alpha PendingOwnerCut { get; set; }
    public Tao TaoInEmission { get; set; }
    public Alpha AlphaInEmission { get; set; }
    public Alpha AlphaOutEmission { get; set; }
    public Tao ExcessTao { get; set; }
    public Tao RootSellTao { get; set; }
    public U96F32 RootProportion { get; set; }
    public U96F32 MinerBurned { get; set; }

    // Alpha that left its holders or came into being, since genesis.
    public Alpha BurnedAlpha { get; set; }
    public Alpha RecycledAlpha { get; set; }
    public Alpha MintedAlpha { get; set; }
    public Alpha RootUnclaimed { get; set; }
    public Alpha ChildBurnedAlpha { get; set; }

    // Registration and its price.
    public Tao Burn { get; set; } = new(1_000_000_000);
    public Tao MinBurn { get; set; } = new(500_000);
    public Tao MaxBurn { get; set; } = new(100_000_000_000);
    public ushort BurnHalfLife { get; set; } = 360;
    public U64F64 BurnMultiplier { get; set; } = new(new UInt128(1, 4_796_153_459_164_483_584));
    public BlockNumber RegisteredAt { get; set; }
    public Tao Locked { get; set; }
    public Tao RaoRecycled { get; set; }

    // Epoch clock.
    public ushort Tempo { get; set; } = 360;
    public ulong LastEpochBlock { get; set; }
    public ulong PendingEpochAt { get; set; }
    public ulong EpochIndex { get; set; }
    public ulong BlocksSinceLastStep { get; set; }
    public ulong LastStepBlock { get; set; }

    // Switches.
    public BlockNumber? FirstEmissionBlock { get; set; }
    public bool SubtokenEnabled { get; set; }
    public bool RegistrationAllowed { get; set; } = true;
    public bool EmissionEnabled { get; set; } = true;
    public bool OwnerCutEnabled { get; set; } = true;
    public bool TransferEnabled { get; set; } = true;
    public ulong PriceHalvingBlocks { get; set; } = 201_600;

    /// <summary>What registrations, weights, and epochs read.</summary>
    public SubnetHyperparameters Hyper { get; set; } = SubnetHyperparameters.Default;

    /// <summary>When its owner last used what is limited in rate.</summary>
    public OwnerMarks OwnerMarks { get; set; } = OwnerMarks.None;
    /// <summary>When its owners last set hyperparameters.</summary>
    public SettingMarks SettingMarks { get; set; } = SettingMarks.None;

    // Registrations. Root counts them against its limits.
    public ushort RegistrationsThisBlock { get; set; }
    public ushort RegistrationsThisInterval { get; set; }
    /// <summary>How many subnets have been registered on this netuid so far; 0 for one of genesis.</summary>
    public ulong Generation { get; set; }

    public bool IsRoot => Netuid.IsRoot;

    /// <summary>Alpha reserve plus alpha outstanding; what the halving curve of this alpha looks at.</summary>
    public Alpha AlphaIssuance => AlphaReserve.AddSaturating(AlphaOutstanding);

    /// <summary>Whether block emission goes here: started, trading on, registration on, and not root (rule book 02, 5.1).</summary>
    public bool IsEmitting => !IsRoot && FirstEmissionBlock is not null && SubtokenEnabled && RegistrationAllowed;

    public SubnetBooks Copy() => (SubnetBooks)MemberwiseClone();
}
