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

    // Swap module.
    MechanismDoesNotExist = 60,
    FeeRateTooHigh = 61,
    SwapInputTooLarge = 62,
    ReservesTooLow = 63,
    PriceLimitExceeded = 64,
    ReservesOutOfBalance = 65,

    // Balances module.
    FundsUnavailable = 80,
    NotExpendable = 81,
    BelowMinimum = 82,

    // This ledger's own, with no counterpart on the chain.
    /// <summary>An administrator's setting names no known parameter.</summary>
    UnknownParameter = 200,
    /// <summary>An administrator's setting cannot be read as that parameter's type, or is out of its bounds.</summary>
    InvalidParameterValue = 201,
    /// <summary>The call lacks a field that its kind needs, or has one that contradicts it.</summary>
    MalformedCall = 202,
}
