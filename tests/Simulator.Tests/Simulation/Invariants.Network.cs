using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Lanes;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;

namespace Dtao.Simulator.Tests.Simulation;

/// <content>What must hold where subnets have epochs, come, and go.</content>
internal sealed partial class Invariants
{
    private readonly Dictionary<ActorRecord, BlockNumber> _blocks = [];
    private readonly Dictionary<ulong, BatchDecided> _batches = [];
    private readonly HashSet<(ActorRecord Pool, ulong Batch)> _parts = [];
    private readonly Dictionary<AccountId, AccountId> _owners = [];
    private BlockNumber _claimed;

    private void ReadLane(ActorRecord<LaneState, LaneEvent> record)
    {
        for (var i = Unread(record, record); i < record.Durable.Count; i++)
        {
            switch (record.Durable[i])
            {
                case OperationExpired expired:
                    Decided(record, expired.Sender, expired.Sequence, false, default, isNever: true);
                    break;
                case BatchDecided decided:
                    ReadBatch(record, decided);
                    break;
            }
        }
    }

    private void ReadBatch(ActorRecord<LaneState, LaneEvent> record, BatchDecided decided)
    {
        if (!_batches.TryAdd(decided.Batch, decided)) world.Break($"two batches have the number {decided.Batch}");
        foreach (var decision in decided.Decisions)
        {
            Decided(record, decision.Sender, decision.Sequence, decision.Outcome?.IsOk == true, default, isNever: decision.Outcome is null);
            if (decision.Outcome is not null && decided.Block > decision.LastValidBlock) world.Break("the lane decided an operation after its last valid block");
        }

        foreach (var (hotkey, owner) in decided.Owners) Own(hotkey, owner);
        if (decided.Claimers.Count == 0) return;
        if (decided.Block <= _claimed) world.Break($"the claims of block {decided.Block} ran twice");
        _claimed = decided.Block;
    }

    private void ReadHotkey(ActorRecord<ValidatorState, ValidatorEvent> record)
    {
        for (var i = Unread(record, record); i < record.Durable.Count; i++)
        {
            switch (record.Durable[i])
            {
                case HotkeyOperationDecided decided:
                    Decided(record, decided.Sender, decided.Sequence, decided.Outcome.Outcome?.IsOk == true, default, isNever: decided.Outcome.Outcome is null);
                    if (decided.After is not null) Own(record.Image.Hotkey, decided.After.Owner);
                    break;
                case OwnerEnsured ensured:
                    Own(record.Image.Hotkey, ensured.Owner);
                    break;
            }
        }
    }

    private void Own(AccountId hotkey, AccountId owner)
    {
        if (!_owners.TryAdd(hotkey, owner) && _owners[hotkey] != owner) world.Break("a hotkey was given to two owners");
    }

    /// <summary>Every subnet makes every block once.</summary>
    private void CheckBlock(ActorRecord record, BlockApplied applied)
    {
        if (_blocks.GetValueOrDefault(record).Next != applied.Block) world.Break($"{record} made block {applied.Block} after {_blocks.GetValueOrDefault(record)}");
        _blocks[record] = applied.Block;
    }

    /// <summary>A batch reaches a pool once, in the block in which it was decided.</summary>
    private void CheckPart(ActorRecord<PoolState, PoolEvent> record, LaneApplied lane)
    {
        if (!_parts.Add((record, lane.Batch))) world.Break($"{record} applied batch {lane.Batch} twice");
        if (!_batches.TryGetValue(lane.Batch, out var decided))
        {
            world.Break($"{record} applied batch {lane.Batch}, which nobody decided");
            return;
        }

        if (lane.Added is { } added) _blocks[record] = added.Block;
        else if (lane.Changes.Retired is null && record.Image.Books is not null && _blocks.GetValueOrDefault(record) != decided.Block)
        {
            world.Break($"{record} applied a batch of block {decided.Block} in block {_blocks.GetValueOrDefault(record)}");
        }
    }

    /// <summary>By how much the TAO of a decided batch will rise, or fall, when it has reached everyone: pools still hold what accounts will get.</summary>
    private Int128 InDelivery(BatchDecided decided)
    {
        Int128 sum = 0;
        foreach (var credit in decided.Credits)
        {
            if (!IsCredited(credit.To, SystemSenders.Lane, credit.Sequence)) sum += credit.Amount.Rao;
        }

        foreach (var part in decided.Parts)
        {
            var pool = world.PoolOf(part.Netuid).Image;
            if (pool.LastLaneBatch >= decided.Batch) continue;
            Int128 before = (pool.Books?.AccountTao.Rao ?? 0) + pool.UnclaimedTao.Rao;
            var left = part.Changes.Retired?.LeftOnAccount.Rao ?? (part.Books is not null && pool.Books is null ? 0 : pool.UnclaimedTao.Rao);
            Int128 after = part.Books?.AccountTao.Rao ?? (part.Changes.Retired is null ? pool.Books?.AccountTao.Rao ?? 0 : 0);
            sum += after + left - before + part.Destroyed.Rao;
            foreach (var owed in part.Owed) sum += owed.Amount.Rao;
        }

        return sum;
    }
}
