using Dtao.Economics.Ledger;

namespace Dtao.Economics.Staking;

/// <summary>start_call: the owner opens trading and emission of a subnet.</summary>
/// <remarks>Source: rule book 01, 10.7; subnets/subnet.rs :: do_start_call.</remarks>
internal static class StartCall
{
    public static LedgerError Execute(CallRun run, NetUid netuid)
    {
        var scope = run.Scope;
        if (!scope.TryGetBooks(netuid, out var books)) return LedgerError.SubnetNotExists;
        if (books.Owner != run.Signer) return LedgerError.BadOrigin;
        if (books.FirstEmissionBlock is not null) return LedgerError.FirstEmissionBlockNumberAlreadySet;
        var earliest = SaturatingMath.Add(books.RegisteredAt.Value, scope.Parameters.StartCallDelay);
        if (scope.Block.Value < earliest) return LedgerError.NeedWaitingMoreBlocksToStarCall;

        var own = scope.Books(netuid);
        own.FirstEmissionBlock = scope.Block.Next;
        own.SubtokenEnabled = true;
        return LedgerError.None;
    }
}
