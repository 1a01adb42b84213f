using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Fees;

/// <summary>What was paid for a call: TAO, or alpha of the position that it takes from; all zero when it was free.</summary>
/// <param name="Tao">Rao that left the signer, or that the alpha was sold for.</param>
/// <param name="Alpha">Alpha rao that were sold; zero when the fee was paid in TAO.</param>
/// <param name="Netuid">The subnet of that alpha; null when the fee was paid in TAO.</param>
public readonly record struct TransactionFee(Tao Tao, Alpha Alpha, NetUid? Netuid)
{
    public bool IsPaid => !Tao.IsZero || !Alpha.IsZero;

    public static TransactionFee InTao(Tao amount) => new(amount, Alpha.Zero, null);
}

/// <summary>Calls with the chain's transaction fee, which is taken first and kept when the call is refused.</summary>
/// <remarks>
/// Source: rule book 01, section 13; transaction-fee/lib.rs :: withdraw_fee, withdraw_in_alpha, correct_and_deposit_fee. Weight part, 1 rao a byte, no tip;
/// nothing is refunded, for a call here weighs what its kind weighs. TAO is taken before the call and reaches the author after it.
/// </remarks>
public static class TransactionFees
{
    private const ulong PicosecondsPerRao = 2_000;
    private const ulong RaoPerByte = 1;

    /// <summary>What a call costs on a network with these parameters; zero where there are no fees.</summary>
    public static Tao FeeOf(NetworkParameters parameters, Call call) => parameters.TransactionFees ? FeeOf(call) : Tao.Zero;

    /// <summary>What a call costs where there are fees; zero for those that the chain lets go free.</summary>
    public static Tao FeeOf(Call call)
    {
        if (CallWeights.IsFree(call.Kind)) return Tao.Zero;

        // To the nearest rao; a half goes down.
        var weight = (CallWeights.WeightOf(call) + (PicosecondsPerRao / 2) - 1) / PicosecondsPerRao;
        return new Tao(weight + (CallWeights.LengthOf(call) * RaoPerByte));
    }

    /// <summary>Takes a fee, executes the call, and pays the author.</summary>
    /// <param name="fee">What the call costs; with zero this is <see cref="StakingCalls.Execute"/>.</param>
    /// <returns>
    /// The outcome with what was paid. The owner of the scope takes it when the outcome <see cref="CallOutcome.HasEffect"/>: of a refused call there is the
    /// fee alone in it.
    /// </returns>
    public static CallOutcome Execute(LedgerScope scope, AccountId signer, Call call, Tao fee)
    {
        if (fee.IsZero) return StakingCalls.Execute(scope, signer, call);
        if (!CallShape.IsWellFormed(call)) return CallOutcome.Refused(LedgerError.MalformedCall);
        var error = Withdraw(scope, signer, call, fee, out var paid);
        if (error != LedgerError.None) return CallOutcome.Refused(error);

        var run = new LedgerScope(scope);
        var outcome = StakingCalls.Execute(run, signer, call);
        if (outcome.IsOk) scope.Merge(run);
        if (!paid.IsPaid) return outcome;
        if (paid.Netuid is null) PayAuthor(scope, paid.Tao);
        return outcome with { Fee = paid };
    }

    /// <summary>Takes a fee from the signer: TAO, which is then nowhere until the author is paid; or else alpha, which is sold for the author at once.</summary>
    /// <returns>Payment when neither is there; the scope is as it was then.</returns>
    internal static LedgerError Withdraw(LedgerScope scope, AccountId signer, Call call, Tao fee, out TransactionFee paid)
    {
        paid = default;
        if (fee.IsZero) return LedgerError.None;
        if (TaoLedger.KeepAliveBalance(scope, signer) < fee) return ChargeInAlpha(scope, signer, call, fee, out paid);
        scope.SetFree(signer, scope.GetFree(signer) - fee);
        paid = TransactionFee.InTao(fee);
        return LedgerError.None;
    }

    /// <summary>Whether an account can pay a fee in TAO and still hold the existential deposit.</summary>
    public static bool CanPay(Tao free, Tao fee, Tao existentialDeposit) => free.SubtractSaturating(existentialDeposit) >= fee;

    /// <summary>Without an author, or where the author's account could not exist, the fee is dropped, which lowers the balances' issuance only.</summary>
    private static void PayAuthor(LedgerScope scope, Tao fee)
    {
        if (scope.Parameters.Author is not { } author || !TaoLedger.TryDeposit(scope, author, fee)) scope.AddPlainDust(fee);
    }

    /// <summary>Sells alpha of the position that the call takes from, for the author. Without an author nothing is taken.</summary>
    private static LedgerError ChargeInAlpha(LedgerScope scope, AccountId signer, Call call, Tao fee, out TransactionFee paid)
    {
        paid = default;
        if (Origin(scope, signer, call) is not { } origin) return LedgerError.Payment;
        var held = ShareLedger.Position(scope, origin);
        var wanted = AlphaFor(scope, origin.Netuid, fee);
        if (held < wanted) return LedgerError.Payment;
        if (scope.Parameters.Author is not { } author) return LedgerError.None;

        var alpha = wanted.IsZero ? held : wanted;
        var sale = new LedgerScope(scope);
        var error = StakeOperations.UnstakeFrom(new CallRun(sale, signer), origin, author, alpha, new LimitPrice(0), dropFees: true, out var tao);
        if (error != LedgerError.None) return LedgerError.Payment;
        scope.Merge(sale);
        paid = new TransactionFee(tao, alpha, origin.Netuid);
        return LedgerError.None;
    }

    /// <summary>The one position that a call takes from; null for a call that takes from none, or from several.</summary>
    private static PositionKey? Origin(LedgerScope scope, AccountId signer, Call call)
    {
        switch (call.Kind)
        {
            case CallKind.RemoveStake or CallKind.RemoveStakeLimit or CallKind.RemoveStakeFullLimit or CallKind.MoveStake or CallKind.TransferStake
                or CallKind.SwapStake or CallKind.SwapStakeLimit or CallKind.RecycleAlpha or CallKind.BurnAlpha:
                return scope.TryGetBooks(call.Netuid, out _) ? new PositionKey(call.Netuid, call.Hotkey, signer) : null;
            case CallKind.UnstakeAll or CallKind.UnstakeAllAlpha:
                var positions = scope.Subnets
                    .Where(netuid => scope.TryGetBooks(netuid, out var books) && books.SubtokenEnabled)
                    .Select(netuid => new PositionKey(netuid, call.Hotkey, signer))
                    .Where(position => !ShareLedger.Position(scope, position).IsZero)
                    .Take(2)
                    .ToArray();
                return positions.Length == 1 ? positions[0] : null;
            default:
                return null;
        }
    }

    /// <remarks>Source: rule book 01, 4.13; SWAP/impls.rs :: get_alpha_amount_for_tao.</remarks>
    private static Alpha AlphaFor(LedgerScope scope, NetUid netuid, Tao tao)
    {
        if (!scope.TryGetBooks(netuid, out var books) || books.Mechanism == 0) return new Alpha(tao.Rao);
        return new Alpha(U64F64.FromInteger(tao.Rao).DivideOrZero(Market.Price(books)).ToUInt64Saturating());
    }
}
