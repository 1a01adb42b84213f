using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Leases;

/// <summary>terminate_lease: the beneficiary of a lease that has ended takes the subnet over.</summary>
/// <remarks>Source: subnets/leasing.rs :: do_terminate_lease. On the chain the lease is named by its number, here by its subnet, which has at most one.</remarks>
internal static class LeaseCalls
{
    /// <remarks>What was put aside and not shared out stays staked by the lease's coldkey, as on the chain.</remarks>
    public static LedgerError Terminate(CallRun run, NetUid netuid, AccountId hotkey)
    {
        var scope = run.Scope;
        if (!scope.TryGetBooks(netuid, out _) || scope.GetMetagraph(netuid).Lease is not { } lease) return LedgerError.LeaseDoesNotExist;
        if (lease.Beneficiary != run.Signer) return LedgerError.ExpectedBeneficiaryOrigin;
        if (lease.EndBlock is not { } end) return LedgerError.LeaseHasNoEndBlock;
        if (scope.Block < end) return LedgerError.LeaseHasNotEnded;
        if (!StakeRules.IsOwner(scope, hotkey, run.Signer)) return LedgerError.BeneficiaryDoesNotOwnHotkey;
        var books = scope.Books(netuid);
        (books.Owner, books.OwnerHotkey) = (run.Signer, hotkey);
        scope.SetMetagraph(netuid, scope.GetMetagraph(netuid) with { Lease = null });
        return LedgerError.None;
    }
}
