using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Keys;

/// <summary>swap_hotkey and swap_hotkey_v2: a coldkey puts one of its hotkeys in the place of another, on one subnet or on all.</summary>
/// <remarks>
/// Source: rule book 01, 12.1; swap/swap_hotkey.rs. On all subnets the former hotkey loses its owner; stake that is kept on it can then be moved only
/// when somebody owns it again. On the chain one subnet may be named that does not exist; after the chain's own checks that is refused here.
/// </remarks>
internal static class HotkeySwap
{
    public static CallOutcome Execute(CallRun run, AccountId former, AccountId next, NetUid? netuid, bool keepsStake)
    {
        var error = Check(run, former, next, netuid);
        if (error != LedgerError.None) return CallOutcome.Refused(error);
        error = netuid is { } only ? OnOne(run, former, next, only, keepsStake) : OnAll(run, former, next, keepsStake);
        return error != LedgerError.None
            ? CallOutcome.Refused(error)
            : new CallOutcome(LedgerError.None) { Paid = netuid is null ? KeySwapCosts.Whole : KeySwapCosts.OneSubnet };
    }

    /// <summary>The checks that both ways share.</summary>
    private static LedgerError Check(CallRun run, AccountId former, AccountId next, NetUid? netuid)
    {
        var (scope, coldkey) = (run.Scope, run.Signer);
        if (!StakeRules.IsOwner(scope, former, coldkey)) return LedgerError.NonAssociatedColdKey;
        if (scope.GetHotkey(next) is { } record && record.Owner != coldkey) return LedgerError.NonAssociatedColdKey;
        if (former == next) return LedgerError.NewHotKeyIsSameWithOld;
        if (KeySwapMarks.IsTooSoon(scope, coldkey)) return LedgerError.HotKeySetTxRateLimitExceeded;
        if (netuid is { } only ? IsNamedOn(scope, only, next) : scope.Subnets.Any(subnet => scope.GetMetagraph(subnet).UidOf(next) is not null))
            return LedgerError.HotKeyAlreadyRegisteredInSubNet;
        return netuid is null or { IsRoot: true } && !IsCleanOnRoot(scope, next) ? LedgerError.NewHotKeyNotCleanForRootSwap : LedgerError.None;
    }

    /// <summary>A hotkey that a swap has brought to a subnet without a uid counts as well.</summary>
    private static bool IsNamedOn(LedgerScope scope, NetUid netuid, AccountId hotkey)
    {
        var metagraph = scope.GetMetagraph(netuid);
        return metagraph.Unseated.ContainsKey(hotkey) || metagraph.UidOf(hotkey) is not null;
    }

    /// <summary>No rates, no root stake, and no marks of root itself: dividends of two hotkeys must not run together.</summary>
    private static bool IsCleanOnRoot(LedgerScope scope, AccountId hotkey) =>
        scope.GetClaimRates(hotkey).BySubnet.IsEmpty
        && scope.GetHotkeyPool(NetUid.Root, hotkey).Value.IsZero
        && !scope.ClaimsOn(hotkey).Any(claim => claim.Netuid.IsRoot);

    /// <remarks>
    /// A coldkey that has never swapped there counts as one that did in block 0, so that nobody can before the interval has passed once. Source:
    /// :: swap_hotkey_on_subnet.
    /// </remarks>
    private static LedgerError OnOne(CallRun run, AccountId former, AccountId next, NetUid netuid, bool keepsStake)
    {
        var (scope, coldkey) = (run.Scope, run.Signer);
        if (!KeySwapMarks.IsIntervalOver(scope, KeySwapMarks.LastOn(scope, netuid, coldkey))) return LedgerError.HotKeySwapOnSubnetIntervalNotPassed;
        if (next.IsSubnetAccount) return LedgerError.CannotUseSystemAccount;
        var error = Pay(scope, coldkey, KeySwapCosts.OneSubnet);
        if (error != LedgerError.None) return error;
        if (!scope.TryGetBooks(netuid, out _)) return LedgerError.SubnetNotExists;

        KeySwapMarks.Set(scope, next, KeySwapMarks.Last(scope, former));
        var lastChange = scope.GetHotkey(former)!.LastTakeChange;
        scope.SetHotkey(next, (scope.GetHotkey(next) ?? new HotkeyRecord(coldkey)) with { LastTakeChange = lastChange });
        SwappedLocks.MoveHotkey(scope, netuid, former, next);
        error = SwappedSubnet.Move(scope, netuid, former, next, keepsStake, out var stakers);
        if (error != LedgerError.None) return error;

        foreach (var staker in stakers)
        {
            if (!scope.KeepsStakingHotkeys || scope.StakingHotkeys(staker).Contains(former)) scope.SwapStakingHotkeys(staker, [], [next]);
        }

        KeySwapMarks.Set(scope, coldkey, scope.Block.Value);
        KeySwapMarks.SetOn(scope, netuid, coldkey);
        return LedgerError.None;
    }

    /// <summary>Only subnets where the hotkey has a uid or children ask for the interval, and only when the coldkey has swapped there before.</summary>
    /// <remarks>Source: :: do_swap_hotkey, perform_hotkey_swap_on_all_subnets.</remarks>
    private static LedgerError OnAll(CallRun run, AccountId former, AccountId next, bool keepsStake)
    {
        var (scope, coldkey) = (run.Scope, run.Signer);
        var affected = scope.Subnets.Where(netuid => TakesPart(scope.GetMetagraph(netuid), former)).ToArray();
        foreach (var netuid in affected)
        {
            if (KeySwapMarks.LastOn(scope, netuid, coldkey) is var last and not 0 && !KeySwapMarks.IsIntervalOver(scope, last))
                return LedgerError.HotKeySwapOnSubnetIntervalNotPassed;
        }

        var error = Pay(scope, coldkey, KeySwapCosts.Whole);
        if (error != LedgerError.None) return error;
        if (next.IsSubnetAccount) return LedgerError.CannotUseSystemAccount;

        KeySwapMarks.Set(scope, next, KeySwapMarks.Last(scope, former));
        var stakers = scope.Subnets.SelectMany(netuid => scope.StakesOn(netuid, former)).Select(position => position.Coldkey).Distinct().Order().ToArray();
        foreach (var netuid in scope.Subnets) SwappedLocks.MoveHotkey(scope, netuid, former, next);
        MoveRecord(scope, coldkey, former, next);
        foreach (var netuid in scope.Subnets)
        {
            error = SwappedSubnet.Move(scope, netuid, former, next, keepsStake, out _);
            if (error != LedgerError.None) return error;
        }

        foreach (var staker in keepsStake ? [] : stakers)
        {
            if (!scope.KeepsStakingHotkeys || scope.StakingHotkeys(staker).Contains(former)) scope.SwapStakingHotkeys(staker, [former, next], [next]);
        }

        if (!keepsStake) KeySwapMarks.SetAway(scope, former, next);
        KeySwapMarks.Set(scope, former, 0);
        foreach (var netuid in affected) KeySwapMarks.SetOn(scope, netuid, coldkey);
        KeySwapMarks.Set(scope, coldkey, scope.Block.Value);
        return LedgerError.None;
    }

    private static bool TakesPart(Metagraph metagraph, AccountId hotkey) => metagraph.UidOf(hotkey) is not null || !metagraph.ChildrenOf(hotkey).IsEmpty;

    /// <summary>The whole balance is looked at first, and then what the account can spend without vanishing.</summary>
    private static LedgerError Pay(LedgerScope scope, AccountId coldkey, Tao cost) =>
        TaoLedger.Balance(scope, coldkey) < cost ? LedgerError.NotEnoughBalanceToPaySwapHotKey : TaoLedger.Recycle(scope, coldkey, cost);

    /// <summary>The take goes along where one was set.</summary>
    private static void MoveRecord(LedgerScope scope, AccountId coldkey, AccountId former, AccountId next)
    {
        var (left, standing) = (scope.GetHotkey(former)!, scope.GetHotkey(next) ?? new HotkeyRecord(coldkey));
        scope.RemoveHotkey(former);
        scope.SetHotkey(next, standing with { StoredTake = left.StoredTake ?? standing.StoredTake, LastTakeChange = left.LastTakeChange });
    }
}
