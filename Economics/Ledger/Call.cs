using Dtao.Economics.Fees;

namespace Dtao.Economics.Ledger;

/// <summary>What a caller can ask of the ledger. Numbers are stored and never reused.</summary>
public enum CallKind : byte
{
    None = 0,
    AddStake = 1,
    AddStakeLimit = 2,
    RemoveStake = 3,
    RemoveStakeLimit = 4,
    RemoveStakeFullLimit = 5,
    UnstakeAll = 6,
    UnstakeAllAlpha = 7,
    MoveStake = 8,
    TransferStake = 9,
    SwapStake = 10,
    SwapStakeLimit = 11,
    RecycleAlpha = 12,
    BurnAlpha = 13,
    AddStakeBurn = 14,
    Transfer = 15,
    TransferAll = 16,
    IncreaseTake = 17,
    DecreaseTake = 18,
    TryAssociateHotkey = 19,
    StartCall = 20,
    Admin = 21,
    AddStakeRecycle = 22,
    SetWeights = 30,
    CommitWeights = 31,
    RevealWeights = 32,
    BatchRevealWeights = 33,
    CommitTimelockedWeights = 34,
    SetChildren = 35,
    SetChildkeyTake = 36,
    SetAutoStakeHotkey = 37,
    RegisterNeuron = 40,
    RegisterLimit = 41,
    RootRegister = 42,
    RegisterNetwork = 43,
    DissolveNetwork = 44,
    ClaimRoot = 45,
    SetRootClaimType = 46,
    SetTempo = 47,
    SetActivityCutoffFactor = 48,
    TriggerEpoch = 49,
    SetNumRootClaims = 60,
    SetRootClaimThreshold = 61,
    LockStake = 70,
    MoveLock = 71,
    SetPerpetualLock = 72,
    SetRejectLockedAlpha = 73,
    SetHyperparameter = 80,
    SudoSet = 81,
    SwapHotkey = 90,
    AnnounceColdkeySwap = 91,
    SwapColdkeyAnnounced = 92,
    SwapColdkey = 93,
    DisputeColdkeySwap = 94,
    ResetColdkeySwap = 95,
    ClearColdkeySwapAnnouncement = 96,
    PlaceOrder = 100,
    CancelOrder = 101,
    ExecuteOrders = 102,
    ExecuteBatchedOrders = 103,
    /// <summary>Made by accounts for relayers, and by nobody else.</summary>
    FillOrder = 104,
    /// <summary>As <see cref="FillOrder"/>, of all orders of one owner in a call that is decided as a whole.</summary>
    FillBatch = 105,
    TerminateLease = 130,
    SetSubnetIdentity = 140,
    UpdateSymbol = 141,
    SetIdentity = 142,
    BatchSetWeights = 150,
    BatchCommitWeights = 151,
    SetAutoParentDelegation = 152,
}

/// <summary>One call with its arguments. Fields that a kind does not use keep their defaults.</summary>
/// <remarks>Which fields a kind uses: <c>docs/reference/calls.md</c>; rules: rule book 01, section 6 and 10.7.</remarks>
public sealed record Call
{
    public required CallKind Kind { get; init; }
    /// <summary>The hotkey, or the origin hotkey of a move.</summary>
    public AccountId Hotkey { get; init; }
    /// <summary>The subnet, or the origin subnet.</summary>
    public NetUid Netuid { get; init; }
    /// <summary>Rao of TAO or of alpha, by kind; a plain number where a kind sets one.</summary>
    public ulong Amount { get; init; }
    /// <summary>Rao per whole alpha; for swap_stake_limit the price of origin in destination x 10^9.</summary>
    public ulong? Limit { get; init; }
    public bool AllowPartial { get; init; }
    public AccountId? ToHotkey { get; init; }
    public NetUid? ToNetuid { get; init; }
    /// <summary>The receiving coldkey of a transfer of TAO or of stake.</summary>
    public AccountId? ToColdkey { get; init; }
    public bool KeepAlive { get; init; }
    public Take Take { get; init; }
    /// <summary>Settings: the parameter's name as in a genesis document, or as on the chain.</summary>
    public string? Parameter { get; init; }
    /// <summary>Settings: the value as text; null clears.</summary>
    public string? Value { get; init; }
    /// <summary>Admin: whether <see cref="Netuid"/> is meant, or the network as a whole.</summary>
    public bool IsSubnetParameter { get; init; }
    /// <summary>What only this kind of call has; null for kinds that have nothing of the sort.</summary>
    public CallDetail? Detail { get; init; }
}

/// <summary>The direction of a stake movement as its event tells it.</summary>
public enum StakeMoveKind : byte
{
    None = 0,
    /// <summary>StakeAdded.</summary>
    In = 1,
    /// <summary>StakeRemoved.</summary>
    Out = 2,
}

/// <summary>One StakeAdded or StakeRemoved event. <paramref name="Fee"/> is in the input's token: TAO for In, alpha for Out.</summary>
public readonly record struct StakeMove(
    StakeMoveKind Kind, NetUid Netuid, AccountId Hotkey, AccountId Coldkey, Tao Tao, Alpha Alpha, ulong Fee);

/// <summary>What became of one subnet's part of a batch: done, or refused by itself.</summary>
public readonly record struct PartResult(NetUid Netuid, LedgerError Error);

/// <summary>What came of a call: a refusal, or what it did. A refused call left no trace but its fee.</summary>
public sealed record CallOutcome(LedgerError Error)
{
    public static readonly CallOutcome Done = new(LedgerError.None);

    public bool IsOk => Error == LedgerError.None;

    /// <summary>Stake events in the order in which they happened.</summary>
    public IReadOnlyList<StakeMove> Moves { get; init; } = [];
    /// <summary>Alpha recycled or burned, for the calls that report it.</summary>
    public ulong? Amount { get; init; }
    /// <summary>The uid that a neuron was given.</summary>
    public ushort? Uid { get; init; }
    /// <summary>The netuid that a subnet was given.</summary>
    public NetUid? Netuid { get; init; }
    /// <summary>TAO that a registration, or a swap of keys, cost.</summary>
    public Tao? Paid { get; init; }
    /// <summary>The transaction fee that was paid, also by a call that was refused; all zero where there are no fees.</summary>
    public TransactionFee Fee { get; init; }

    /// <summary>Whether anything is left of the call: what it did, or its fee.</summary>
    public bool HasEffect => IsOk || Fee.IsPaid;
    /// <summary>What became of each order of a relayer's call, in the call's order.</summary>
    public IReadOnlyList<OrderResult> Orders { get; init; } = [];
    /// <summary>What became of each subnet's part of a batch over several subnets, in the call's order.</summary>
    public IReadOnlyList<PartResult> Parts { get; init; } = [];

    public static CallOutcome Refused(LedgerError error) => new(error);
}
