using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Lanes;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;

namespace Dtao.Simulator.Tests.Simulation;

/// <content>How a decided batch reaches everyone, however often it takes.</content>
internal sealed partial class SimLane
{
    private readonly HashSet<NetUid> _unreached = [];
    private readonly HashSet<NetUid> _keptClosed = [];

    private async Task Deliver(bool isRecovery = false)
    {
        var decided = State.Undelivered!;
        await ReadyToSend();
        if (!isRecovery || Bug != Bug.CreditsNotSentAgain) await Task.WhenAll(decided.Credits.Select(credit => SendCredit(decided, credit)));
        await Task.WhenAll(decided.Owners.Select(owned => EnsureOwner(decided.Block, owned.Hotkey, owned.Owner)));
        await Task.WhenAll(decided.Delegates.Select(hotkey => EnsureDelegate(hotkey, decided.Block)));
        await ChangeNetwork(decided);

        var network = (_revision, _parameters);
        var touched = decided.Parts.Select(part => part.Netuid).ToHashSet();
        var untouched = _unreached.Where(netuid => !touched.Contains(netuid)).ToArray();
        await Task.WhenAll([
            .. decided.Parts.Select(part => SendPart(decided, part, network)),
            .. untouched.Select(netuid => Open(netuid, decided.Batch))]);

        // A pool may have been reached, and activated afresh, before its answer came here.
        if (Bug != Bug.ReachedPoolStaysClosed) await Task.WhenAll(_keptClosed.ToArray().Select(netuid => Open(netuid, decided.Batch)));
        _keptClosed.Clear();

        Record(new BatchFinished(decided.Batch));
        _delivered.Set(true);
    }

    private ulong _revision;

    /// <summary>Ends what an earlier activation began: a decided batch arrives, and pools that were closed for an undecided one open.</summary>
    private async Task Recover()
    {
        var change = State.Undelivered?.Network;
        if (change is not null && Bug is not (Bug.KeptNetuidStaysClosed or Bug.KeptNetuidOpenedLate)) _unreached.UnionWith(KeptBefore(change, await ReadSubnets()));
        if (State.Undelivered is not null) await Deliver(isRecovery: true);
        await BeginTerm();
        Watch(OpenAll(State.TermFloor, change));
        await RunBatches();
    }

    /// <summary>Opens what may have been closed: every subnet, and the netuid that was kept for one to come.</summary>
    private async Task OpenAll(ulong batch, NetworkChange? change)
    {
        var subnets = await ReadSubnets();
        IEnumerable<NetUid> netuids = subnets;
        if (Bug != Bug.KeptNetuidStaysClosed) netuids = netuids.Union(LaneDecider.FreeNetuid(subnets));
        if (Bug == Bug.KeptNetuidOpenedLate && change is not null) netuids = netuids.Union(KeptBefore(change, subnets));
        await Task.WhenAll(netuids.Select(netuid => Open(netuid, batch)));
    }

    /// <summary>The netuid that was kept before a change; it can no longer be told once the batch that made it is over.</summary>
    private static IEnumerable<NetUid> KeptBefore(NetworkChange change, NetUid[] subnets) => LaneDecider.FreeNetuid(subnets.Union(change.Removed));

    private async Task<NetUid[]> ReadSubnets()
    {
        var view = await Insist<SimRegistry, NetworkView>(World.Registry!, "network?", registry => registry.GetNetwork());
        return [.. view.Subnets.Select(subnet => subnet.Netuid)];
    }

    private async Task SendPart(BatchDecided decided, PoolPart part, (ulong, NetworkParameters) network)
    {
        for (var attempt = 0; ; attempt++)
        {
            if (attempt > 0) await Durable();
            var message = decided.MessageOf(part, attempt > 0 ? LogStamp.Durable : Stamp, network);
            var reply = await World.Call<SimPool, bool>(this, World.PoolOf(part.Netuid), "apply lane", pool => pool.ApplyLane(message));
            if (reply.IsOk) break;
            ConfirmGoingOn();
        }

        _unreached.Remove(part.Netuid);
    }

    /// <summary>Tells the registry which subnets come and go, before any pool is: whoever is let in again finds them there.</summary>
    private async Task ChangeNetwork(BatchDecided decided)
    {
        if (decided.Network is not { } change) return;
        await Durable();
        await Insist<SimRegistry, bool>(World.Registry!, "change network", registry => registry.ChangeNetwork(decided.Batch, change));
        var view = await Insist<SimRegistry, NetworkView>(World.Registry!, "network?", registry => registry.GetNetwork());
        (_revision, _parameters) = (view.Revision, view.Parameters);
    }

    private async Task EnsureOwner(BlockNumber block, AccountId hotkey, AccountId owner)
    {
        await Durable();
        await Insist<SimValidator, bool>(World.Validators[hotkey], "ensure owner", validator => validator.EnsureOwner(owner, block));
    }

    private async Task Open(NetUid netuid, ulong batch)
    {
        await Insist<SimPool, bool>(World.PoolOf(netuid), "open for lane", pool => pool.OpenForLane(batch));
        if (State.Undelivered?.Batch == batch) _unreached.Remove(netuid);
    }

    private async Task EnsureDelegate(AccountId hotkey, BlockNumber block)
    {
        await Durable();
        await Insist<SimValidator, bool>(World.Validators[hotkey], "ensure delegate", validator => validator.EnsureDelegate(block));
    }

    /// <summary>A credit never expires and is never refused; "stale" means that it arrived before.</summary>
    private async Task SendCredit(BatchDecided decided, LaneCredit credit)
    {
        var mustBeDurable = false;
        while (true)
        {
            if (mustBeDurable) await Durable();
            var head = new MessageHead(
                SystemSenders.Lane, credit.Sequence, decided.Credits[0].Sequence, new BlockNumber(ulong.MaxValue), decided.Block,
                mustBeDurable ? LogStamp.Durable : Stamp);
            var message = new TaoCredit(head, credit.Amount, MustSucceed: true);
            var reply = SystemAccounts.TryGetSubnet(credit.To, out var netuid)
                ? await Insist<SimPool, CreditReply>(World.PoolOf(netuid), "credit", pool => pool.Credit(message))
                : await Insist<SimAccount, CreditReply>(World.AccountOf(credit.To), "credit", account => account.Credit(message));
            if (reply.Status is DeliveryStatus.Decided or DeliveryStatus.Stale) return;
            mustBeDurable |= reply.Status == DeliveryStatus.SendWhenDurable;
        }
    }

    private async Task<T> Insist<TActor, T>(ActorRecord target, string label, Func<TActor, Task<T>> method)
        where TActor : SimActor
    {
        while (true)
        {
            var reply = await World.Call(this, target, label, method);
            if (reply.IsOk) return reply.Value;
            ConfirmGoingOn();
        }
    }
}
