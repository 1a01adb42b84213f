using Dtao.Economics.Ledger;

namespace Dtao.Economics.Staking;

/// <summary>unstake_all and unstake_all_alpha.</summary>
/// <remarks>Source: rule book 01, 6.6 and 6.7; staking/remove_stake.rs :: do_unstake_all, do_unstake_all_alpha.</remarks>
internal static class UnstakeAll
{
    /// <summary>Sells every position of the signer on a hotkey that can be sold; succeeds also when there is none.</summary>
    public static LedgerError ToFree(CallRun run, AccountId hotkey) =>
        run.Scope.GetHotkey(hotkey) is null
            ? LedgerError.HotKeyAccountNotExists
            : SellEverywhere(run, hotkey, isRootIncluded: true, out _);

    /// <summary>Sells every position but that on root, and stakes the sum on root; refused when nothing was sold.</summary>
    public static LedgerError ToRoot(CallRun run, AccountId hotkey)
    {
        if (run.Scope.GetHotkey(hotkey) is null) return LedgerError.HotKeyAccountNotExists;
        var error = SellEverywhere(run, hotkey, isRootIncluded: false, out var total);
        if (error != LedgerError.None) return error;

        var root = new PositionKey(NetUid.Root, hotkey, run.Signer);
        return StakeOperations.StakeInto(run, root, total, LimitPrice.Highest, dropFees: false, out _);
    }

    private static LedgerError SellEverywhere(CallRun run, AccountId hotkey, bool isRootIncluded, out Tao total)
    {
        total = Tao.Zero;
        var scope = run.Scope;
        foreach (var netuid in scope.Subnets)
        {
            if (netuid.IsRoot && !isRootIncluded) continue;
            if (!StakeRules.IsSubtokenEnabled(scope, netuid)) continue;

            var position = new PositionKey(netuid, hotkey, run.Signer);
            var alpha = ShareLedger.Position(scope, position);
            if (RemoveStake.Validate(scope, position, alpha, alpha, allowPartial: false) != LedgerError.None) continue;

            var error = StakeOperations.UnstakeFrom(run, position, run.Signer, alpha, LimitPrice.Lowest, dropFees: false, out var paid);
            if (error != LedgerError.None) return error;
            total = total.AddSaturating(paid);
            SmallNominations.Clear(run, position);
        }

        return LedgerError.None;
    }
}
