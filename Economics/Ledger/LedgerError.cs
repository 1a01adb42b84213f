namespace Dtao.Economics.Ledger;

/// <summary>Why a call was refused, under the chain's own name. Numbers are stable and never reused; 0 means not refused.</summary>
public enum LedgerError : ushort
{
    None = 0,

    // Staking module.
    SubnetNotExists = 1,
    SubtokenDisabled = 2,
    AmountTooLow = 3,
    SlippageTooHigh = 4,
    NotEnoughBalanceToStake = 5,
    HotKeyAccountNotExists = 6,
    InsufficientLiquidity = 7,
    NotEnoughStakeToWithdraw = 8,
    StakeUnavailable = 9,
    SameNetuid = 10,
    TransferDisallowed = 11,
    CannotBurnOrRecycleOnRootSubnet = 12,
    NonAssociatedColdKey = 13,
    DelegateTakeTooLow = 14,
    DelegateTakeTooHigh = 15,
    DelegateTxRateLimitExceeded = 16,
    CannotUseSystemAccount = 17,
    InsufficientBalance = 18,
    BadOrigin = 19,
    FirstEmissionBlockNumberAlreadySet = 20,
    NeedWaitingMoreBlocksToStarCall = 21,

    // Neurons, weights, and links.
    RegistrationNotPermittedOnRootSubnet = 22,
    SubNetRegistrationDisabled = 23,
    HotKeyAlreadyRegisteredInSubNet = 24,
    NoNeuronIdAvailable = 25,
    RegistrationPriceLimitExceeded = 26,
    RootNetworkDoesNotExist = 27,
    TooManyRegistrationsThisBlock = 28,
    TooManyRegistrationsThisInterval = 29,
    StakeTooLowForRoot = 30,
    NetworkTxRateLimitExceeded = 31,
    SubnetLimitReached = 32,
    CannotAffordLockCost = 33,
    InvalidIdentity = 34,
    TxRateLimitExceeded = 35,
    DuplicateChild = 36,
    InvalidChild = 37,
    TooManyChildren = 38,
    ProportionOverflow = 39,
    ChildParentInconsistency = 40,
    NotEnoughStakeToSetChildkeys = 41,
    InvalidChildkeyTake = 42,
    TxChildkeyTakeRateLimitExceeded = 43,
    CanNotSetRootNetworkWeights = 44,
    WeightVecNotEqualSize = 45,
    UidsLengthExceedUidsInSubNet = 46,
    HotKeyNotRegisteredInSubNet = 47,
    NotEnoughStakeToSetWeights = 48,
    IncorrectWeightVersionKey = 49,
    SettingWeightsTooFast = 50,
    NeuronNoValidatorPermit = 51,
    DuplicateUids = 52,
    UidVecContainInvalidOne = 53,
    WeightVecLengthIsLow = 54,
    CommitRevealEnabled = 55,
    CommitRevealDisabled = 56,
    TooManyUnrevealedCommits = 57,
    NoWeightsCommitFound = 58,
    InvalidRevealCommitHashNotMatch = 59,

    // Swap module.
    MechanismDoesNotExist = 60,
    FeeRateTooHigh = 61,
    SwapInputTooLarge = 62,
    ReservesTooLow = 63,
    PriceLimitExceeded = 64,
    ReservesOutOfBalance = 65,

    // Neurons, weights, and links, continued.
    ExpiredWeightCommit = 66,
    RevealTooEarly = 67,
    IncorrectCommitRevealVersion = 68,
    InvalidNumRootClaim = 69,
    InvalidRootClaimThreshold = 70,
    InvalidSubnetNumber = 71,
    SameAutoStakeHotkeyAlreadySet = 72,
    TempoOutOfBounds = 73,
    ActivityCutoffFactorMilliOutOfBounds = 74,
    AdminActionProhibitedDuringWeightsWindow = 75,
    EpochTriggerAlreadyPending = 76,
    AutoEpochAlreadyImminent = 77,
    DynamicTempoBlockedByCommitReveal = 78,
    InputLengthsUnequal = 79,

    // Balances module.
    FundsUnavailable = 80,
    NotExpendable = 81,
    BelowMinimum = 82,

    // Neurons, weights, and links, continued.
    CommittingWeightsTooFast = 90,

    // Locks.
    LockHotkeyMismatch = 100,
    InsufficientStakeForLock = 101,
    NoExistingLock = 102,
    AccountRejectsLockedAlpha = 103,

    // Swaps of keys.
    NewHotKeyIsSameWithOld = 104,
    HotKeySetTxRateLimitExceeded = 105,
    NewHotKeyNotCleanForRootSwap = 106,
    HotKeySwapOnSubnetIntervalNotPassed = 107,
    NotEnoughBalanceToPaySwapHotKey = 108,
    NotEnoughBalanceToPaySwapColdKey = 109,
    ColdkeySwapAnnouncementNotFound = 110,
    AnnouncedColdkeyHashDoesNotMatch = 111,
    ColdkeySwapTooEarly = 112,
    ColdkeySwapReannouncedTooEarly = 113,
    ColdkeySwapAlreadyDisputed = 114,
    ColdkeySwapAnnounced = 115,
    ColdkeySwapDisputed = 116,
    ColdkeySwapClearTooEarly = 117,
    ColdKeyAlreadyAssociated = 118,
    NewColdKeyIsHotkey = 119,
    // Limit orders.
    InvalidSignature = 120,
    OrderAlreadyProcessed = 121,
    OrderCancelled = 122,
    OrderExpired = 123,
    PriceConditionNotMet = 124,
    Unauthorized = 125,
    SwapReturnedZero = 126,
    RootNetUidNotAllowed = 127,
    OrderNetUidMismatch = 128,
    LimitOrdersDisabled = 129,
    RelayerMissMatch = 130,
    PartialFillsNotEnabled = 131,
    IncorrectPartialFillAmount = 132,
    RelayerRequiredForPartialFill = 133,
    ChainIdMismatch = 134,
    ArithmeticOverflow = 135,
    DuplicateOrderInBatch = 136,
    ZeroShareInBatch = 137,
    /// <summary>This ledger's own: the coldkey has as many orders open on the subnet as it may.</summary>
    TooManyOrders = 138,
    /// <summary>This ledger's own: the relayer's operation ran out of time before the order's owner was reached.</summary>
    OrderNotReached = 139,

    // Settings.
    MaxAllowedUIdsLessThanCurrentUIds = 140,
    MaxAllowedUidsLessThanMinAllowedUids = 141,
    MaxAllowedUidsGreaterThanDefaultMaxAllowedUids = 142,
    MaxValidatorsLargerThanMaxUIds = 143,
    BondsMovingAverageMaxReached = 144,
    NegativeSigmoidSteepness = 145,
    ValueNotInBounds = 146,
    InvalidValue = 147,
    NotPermittedOnRootSubnet = 148,
    LiquidAlphaDisabled = 149,
    AlphaHighTooLow = 150,
    AlphaLowOutOfRange = 151,
    RevealPeriodTooLarge = 152,
    RevealPeriodTooSmall = 153,
    TooManyUIDsPerMechanism = 154,

    // Leases.
    LeaseDoesNotExist = 180,
    ExpectedBeneficiaryOrigin = 181,
    LeaseHasNoEndBlock = 182,
    LeaseHasNotEnded = 183,
    BeneficiaryDoesNotOwnHotkey = 184,

    // Transaction fees.
    /// <summary>The fee cannot be paid.</summary>
    Payment = 160,

    // Identities and symbols.
    NotSubnetOwner = 170,
    SymbolDoesNotExist = 171,
    SymbolAlreadyInUse = 172,
    HotKeyNotRegisteredInNetwork = 173,

    /// <summary>This ledger's own: the last valid block of a batch passed before the part was its turn.</summary>
    PartNotReached = 174,

    /// <summary>This ledger's own, between actors: a pool leaves the call to the lane, since it needs other subnets. The account goes on there; no receipt says it.</summary>
    LeftToLane = 190,

    // This ledger's own, with no counterpart on the chain.
    /// <summary>An administrator's setting names no known parameter.</summary>
    UnknownParameter = 200,
    /// <summary>An administrator's setting cannot be read as that parameter's type, or is out of its bounds.</summary>
    InvalidParameterValue = 201,
    /// <summary>The call lacks a field that its kind needs, or has one that contradicts it.</summary>
    MalformedCall = 202,
    /// <summary>The ledger failed while it decided the call: a fault of its own, which is reported to whoever runs it. The call has changed nothing.</summary>
    NotDecided = 203,
}
