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
        [LedgerError.BadOrigin] = "Only the subnet's owner may do this; sign with the owner's coldkey.",
        [LedgerError.FirstEmissionBlockNumberAlreadySet] = "The subnet has been started already; there is nothing to do.",
        [LedgerError.NeedWaitingMoreBlocksToStarCall] = "The subnet is too young to be started; wait until the start delay has passed.",
        [LedgerError.MechanismDoesNotExist] = "There is no pool with this number; use the number of an existing subnet.",
        [LedgerError.FeeRateTooHigh] = "The fee rate is above 10000 of 65535; use a lower one.",
        [LedgerError.SwapInputTooLarge] = "The amount is too large for the pool's reserves; use a smaller one.",
        [LedgerError.ReservesTooLow] = "The pool's reserves are too low to trade; wait for liquidity or use another subnet.",
        [LedgerError.PriceLimitExceeded] = "The price is already past the limit; use another limit or wait.",
        [LedgerError.ReservesOutOfBalance] = "The pool's reserves are too uneven to trade; use another subnet.",
        [LedgerError.FundsUnavailable] = "The account has less free TAO than this; use a smaller amount.",
        [LedgerError.NotExpendable] = "This would leave the account under the existential deposit; send less, or allow the account to be closed.",
        [LedgerError.BelowMinimum] = "The receiver would hold less than the existential deposit; send more.",
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
