using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;

namespace Dtao.Economics.Staking;

/// <summary>Positions: alpha of a coldkey on a hotkey on a subnet, kept as shares of the hotkey's pool.</summary>
/// <remarks>Source: rule book 01, 3.7; staking/stake_utils.rs. The casts to signed 64 bits are the reference's and wrap.</remarks>
public static class ShareLedger
{
    /// <summary>The value of a position; 0 when there is none.</summary>
    public static Alpha Position(ILedgerSource source, PositionKey position)
    {
        var share = source.GetShare(position);
        return share.IsZero ? Alpha.Zero : SharePool.Value(source.GetHotkeyPool(position.Netuid, position.Hotkey), share);
    }

    /// <summary>Adds to a position. The hotkey comes into the coldkey's list of staking hotkeys.</summary>
    /// <remarks>
    /// An amount of 0 changes nothing, but where a hotkey's pool has no shares in all, it takes away the share that rounding left of this position.
    /// </remarks>
    public static void Increase(LedgerScope scope, PositionKey position, Alpha amount)
    {
        if (amount.IsZero)
        {
            var isPoolEmpty = scope.GetHotkeyPool(position.Netuid, position.Hotkey).Denominator.IsZero;
            if (isPoolEmpty && !scope.GetShare(position).IsZero) scope.SetShare(position, default);
            return;
        }

        scope.AppendStakingHotkey(position.Coldkey, position.Hotkey);
        Update(scope, position, unchecked((long)amount.Rao));
    }

    /// <summary>Takes from a position; does nothing, silently, when it holds less than that.</summary>
    public static void Decrease(LedgerScope scope, PositionKey position, Alpha amount)
    {
        if (scope.GetShare(position).IsZero || Position(scope, position) < amount) return;
        Update(scope, position, unchecked(-(long)amount.Rao));
    }

    /// <summary>Adds to all positions on a hotkey at once, by their shares; the number of them does not matter.</summary>
    /// <remarks>Source: rule book 01, 3.4; staking/stake_utils.rs :: increase_stake_for_hotkey_on_subnet.</remarks>
    public static void IncreaseForAll(LedgerScope scope, NetUid netuid, AccountId hotkey, Alpha amount) =>
        scope.SetHotkeyPool(netuid, hotkey, SharePool.UpdateAll(scope.GetHotkeyPool(netuid, hotkey), unchecked((long)amount.Rao)));

    /// <summary>Whether the hotkey's pool is precise enough to tell this amount from nothing.</summary>
    /// <remarks>Source: rule book 01, 3.5; staking/stake_utils.rs :: try_increase_stake_for_hotkey_and_coldkey_on_subnet.</remarks>
    public static bool CanIncrease(ILedgerSource source, NetUid netuid, AccountId hotkey, Alpha amount) =>
        SharePool.CanStake(source.GetHotkeyPool(netuid, hotkey), unchecked((long)amount.Rao));

    private static void Update(LedgerScope scope, PositionKey position, long delta)
    {
        var pool = scope.GetHotkeyPool(position.Netuid, position.Hotkey);
        var after = SharePool.UpdateOne(pool, scope.GetShare(position), delta);
        scope.SetHotkeyPool(position.Netuid, position.Hotkey, after.Pool);
        scope.SetShare(position, after.Share);
    }
}
