using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Dtao.Grains.Registry;

/// <inheritdoc cref="ISubnetRegistryGrain"/>
/// <remarks>
/// Reentrant, so that reads and the questions of pools never wait for a change. The invariant that survives interleaving: changes run one at
/// a time, from their decision until they are complete at every pool, and what a former activation left unfinished runs first.
/// Pools ask the registry while they are being activated, so nothing that calls a pool may run inside the registry's own activation.
/// </remarks>
[Reentrant]
public sealed partial class SubnetRegistryGrain(
    IActorJournals journals, NetworkContext network, TimeProvider time, ILogger<SubnetRegistryGrain> logger)
    : LedgerGrain<RegistryState, RegistryEvent>(RegistryModel.Instance, journals, logger), ISubnetRegistryGrain
{
    private readonly OneAtATime _changes = new();
    private bool _isEnding;
    private ulong _durablySettledBelow = 1;

    protected override string ActorKey => ActorKeys.Registry;

    protected override int SnapshotWeight => RegistryState.ReceiptsMax;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        _durablySettledBelow = State.SettledBelow;
        if (State.Name is null) return;
        network.Identify(State.NetworkId, State.RequiresSignatures);
        network.Adopt(State.Revision, State.Parameters);
        if (State.UnderWay is null && State.PushedRevision == State.Revision) return;
        _ = _changes.Run(FinishLeftOver);
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _isEnding = true;
        return base.OnDeactivateAsync(reason, cancellationToken);
    }

    public async Task<NetworkView> GetNetwork()
    {
        // Which subnets there are is not for a replaced activation to say.
        await ConfirmHeld();
        var view = State.ToView();
        await Durable();
        return view;
    }

    public Task Wake() => Task.CompletedTask;

    public Task<ulong> GetSettledBelow() => Task.FromResult(_durablySettledBelow);

    public Task<Receipt> Administer(OperationId id, Call call) => State.RequiresSignatures || network.Administrators.Count > 0
        ? Task.FromResult(Receipt.NotAccepted(id, RefusalCode.SignatureMissing, network.Head))
        : AdministerChecked(id, call);

    public async Task<Receipt> AdministerSigned(Operation operation)
    {
        if (network.Head == BlockNumber.Genesis) network.Advance((await GrainFactory.Coordinator().GetHead()).Block);
        var code = RegistryDecider.CheckAdministrator(State, operation, network.Administrators);
        return code == RefusalCode.None ? await AdministerChecked(operation.Id, operation.Call, operation) : Receipt.NotAccepted(operation.Id, code, network.Head);
    }

    /// <param name="signed">The whole operation, where it has one: its last valid block holds when it is its turn.</param>
    private async Task<Receipt> AdministerChecked(OperationId id, Call call, Operation? signed = null)
    {
        try
        {
            return await WhileHealthy(_changes.Run(() => signed is null ? Change(id, null, call) : ChangeInTime(signed)));
        }
        catch (Exception exception) when (exception is ActorPoisonedException or OperationCanceledException)
        {
            return Receipt.NotAccepted(id, RefusalCode.OutcomeUnknown, network.Head);
        }
        catch (Exception exception)
        {
            Break(exception);
            throw;
        }
    }

    public async Task<PoolReply> ExecuteSudo(OperationId id, AccountId signer, Call call)
    {
        try
        {
            var receipt = await WhileHealthy(_changes.Run(() => Change(id, signer, call)));

            // Another change had this id before: the account's operation never takes effect.
            if (receipt.Outcome is not { } outcome) return PoolReply.Undecided(DeliveryStatus.Never, network.Head);
            return new PoolReply(DeliveryStatus.Decided, outcome, 0, receipt.Block, receipt.Order, LogStamp.Durable);
        }
        catch (Exception exception) when (exception is not (ActorPoisonedException or OperationCanceledException))
        {
            Break(exception);
            throw;
        }
    }

    /// <remarks>Not one of the changes that run one at a time: the lane may be carrying out the very one that is under way.</remarks>
    public async Task ChangeNetwork(ulong batch, NetworkChange change)
    {
        ThrowIfEnding();
        if (batch > State.LastBatch) Record(new NetworkChanged(batch, change));
        if (State.PushedRevision != State.Revision) await WhileHealthy(PushParameters());
        await Durable();
    }

    /// <summary>An administrator's signed call, when no other change is under way: what is not known now, and is late, will never be carried out.</summary>
    private async Task<Receipt> ChangeInTime(Operation operation)
    {
        ThrowIfEnding();
        if (RegistryDecider.CheckInTime(State, operation, network.Head) is var code and not RefusalCode.None)
        {
            await ConfirmHeld();
            return Receipt.NotAccepted(operation.Id, code, network.Head);
        }

        return await Change(operation.Id, null, operation.Call);
    }

    /// <param name="signer">Null for the operator.</param>
    private async Task<Receipt> Change(OperationId id, AccountId? signer, Call call)
    {
        ThrowIfEnding();
        switch (RegistryDecider.Decide(State, id, signer, call, network.Head))
        {
            case RegistryDecision.Start start:
                Record(start.Event);
                return await Deliver(start.Event.Change);
            case RegistryDecision.Decide decide:
                Record(decide.Event);
                if (decide.Event.After is not null) await PushParameters();
                await Durable();
                return decide.Event.Receipt;
            case RegistryDecision.Answer answer:
                await Durable();
                return answer.Receipt;
            default:
                throw new InvalidOperationException("A setting has a decision.");
        }
    }

    /// <summary>Sends the setting under way to its pool until the pool has decided it, then settles it durably.</summary>
    private async Task<Receipt> Deliver(PoolChange change)
    {
        // The subnet may be gone by now; its pool answers all the same.
        var pool = GrainFactory.Pool(RegistryDecider.PoolKeyOf(State, change.Call.Netuid) ?? change.Call.Netuid.Value);
        PoolReply reply;
        var mustBeDurable = false;
        for (var attempt = 0; ; attempt++)
        {
            if (attempt > 0) await Task.Delay(Retry.Delay(attempt), time);
            ThrowIfEnding();
            if (mustBeDurable) await Durable();
            else await ReadyToSend();
            try
            {
                var stamp = mustBeDurable ? LogStamp.Durable : Stamp;
                var message = RegistryDecider.MessageOf(State, change, _durablySettledBelow, network.Head, stamp);
                reply = change.Call.Kind == CallKind.DissolveNetwork
                    ? await GrainFactory.Lane().Execute(new Lanes.LaneCommand(message.Head, message.Call, message.Free))
                    : await pool.Administer(message);
            }
            catch (Exception exception) when (exception is not ActorPoisonedException || !IsPoisoned)
            {
                LogRetry(change.Call.Netuid, exception.Message);
                continue;
            }

            if (reply.Status == DeliveryStatus.Decided) break;
            if (reply.Status is DeliveryStatus.Stale or DeliveryStatus.Never)
            {
                throw new InvalidOperationException($"Setting {change.Sequence} of subnet {change.Call.Netuid} is under way and its pool calls it {reply.Status}.");
            }

            mustBeDurable |= reply.Status == DeliveryStatus.SendWhenDurable;
        }

        var settled = RegistryDecider.Settle(State, reply);
        Record(settled);
        var settledBelow = State.SettledBelow;
        await Durable();
        if (settledBelow > _durablySettledBelow) _durablySettledBelow = settledBelow;
        return settled.Receipt;
    }

    /// <summary>Makes the parameters in force known to this process and to every pool.</summary>
    private async Task PushParameters()
    {
        var (revision, parameters) = (State.Revision, State.Parameters);
        await Durable();
        network.Adopt(revision, parameters);
        await Task.WhenAll(State.Subnets.Select(subnet => PushTo(subnet, revision, parameters)));
        Record(new ParametersPushed(revision));
    }

    private async Task PushTo(SubnetEntry subnet, ulong revision, NetworkParameters parameters)
    {
        var pool = GrainFactory.Pool(subnet.PoolKey);
        for (var attempt = 0; ; attempt++)
        {
            if (attempt > 0) await Task.Delay(Retry.Delay(attempt), time);
            ThrowIfEnding();
            try
            {
                await pool.AdoptParameters(revision, parameters);
                return;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                LogRetry(subnet.Netuid, exception.Message);
            }
        }
    }

    /// <summary>Finishes, before any other change, what was under way when the activation before this one ended.</summary>
    private async Task<bool> FinishLeftOver()
    {
        try
        {
            if (State.UnderWay is { } change) await Deliver(change);
            if (State.PushedRevision != State.Revision) await PushParameters();
            return true;
        }
        catch (Exception exception)
        {
            if (!IsPoisoned && !_isEnding) Break(exception);
            return false;
        }
    }

    private void ThrowIfEnding()
    {
        ThrowIfPoisoned();
        if (_isEnding) throw new OperationCanceledException("The registry's activation is ending.");
    }

    /// <summary>A change that cannot be finished here is finished by the next activation, before anything else.</summary>
    private void Break(Exception exception)
    {
        _isEnding = true;
        LogBroken(exception);
        DeactivateOnIdle();
    }

    private void LogRetry(NetUid netuid, string reason)
    {
        NoteRepeat();
        WriteRetry(netuid.Value, reason);
    }

    [LoggerMessage(501, LogLevel.Warning, "The registry sends a change to subnet {Netuid} again: {Reason}")]
    private partial void WriteRetry(ushort netuid, string reason);

    [LoggerMessage(502, LogLevel.Critical, "The registry could not finish the change that was under way and is deactivated")]
    private partial void LogBroken(Exception exception);
}
