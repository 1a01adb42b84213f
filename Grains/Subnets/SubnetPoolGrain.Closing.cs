using System.Diagnostics;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Blocks;
using Dtao.Grains.Lanes;
using Dtao.Grains.Shell;
using Dtao.Grains.Telemetry;

namespace Dtao.Grains.Subnets;

/// <content>What closes a pool: a block that reads all subnets before it is planned, and a batch of the lane.</content>
public sealed partial class SubnetPoolGrain
{
    public async Task<PoolBlockFacts> CloseForBlock(BlockNumber block, ulong closing, byte[] parentHash)
    {
        while (true)
        {
            ThrowIfPoisoned();
            EndIfBehind(block);
            if (_gate.IsClosingOver(closing)) throw new InvalidOperationException($"Closing {closing} for block {block} was called off; subnet {Netuid} stays as it is.");
            if (!_gate.IsShowing && (!_gate.IsClosedForLane || State.LastBlock >= block)) break;
            await WaitAtGate();
        }

        if (State.Books is not null && State.LastBlock < block) _gate.CloseForBlock(block, closing);
        await ConfirmFacts(block);
        return PoolDecider.FactsOf(State, block, parentHash);
    }

    /// <exception cref="TimeoutException">Nothing opened for a while: whoever asks is to ask again, and another activation may answer.</exception>
    private async Task WaitAtGate()
    {
        if (!await _gate.Wait())
        {
            await ConfirmHeld();
            throw new TimeoutException($"Subnet {Netuid} is closed for something else; ask again.");
        }

        ThrowIfPoisoned();
    }

    /// <summary>
    /// A replaced activation must not tell the coordinator what its successor goes on to change. On one ordered log a look tells; elsewhere only a write
    /// does, which whoever is not the holder loses.
    /// </summary>
    private async Task ConfirmFacts(BlockNumber block)
    {
        if (Journals.LogId != Guid.Empty)
        {
            await ConfirmHeld();
            return;
        }

        if (State.Books is not null && State.LastBlock < block) Record(new FactsAsked(block));
        await Durable();
    }

    public async Task<BlockAcknowledgement> ApplyBlock(ApplyBlock command)
    {
        ThrowIfPoisoned();
        var differs = false;
        if (command.Block.Value == State.LastBlock.Value + 1)
        {
            var began = Stopwatch.GetTimestamp();
            var ranEpoch = await WhileHealthy(Make(command));
            LedgerMetrics.PoolBlockTook(began, ranEpoch);
        }
        else
        {
            EndIfBehind(command.Block);
            Invariant.Holds(command.Block == State.LastBlock, "A pool applies the block after its last, or answers its last again.");
            differs = !command.PlanHash.AsSpan().SequenceEqual(State.LastPlanHash);
            if (differs) LogPlanDiffers(Netuid.Value, command.Block.Value);
        }

        if (!command.Holds) _gate.OpenAfterBlock(State.LastBlock);
        _batches.EndExpired(State.LastBlock);
        var acknowledgement = new BlockAcknowledgement(Netuid, State.LastBlock, State.LastConsumed, State.Digest, differs) { Accruals = [.. State.LastAccruals] };
        var settledBelow = State.SettledBelow;
        await Durable();
        _durablySettledBelow = Math.Max(_durablySettledBelow, settledBelow);
        _ = Watch(SweepOutcomes());
        return acknowledgement;
    }

    public async Task EndHold(BlockNumber block)
    {
        // A replaced activation must not answer for the one that stays closed.
        await ConfirmHeld();
        _gate.OpenAfterBlock(block);
    }

    public async Task OpenAfter(ulong closing)
    {
        // A replaced activation must not answer for the one that stays closed.
        await ConfirmHeld();
        _gate.CallOff(closing);
    }

    public async Task<LaneSlice> CloseForLane(LaneInterest interest)
    {
        while (true)
        {
            ThrowIfPoisoned();
            if (_gate.IsOver(interest.Batch)) throw new InvalidOperationException($"Batch {interest.Batch} of the lane is over; subnet {Netuid} stays as it is.");
            if (!_gate.IsShowing && (!_gate.IsClosedForBlock || interest.ForBlock == State.LastBlock)) break;
            await WaitAtGate();
        }

        _gate.CloseForLane(interest.Batch);
        _mayKeysChange |= interest.Swap is not null;
        await ConfirmSlice();
        var slice = PoolDecider.SliceOf(State, interest, Stamp);
        await ReadyToSend();
        return slice;
    }

    /// <summary>A replaced activation must not hand out what its successor goes on to change; see <see cref="ConfirmFacts"/>.</summary>
    private async Task ConfirmSlice()
    {
        if (Journals.LogId != Guid.Empty) await ConfirmHeld();
        else Record(new FactsAsked(State.LastBlock));
    }

    public async Task<LaneSlice> PeekForLane(LaneInterest interest)
    {
        var slice = PoolDecider.SliceOf(State, interest, LogStamp.Durable);
        await Durable();
        return slice;
    }

    public async Task ApplyLane(LanePart part)
    {
        ThrowIfPoisoned();
        if (!MayActOn(part.Stamp)) throw new InvalidOperationException($"Batch {part.Batch} of the lane stands in another log, and may not be durable; subnet {Netuid} waits until it is.");
        if (part.Batch > State.LastLaneBatch)
        {
            Record(PoolDecider.ApplyLane(State, part));
            if (part.Added is not null || part.Retired is not null) _hotkeys.Clear();
        }

        // A replaced coordinator must not close the pool of a new subnet, which was not there when its closings were called off; and one without a subnet
        // has no part in the block that it was closed for.
        if (part.Added is not null) await WhileHealthy(AskCoordinator());
        if (State.Books is null)
        {
            _gate.EndClosing();
            await WhileHealthy(PayFormerBeneficiaries());
        }

        OpenAfterLane(part.Batch);
        await Durable();
    }

    public async Task OpenForLane(ulong batch)
    {
        // A replaced activation must not answer for the one that stays closed.
        await ConfirmHeld();
        OpenAfterLane(batch);
    }

    /// <summary>Hotkeys have heard of a swap before any pool opens: from here on whoever asks them is told what they are now.</summary>
    private void OpenAfterLane(ulong batch)
    {
        if (_mayKeysChange) _hotkeys.Clear();
        _gate.OpenAfterLane(batch);
        if (!_gate.IsClosedForLane) _mayKeysChange = false;
    }
}
