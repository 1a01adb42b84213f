using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Claims;

/// <summary>Which parts of a network the calls of root claims can touch.</summary>
internal static class ClaimShapes
{
    public static CallShape Of(Call call) => call.Kind switch
    {
        CallKind.ClaimRoot => Claiming((ClaimDetail)call.Detail!),
        CallKind.SetRootClaimType => new(CallReach.OnePool, [NetUid.Root], false, null, [], false),
        CallKind.SetRootClaimThreshold => new(CallReach.SubnetSettings, [call.Netuid], false, null, [], false),
        _ => new(CallReach.NetworkSettings, [], false, null, [], false),
    };

    /// <summary>Root and the named subnets; a call that names too many or none is refused at root alone.</summary>
    private static CallShape Claiming(ClaimDetail detail)
    {
        var named = new SortedSet<NetUid>(detail.Netuids);
        if (!ClaimCalls.IsCountAllowed(named.Count)) named.Clear();
        named.Add(NetUid.Root);
        return new(CallReach.SeveralPools, [.. named], false, null, [], false);
    }
}
