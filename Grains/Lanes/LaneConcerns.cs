using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;
using Dtao.Grains.Subnets;

namespace Dtao.Grains.Lanes;

/// <summary>Which pools have to be asked about which keys of a batch.</summary>
/// <remarks>
/// A pool looks for every pairing of the hotkeys and coldkeys that it is asked about. Calls that move stake, and claims, say which subnets they read
/// (<see cref="CallShape"/>), so only those are asked about their keys; about the keys of all other calls every pool is. An operation then sees at least what it would
/// see in a batch of its own.
/// </remarks>
public sealed class LaneConcerns
{
    private readonly HashSet<AccountId> _hotkeysEverywhere = [];
    private readonly HashSet<AccountId> _coldkeysEverywhere = [];
    private readonly Dictionary<NetUid, PoolConcern> _pools = [];

    private LaneConcerns()
    {
    }

    /// <summary>What is concerned by the operations of a batch; null where one of them reads more than its keys say.</summary>
    public static LaneConcerns? Of(IReadOnlyCollection<LaneCommand> commands)
    {
        var concerns = new LaneConcerns();
        foreach (var command in commands)
        {
            if (MayAskMore(command.Head.Sender, command.Call)) return null;
            concerns.Add(command.Head.Sender, command.Call);
        }

        return concerns;
    }

    /// <param name="interest">What is known to be of interest to the batch.</param>
    /// <param name="claims">What root has told of claims; null before it has answered.</param>
    public LaneInterest At(NetUid netuid, LaneInterest interest, ClaimSlice? claims)
    {
        var hotkeys = new HashSet<AccountId>(_hotkeysEverywhere);
        var coldkeys = new HashSet<AccountId>(_coldkeysEverywhere);
        if (_pools.TryGetValue(netuid, out var pool))
        {
            hotkeys.UnionWith(pool.Hotkeys);
            coldkeys.UnionWith(pool.Coldkeys);
            if (pool.Claimers.Count > 0) hotkeys.UnionWith(HotkeysOf(pool.Claimers, claims));
        }

        return interest with { Hotkeys = Array.FindAll(interest.Hotkeys, hotkeys.Contains), Coldkeys = Array.FindAll(interest.Coldkeys, coldkeys.Contains) };
    }

    /// <summary>Calls about which more hotkeys come to be of interest while pools answer, or that read pools whole. They are rare.</summary>
    private static bool MayAskMore(AccountId signer, Call call)
    {
        if (!LaneDecider.IsForLane(call) || call.Kind is CallKind.UnstakeAll or CallKind.UnstakeAllAlpha or CallKind.UpdateSymbol) return false;
        return !SaysWhere(call) || (call.Kind == CallKind.ClaimRoot && SystemAccounts.TryGetSubnet(signer, out _));
    }

    private static bool SaysWhere(Call call) =>
        call.Kind is CallKind.MoveStake or CallKind.TransferStake or CallKind.SwapStake or CallKind.SwapStakeLimit or CallKind.ClaimRoot;

    /// <summary>The hotkeys on which claimers have root stake; and those on which another operation of the batch may give them some.</summary>
    private IEnumerable<AccountId> HotkeysOf(HashSet<AccountId> claimers, ClaimSlice? claims)
    {
        var known = claims is null ? [] : claims.Hotkeys.Where(entry => claimers.Contains(entry.Coldkey)).SelectMany(entry => entry.Hotkeys);
        return _pools.TryGetValue(NetUid.Root, out var root) ? known.Concat(root.Hotkeys) : known;
    }

    private void Add(AccountId signer, Call call)
    {
        var isForLane = LaneDecider.IsForLane(call);
        var shape = isForLane ? CallShape.Of(signer, call) : null;
        AccountId[] coldkeys = shape?.OtherColdkey is { } other ? [signer, other] : [signer];
        if (shape is null || !SaysWhere(call) || Array.Exists(coldkeys, coldkey => SystemAccounts.TryGetSubnet(coldkey, out _)))
        {
            _coldkeysEverywhere.UnionWith(coldkeys);
            if (shape is not null) _hotkeysEverywhere.UnionWith(shape.Hotkeys);
            return;
        }

        foreach (var netuid in shape.Netuids)
        {
            if (!_pools.TryGetValue(netuid, out var pool)) _pools.Add(netuid, pool = new());
            pool.Hotkeys.UnionWith(shape.Hotkeys);
            pool.Coldkeys.UnionWith(coldkeys);
            if (call.Kind == CallKind.ClaimRoot) pool.Claimers.Add(signer);
        }
    }

    private sealed class PoolConcern
    {
        public HashSet<AccountId> Hotkeys { get; } = [];
        public HashSet<AccountId> Coldkeys { get; } = [];
        public HashSet<AccountId> Claimers { get; } = [];
    }
}
