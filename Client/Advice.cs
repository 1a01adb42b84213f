using System.Collections.Frozen;
using Dtao.Economics.Ledger;
using Dtao.Grains;

namespace Dtao.Client;

/// <summary>What to do about each refusal, in one sentence. Complete over <see cref="LedgerError"/> and <see cref="RefusalCode"/>.</summary>
public static class Advice
{
    private static readonly FrozenDictionary<LedgerError, string> ByLedgerError = new Dictionary<LedgerError, string>
    {
        [LedgerError.SubnetNotExists] = "Use the number of an existing subnet; list them with 'subnets list'.",
        [LedgerError.SubtokenDisabled] = "This subnet does not trade yet; wait until its owner has started it.",
        [LedgerError.AmountTooLow] = "Use a larger amount: at least 0.002 TAO must move, fees on top; a whole position may always be sold.",
        [LedgerError.SlippageTooHigh] = "Use a smaller amount, a wider tolerance, or allow a partial fill.",
        [LedgerError.NotEnoughBalanceToStake] = "The coldkey has less free TAO than this; use a smaller amount.",
        [LedgerError.HotKeyAccountNotExists] = "Nobody owns this hotkey; check it, or associate it with a coldkey first.",
        [LedgerError.InsufficientLiquidity] = "The pool cannot serve this amount; use a smaller one.",
        [LedgerError.NotEnoughStakeToWithdraw] = "The position is smaller than this; use a smaller amount or all of it.",
        [LedgerError.StakeUnavailable] = "This stake is locked; use only the part that is free.",
        [LedgerError.SameNetuid] = "Origin and destination are the same; change at least one of coldkey, hotkey, and subnet.",
        [LedgerError.TransferDisallowed] = "The subnet's owner has switched transfers of stake off; move or sell it instead.",
        [LedgerError.CannotBurnOrRecycleOnRootSubnet] = "Root has no alpha to burn or recycle; name another subnet.",
        [LedgerError.NonAssociatedColdKey] = "Another coldkey owns this hotkey; sign with its owner.",
        [LedgerError.DelegateTakeTooLow] = "The take must change in the direction of the call and stay above the network's minimum.",
        [LedgerError.DelegateTakeTooHigh] = "The take is above the network's maximum, by default 18 %; use a lower one.",
        [LedgerError.DelegateTxRateLimitExceeded] = "The take was changed a short while ago; wait until the network's rate limit allows it again.",
        [LedgerError.CannotUseSystemAccount] = "This key belongs to a subnet's pool and can never be a hotkey; use another one.",
        [LedgerError.InsufficientBalance] = "The account cannot pay this and keep the existential deposit; use a smaller amount.",
        [LedgerError.BadOrigin] = "Only the subnet's owner may do this, or the network's sudo key; sign with the right one.",
        [LedgerError.FirstEmissionBlockNumberAlreadySet] = "The subnet has been started already; there is nothing to do.",
        [LedgerError.NeedWaitingMoreBlocksToStarCall] = "The subnet is too young to be started; wait until the start delay has passed.",
        [LedgerError.RegistrationNotPermittedOnRootSubnet] = "This cannot be done on root, netuid 0; name another subnet, or use the call that is for root.",
        [LedgerError.SubNetRegistrationDisabled] = "The subnet takes no registrations now; wait until they are open, or use another subnet.",
        [LedgerError.HotKeyAlreadyRegisteredInSubNet] = "This hotkey is a neuron of the subnet already; there is nothing to do, or use another hotkey.",
        [LedgerError.NoNeuronIdAvailable] = "The subnet is full and none of its neurons may be replaced; wait until the immunity of one has ended.",
        [LedgerError.RegistrationPriceLimitExceeded] = "The registration costs more than the limit; raise the limit, or wait until the price has fallen.",
        [LedgerError.RootNetworkDoesNotExist] = "This network has no root.",
        [LedgerError.TooManyRegistrationsThisBlock] = "Root took its registration of this block; try in the next block.",
        [LedgerError.TooManyRegistrationsThisInterval] = "Root took all registrations of this interval; wait for the next one.",
        [LedgerError.StakeTooLowForRoot] = "Root is full, and each member has at least as much root stake as this hotkey; stake more on root first.",
        [LedgerError.NetworkTxRateLimitExceeded] = "A subnet was registered a short while ago; wait until the network's rate limit allows the next.",
        [LedgerError.SubnetLimitReached] = "There is no room for another subnet, and none may be replaced yet; wait until the immunity of one has ended.",
        [LedgerError.CannotAffordLockCost] = "The coldkey has less free TAO than a subnet costs; wait until the cost has fallen, or bring more TAO.",
        [LedgerError.InvalidIdentity] = "A field of the identity is too long; shorten it.",
        [LedgerError.TxRateLimitExceeded] = "This was done a short while ago; wait until the rate limit allows it again.",
        [LedgerError.DuplicateChild] = "A child stands twice in the list; name each once.",
        [LedgerError.InvalidChild] = "A hotkey cannot be its own child; leave it out.",
        [LedgerError.TooManyChildren] = "A hotkey has at most 5 children on a subnet; name fewer.",
        [LedgerError.ProportionOverflow] = "The children's proportions come to more than the whole, 2^64-1; lower them.",
        [LedgerError.ChildParentInconsistency] = "One of the children is a parent of this hotkey on the subnet; a hotkey cannot be both.",
        [LedgerError.NotEnoughStakeToSetChildkeys] = "The hotkey's stake is under the network's threshold for childkeys; stake more on it.",
        [LedgerError.InvalidChildkeyTake] = "The childkey take is outside the subnet's minimum and the network's maximum; choose one between.",
        [LedgerError.TxChildkeyTakeRateLimitExceeded] = "The childkey take was set a short while ago; wait until the rate limit allows raising it.",
        [LedgerError.CanNotSetRootNetworkWeights] = "Root has no weights; name another subnet.",
        [LedgerError.WeightVecNotEqualSize] = "There must be one value for each uid; correct the lists.",
        [LedgerError.UidsLengthExceedUidsInSubNet] = "There are more weights than neurons in the subnet; name each neuron at most once.",
        [LedgerError.HotKeyNotRegisteredInSubNet] = "This hotkey is no neuron of the subnet; register it first.",
        [LedgerError.NotEnoughStakeToSetWeights] = "The hotkey's stake is under the network's threshold for weights; stake more on it.",
        [LedgerError.IncorrectWeightVersionKey] = "The version key is older than the subnet's; update the validator's software.",
        [LedgerError.SettingWeightsTooFast] = "The neuron set weights a short while ago; wait until the subnet's rate limit allows it again.",
        [LedgerError.NeuronNoValidatorPermit] = "The neuron has no validator permit; only validators weight others, and permits are given at each epoch by stake.",
        [LedgerError.DuplicateUids] = "A uid stands twice in the list; name each once.",
        [LedgerError.UidVecContainInvalidOne] = "A uid of the list is no neuron of the subnet; read the metagraph again.",
        [LedgerError.WeightVecLengthIsLow] = "There are fewer weights than the subnet demands; weight more neurons.",
        [LedgerError.CommitRevealEnabled] = "On this subnet weights are committed first and revealed later; use a commit.",
        [LedgerError.CommitRevealDisabled] = "On this subnet weights are not committed; set them at once.",
        [LedgerError.TooManyUnrevealedCommits] = "The neuron has as many commits waiting as there may be; reveal them, or wait until they have expired.",
        [LedgerError.NoWeightsCommitFound] = "The neuron has no commit to reveal; commit first.",
        [LedgerError.InvalidRevealCommitHashNotMatch] = "What is revealed is not what was committed; reveal the same uids, values, salt, and version key.",
        [LedgerError.MechanismDoesNotExist] = "There is no pool with this number; use the number of an existing subnet.",
        [LedgerError.FeeRateTooHigh] = "The fee rate is above 10000 of 65535; use a lower one.",
        [LedgerError.SwapInputTooLarge] = "The amount is too large for the pool's reserves; use a smaller one.",
        [LedgerError.ReservesTooLow] = "The pool's reserves are too low to trade; wait for liquidity or use another subnet.",
        [LedgerError.PriceLimitExceeded] = "The price is already past the limit; use another limit or wait.",
        [LedgerError.ReservesOutOfBalance] = "The pool's reserves are too uneven to trade; use another subnet.",
        [LedgerError.ExpiredWeightCommit] = "The epoch in which this commit could be revealed has passed; commit again.",
        [LedgerError.RevealTooEarly] = "This commit cannot be revealed yet; wait for the epoch that is the subnet's reveal period after it.",
        [LedgerError.IncorrectCommitRevealVersion] = "The version of time-locked commits is not the one in force; update the validator's software.",
        [LedgerError.InvalidNumRootClaim] = "The number of automatic claims in a block is out of its bounds; correct it.",
        [LedgerError.InvalidRootClaimThreshold] = "The least root dividend that is claimed is out of its bounds; correct it.",
        [LedgerError.InvalidSubnetNumber] = "Name at least one subnet, and at most five where subnets are claimed.",
        [LedgerError.SameAutoStakeHotkeyAlreadySet] = "The pay of miners is staked to this hotkey already; there is nothing to do.",
        [LedgerError.TempoOutOfBounds] = "The tempo is outside 360 to 50400 blocks; choose one between.",
        [LedgerError.ActivityCutoffFactorMilliOutOfBounds] = "The activity cutoff is outside 1000 to 50000 thousandths of a tempo; choose one between.",
        [LedgerError.AdminActionProhibitedDuringWeightsWindow] = "The subnet's epoch is near, and its settings are frozen until then; try again after the epoch.",
        [LedgerError.EpochTriggerAlreadyPending] = "An epoch has been asked for already; wait for it.",
        [LedgerError.AutoEpochAlreadyImminent] = "The subnet's epoch is near anyway; wait for it.",
        [LedgerError.DynamicTempoBlockedByCommitReveal] = "Epochs cannot be asked for while the subnet has commit-reveal on; switch it off first.",
        [LedgerError.InputLengthsUnequal] = "The lists of a batch have different lengths; correct them.",
        [LedgerError.FundsUnavailable] = "The account has less free TAO than this; use a smaller amount.",
        [LedgerError.NotExpendable] = "This would leave the account under the existential deposit; send less, or allow the account to be closed.",
        [LedgerError.BelowMinimum] = "The receiver would hold less than the existential deposit; send more.",
        [LedgerError.CommittingWeightsTooFast] = "The neuron committed weights a short while ago; wait until the subnet's rate limit allows it again.",
        [LedgerError.LockHotkeyMismatch] = "There is a lock for another hotkey on this subnet already; name that hotkey, or move the lock first.",
        [LedgerError.InsufficientStakeForLock] = "The coldkey holds less alpha on this subnet than would be locked; lock less, or stake more first.",
        [LedgerError.NoExistingLock] = "The coldkey has locked nothing on this subnet; there is nothing to move.",
        [LedgerError.AccountRejectsLockedAlpha] = "A part of this stake is locked and the receiver accepts no locked alpha; send only what is free, or ask the receiver to accept it.",
        [LedgerError.MaxAllowedUIdsLessThanCurrentUIds] = "The subnet has more neurons than this; choose at least as many.",
        [LedgerError.MaxAllowedUidsLessThanMinAllowedUids] = "A subnet has room for at least 64 neurons; choose more.",
        [LedgerError.MaxAllowedUidsGreaterThanDefaultMaxAllowedUids] = "A subnet has room for at most 256 neurons; choose fewer.",
        [LedgerError.MaxValidatorsLargerThanMaxUIds] = "There cannot be more validators than neurons; choose at most max_uids.",
        [LedgerError.BondsMovingAverageMaxReached] = "An owner may set at most 975000 of a million; choose less.",
        [LedgerError.NegativeSigmoidSteepness] = "Only the sudo key may set a negative steepness; choose 0 or more.",
        [LedgerError.ValueNotInBounds] = "The value is outside its bounds, which the list of hyperparameters tells; correct it.",
        [LedgerError.InvalidValue] = "The value is outside its bounds, which the list of hyperparameters tells; correct it.",
        [LedgerError.NotPermittedOnRootSubnet] = "Root has no such setting; name another subnet.",
        [LedgerError.LiquidAlphaDisabled] = "The subnet has liquid alpha off; switch it on first.",
        [LedgerError.AlphaHighTooLow] = "The upper alpha value is under 1638 of 65535; raise it.",
        [LedgerError.AlphaLowOutOfRange] = "The lower alpha value must lie between 1638 of 65535 and the upper one; correct it.",
        [LedgerError.RevealPeriodTooLarge] = "A reveal period has at most 100 epochs; choose fewer.",
        [LedgerError.RevealPeriodTooSmall] = "A reveal period has at least 1 epoch; choose more.",
        [LedgerError.TooManyUIDsPerMechanism] = "Neurons times mechanisms come to more than 256; lower one of them.",
        [LedgerError.Payment] = "The transaction fee cannot be paid; bring more free TAO.",
        [LedgerError.UnknownParameter] = "There is no such parameter; use a name as in a genesis document.",
        [LedgerError.InvalidParameterValue] = "The value cannot be read as this parameter's type or is out of its bounds; correct it.",
        [LedgerError.MalformedCall] = "The call lacks a field that it needs, or has one that contradicts it; correct the call.",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<RefusalCode, string> ByRefusalCode = new Dictionary<RefusalCode, string>
    {
        [RefusalCode.Expired] = "The operation's last valid block has passed; make a new operation.",
        [RefusalCode.LastValidBlockTooFar] = "The operation's last valid block lies too far ahead; choose one at most 4096 blocks ahead.",
        [RefusalCode.OperationConflict] = "This operation id belongs to another operation; make a new operation.",
        [RefusalCode.TooManyInFlight] = "The account has too many operations in flight; send the same operation again when some are answered.",
        [RefusalCode.Overloaded] = "The ledger is busy; send the same operation again after a pause.",
        [RefusalCode.OutcomeUnknown] = "It is not known whether the operation took effect; send the same operation again to learn it, which never executes it twice.",
        [RefusalCode.WrongSigner] = "The operation was sent to the actor of another account; send it to its signer's.",
        [RefusalCode.MalformedOperation] = "The operation lacks a field or carries one out of range; correct it.",
        [RefusalCode.NotStarted] = "The network has no genesis yet; wait until it is started, then send the same operation again.",
        [RefusalCode.WrongNetwork] = "The operation was made for another network; connect to that one, or make a new operation here.",
    }.ToFrozenDictionary();

    /// <summary>What is said of a refusal that a newer ledger has and this client does not know.</summary>
    public const string Unknown = "This client does not know this refusal; a newer one may.";

    /// <summary>What to do about a rule's refusal; empty for None.</summary>
    public static string For(LedgerError error) => error == LedgerError.None ? string.Empty : ByLedgerError.GetValueOrDefault(error, Unknown);

    /// <summary>What to do about a refusal; empty for None.</summary>
    public static string For(RefusalCode code) => code == RefusalCode.None ? string.Empty
        : ByRefusalCode.TryGetValue(code, out var advice) ? advice
        : For((LedgerError)(ushort)code);
}
