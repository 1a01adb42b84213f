using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Neurons;

/// <summary>set_coldkey_auto_stake_hotkey: where a coldkey wants the pay of its miners on a subnet to be staked.</summary>
/// <remarks>Source: rule book 01, 6.13; macros/dispatches.rs :: set_coldkey_auto_stake_hotkey. The hotkey need not be the coldkey's own.</remarks>
internal static class AutoStake
{
    public static LedgerError Set(CallRun run, NetUid netuid, AccountId hotkey)
    {
        var scope = run.Scope;
        if (!scope.TryGetBooks(netuid, out _)) return LedgerError.SubnetNotExists;
        var metagraph = scope.GetMetagraph(netuid);
        if (metagraph.UidOf(hotkey) is null) return LedgerError.HotKeyNotRegisteredInSubNet;
        if (metagraph.AutoStake.TryGetValue(run.Signer, out var present) && present == hotkey) return LedgerError.SameAutoStakeHotkeyAlreadySet;

        scope.SetMetagraph(netuid, metagraph with { AutoStake = metagraph.AutoStake.SetItem(run.Signer, hotkey) });
        return LedgerError.None;
    }
}
