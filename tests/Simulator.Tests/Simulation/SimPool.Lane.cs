using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;

namespace Dtao.Simulator.Tests.Simulation;

/// <summary>A slice of a pool, and how many events the pool had recorded.</summary>
internal readonly record struct SliceRead(LaneSlice Slice, long Version);

/// <content>What a pool does for the lane.</content>
internal sealed partial class SimPool
{
    private ulong? _batch;
    private ulong _lastBatchOver;
    private ulong _orderAtRetirement;
    private int _laneClosings;

    public async Task<SliceRead> CloseForLane(LaneInterest interest)
    {
        while (true)
        {
            if (interest.Batch <= _lastBatchOver || interest.Batch < _batch) throw new LateMessageException();
            if (!_isShowing && (_closedForBlock is null || interest.ForBlock == State.LastBlock)) break;
            await WaitAtGate();
        }

        _batch = interest.Batch;
        _laneClosings++;
        ConfirmSlice();
        var read = new SliceRead(PoolDecider.SliceOf(State, interest, Stamp), Version);
        await ReadyToSend();
        return read;
    }

    public async Task<bool> ApplyLane(LanePart part)
    {
        if (!MayActOn(part.Stamp)) throw new LateMessageException();
        if (part.Batch > State.LastLaneBatch || Bug == Bug.PartAppliedAgain)
        {
            if (part.Retired is not null) _orderAtRetirement = State.Order;
            Record(PoolDecider.ApplyLane(State, part));
            if (part.Added is not null || part.Retired is not null) _hotkeys.Clear();
        }

        if (part.Added is not null) await AskCoordinator();
        if (State.Books is null && Bug != Bug.GonePoolStaysClosed) (_closedForBlock, _closing) = (null, 0);
        OpenAfterLane(part.Batch);
        await Durable();
        return true;
    }

    public Task<bool> OpenForLane(ulong batch)
    {
        ConfirmAskedByOthers();
        OpenAfterLane(batch);
        return Task.FromResult(true);
    }

    public async Task<bool> HasPosition(PositionKey position)
    {
        var has = State.Shares.ContainsKey((position.Hotkey, position.Coldkey));
        await Durable();
        return has;
    }

    public async Task<bool> AdoptParameters(ulong revision, NetworkParameters parameters)
    {
        if (State.Books is not null && revision > State.ParametersRevision)
        {
            Record(new ParametersAdopted(revision, parameters));
            _knownBeneficiary = null;
        }

        await Durable();
        return true;
    }

    /// <summary>A replaced activation must not hand out, nor answer for, what its successor goes on to change.</summary>
    private void ConfirmSlice()
    {
        if (Bug == Bug.SliceOfReplacedPool) return;
        if (World.IsOrdered) ConfirmHeld();
        else Record(new FactsAsked(State.LastBlock));
    }

    private void ConfirmAskedByOthers()
    {
        if (Bug != Bug.OpenedAtReplacedPool) ConfirmHeld();
    }

    private void OpenAfterLane(ulong batch)
    {
        if (batch > _lastBatchOver) _lastBatchOver = batch;
        if (_batch <= batch) _batch = null;
        Release();
    }
}
