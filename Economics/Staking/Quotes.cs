using Dtao.Economics.Fees;
using Dtao.Economics.Ledger;

namespace Dtao.Economics.Staking;

/// <summary>What a call would come to if it were decided now.</summary>
/// <param name="Error">Why it would be refused; None when it would be done. Everything but <paramref name="AmountIn"/> is 0 or null then.</param>
/// <param name="AmountIn">
/// Rao that leave the signer's account or its first position: TAO of a buy or a transfer (dust included), alpha of anything else.
/// 0 where several positions are sold; what the call asks for when it would be refused.
/// </param>
/// <param name="AmountOut">
/// Rao of the last token received: alpha of a stake or a move, TAO of an unstake or a transfer; or the alpha that is recycled or burned.
/// </param>
/// <param name="Fee">Rao of all fees, each in the input token of its swap: TAO of a buy, alpha of a sale.</param>
/// <param name="PriceBefore">TAO per alpha of the first subnet that trades, before; 0 when none trades.</param>
/// <param name="PriceAfter">The same subnet's price after.</param>
/// <param name="SlippageParts">How much worse the first swap is than the spot price before it, in parts per million, floored; fee left out.</param>
public sealed record Quote(
    LedgerError Error, ulong AmountIn, ulong AmountOut, ulong Fee, U64F64 PriceBefore, U64F64 PriceAfter, uint SlippageParts)
{
    public bool IsRefused => Error != LedgerError.None;

    /// <summary>Rao of TAO that a transfer would destroy, because the sender would be left under the existential deposit.</summary>
    public Tao Dust { get; init; }

    /// <summary>The transaction fee that comes on top, also where the call would be refused; all zero where there are no fees.</summary>
    public TransactionFee TransactionFee { get; init; }

    /// <summary>The hotkey's record before a call that changes only a hotkey; null when nobody owns it, and for other calls.</summary>
    public HotkeyRecord? HotkeyBefore { get; init; }

    /// <summary>The hotkey's record after such a call; the same as before where the call changes nothing.</summary>
    public HotkeyRecord? HotkeyAfter { get; init; }

    public static Quote Refused(LedgerError error, Call call) => new(error, call.Amount, 0, 0, default, default, 0);
}

/// <summary>Runs a call on a scope that is thrown away.</summary>
public static class Quotes
{
    private const uint PartsPerUnit = 1_000_000;

    /// <param name="fee">What the call costs beside what it does; it is no part of the amounts.</param>
    public static Quote Of(ILedgerSource source, AccountId signer, Call call, Tao fee = default)
    {
        if (fee.IsZero) return Of(source, signer, call);
        var charged = new LedgerScope(source);
        var error = TransactionFees.Withdraw(charged, signer, call, fee, out var paid);
        return error == LedgerError.None ? Of(charged, signer, call) with { TransactionFee = paid } : Quote.Refused(error, call);
    }

    private static Quote Of(ILedgerSource source, AccountId signer, Call call)
    {
        var scope = new LedgerScope(source);
        var outcome = StakingCalls.Execute(scope, signer, call);
        if (!outcome.IsOk) return Quote.Refused(outcome.Error, call);
        return call.Kind switch
        {
            CallKind.Transfer or CallKind.TransferAll => OfTransfer(source, scope, signer),
            CallKind.IncreaseTake or CallKind.DecreaseTake or CallKind.TryAssociateHotkey => Nothing with
            {
                HotkeyBefore = source.GetHotkey(call.Hotkey),
                HotkeyAfter = scope.GetHotkey(call.Hotkey),
            },
            _ when outcome.Paid is { } paid => Nothing with { AmountIn = paid.Rao },
            _ when outcome.Moves.Count > 0 => OfMoves(source, scope, call, outcome),
            _ => Nothing with { AmountIn = outcome.Amount ?? 0, AmountOut = outcome.Amount ?? 0 },
        };
    }

    private static Quote Nothing => new(LedgerError.None, 0, 0, 0, default, default, 0);

    private static Quote OfTransfer(ILedgerSource source, LedgerScope scope, AccountId signer)
    {
        var paid = TaoLedger.Balance(new LedgerScope(source), signer) - TaoLedger.Balance(scope, signer);
        return Nothing with { AmountIn = paid.Rao, AmountOut = (paid - scope.PlainDust).Rao, Dust = scope.PlainDust };
    }

    private static Quote OfMoves(ILedgerSource source, LedgerScope scope, Call call, CallOutcome outcome)
    {
        var (first, last) = (outcome.Moves[0], outcome.Moves[^1]);
        var before = Price(source, first.Netuid);
        ulong fee = 0;
        foreach (var move in outcome.Moves) fee = SaturatingMath.Add(fee, move.Fee);
        return new Quote(
            LedgerError.None,
            call.Kind is CallKind.UnstakeAll or CallKind.UnstakeAllAlpha ? 0 : Left(first),
            outcome.Amount ?? (last.Kind == StakeMoveKind.In ? last.Alpha.Rao : last.Tao.Rao),
            fee,
            before,
            Price(scope, first.Netuid),
            Slippage(first, before));
    }

    /// <summary>A buy's event tells its TAO with the fee, a sale's tells its alpha without.</summary>
    private static ulong Left(in StakeMove first) =>
        first.Kind == StakeMoveKind.In ? first.Tao.Rao : SaturatingMath.Add(first.Alpha.Rao, first.Fee);

    private static U64F64 Price(ILedgerSource source, NetUid netuid) =>
        source.TryGetBooks(netuid, out var books) ? Market.Price(books) : default;

    /// <summary>One minus (received at the price before / received), of the amounts that crossed the pool.</summary>
    private static uint Slippage(in StakeMove move, U64F64 before)
    {
        var alphaAtSpot = before.MultiplySaturating(U64F64.FromInteger(move.Alpha.Rao));
        var net = move.Kind == StakeMoveKind.In ? SaturatingMath.Subtract(move.Tao.Rao, move.Fee) : move.Tao.Rao;
        var tao = U64F64.FromInteger(net);
        var (fair, real) = move.Kind == StakeMoveKind.In ? (tao, alphaAtSpot) : (alphaAtSpot, tao);
        if (fair <= real) return 0;
        var part = fair.SubtractSaturating(real).DivideOrZero(fair);
        return (uint)part.MultiplySaturating(U64F64.FromInteger(PartsPerUnit)).ToUInt64Saturating();
    }
}
