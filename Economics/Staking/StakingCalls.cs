using Dtao.Economics.Children;
using Dtao.Economics.Claims;
using Dtao.Economics.Identities;
using Dtao.Economics.Keys;
using Dtao.Economics.Leases;
using Dtao.Economics.Ledger;
using Dtao.Economics.Locks;
using Dtao.Economics.Neurons;
using Dtao.Economics.Orders;
using Dtao.Economics.Registration;
using Dtao.Economics.Settings;

namespace Dtao.Economics.Staking;

/// <summary>Decides one call on a scope: walks its checks in the chain's order and applies it.</summary>
/// <remarks>
/// Source: rule book 01, sections 2.9, 3.7, 5, 6 and 10.7. When the outcome is a refusal the scope holds the traces of a part of the
/// call; its owner throws it away (5.8).
/// </remarks>
public static class StakingCalls
{
    /// <summary>Executes a call that <paramref name="signer"/> signed. Administrator's settings have no signer and ignore it.</summary>
    public static CallOutcome Execute(LedgerScope scope, AccountId signer, Call call)
    {
        if (!CallShape.IsWellFormed(call)) return CallOutcome.Refused(LedgerError.MalformedCall);
        var run = new CallRun(scope, signer);
        return call.Kind switch
        {
            CallKind.RecycleAlpha or CallKind.BurnAlpha or CallKind.AddStakeBurn or CallKind.AddStakeRecycle => Destroying(run, call),
            CallKind.RegisterNeuron => NeuronRegistration.Execute(run, call.Netuid, call.Hotkey, limit: null),
            CallKind.RegisterLimit => NeuronRegistration.Execute(run, call.Netuid, call.Hotkey, new Tao(call.Limit!.Value)),
            CallKind.RootRegister => RootRegistration.Execute(run, call.Hotkey),
            CallKind.RegisterNetwork => NetworkRegistration.Execute(run, call.Hotkey, call.Detail as IdentityDetail),
            CallKind.SwapHotkey => HotkeySwap.Execute(run, call.Hotkey, call.ToHotkey!.Value, call.ToNetuid, call.Detail is SwitchDetail { IsOn: true }),
            CallKind.AnnounceColdkeySwap => ColdkeySwapCalls.Announce(run, ((ColdkeyHashDetail)call.Detail!).Hash),
            CallKind.SwapColdkey => ColdkeySwapCalls.ByRoot(run, ((ColdkeyDetail)call.Detail!).Coldkey, call.ToColdkey!.Value, new Tao(call.Amount)),
            CallKind.ExecuteOrders => OrderExecution.Execute(run, (OrdersDetail)call.Detail!),
            CallKind.ExecuteBatchedOrders => OrderBatch.Execute(run, call.Netuid, (OrdersDetail)call.Detail!),
            CallKind.FillOrder => OrderExecution.ExecuteOne(run, (FillDetail)call.Detail!),
            CallKind.FillBatch => CallOutcome.Refused(LedgerError.MalformedCall),
            CallKind.BatchSetWeights or CallKind.BatchCommitWeights => WeightBatches.Execute(run, call),
            _ => run.End(Decide(run, call)),
        };
    }

    private static LedgerError Decide(CallRun run, Call call) => call.Kind switch
    {
        CallKind.AddStake => AddStake.AtMarket(run, Position(run, call), new Tao(call.Amount), out _),
        CallKind.AddStakeLimit =>
            AddStake.AtLimit(run, Position(run, call), new Tao(call.Amount), Limit(call)!.Value, call.AllowPartial, out _),
        CallKind.RemoveStake => RemoveStake.AtMarket(run, Position(run, call), new Alpha(call.Amount)),
        CallKind.RemoveStakeLimit =>
            RemoveStake.AtLimit(run, Position(run, call), new Alpha(call.Amount), Limit(call)!.Value, call.AllowPartial),
        CallKind.RemoveStakeFullLimit => RemoveStake.Full(run, Position(run, call), Limit(call)),
        CallKind.UnstakeAll => UnstakeAll.ToFree(run, call.Hotkey),
        CallKind.UnstakeAllAlpha => UnstakeAll.ToRoot(run, call.Hotkey),
        CallKind.MoveStake or CallKind.TransferStake or CallKind.SwapStake or CallKind.SwapStakeLimit =>
            Transitions.Execute(run, Transition(run, call)),
        CallKind.Transfer => Transfers.Amount(run, call.ToColdkey!.Value, new Tao(call.Amount), call.KeepAlive),
        CallKind.TransferAll => Transfers.All(run, call.ToColdkey!.Value, call.KeepAlive),
        CallKind.ClaimRoot => ClaimCalls.Claim(run, (ClaimDetail)call.Detail!),
        CallKind.SetRootClaimType => ClaimCalls.SetType(run, ((ClaimTypeDetail)call.Detail!).Type),
        CallKind.SetNumRootClaims => ClaimCalls.SetNumRootClaims(run.Scope, call.Amount),
        CallKind.SetRootClaimThreshold => ClaimCalls.SetThreshold(run, call.Netuid, call.Amount),
        CallKind.IncreaseTake => Takes.Increase(run, call.Hotkey, call.Take),
        CallKind.DecreaseTake => Takes.Decrease(run, call.Hotkey, call.Take),
        CallKind.TryAssociateHotkey => Takes.Associate(run, call.Hotkey),
        CallKind.StartCall => StartCall.Execute(run, call.Netuid),
        CallKind.TerminateLease => LeaseCalls.Terminate(run, call.Netuid, call.Hotkey),
        CallKind.DissolveNetwork => NetworkDissolution.Execute(run.Scope, call.Netuid),
        CallKind.Admin => Admin.Execute(run.Scope, call),
        CallKind.SetHyperparameter => SetHyperparameter.OfSubnet(run, call),
        CallKind.SudoSet => SetHyperparameter.OfNetwork(run, call),
        CallKind.SetWeights => SetWeights.Execute(run, call.Netuid, (WeightsDetail)call.Detail!),
        CallKind.CommitWeights => CommitWeights.ByHash(run, call.Netuid, (CommitDetail)call.Detail!),
        CallKind.CommitTimelockedWeights => CommitWeights.Timelocked(run, call.Netuid, (TimelockDetail)call.Detail!),
        CallKind.RevealWeights => RevealWeights.Single(run, call.Netuid, (WeightsDetail)call.Detail!),
        CallKind.BatchRevealWeights => RevealWeights.Batch(run, call.Netuid, (BatchRevealDetail)call.Detail!),
        CallKind.SetChildren => SetChildren.Execute(run, call.Netuid, call.Hotkey, (ChildrenDetail)call.Detail!),
        CallKind.SetChildkeyTake => ChildTake.Set(run, call.Netuid, call.Hotkey, call.Take),
        CallKind.SetTempo => OwnerControls.SetTempo(run, call.Netuid, call.Amount),
        CallKind.SetActivityCutoffFactor => OwnerControls.SetActivityCutoffFactor(run, call.Netuid, call.Amount),
        CallKind.TriggerEpoch => OwnerControls.TriggerEpoch(run, call.Netuid),
        CallKind.SetAutoStakeHotkey => AutoStake.Set(run, call.Netuid, call.Hotkey),
        CallKind.PlaceOrder => OrderCalls.Place(run.Scope, run.Signer, ((OrderDetail)call.Detail!).Order),
        CallKind.CancelOrder => OrderCalls.Cancel(run.Scope, run.Signer, ((OrderDetail)call.Detail!).Order),
        CallKind.LockStake => LockCalls.Lock(run.Scope, run.Signer, call.Netuid, call.Hotkey, new Alpha(call.Amount)),
        CallKind.MoveLock => LockCalls.Move(run, call.Netuid, call.Hotkey),
        CallKind.SetPerpetualLock => LockCalls.SetPerpetual(run, call.Netuid, ((SwitchDetail)call.Detail!).IsOn),
        CallKind.SetRejectLockedAlpha => LockCalls.SetReject(run, call.Netuid, ((SwitchDetail)call.Detail!).IsOn),
        CallKind.SwapColdkeyAnnounced => ColdkeySwapCalls.Execute(run, call.ToColdkey!.Value),
        CallKind.DisputeColdkeySwap => ColdkeySwapCalls.Dispute(run),
        CallKind.ResetColdkeySwap => ColdkeySwapCalls.Reset(run, ((ColdkeyDetail)call.Detail!).Coldkey),
        CallKind.ClearColdkeySwapAnnouncement => ColdkeySwapCalls.Clear(run),
        CallKind.SetSubnetIdentity => IdentityCalls.SetSubnet(run, call.Netuid, (IdentityDetail)call.Detail!),
        CallKind.UpdateSymbol => IdentityCalls.UpdateSymbol(run, call.Netuid, ((SymbolDetail)call.Detail!).Symbol),
        CallKind.SetIdentity => IdentityCalls.SetColdkey(run, (ColdkeyIdentityDetail)call.Detail!),
        CallKind.SetAutoParentDelegation => RootParents.SetAuto(run, call.Hotkey, ((SwitchDetail)call.Detail!).IsOn),
        _ => LedgerError.MalformedCall,
    };

    /// <summary>The calls that tell how much alpha they took out of a position.</summary>
    private static CallOutcome Destroying(CallRun run, Call call)
    {
        var position = Position(run, call);
        Alpha taken;
        var error = call.Kind switch
        {
            CallKind.RecycleAlpha => RecycleBurn.Recycle(run, position, new Alpha(call.Amount), out taken),
            CallKind.BurnAlpha => RecycleBurn.Burn(run, position, new Alpha(call.Amount), out taken),
            CallKind.AddStakeRecycle => RecycleBurn.AddStakeRecycle(run, position, new Tao(call.Amount), Limit(call), out taken),
            _ => RecycleBurn.AddStakeBurn(run, position, new Tao(call.Amount), Limit(call), out taken),
        };
        return run.End(error, taken.Rao);
    }

    private static PositionKey Position(CallRun run, Call call) => new(call.Netuid, call.Hotkey, run.Signer);

    private static LimitPrice? Limit(Call call) => call.Limit is { } limit ? new LimitPrice(limit) : null;

    private static StakeTransition Transition(CallRun run, Call call)
    {
        var coldkey = call.Kind == CallKind.TransferStake ? call.ToColdkey!.Value : run.Signer;
        var hotkey = call.Kind == CallKind.MoveStake ? call.ToHotkey!.Value : call.Hotkey;
        return new StakeTransition(
            Position(run, call),
            new PositionKey(call.ToNetuid!.Value, hotkey, coldkey),
            new Alpha(call.Amount),
            call.Kind == CallKind.SwapStakeLimit ? Limit(call) : null,
            call.AllowPartial,
            ChecksToggle: call.Kind == CallKind.TransferStake);
    }
}
