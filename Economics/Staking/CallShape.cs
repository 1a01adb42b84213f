using Dtao.Economics.Claims;
using Dtao.Economics.Identities;
using Dtao.Economics.Keys;
using Dtao.Economics.Ledger;
using Dtao.Economics.Neurons;
using Dtao.Economics.Orders;
using Dtao.Economics.Settings;

namespace Dtao.Economics.Staking;

/// <summary>Who must take part in deciding a call.</summary>
public enum CallReach : byte
{
    None = 0,
    /// <summary>One pool, given the facts of the signer's account (and of the fee's receiver).</summary>
    OnePool = 1,
    /// <summary>Several pools, or a pool together with another coldkey's account.</summary>
    SeveralPools = 2,
    /// <summary>Free TAO of accounts only.</summary>
    Accounts = 3,
    /// <summary>A hotkey's record only.</summary>
    Hotkey = 4,
    /// <summary>One subnet's settings.</summary>
    SubnetSettings = 5,
    /// <summary>The network's parameters.</summary>
    NetworkSettings = 6,
    /// <summary>The whole network: a subnet comes or goes, or a key takes the place of another.</summary>
    Network = 7,
    /// <summary>The accounts of the owners of a relayer's orders, each of which has a pool decide.</summary>
    Owners = 8,
    /// <summary>The signer's account, once it has been told where the coldkey's hotkeys have uids.</summary>
    Registrations = 9,
    /// <summary>The signer's account, which makes an operation of its own of each part.</summary>
    Parts = 10,
}

/// <summary>Which parts of a network a call can touch. Actors route by it; the rules themselves do not look at it.</summary>
/// <remarks>
/// <para>Stake on root, whatever call changes it: of the hotkey its claim rates, of the position its marks on every netuid in them, and of the
/// coldkey whether automatic claims may pick it and its other positions on root (<see cref="ILedgerSource.RootHotkeys"/>). All of it is root's.</para>
/// <para>A claim for coldkey c (ClaimRoot, or an automatic one): the hotkeys on which c has root stake, in the order of c's
/// <see cref="ILedgerSource.StakingHotkeys"/>; their rates, pools, and c's shares on root; c's marks on every netuid in those rates; c's claim type;
/// and for every named subnet (an automatic claim: every netuid in those rates) its books and, of each of those hotkeys, the pool and c's share
/// there. A named subnet that does not exist is left out: no rate names it. Of free TAO only that of the subnets and of root is moved, which their
/// books hold.</para>
/// </remarks>
/// <param name="Reach">Who must take part.</param>
/// <param name="Netuids">The subnets that are read or changed, without repetition; empty when there is none or when all are.</param>
/// <param name="IsEverySubnet">Whether every subnet may be touched (the unstake-all calls, subnets that come or go).</param>
/// <param name="OtherColdkey">Another coldkey whose free TAO or stake may change; null when there is none.</param>
/// <param name="Hotkeys">Hotkeys whose records are read, without repetition.</param>
/// <param name="MayChangeHotkey">Whether a hotkey's record may change (delegate created, take set, owner set).</param>
public sealed record CallShape(
    CallReach Reach,
    IReadOnlyList<NetUid> Netuids,
    bool IsEverySubnet,
    AccountId? OtherColdkey,
    IReadOnlyList<AccountId> Hotkeys,
    bool MayChangeHotkey)
{
    /// <summary>The shape of a call. A malformed one has reach None and is refused wherever it arrives.</summary>
    /// <remarks>A transfer of TAO to the account of an existing subnet names that subnet, whose books hold the account's TAO.</remarks>
    public static CallShape Of(AccountId signer, Call call)
    {
        if (!IsWellFormed(call)) return new(CallReach.None, [], false, null, [], false);
        return call.Kind switch
        {
            CallKind.AddStake or CallKind.RemoveStake or CallKind.RemoveStakeLimit or CallKind.RemoveStakeFullLimit
                or CallKind.RecycleAlpha or CallKind.BurnAlpha => OnePool(call, mayChangeHotkey: false),
            CallKind.AddStakeLimit => OnePool(call, mayChangeHotkey: true),
            CallKind.AddStakeBurn or CallKind.AddStakeRecycle => OnePool(call, mayChangeHotkey: call.Limit is not null),
            CallKind.RegisterNeuron or CallKind.RegisterLimit => OnePool(call, mayChangeHotkey: true),
            CallKind.RootRegister => new(CallReach.OnePool, [NetUid.Root], false, null, [call.Hotkey], true),
            CallKind.RegisterNetwork => new(CallReach.Network, [], true, null, [call.Hotkey], true),
            CallKind.DissolveNetwork => new(CallReach.Network, [], true, null, [], false),
            CallKind.UnstakeAll or CallKind.UnstakeAllAlpha =>
                new(CallReach.SeveralPools, [], true, null, [call.Hotkey], false),
            CallKind.MoveStake or CallKind.TransferStake or CallKind.SwapStake or CallKind.SwapStakeLimit => Moving(signer, call),
            CallKind.Transfer or CallKind.TransferAll => Paying(signer, call.ToColdkey!.Value),
            CallKind.ClaimRoot or CallKind.SetRootClaimType or CallKind.SetNumRootClaims or CallKind.SetRootClaimThreshold => ClaimShapes.Of(call),
            CallKind.IncreaseTake or CallKind.DecreaseTake or CallKind.TryAssociateHotkey =>
                new(CallReach.Hotkey, [], false, null, [call.Hotkey], true),
            CallKind.StartCall or CallKind.SetTempo or CallKind.SetActivityCutoffFactor or CallKind.TriggerEpoch => new(CallReach.SubnetSettings, [call.Netuid], false, null, [], false),
            CallKind.SetHyperparameter => new(CallReach.SubnetSettings, [call.Netuid], false, null, [], false),
            CallKind.SudoSet => new(CallReach.NetworkSettings, [], false, null, [], false),
            CallKind.SetChildren or CallKind.SetChildkeyTake => OnePool(call, mayChangeHotkey: false),
            CallKind.SetWeights or CallKind.CommitWeights or CallKind.CommitTimelockedWeights or CallKind.RevealWeights
                or CallKind.BatchRevealWeights or CallKind.SetAutoStakeHotkey => OfNeurons(call),
            CallKind.LockStake or CallKind.MoveLock or CallKind.TerminateLease => OnePool(call, mayChangeHotkey: false),
            CallKind.SetPerpetualLock or CallKind.SetRejectLockedAlpha or CallKind.PlaceOrder or CallKind.CancelOrder => OfNeurons(call),
            CallKind.FillOrder => OnePool(call, mayChangeHotkey: false) with { OtherColdkey = OrderShapes.RecipientOf(signer, call) },
            CallKind.FillBatch => OfNeurons(call),
            CallKind.ExecuteOrders or CallKind.ExecuteBatchedOrders => OrderShapes.OfRelay(call),
            _ when KeySwapShapes.IsMeant(call.Kind) => KeySwapShapes.Of(call),
            _ when IdentityShapes.IsMeant(call.Kind) => IdentityShapes.Of(call),
            CallKind.BatchSetWeights or CallKind.BatchCommitWeights => WeightBatches.ShapeOf(call),
            CallKind.SetAutoParentDelegation => OnePool(call, mayChangeHotkey: false),
            _ => call.IsSubnetParameter
                ? new(CallReach.SubnetSettings, [call.Netuid], false, null, [], false)
                : new(CallReach.NetworkSettings, [], false, null, [], false),
        };
    }

    /// <summary>Whether the call has every field that its kind needs.</summary>
    public static bool IsWellFormed(Call call) => call.Kind switch
    {
        CallKind.AddStakeLimit or CallKind.RemoveStakeLimit => call.Limit is not null,
        CallKind.MoveStake => call.ToHotkey is not null && call.ToNetuid is not null,
        CallKind.TransferStake => call.ToColdkey is not null && call.ToNetuid is not null,
        CallKind.SwapStake => call.ToNetuid is not null,
        CallKind.SwapStakeLimit => call.ToNetuid is not null && call.Limit is not null,
        CallKind.Transfer or CallKind.TransferAll => call.ToColdkey is not null,
        CallKind.Admin => !string.IsNullOrEmpty(call.Parameter),
        CallKind.SetHyperparameter or CallKind.SudoSet => SetHyperparameter.IsWellFormed(call),
        CallKind.SetWeights or CallKind.RevealWeights => call.Detail is WeightsDetail,
        CallKind.CommitWeights => call.Detail is CommitDetail { Hash.Length: CommitHash.Length },
        CallKind.BatchRevealWeights => call.Detail is BatchRevealDetail batch && batch.Reveals.All(reveal => reveal.Mechanism == 0),
        CallKind.CommitTimelockedWeights => call.Detail is TimelockDetail commit && CommitWeights.Fits(commit.Weights),
        CallKind.SetChildren => call.Detail is ChildrenDetail,
        CallKind.ClaimRoot => call.Detail is ClaimDetail { Netuids.IsDefault: false },
        CallKind.SetRootClaimType => call.Detail is ClaimTypeDetail { Type: { Subnets.IsDefault: false } type } && Enum.IsDefined(type.Kind),
        CallKind.RegisterLimit => call.Limit is not null,
        CallKind.SetPerpetualLock or CallKind.SetRejectLockedAlpha => call.Detail is SwitchDetail,
        CallKind.RegisterNetwork => call.Detail is null or IdentityDetail,
        CallKind.PlaceOrder or CallKind.CancelOrder or CallKind.ExecuteOrders or CallKind.ExecuteBatchedOrders or CallKind.FillOrder or CallKind.FillBatch =>
            OrderShapes.IsWellFormed(call),
        _ when KeySwapShapes.IsMeant(call.Kind) => KeySwapShapes.IsWellFormed(call),
        _ when IdentityShapes.IsMeant(call.Kind) => IdentityShapes.IsWellFormed(call),
        CallKind.BatchSetWeights or CallKind.BatchCommitWeights => WeightBatches.IsWellFormed(call),
        CallKind.SetAutoParentDelegation => call.Netuid.IsRoot && call.Detail is SwitchDetail,
        CallKind.None => false,
        _ => Enum.IsDefined(call.Kind),
    };

    private static CallShape OnePool(Call call, bool mayChangeHotkey) =>
        new(CallReach.OnePool, [call.Netuid], false, null, [call.Hotkey], mayChangeHotkey);

    /// <summary>Only the subnet's neurons are asked who is who: no record of a hotkey is read.</summary>
    private static CallShape OfNeurons(Call call) => new(CallReach.OnePool, [call.Netuid], false, null, [], false);

    private static CallShape Moving(AccountId signer, Call call)
    {
        var toHotkey = call.Kind == CallKind.MoveStake ? call.ToHotkey!.Value : call.Hotkey;
        var toColdkey = call.Kind == CallKind.TransferStake && call.ToColdkey != signer ? call.ToColdkey : null;
        var isWithin = call.ToNetuid == call.Netuid;
        return new(
            isWithin && toColdkey is null ? CallReach.OnePool : CallReach.SeveralPools,
            isWithin ? [call.Netuid] : [call.Netuid, call.ToNetuid!.Value],
            false,
            toColdkey,
            toHotkey == call.Hotkey ? [call.Hotkey] : [call.Hotkey, toHotkey],
            MayChangeHotkey: !isWithin);
    }

    private static CallShape Paying(AccountId signer, AccountId receiver) =>
        SystemAccounts.TryGetSubnet(receiver, out var netuid)
            ? new(CallReach.SeveralPools, [netuid], false, null, [], false)
            : new(CallReach.Accounts, [], false, receiver == signer ? null : receiver, [], false);
}
