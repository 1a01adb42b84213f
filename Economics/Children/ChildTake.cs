using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Children;

/// <summary>set_childkey_take, and the take as it counts.</summary>
/// <remarks>Source: rule book 02, 9.2; staking/set_children.rs :: do_set_childkey_take, get_childkey_take.</remarks>
public static class ChildTake
{
    /// <summary>What a hotkey keeps of the dividends that it earns with its parents' stake, at least the subnet's and the network's minimum; parts of 65535.</summary>
    public static Take Of(SubnetBooks books, NetworkParameters parameters, Metagraph metagraph, AccountId hotkey) =>
        new(Math.Max(metagraph.ChildTakes.GetValueOrDefault(hotkey), Least(books, parameters)));

    private static ushort Least(SubnetBooks? books, NetworkParameters parameters) => Math.Max(parameters.MinChildTake.Parts, books?.Hyper.MinChildTake ?? 0);

    /// <summary>Only raising the take is limited in rate, but lowering it starts the wait anew as well. A take that is set counts at once.</summary>
    /// <remarks>
    /// The chain stores the take also for a subnet that does not exist. Here nobody could keep it: after the chain's own checks it is refused.
    /// </remarks>
    internal static LedgerError Set(CallRun run, NetUid netuid, AccountId hotkey, Take take)
    {
        var scope = run.Scope;
        if (!StakeRules.IsOwner(scope, hotkey, run.Signer)) return LedgerError.NonAssociatedColdKey;
        var isThere = scope.TryGetBooks(netuid, out var books);
        if (take.Parts > scope.Parameters.MaxChildTake.Parts || take.Parts < Least(books, scope.Parameters)) return LedgerError.InvalidChildkeyTake;
        if (!isThere) return LedgerError.SubnetNotExists;

        var metagraph = scope.GetMetagraph(netuid);
        var last = metagraph.ChildTakeSetAt.GetValueOrDefault(hotkey);
        if (take.Parts > Of(books!, scope.Parameters, metagraph, hotkey).Parts && !RateLimit.Passes(scope.Block, last, scope.Parameters.ChildTakeRateLimit))
            return LedgerError.TxChildkeyTakeRateLimitExceeded;

        scope.SetMetagraph(netuid, metagraph with
        {
            ChildTakes = metagraph.ChildTakes.SetItem(hotkey, take.Parts),
            ChildTakeSetAt = metagraph.ChildTakeSetAt.SetItem(hotkey, scope.Block.Value),
        });
        return LedgerError.None;
    }
}
