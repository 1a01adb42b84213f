using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Locks;

/// <summary>What becomes of the owner's cut when it has been staked to the owner: leased subnets share it out, and it may be locked.</summary>
/// <remarks>Source: rule book 02, 8.4-1 and 11.5; coinbase/run_coinbase.rs :: distribute_dividends_and_incentives.</remarks>
internal static class OwnerCut
{
    /// <summary>Blocks between two distributions of a lease: only an epoch in a multiple of it shares out.</summary>
    private const ulong DistributionInterval = 100;

    public static void Follow(LedgerScope scope, SubnetBooks books, Alpha cut)
    {
        ShareOut(scope, books.Netuid, cut);
        if (books.Hyper.OwnerCutAutoLock) Lock(scope, books, cut);
    }

    /// <summary>Locks the cut, to the hotkey that the owner's lock is for, or to the owner's hotkey when it has none.</summary>
    /// <remarks>Source: staking/lock.rs :: auto_lock_owner_cut. A refusal is ignored there too: the cut is then staked and free.</remarks>
    private static void Lock(LedgerScope scope, SubnetBooks books, Alpha cut)
    {
        if (books is not { Owner: { } owner, OwnerHotkey: { } ownerHotkey }) return;
        var hotkey = new LockLedger(scope, books.Netuid).Find(owner)?.Hotkey ?? ownerHotkey;
        _ = LockCalls.Lock(scope, owner, books.Netuid, hotkey, cut);
    }

    /// <summary>Puts the contributors' part aside, and in a block for it shares out what has come together. All get it, or nobody.</summary>
    /// <remarks>
    /// Source: subnets/leasing.rs :: distribute_leased_network_dividends. Contributors come in ascending order of account, on the chain in that
    /// of its store. What goes to the beneficiary is the rest of the contributors' part; the rest of the cut stays where it is.
    /// </remarks>
    private static void ShareOut(LedgerScope scope, NetUid netuid, Alpha cut)
    {
        if (scope.GetMetagraph(netuid).Lease is not { } lease || lease.EndBlock <= scope.Block) return;
        var total = lease.Accrued.AddSaturating(PartOf(cut, lease.EmissionsShare));
        if (scope.Block.Value % DistributionInterval == 0)
        {
            var child = new LedgerScope(scope);
            if (Pay(child, netuid, lease, total))
            {
                scope.Merge(child);
                total = Alpha.Zero;
            }
        }

        scope.SetMetagraph(netuid, scope.GetMetagraph(netuid) with { Lease = lease with { Accrued = total } });
    }

    /// <summary>Rounded up, in favour of the contributors.</summary>
    private static Alpha PartOf(Alpha cut, byte percent) => new((ulong)((((UInt128)cut.Rao * percent) + 99) / 100));

    private static bool Pay(LedgerScope scope, NetUid netuid, SubnetLease lease, Alpha total)
    {
        var paid = Alpha.Zero;
        foreach (var (contributor, share) in lease.Shares)
        {
            var part = new Alpha(share.MultiplySaturating(U64F64.FromInteger(total.Rao)).CeilingSaturating().ToUInt64Saturating());
            if (!Give(scope, netuid, lease, contributor, part)) return false;
            paid = paid.AddSaturating(part);
        }

        return Give(scope, netuid, lease, lease.Beneficiary, total.SubtractSaturating(paid));
    }

    private static bool Give(LedgerScope scope, NetUid netuid, SubnetLease lease, AccountId to, Alpha amount) =>
        StakeOperations.TransferWithin(
            new CallRun(scope, lease.Coldkey), new PositionKey(netuid, lease.Hotkey, lease.Coldkey), new PositionKey(netuid, lease.Hotkey, to), amount)
        == LedgerError.None;
}
