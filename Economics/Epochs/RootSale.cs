using System.Collections.Immutable;
using Dtao.Economics.Claims;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Epochs;

/// <summary>Root dividends as TAO: sold through the pool at the epoch, and staked on root for the stakers of each validator.</summary>
/// <remarks>
/// Source: coinbase/run_coinbase.rs :: run_coinbase, drain_pending_emission as of February 2025, which sold in every block what it paid at
/// the epoch. Without a fee.
/// </remarks>
internal static class RootSale
{
    /// <summary>Sells the alpha for root, and answers the TAO, which stays on the subnet's account until it is paid.</summary>
    /// <param name="validators">Everyone's part of the alpha. When nobody has one, or the pool refuses, the alpha waits for the next epoch.</param>
    public static Tao Sell(SubnetBooks books, Alpha alpha, IReadOnlyList<ValidatorPay> validators)
    {
        var isWanted = !alpha.IsZero && validators.Any(pay => !pay.FromRoot.IsZero);
        if (isWanted && CanPay(books, alpha)
            && StakeOperations.SwapAlphaForTao(books, alpha, LimitPrice.Lowest, dropFees: true, out var fill) == LedgerError.None)
        {
            books.PendingRoot = books.PendingRoot.AddSaturating(alpha.SubtractSaturating(new Alpha(fill.PaidIn)));
            return new Tao(fill.PaidOut);
        }

        books.PendingRoot = books.PendingRoot.AddSaturating(alpha);
        return Tao.Zero;
    }

    /// <summary>Divides the proceeds; what floors leave of them goes back to the pool.</summary>
    /// <param name="validators">Everyone's part of the proceeds.</param>
    /// <returns>TAO for the stakers by hotkey, in rao, and what root has to be told.</returns>
    public static (ImmutableSortedDictionary<AccountId, Alpha> Dividends, IReadOnlyList<RootAccrual> Accruals) Pay(
        EpochStakes stakes, SubnetBooks books, Tao proceeds, IReadOnlyList<ValidatorPay> validators)
    {
        var dividends = ImmutableSortedDictionary.CreateBuilder<AccountId, Alpha>();
        var accruals = new List<RootAccrual>(validators.Count);
        var paid = Tao.Zero;
        foreach (var (hotkey, _, part) in validators)
        {
            var split = TakeSplit.Of(part, stakes.TakeOf(hotkey));
            dividends.Add(hotkey, split.Rest);
            var pay = new RootPay(stakes.OwnerOf(hotkey), new Tao(split.Take.Rao), new Tao(split.Rest.Rao));
            if (pay.Take.IsZero && pay.Rest.IsZero) continue;
            accruals.Add(new RootAccrual(hotkey, I96F32.Zero, Alpha.Zero) { Pay = pay });
            paid += pay.Take + pay.Rest;
        }

        var left = proceeds - paid;
        books.TaoReserve = books.TaoReserve.AddSaturating(left);
        books.TotalStake += left.Rao;
        books.AccountTao -= paid;
        books.RootSellTao = books.RootSellTao.AddSaturating(paid);
        books.FlowProtocol = SignedFlow.Subtract(books.FlowProtocol, paid.Rao);
        return (dividends.ToImmutable(), accruals);
    }

    /// <summary>Root's side: the TAO arrives, the owner's take is staked first, and the rest is everybody's.</summary>
    /// <remarks>What was owed as claims under other rules stays what it was: the owner's mark rises, and the rates fall as the stakes rise.</remarks>
    public static void Stake(LedgerScope scope, AccountId hotkey, RootPay pay)
    {
        var root = scope.Books(NetUid.Root);
        var tao = pay.Take + pay.Rest;
        root.AccountTao = root.AccountTao.AddSaturating(tao);
        root.TaoReserve = root.TaoReserve.AddSaturating(tao);
        root.AlphaOutstanding = root.AlphaOutstanding.AddSaturating(new Alpha(tao.Rao));
        root.TotalStake += tao.Rao;

        // Without a staker there is nobody to share with but the owner.
        var isShared = !scope.GetHotkeyPool(NetUid.Root, hotkey).Denominator.IsZero;
        StakeOf(scope, hotkey, pay.Owner, new Alpha(isShared ? pay.Take.Rao : tao.Rao));
        if (isShared) StakeOfAll(scope, hotkey, new Alpha(pay.Rest.Rao));
    }

    private static void StakeOf(LedgerScope scope, AccountId hotkey, AccountId owner, Alpha amount)
    {
        if (amount.IsZero) return;
        ShareLedger.Increase(scope, new PositionKey(NetUid.Root, hotkey, owner), amount);
        RootStake.Added(scope, hotkey, owner, amount);
    }

    private static void StakeOfAll(LedgerScope scope, AccountId hotkey, Alpha amount)
    {
        if (amount.IsZero) return;
        var before = scope.GetHotkeyPool(NetUid.Root, hotkey).Value;
        ShareLedger.IncreaseForAll(scope, NetUid.Root, hotkey, amount);
        var rates = scope.GetClaimRates(hotkey).BySubnet;
        if (rates.IsEmpty) return;
        var after = scope.GetHotkeyPool(NetUid.Root, hotkey).Value;
        scope.SetClaimRates(hotkey, new ClaimRates(rates.ToImmutableSortedDictionary(rate => rate.Key, rate => Scale(rate.Value, before, after))));
    }

    /// <summary>rate x before / after, floored; rates are never negative.</summary>
    private static I96F32 Scale(I96F32 rate, Alpha before, Alpha after)
    {
        WideMath.Multiply(FixedPoint.ToUnsigned(rate.Bits), before.Rao, out var high, out var low);
        return new I96F32((Int128)WideMath.Divide(high, low, after.Rao));
    }

    /// <summary>A stable subnet gives one for one, and may have less TAO than alpha.</summary>
    private static bool CanPay(SubnetBooks books, Alpha alpha) => books.Mechanism == 1 || alpha.Rao <= books.TaoReserve.Rao;
}
