using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;

namespace Dtao.Grains.Lanes;

/// <summary>How a decided batch reaches everyone, however often it takes.</summary>
public sealed partial class LaneGrain
{
    /// <summary>Pools that wait for their part of the decided batch, or to be opened after it.</summary>
    private readonly HashSet<NetUid> _unreached = [];

    /// <summary>Pools that were activated afresh and told to stay closed for the decided batch.</summary>
    private readonly HashSet<NetUid> _keptClosed = [];

    /// <summary>
    /// Accounts and hotkeys first, so that nobody whom a pool lets in again meets an account or a delegate that the decision created and that is not there yet.
    /// </summary>
    /// <param name="operations">Those that are answered when everyone but their own senders has heard.</param>
    private async Task Deliver(params WaitingOperation[] operations)
    {
        var decided = State.Undelivered!;
        await ReadyToSend();
        await Task.WhenAll([
            .. decided.Credits.Where(credit => !IsOwn(decided, credit)).Select(credit => SendCredit(decided, credit)),
            .. decided.Records.Select(swapped => TakeOver(decided, swapped.Hotkey, swapped.After)),
            .. decided.Owners.Select(owned => EnsureOwner(decided.Block, owned.Hotkey, owned.Owner))]);
        await Task.WhenAll(decided.Delegates.Select(hotkey => EnsureDelegate(hotkey, decided.Block)));
        var revision = await ChangeNetwork(decided);

        var touched = decided.Parts.Select(part => part.Netuid).ToHashSet();
        var untouched = _unreached.Where(netuid => !touched.Contains(netuid)).ToArray();
        await Task.WhenAll([
            .. decided.Parts.Select(part => SendPart(decided, part, revision)),
            .. untouched.Select(netuid => Open(netuid, decided.Batch))]);

        // A pool may have been reached, and activated afresh, before its answer came here: nobody else would open it.
        await Task.WhenAll(_keptClosed.ToArray().Select(netuid => Open(netuid, decided.Batch)));
        _keptClosed.Clear();

        foreach (var operation in operations) Finish(operation);
        await Task.WhenAll(decided.Credits.Where(credit => IsOwn(decided, credit)).Select(credit => SendCredit(decided, credit)));
        Record(new BatchFinished(decided.Batch));
        _delivered.TrySetResult();
    }

    /// <summary>
    /// What changes of the lists of a sender, which may be ending, and ends only when it has its answer. The lane alone reads those lists, and not before
    /// the next batch.
    /// </summary>
    private static bool IsOwn(BatchDecided decided, LaneCredit credit) =>
        credit is { Keys: not null, Amount.IsZero: true } && decided.Decisions.Any(decision => decision.Sender == credit.To);

    /// <summary>Ends what an earlier activation began: a decided batch arrives, and pools that were closed for an undecided one open.</summary>
    private async Task Recover()
    {
        if (State.Undelivered is { } undelivered)
        {
            // The netuid that was kept for a subnet to come was chosen before the change: once the batch is over nobody can tell it any more.
            if (undelivered.Network is { } change) _unreached.UnionWith(LaneDecider.FreeNetuid((await ReadSubnets()).Union(change.Removed)));
            await Deliver();
        }

        // Whoever closed them must not be able to decide on what they go on to change.
        await BeginTerm();
        _ = Watch(OpenAll(State.TermFloor));
        await RunBatches();
    }

    /// <summary>Opens what may have been closed: every subnet, and the netuid that was closed for one to come.</summary>
    private async Task OpenAll(ulong batch)
    {
        var subnets = await ReadSubnets();
        await Task.WhenAll(subnets.Union(LaneDecider.FreeNetuid(subnets)).Select(netuid => Open(netuid, batch)));
    }

    private async Task<NetUid[]> ReadSubnets()
    {
        NetworkView? view = null;
        await Insist("the registry", async () => view = await Registry.GetNetwork());
        return [.. view!.Subnets.Select(subnet => subnet.Netuid)];
    }

    private Task SendPart(BatchDecided decided, PoolPart part, (ulong, NetworkParameters) adopted)
    {
        var mustBeDurable = false;
        return Insist($"subnet {part.Netuid}", async () =>
        {
            if (mustBeDurable) await Durable();
            var stamp = mustBeDurable ? LogStamp.Durable : Stamp;
            mustBeDurable = true;
            await Pool(part.Netuid).ApplyLane(decided.MessageOf(part, stamp, adopted));
            _unreached.Remove(part.Netuid);
        });
    }

    /// <summary>Tells the registry which subnets come and go, before any pool is: whoever is let in again finds them there.</summary>
    private async Task<(ulong Revision, NetworkParameters Parameters)> ChangeNetwork(BatchDecided decided)
    {
        if (decided.Network is not { } change) return (0, network.Parameters!);
        await Durable();
        NetworkView? view = null;
        await Insist("the registry", async () =>
        {
            await Registry.ChangeNetwork(decided.Batch, change);
            view = await Registry.GetNetwork();
        });
        network.Adopt(view!.Revision, view.Parameters);
        return (view.Revision, view.Parameters);
    }

    private Task EnsureOwner(BlockNumber block, AccountId hotkey, AccountId owner) => Insist($"hotkey {hotkey}", async () =>
    {
        await Durable();
        await GrainFactory.Validator(hotkey).EnsureOwner(owner, block);
    });

    private Task Open(NetUid netuid, ulong batch) => Insist($"subnet {netuid}", async () =>
    {
        await Pool(netuid).OpenForLane(batch);
        if (State.Undelivered?.Batch == batch) _unreached.Remove(netuid);
    });

    private Task EnsureDelegate(AccountId hotkey, BlockNumber block) => Insist($"hotkey {hotkey}", async () =>
    {
        await Durable();
        await GrainFactory.Validator(hotkey).EnsureDelegate(block);
    });

    /// <summary>A credit never expires and is never refused; "stale" means that it arrived before.</summary>
    private async Task SendCredit(BatchDecided decided, LaneCredit credit)
    {
        var mustBeDurable = false;
        for (var isDone = false; !isDone;)
        {
            await Insist($"account {credit.To}", async () =>
            {
                if (mustBeDurable) await Durable();
                var head = new MessageHead(
                    SystemSenders.Lane, credit.Sequence, decided.Credits[0].Sequence, new BlockNumber(ulong.MaxValue), decided.Block,
                    mustBeDurable ? LogStamp.Durable : Stamp);
                var message = new TaoCredit(head, credit.Amount, MustSucceed: true, Keys: credit.Keys);
                var reply = SystemAccounts.TryGetSubnet(credit.To, out var netuid)
                    ? await Pool(netuid).Credit(message)
                    : await GrainFactory.Account(credit.To).Credit(message);
                isDone = reply.Status is DeliveryStatus.Decided or DeliveryStatus.Stale;
                mustBeDurable |= reply.Status == DeliveryStatus.SendWhenDurable;
            });
        }
    }

    private async Task Insist(string whom, Func<Task> send)
    {
        for (var attempt = 0; ; attempt++)
        {
            if (attempt > 0)
            {
                await Task.Delay(Retry.Delay(attempt));
                await ConfirmHeld();
            }

            ThrowIfEnding();
            try
            {
                await send();
                return;
            }
            catch (Exception exception) when (!IsPoisoned && !_isEnding)
            {
                LogRetry(whom, exception.Message);
            }
        }
    }

    private ISubnetPoolGrain Pool(NetUid netuid) => GrainFactory.Pool(netuid);
}
