using Dtao.Economics.Ledger;

namespace Dtao.Economics.Staking;

/// <summary>What a call would come to if it were decided now.</summary>
/// <param name="Error">Why it would be refused; None when it would be done. Everything else is 0 then.</param>
/// <param name="AmountOut">Rao of the last token received: alpha of a stake or a move, TAO of an unstake.</param>
/// <param name="Fee">Rao of all fees, each in the input token of its swap: TAO of a buy, alpha of a sale.</param>
/// <param name="PriceBefore">TAO per alpha of the first subnet that trades, before; 0 when none trades.</param>
/// <param name="PriceAfter">The same subnet's price after.</param>
/// <param name="SlippageParts">How much worse the first swap is than the spot price before it, in parts per million, floored; fee left out.</param>
public sealed record Quote(
    LedgerError Error, ulong AmountOut, ulong Fee, U64F64 PriceBefore, U64F64 PriceAfter, uint SlippageParts)
{
    public bool IsRefused => Error != LedgerError.None;
}

/// <summary>Runs a call on a scope that is thrown away.</summary>
public static class Quotes
{
    private const uint PartsPerUnit = 1_000_000;

    public static Quote Of(ILedgerSource source, AccountId signer, Call call)
    {
        var scope = new LedgerScope(source);
        var outcome = StakingCalls.Execute(scope, signer, call);
        if (!outcome.IsOk || outcome.Moves.Count == 0) return new Quote(outcome.Error, outcome.Amount ?? 0, 0, default, default, 0);

        var (first, last) = (outcome.Moves[0], outcome.Moves[^1]);
        var before = Price(source, first.Netuid);
        ulong fee = 0;
        foreach (var move in outcome.Moves) fee = SaturatingMath.Add(fee, move.Fee);
        return new Quote(
            LedgerError.None,
            outcome.Amount ?? (last.Kind == StakeMoveKind.In ? last.Alpha.Rao : last.Tao.Rao),
            fee,
            before,
            Price(scope, first.Netuid),
            Slippage(first, before));
    }

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
