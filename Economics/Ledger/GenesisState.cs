namespace Dtao.Economics.Ledger;

/// <summary>A hotkey of genesis, in the order of creation.</summary>
public sealed record GenesisHotkey(AccountId Hotkey, HotkeyRecord Record);

/// <summary>A stake of genesis: deposited through the share pool, no money moves.</summary>
/// <param name="Amount">Alpha, or TAO on root.</param>
public sealed record GenesisStake(PositionKey Position, Alpha Amount);

/// <summary>A subnet of genesis.</summary>
/// <param name="Books">Settings and reserves as given; what follows from the stakes is not in them yet.</param>
/// <param name="AlphaOutstanding">Given explicitly, or null: the sum of the stakes.</param>
/// <param name="AccountSurplus">Free TAO of the subnet's account beyond its reserve.</param>
public sealed record GenesisSubnet(SubnetBooks Books, Alpha? AlphaOutstanding, Tao AccountSurplus)
{
    /// <summary>By uid.</summary>
    public IReadOnlyList<Neuron> Neurons { get; init; } = [];

    /// <summary>The lease that the subnet is under; null for one that belongs to its owner.</summary>
    public SubnetLease? Lease { get; init; }
}

/// <summary>A network at block 0 as plain data: what a genesis document says, before anything is derived.</summary>
/// <remarks>Source: scenarios, "Genesis". Lists are in the document's order, which is part of their meaning.</remarks>
public sealed record GenesisState
{
    public required NetworkParameters Parameters { get; init; }

    public IReadOnlyList<(AccountId Account, Tao Free)> Balances { get; init; } = [];

    public IReadOnlyList<GenesisHotkey> Hotkeys { get; init; } = [];

    /// <summary>Root included.</summary>
    public IReadOnlyList<GenesisSubnet> Subnets { get; init; } = [];

    public IReadOnlyList<GenesisStake> Stakes { get; init; } = [];

    /// <summary>The counter TotalStake; null: the sum of all TAO reserves.</summary>
    public Tao? TotalStake { get; init; }
}

/// <summary>Block 0 with everything derived, ready to be loaded.</summary>
/// <param name="Subnets">In storage order.</param>
/// <param name="HotkeyPools">In the order of the first stake on each.</param>
/// <param name="Shares">In the order of the first stake of each.</param>
public sealed record GenesisNetwork(
    NetworkParameters Parameters,
    Tao TotalIssuance,
    IReadOnlyList<(AccountId Account, Tao Free)> Balances,
    IReadOnlyList<GenesisHotkey> Hotkeys,
    IReadOnlyList<SubnetBooks> Subnets,
    IReadOnlyList<(NetUid Netuid, AccountId Hotkey, HotkeyPool Pool)> HotkeyPools,
    IReadOnlyList<(PositionKey Position, SafeFloat Share)> Shares)
{
    /// <summary>Of the subnets that have neurons or a lease.</summary>
    public IReadOnlyList<KeyValuePair<NetUid, Metagraph>> Metagraphs { get; init; } = [];

    /// <summary>Coldkeys that automatic claims may pick: root stakers, in the order of their first stake.</summary>
    public IReadOnlyList<AccountId> ClaimIndex { get; init; } = [];

    /// <summary>Hotkeys that a coldkey owns or has staked to, in the order in which they came.</summary>
    public IReadOnlyList<(AccountId Coldkey, AccountId Hotkey)> StakingHotkeys { get; init; } = [];
}
