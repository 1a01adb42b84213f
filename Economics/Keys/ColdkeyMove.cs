using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Keys;

/// <summary>All that a coldkey has goes over to another one.</summary>
/// <remarks>
/// <para>Source: swap/swap_coldkey.rs :: do_swap_coldkey. The choice of what becomes of root dividends stays with the former coldkey, as on the chain.</para>
/// <para>The marks of claimed root dividends go over with every root position. The chain moves the mark of a subnet only where the coldkey holds alpha there
/// as well, and what was claimed on others could be claimed again by the new coldkey: alpha that nobody has earned. This ledger does not follow it there.</para>
/// <para>That the new coldkey has no lock needs no check of its own: who has one has staked.</para>
/// </remarks>
internal static class ColdkeyMove
{
    public static LedgerError Execute(LedgerScope scope, AccountId former, AccountId next)
    {
        AccountId[] hotkeys = [.. scope.StakingHotkeys(former)];
        if (scope.StakingHotkeys(next).Count > 0) return LedgerError.ColdKeyAlreadyAssociated;
        if (scope.GetHotkey(next) is not null) return LedgerError.NewColdKeyIsHotkey;
        if (next.IsSubnetAccount) return LedgerError.CannotUseSystemAccount;

        MoveIdentity(scope, former, next);
        foreach (var netuid in scope.Subnets)
        {
            MoveSubnet(scope, netuid, former, next);
            foreach (var hotkey in hotkeys) MoveStake(scope, new PositionKey(netuid, hotkey, former), next);
            SwappedLocks.MoveColdkey(scope, netuid, former, next);
        }

        foreach (var hotkey in hotkeys) MoveClaims(scope, hotkey, former, next);
        if (scope.IsClaimIndexed(former) && former != next) scope.SetClaimIndexed(former, isIn: false);
        if (hotkeys.Length > 0)
        {
            scope.SwapStakingHotkeys(former, hotkeys, []);
            scope.SwapStakingHotkeys(next, [], hotkeys);
        }

        foreach (var hotkey in scope.OwnedHotkeys(former).Order().ToArray()) scope.SetHotkey(hotkey, scope.GetHotkey(hotkey)! with { Owner = next });
        var error = TaoLedger.Transfer(scope, former, next, TaoLedger.Balance(scope, former));
        if (error == LedgerError.None) KeySwapMarks.Set(scope, next, scope.Block.Value);
        return error;
    }

    /// <summary>A coldkey that presents itself already goes on as it does, and so does the former one then.</summary>
    private static void MoveIdentity(LedgerScope scope, AccountId former, AccountId next)
    {
        if (scope.GetIdentity(next) is not null || scope.GetIdentity(former) is not { } identity) return;
        scope.SetIdentity(former, null);
        scope.SetIdentity(next, identity);
    }

    private static void MoveSubnet(LedgerScope scope, NetUid netuid, AccountId former, AccountId next)
    {
        if (scope.TryGetBooks(netuid, out var books) && books.Owner == former) scope.Books(netuid).Owner = next;
        var metagraph = scope.GetMetagraph(netuid);
        if (!metagraph.AutoStake.TryGetValue(former, out var destination)) return;
        scope.SetMetagraph(netuid, metagraph with { AutoStake = metagraph.AutoStake.Remove(former).SetItem(next, destination) });
    }

    /// <summary>A position is taken and given at its whole value, and whoever holds root stake after that may be picked by automatic claims.</summary>
    private static void MoveStake(LedgerScope scope, PositionKey position, AccountId next)
    {
        if (scope.GetShare(position).IsZero) return;
        var alpha = ShareLedger.Position(scope, position);
        ShareLedger.Decrease(scope, position, alpha);
        ShareLedger.Increase(scope, position with { Coldkey = next }, alpha);
        if (position.Netuid.IsRoot && !ShareLedger.Position(scope, position with { Coldkey = next }).IsZero) scope.SetClaimIndexed(next, isIn: true);
    }

    private static void MoveClaims(LedgerScope scope, AccountId hotkey, AccountId former, AccountId next)
    {
        foreach (var claim in scope.ClaimsOn(hotkey).Where(claim => claim.Coldkey == former).ToArray()) ClaimMarks.Move(scope, claim, claim with { Coldkey = next });
    }
}
