using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Orders;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;

namespace Dtao.Grains.Subnets;

/// <content>
/// Calls whose orders are executed all or none. Each owner's account sends its part; parts wait here until all have come, and are then decided in one event. What
/// waits is in memory only, since owners send again; it ends by being decided, by being withdrawn, or by its last valid block.
/// </content>
public sealed partial class SubnetPoolGrain
{
    private readonly BatchBook _batches = new();

    private async Task<PoolReply> Join(PoolCommand command)
    {
        var head = command.Head;
        ThrowIfPoisoned();
        if (!MayActOn(head.Stamp)) return PoolReply.Undecided(DeliveryStatus.SendWhenDurable, State.LastBlock);
        while (true)
        {
            ThrowIfPoisoned();
            if (!_gate.IsShowing)
            {
                switch (State.Outcomes.Judge(head, State.Books is null ? head.Seen : State.LastBlock, out var known))
                {
                    case Verdict.Known:
                        return await Answer(head, known!);
                    case Verdict.Stale:
                        return PoolReply.Undecided(DeliveryStatus.Stale, State.LastBlock);
                    case Verdict.Expired:
                        return await Answer(head, Never(command));
                }

                if (_batches.IsWithdrawn(((FillBatchDetail)command.Call.Detail!).Batch)) return await Answer(head, Never(command));
            }

            // A decision that is being shown is waited for by everybody.
            if (MustWait(head))
            {
                if (!await MayPassGate(head)) return PoolReply.Undecided(DeliveryStatus.Busy, State.LastBlock);
                continue;
            }

            if (_batches.Park(command) is not { } batch) return PoolReply.Undecided(DeliveryStatus.Busy, State.LastBlock);
            if (batch is { IsWhole: true, IsTaken: false })
            {
                batch.IsTaken = true;
                _ = Watch(DecideBatch(batch));
            }

            if (await batch.Ended) return PoolReply.Undecided(DeliveryStatus.Busy, State.LastBlock);
        }
    }

    public async Task WithdrawOrders(Guid batch)
    {
        ThrowIfPoisoned();
        _batches.NoteWithdrawn(batch);
        if (_batches.Find(batch) is { } parked)
        {
            foreach (var part in parked.Parts.Values)
            {
                if (State.Outcomes.Find(part.Head.Sender, part.Head.Sequence) is null) Never(part);
            }

            _batches.End(parked);
        }

        await Durable();
    }

    /// <summary>Records that a part never takes effect; then neither does the try that it belongs to, since its owner has no other part in it.</summary>
    private PoolOutcome Never(PoolCommand command)
    {
        var never = PoolDecider.Expire(State, command.Head, command.Call);
        Record(never);
        CountDecision(null);
        return never.Outcome;
    }

    /// <summary>Decides a try whose parts are all there, once what they need is known.</summary>
    private async Task DecideBatch(ParkedBatch batch)
    {
        var isBusy = true;
        try
        {
            BatchFacts? facts = null;
            while (!batch.IsEnded)
            {
                ThrowIfPoisoned();
                var heads = batch.Parts.Values.Select(part => part.Head).ToArray();
                var waits = heads.FirstOrDefault(MustWait);
                if (waits is not null)
                {
                    facts = null;
                    if (!await MayPassGate(waits)) return;
                    continue;
                }

                if (!heads.All(IsFresh))
                {
                    isBusy = false;
                    return;
                }

                if (facts is null || facts.Block != State.LastBlock || facts.LaneClosings != _gate.LaneClosings)
                {
                    facts = await FetchFor(batch);
                    if (facts is null) return;
                    continue;
                }

                var parts = batch.Parts.Values.Select(part => part.RunsAlone && facts.Free.TryGetValue(part.Head.Sender, out var free) ? part with { Free = free } : part);
                var decided = PoolDecider.DecideBatch(State, [.. parts], BeneficiaryExists, facts.Existing, _hotkeys.Records, network.Parameters);
                var firstSent = State.NextSequence;
                Record(decided);
                CountDecision(decided.Outcome);
                isBusy = false;
                if (State.NextSequence > firstSent) await ShowEffects(firstSent, decided.Direct, newlyOwned: null, newDelegate: null);
                return;
            }
        }
        finally
        {
            _batches.End(batch, isBusy);
        }
    }

    private bool IsFresh(MessageHead head) => State.Outcomes.Judge(head, State.Books is null ? head.Seen : State.LastBlock, out _) == Verdict.Fresh;

    /// <summary>What a batch needs to know of others, in one block and between two closings of the lane.</summary>
    /// <param name="Free">Of owners whose part runs alone: what the lane has credited them since they sent it counts too.</param>
    private sealed record BatchFacts(BlockNumber Block, int LaneClosings, IReadOnlySet<AccountId> Existing, IReadOnlyDictionary<AccountId, Tao> Free);

    /// <returns>Null when something is about to change: the parts are to be sent again.</returns>
    private async Task<BatchFacts?> FetchFor(ParkedBatch batch)
    {
        var (block, closings) = (State.LastBlock, _gate.LaneClosings);
        PoolCommand[] parts = [.. batch.Parts.Values];
        var details = parts.Select(part => (FillBatchDetail)part.Call.Detail!).ToArray();
        if (State.Books is { Mechanism: not 0 } && !BeneficiaryExists && !batch.Has(Beneficiary) && !await FetchBeneficiary()) return null;

        var hotkeys = details.SelectMany(detail => detail.Fills).Select(placed => placed.Fill.Order.Hotkey).Distinct()
            .Where(hotkey => !_hotkeys.Records.ContainsKey(hotkey));
        if ((await Task.WhenAll(hotkeys.ToArray().Select(hotkey => FetchHotkey(hotkey, AskedIn)))).Contains(false)) return null;

        var existing = new HashSet<AccountId>();
        var paid = await Task.WhenAll(PoolDecider.PaidBy(parts).Select(async account => (account, exists: await Exists(account))));
        foreach (var (account, exists) in paid)
        {
            if (exists && account != Beneficiary) existing.Add(account);
        }

        var free = await Task.WhenAll(parts.Where(part => part.RunsAlone).Select(part => part.Head.Sender).Select(
            async owner => (owner, free: await GrainFactory.Account(owner).GetFree())));
        return new BatchFacts(block, closings, existing, free.ToDictionary(entry => entry.owner, entry => entry.free));
    }
}
