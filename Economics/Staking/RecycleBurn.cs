using Dtao.Economics.Ledger;
using Dtao.Economics.Locks;

namespace Dtao.Economics.Staking;

/// <summary>recycle_alpha, burn_alpha, add_stake_burn, and add_stake_recycle.</summary>
/// <remarks>Source: rule book 01, 6.10 and 6.11; staking/recycle_alpha.rs.</remarks>
internal static class RecycleBurn
{
    public static LedgerError Recycle(CallRun run, PositionKey position, Alpha requested, out Alpha taken)
    {
        var error = Take(run.Scope, position, requested, out taken);
        if (error == LedgerError.None) StakeOperations.RecycleAlpha(run.Scope.Books(position.Netuid), taken);
        return error;
    }

    public static LedgerError Burn(CallRun run, PositionKey position, Alpha requested, out Alpha taken)
    {
        var error = Take(run.Scope, position, requested, out taken);
        if (error == LedgerError.None) StakeOperations.BurnAlpha(run.Scope.Books(position.Netuid), taken);
        return error;
    }

    /// <summary>Stakes, then burns exactly the alpha received.</summary>
    public static LedgerError AddStakeBurn(CallRun run, PositionKey position, Tao amount, LimitPrice? limit, out Alpha burned)
    {
        var error = Buy(run, position, amount, limit, out burned);
        return error != LedgerError.None ? error : Burn(run, position, burned, out _);
    }

    /// <summary>Stakes, then recycles exactly the alpha received.</summary>
    public static LedgerError AddStakeRecycle(CallRun run, PositionKey position, Tao amount, LimitPrice? limit, out Alpha recycled)
    {
        var error = Buy(run, position, amount, limit, out recycled);
        return error != LedgerError.None ? error : Recycle(run, position, recycled, out _);
    }

    private static LedgerError Buy(CallRun run, PositionKey position, Tao amount, LimitPrice? limit, out Alpha bought) => limit is { } price
        ? AddStake.AtLimit(run, position, amount, price, allowPartial: false, out bought)
        : AddStake.AtMarket(run, position, amount, out bought);

    /// <summary>Takes alpha out of a position, at most all of it.</summary>
    private static LedgerError Take(LedgerScope scope, PositionKey position, Alpha requested, out Alpha taken)
    {
        taken = Alpha.Zero;
        if (!scope.TryGetBooks(position.Netuid, out var books)) return LedgerError.SubnetNotExists;
        if (books.IsRoot) return LedgerError.CannotBurnOrRecycleOnRootSubnet;
        if (!books.SubtokenEnabled) return LedgerError.SubtokenDisabled;
        if (scope.GetHotkey(position.Hotkey) is null) return LedgerError.HotKeyAccountNotExists;

        var amount = Alpha.Min(requested, ShareLedger.Position(scope, position));
        if (books.AlphaOutstanding < amount) return LedgerError.InsufficientLiquidity;
        var error = LockedStake.CheckAvailable(scope, position.Netuid, position.Coldkey, amount);
        if (error != LedgerError.None) return error;
        ShareLedger.Decrease(scope, position, amount);
        taken = amount;
        return LedgerError.None;
    }
}
