using Dtao.Economics;
using Dtao.Economics.Fees;
using Dtao.Economics.Keys;
using Dtao.Economics.Ledger;
using Dtao.Economics.Settings;
using Dtao.Economics.Staking;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;

namespace Dtao.Grains.Stakers;

/// <content>Swaps of keys: what an announcement bars, and what an account decides about it.</content>
public static partial class AccountDecider
{
    /// <summary>What the call comes to because a swap of the coldkey is announced; None when it may be made.</summary>
    public static LedgerError BarredBy(AccountState state, Call call) => state.ColdkeySwap is null
        ? LedgerError.None
        : ColdkeySwapGuard.Check(SourceOf(state, NetworkParameters.Default, state.Seen), state.Id, call.Kind);

    /// <summary>What a call about an announcement would come to that this account decides.</summary>
    public static CallQuote QuoteAnnouncement(AccountState state, Call call, AccountId signer, NetworkParameters parameters, BlockNumber now) =>
        QuoteFee(state, call, CallQuote.Of(Quotes.Of(SourceOf(state, parameters, now), signer, call), call, now), parameters);

    /// <summary>Who decides, given what the account knows: a second announcement costs nothing, and a call of the sudo key may be about its own coldkey.</summary>
    public static OperationRoute RouteOf(AccountState state, Call call, bool isForSudo) => RouteOf(call) switch
    {
        OperationRoute.Pool when call.Kind == CallKind.AnnounceColdkeySwap && state.ColdkeySwap is not null => OperationRoute.Here,
        OperationRoute.Coldkey when isForSudo => call.Kind == CallKind.ResetColdkeySwap ? OperationRoute.Here : OperationRoute.Lane,
        var route => route,
    };

    /// <summary>The sudo key does to its own coldkey what it asks, without a detour.</summary>
    private static bool IsOwnForSudo(AccountState state, Call call, NetworkParameters parameters) =>
        call.Detail is ColdkeyDetail named && named.Coldkey == state.Id && Sudo.IsSigner(parameters, state.Id);

    /// <summary>An actor that is no account can neither give its place away nor take one. Accounts of subnets are left to the rule.</summary>
    private static bool NamesASystemAccount(Call call) =>
        (call.ToColdkey is { IsSubnetAccount: false } to && SystemSenders.IsSystem(to)) || (call.Detail is ColdkeyDetail named && SystemSenders.IsSystem(named.Coldkey));

    private static OperationRoute RouteOfKeys(CallKind kind) => kind switch
    {
        CallKind.SwapHotkey or CallKind.SwapColdkeyAnnounced => OperationRoute.Lane,
        CallKind.AnnounceColdkeySwap => OperationRoute.Pool,
        CallKind.SwapColdkey or CallKind.ResetColdkeySwap => OperationRoute.Coldkey,
        _ => OperationRoute.Here,
    };

    private static AccountDecision DecideAnnouncement(AccountState state, Operation operation, NetworkParameters parameters, BlockNumber now, bool isForSudo)
    {
        var deposit = parameters.ExistentialDeposit;
        var fee = FeeOf(operation.Call, parameters);
        var charged = fee?.Amount ?? Tao.Zero;
        if (!TransactionFees.CanPay(state.Free.SubtractSaturating(state.Held), charged, deposit))
            return state.IsBusy ? s_wait : DecideHere(state, operation, CallOutcome.Refused(LedgerError.Payment), now);
        var scope = new LedgerScope(SourceOf(state, parameters, now));
        var outcome = Charged(StakingCalls.Execute(scope, isForSudo ? parameters.SudoKey.GetValueOrDefault() : state.Id, operation.Call), charged);
        var decided = DecideHere(state, operation, outcome, now, fee, deposit);
        if (!outcome.IsOk || scope.ChangedColdkeySwaps.Count == 0) return decided;
        return new AccountDecision.Decide(decided.Event with { Announcement = new AnnouncementChange(scope.GetColdkeySwap(state.Id)) });
    }

    private static ColdkeySwap? AnnouncedBy(Call call, PoolReply reply, NetworkParameters? parameters) =>
        call is { Kind: CallKind.AnnounceColdkeySwap, Detail: ColdkeyHashDetail detail } && reply.Outcome is { IsOk: true }
            ? ColdkeySwapCalls.Announced(parameters ?? NetworkParameters.Default, reply.Block, detail.Hash)
            : null;

    private static TransferSource SourceOf(AccountState state, NetworkParameters parameters, BlockNumber now) =>
        new((state.Id, state.Free), (state.Id, Tao.Zero), parameters, now, state.ColdkeySwap);
}
