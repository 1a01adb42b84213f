using System.Globalization;
using Dtao.Api.Json;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;

namespace Dtao.Api.Writes;

/// <summary>What a call would come to now. Nothing is recorded, and nothing is promised: the next operation may move the price.</summary>
/// <param name="Signer">The coldkey that would call.</param>
/// <param name="Block">The block that the answering actor had last applied.</param>
/// <param name="Error">Why it would be refused; null when it would be applied.</param>
/// <param name="AmountIn">Rao that would leave, the pool's fee included: TAO of a buy or a transfer, alpha of a sale or a move.</param>
/// <param name="AmountOut">Rao that would arrive: alpha of a buy or a move, TAO of a sale or a transfer.</param>
/// <param name="Fee">The pool's fee, in rao of what goes in.</param>
/// <param name="PriceBefore">The subnet's price now; "0" for a call that trades nothing.</param>
/// <param name="PriceAfter">The price after the call.</param>
/// <param name="SlippagePpm">How much less comes out than at the price before, in parts per million.</param>
/// <param name="Slippage">The same in per cent, with four decimals.</param>
/// <param name="Dust">TAO that a transfer would destroy, because the sender would be left under the existential deposit.</param>
/// <param name="TransactionFee">The transaction fee on top: what leaves the signer, or what the alpha is sold for.</param>
/// <param name="TransactionFeeAlpha">The alpha that is sold for the fee; "0" when TAO pays it.</param>
/// <param name="HotkeyBefore">Owner and take before a call that changes only a hotkey.</param>
/// <param name="HotkeyAfter">The same after it.</param>
internal sealed record QuoteView(
    AccountId Signer, BlockNumber Block, RefusalView? Error, string AmountIn, string AmountOut, string Fee, U64F64 PriceBefore, U64F64 PriceAfter, int SlippagePpm, string Slippage,
    Tao Dust, Tao TransactionFee, Alpha TransactionFeeAlpha, HotkeyView? HotkeyBefore, HotkeyView? HotkeyAfter)
{
    public static QuoteView Of(AccountId signer, CallQuote quote) => new(
        signer, quote.Block, RefusalView.Of(quote.Error), Text(quote.AmountIn), Text(quote.AmountOut), Text(quote.Fee), new U64F64(quote.PriceBeforeBits), new U64F64(quote.PriceAfterBits),
        (int)Math.Min(quote.SlippagePpm, int.MaxValue), AmountText.FormatPartsPerMillion(quote.SlippagePpm).TrimEnd('%'), quote.Dust, quote.TransactionFee, quote.TransactionFeeAlpha,
        HotkeyView.Of(quote.HotkeyBefore), HotkeyView.Of(quote.HotkeyAfter));

    private static string Text(ulong rao) => rao.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Owner and take of a hotkey.</summary>
/// <param name="Owner">The coldkey that owns it.</param>
/// <param name="Take">The part of dividends that it keeps, with six decimals.</param>
internal sealed record HotkeyView(AccountId Owner, string Take)
{
    public static HotkeyView? Of(HotkeyFacts? facts) => facts is { Owner: { } owner } ? new(owner, PriceText.OfRatio(facts.ToRecord().Take.Parts, ushort.MaxValue)) : null;
}

/// <summary>What a call would do to the signer's own balance and position, besides its quote.</summary>
/// <param name="Quote">What the call would come to.</param>
/// <param name="FreeBefore">TAO that the signer has and that no operation in flight holds.</param>
/// <param name="FreeAfter">The same after the call; null for a call whose effect on it a quote does not tell.</param>
/// <param name="StakeBefore">The signer's alpha on the call's hotkey and subnet; null for a call that names no position.</param>
/// <param name="StakeAfter">The same after the call; null where a quote does not tell.</param>
internal sealed record PreviewView(QuoteView Quote, Tao FreeBefore, Tao? FreeAfter, Alpha? StakeBefore, Alpha? StakeAfter)
{
    public static PreviewView Of(AccountId signer, Call call, CallQuote quote, AccountView account, Alpha? stake)
    {
        var free = account.Free.SubtractSaturating(account.Held);
        var isRefused = quote.Error != LedgerError.None;
        var fee = quote.TransactionFeeAlpha.IsZero ? quote.TransactionFee : Tao.Zero;
        var (into, outOf) = isRefused ? (null, null) : EffectOn(call, quote);
        Tao? after = isRefused ? free : into is null ? null : free.SubtractSaturating(fee).SubtractSaturating(new Tao(outOf!.Value)).AddSaturating(new Tao(into.Value));
        var (grows, shrinks) = isRefused ? (0, 0) : StakeEffect(call, quote);
        Alpha? stakeAfter = stake is null || grows is null ? null : stake.Value.AddSaturating(new Alpha(grows.Value)).SubtractSaturating(new Alpha(shrinks!.Value).AddSaturating(quote.TransactionFeeAlpha));
        return new(QuoteView.Of(signer, quote), free, after, stake, isRefused ? stake : stakeAfter);
    }

    /// <summary>Whether a call is about one position of its signer, whose alpha a preview shows.</summary>
    public static bool HasPosition(Call call) => call.Kind is CallKind.AddStake or CallKind.AddStakeLimit or CallKind.RemoveStake or CallKind.RemoveStakeLimit
        or CallKind.RemoveStakeFullLimit or CallKind.MoveStake or CallKind.TransferStake or CallKind.SwapStake or CallKind.SwapStakeLimit or CallKind.RecycleAlpha or CallKind.BurnAlpha;

    /// <summary>TAO that comes to the signer, and that leaves it; nulls where a quote does not tell.</summary>
    private static (ulong? Into, ulong? OutOf) EffectOn(Call call, CallQuote quote) => call.Kind switch
    {
        CallKind.AddStake or CallKind.AddStakeLimit or CallKind.AddStakeBurn or CallKind.AddStakeRecycle or CallKind.Transfer or CallKind.TransferAll
            or CallKind.RegisterNeuron or CallKind.RegisterLimit or CallKind.RegisterNetwork => (0, quote.AmountIn),
        CallKind.RemoveStake or CallKind.RemoveStakeLimit or CallKind.RemoveStakeFullLimit => (quote.AmountOut, 0),
        CallKind.UnstakeAll or CallKind.UnstakeAllAlpha or CallKind.SwapColdkeyAnnounced => (null, null),
        _ => (0, 0),
    };

    private static (ulong? Grows, ulong? Shrinks) StakeEffect(Call call, CallQuote quote) => call.Kind switch
    {
        CallKind.AddStake or CallKind.AddStakeLimit => (quote.AmountOut, 0),
        _ => (0, quote.AmountIn),
    };
}
