using Dtao.Economics.Claims;
using Dtao.Economics.Ledger;
using Dtao.Economics.Locks;
using Dtao.Economics.Pools;

namespace Dtao.Economics.Staking;

/// <summary>What staking and unstaking do to the books, once a call is allowed.</summary>
/// <remarks>
/// Source: rule book 01, section 5; staking/stake_utils.rs. A step that fails leaves what was done before it in the scope: the caller
/// either throws the scope away or, in the one place where the chain ignores the error, keeps it.
/// </remarks>
internal static class StakeOperations
{
    /// <summary>Buys alpha with TAO that is already on the subnet's account.</summary>
    /// <remarks>Source: 5.2 :: swap_tao_for_alpha. TotalStake and volume grow by the gross amount (trap 2.5).</remarks>
    public static LedgerError SwapTaoForAlpha(SubnetBooks books, Tao tao, LimitPrice limit, bool dropFees, out SwapFill fill)
    {
        var error = Market.Swap(books, SwapSide.Buy, tao.Rao, limit, dropFees, out fill);
        if (error != LedgerError.None) return error;

        var bought = new Alpha(fill.PaidOut);
        books.AlphaReserve = books.AlphaReserve.SubtractSaturating(bought);
        books.AlphaOutstanding = books.AlphaOutstanding.AddSaturating(bought);
        books.TaoReserve = books.TaoReserve.AddSaturating(new Tao(fill.PaidIn));
        books.TotalStake += tao.Rao;
        books.Volume = SaturatingMath.Add(books.Volume, tao.Rao);
        return LedgerError.None;
    }

    /// <summary>Sells alpha for TAO that stays on the subnet's account until it is paid out.</summary>
    /// <remarks>Source: 5.3 :: swap_alpha_for_tao. The alpha fee stays outstanding.</remarks>
    public static LedgerError SwapAlphaForTao(SubnetBooks books, Alpha alpha, LimitPrice limit, bool dropFees, out SwapFill fill)
    {
        var error = Market.Swap(books, SwapSide.Sell, alpha.Rao, limit, dropFees, out fill);
        if (error != LedgerError.None) return error;

        var sold = new Alpha(fill.PaidIn);
        books.AlphaReserve = books.AlphaReserve.AddSaturating(sold);
        books.AlphaOutstanding = books.AlphaOutstanding.SubtractSaturating(sold);
        books.TaoReserve = books.TaoReserve.SubtractSaturating(new Tao(fill.PaidOut));
        books.TotalStake -= fill.PaidOut;
        books.Volume = SaturatingMath.Add(books.Volume, fill.PaidOut);
        return LedgerError.None;
    }

    /// <summary>Moves TAO of a coldkey into a subnet and books the alpha as its position.</summary>
    /// <remarks>Source: 5.4 :: stake_into_subnet.</remarks>
    public static LedgerError StakeInto(
        CallRun run, PositionKey position, Tao tao, LimitPrice limit, bool dropFees, out Alpha bought)
    {
        bought = Alpha.Zero;
        var scope = run.Scope;
        var error = TaoLedger.TransferToSubnet(scope, position.Netuid, position.Coldkey, tao, out var moved);
        if (error != LedgerError.None) return error;
        if (!scope.TryGetBooks(position.Netuid, out _)) return LedgerError.SubnetNotExists;

        error = SwapTaoForAlpha(scope.Books(position.Netuid), moved, limit, dropFees, out var fill);
        if (error != LedgerError.None) return error;
        if (fill.PaidOut == 0) return LedgerError.AmountTooLow;
        bought = new Alpha(fill.PaidOut);
        if (!ShareLedger.CanIncrease(scope, position.Netuid, position.Hotkey, bought)) return LedgerError.InsufficientLiquidity;
        ShareLedger.Increase(scope, position, bought);

        error = PayBuyFee(scope, position.Netuid, new Tao(fill.FeeToAuthor));
        if (error != LedgerError.None) return error;

        AddFlow(scope.Books(position.Netuid), fill.PaidIn);
        LockedStake.CleanUp(scope, position.Netuid, position.Coldkey);
        if (position.Netuid.IsRoot)
        {
            RootStake.Added(scope, position.Hotkey, position.Coldkey, bought);
            scope.SetClaimIndexed(position.Coldkey, isIn: true);
        }

        run.Add(new StakeMove(
            StakeMoveKind.In, position.Netuid, position.Hotkey, position.Coldkey, moved, bought, fill.Fee));
        return LedgerError.None;
    }

    /// <summary>Sells alpha of a position and pays the TAO to a beneficiary.</summary>
    /// <remarks>
    /// Source: 5.5 :: unstake_from_subnet. The fee is alpha; with an author it is sold in a second swap on the pool that the first
    /// swap left, and when that swap fails the whole unstake fails (5.5, traps a to c).
    /// </remarks>
    public static LedgerError UnstakeFrom(
        CallRun run, PositionKey position, AccountId beneficiary, Alpha alpha, LimitPrice limit, bool dropFees, out Tao paid)
    {
        paid = Tao.Zero;
        var scope = run.Scope;
        ShareLedger.Decrease(scope, position, alpha);

        var books = scope.Books(position.Netuid);
        var error = SwapAlphaForTao(books, alpha, limit, dropFees, out var fill);
        if (error != LedgerError.None) return error;

        var refund = alpha.SubtractSaturating(new Alpha(SaturatingMath.Add(fill.PaidIn, fill.Fee)));
        if (!refund.IsZero) ShareLedger.Increase(scope, position, refund);

        var proceeds = new Tao(fill.PaidOut);
        error = TaoLedger.TransferFromSubnet(scope, position.Netuid, beneficiary, proceeds);
        if (error != LedgerError.None) return error;

        error = PaySellFee(scope, books, new Alpha(fill.FeeToAuthor), out var authorTao);
        if (error != LedgerError.None) return error;

        if (position.Netuid.IsRoot)
        {
            // By what was asked for, also where less was there or was sold.
            RootStake.Removed(scope, position.Hotkey, position.Coldkey, alpha);
            RootStake.LeaveIndexWhenEmpty(scope, position.Coldkey);
        }

        SubtractFlow(books, proceeds.AddSaturating(authorTao).Rao);
        LockedStake.CleanUp(scope, position.Netuid, position.Coldkey);
        run.Add(new StakeMove(
            StakeMoveKind.Out, position.Netuid, position.Hotkey, position.Coldkey, proceeds, new Alpha(fill.PaidIn), fill.Fee));
        paid = proceeds;
        return LedgerError.None;
    }

    /// <summary>Moves alpha between two positions of one subnet, without a swap and without a fee.</summary>
    /// <remarks>
    /// Source: 5.7 :: transfer_stake_within_subnet. The minimum is checked after the move, on its worth at the spot price. On root nobody enters
    /// or leaves the index of automatic claims.
    /// </remarks>
    public static LedgerError TransferWithin(CallRun run, PositionKey origin, PositionKey destination, Alpha alpha)
    {
        var scope = run.Scope;
        var error = LockedStake.Transfer(scope, origin.Netuid, origin.Coldkey, destination.Coldkey, alpha);
        if (error != LedgerError.None) return error;
        ShareLedger.Decrease(scope, origin, alpha);
        if (origin.Netuid.IsRoot) RootStake.Removed(scope, origin.Hotkey, origin.Coldkey, alpha);
        ShareLedger.Increase(scope, destination, alpha);
        if (origin.Netuid.IsRoot) RootStake.Added(scope, destination.Hotkey, destination.Coldkey, alpha);

        if (!scope.TryGetBooks(origin.Netuid, out var books)) return LedgerError.SubnetNotExists;
        var worth = new Tao(Market.Price(books).MultiplySaturating(U64F64.FromInteger(alpha.Rao)).ToUInt64Saturating());
        if (worth < NetworkParameters.MinStake) return LedgerError.AmountTooLow;

        run.Add(new StakeMove(StakeMoveKind.Out, origin.Netuid, origin.Hotkey, origin.Coldkey, worth, alpha, 0));
        run.Add(new StakeMove(StakeMoveKind.In, destination.Netuid, destination.Hotkey, destination.Coldkey, worth, alpha, 0));
        return LedgerError.None;
    }

    /// <summary>Takes alpha out of the outstanding amount for good, so that it can be minted again.</summary>
    /// <remarks>Source: coinbase/alpha.rs :: recycle_subnet_alpha.</remarks>
    public static void RecycleAlpha(SubnetBooks books, Alpha amount)
    {
        books.AlphaOutstanding = books.AlphaOutstanding.SubtractSaturating(amount);
        books.RecycledAlpha = books.RecycledAlpha.AddSaturating(amount);
    }

    /// <summary>Marks alpha as burned; it stays in the outstanding amount.</summary>
    /// <remarks>Source: coinbase/alpha.rs :: burn_subnet_alpha.</remarks>
    public static void BurnAlpha(SubnetBooks books, Alpha amount) => books.BurnedAlpha = books.BurnedAlpha.AddSaturating(amount);

    /// <summary>The fee of a buy: TAO from the subnet's account to the author, or to the burn account when there is none.</summary>
    private static LedgerError PayBuyFee(LedgerScope scope, NetUid netuid, Tao fee)
    {
        if (scope.Parameters.Author is { } author) return TaoLedger.TransferFromSubnet(scope, netuid, author, fee);

        // The chain ignores a refused burn: the fee then stays on the subnet's account as a stray amount.
        _ = TaoLedger.BurnFromSubnet(scope, netuid, fee);
        return LedgerError.None;
    }

    private static LedgerError PaySellFee(LedgerScope scope, SubnetBooks books, Alpha fee, out Tao authorTao)
    {
        authorTao = Tao.Zero;
        if (scope.Parameters.Author is not { } author)
        {
            BurnAlpha(books, fee);
            return LedgerError.None;
        }

        // Also with a fee of 0: the empty swap still checks the reserve and the price.
        var error = SwapAlphaForTao(books, fee, LimitPrice.Lowest, dropFees: true, out var fill);
        if (error != LedgerError.None) return error;
        authorTao = new Tao(fill.PaidOut);
        return TaoLedger.TransferFromSubnet(scope, books.Netuid, author, authorTao);
    }

    /// <summary>Source: coinbase/subnet_emissions.rs :: record_tao_inflow; the cast wraps, the sum clamps.</summary>
    private static void AddFlow(SubnetBooks books, ulong rao) => books.FlowUser = SignedFlow.Add(books.FlowUser, rao);

    private static void SubtractFlow(SubnetBooks books, ulong rao) => books.FlowUser = SignedFlow.Subtract(books.FlowUser, rao);
}
