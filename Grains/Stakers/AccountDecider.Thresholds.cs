using Dtao.Economics;
using Dtao.Economics.Children;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;

namespace Dtao.Grains.Stakers;

/// <content>Calls that look beyond their subnet while the network has a stake threshold: the lane decides them instead of their pool.</content>
public static partial class AccountDecider
{
    /// <summary>A call that its pool decides, unless it looks beyond its subnet: then the lane does.</summary>
    public static OperationRoute Widened(OperationRoute route, Call call, NetworkParameters parameters) =>
        route == OperationRoute.Pool && ThresholdShapes.LooksBeyond(parameters, call.Kind) ? OperationRoute.Lane : route;

    /// <summary>Whether a pool has left the call to the lane.</summary>
    public static bool IsLeftToLane(PoolReply reply) => reply is { Status: DeliveryStatus.Decided, Outcome.Error: LedgerError.LeftToLane };

    /// <summary>Begins an operation again at the lane that its pool has left to it: what it holds stays, the sequence is a new one.</summary>
    public static OperationResumed BeginInLane(AccountState state, InFlightOperation operation, BlockNumber now) =>
        new(operation.Sequence, operation with { Sequence = state.NextSequence, Route = OperationRoute.Lane }, now);
}
