using Dtao.Economics;
using Dtao.Grains.Telemetry;

namespace Dtao.Grains.Subnets;

/// <summary>Whether a pool takes value commands now. Not durable: a fresh activation asks the coordinator and the lane.</summary>
internal sealed class PoolGate
{
    /// <summary>How long a wait may be before whoever waits has to look whether it waits in the right place.</summary>
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(1);

    private TaskCompletionSource? _opened;

    /// <summary>What everyone who waits shares: the opening, or the end of patience.</summary>
    private Task? _waiting;
    private BlockNumber? _block;
    private bool _isOver;
    private ulong _closing;
    private ulong _lastClosingOver;
    private ulong? _batch;
    private ulong _lastBatchOver;

    public int Waiting { get; private set; }

    /// <summary>How often the lane has closed the gate: what was told before that may not hold after it.</summary>
    public int LaneClosings { get; private set; }

    /// <summary>Closed by the pool itself, until others can see what it has just decided.</summary>
    public bool IsShowing { get; private set; }

    public bool IsClosed => IsClosedForBlock || IsClosedForLane || IsShowing;

    public bool IsClosedForBlock => _block is not null;

    public bool IsClosedForLane => _batch is not null;

    /// <summary>Whether this closing of the coordinator, or a later one, was called off: a message that slept, or waited, must not close the gate.</summary>
    public bool IsClosingOver(ulong closing) => closing <= _lastClosingOver;

    /// <param name="closing">The coordinator's number of this closing; the gate keeps the highest.</param>
    public void CloseForBlock(BlockNumber block, ulong closing)
    {
        if (_block is not { } closed || closed < block) _block = block;
        if (closing > _closing) _closing = closing;
    }

    /// <summary>
    /// Whether this batch of the lane, or a later one, has already opened the gate, or a later one has closed it: a message that slept must not close it,
    /// and what a replaced lane asks must not take the gate from its successor.
    /// </summary>
    public bool IsOver(ulong batch) => batch <= _lastBatchOver || batch < _batch;

    /// <param name="batch">0 when the lane has not said which: any batch opens the gate then.</param>
    public void CloseForLane(ulong batch)
    {
        _batch = batch;
        LaneClosings++;
    }

    public void BeginShowing() => IsShowing = true;

    public void OpenAfterBlock(BlockNumber applied)
    {
        if (_block is { } block && block <= applied) EndClosing();
        Release();
    }

    /// <summary>Opens a gate that was closed for a block whose plan will not be made; no effect on one with a later closing.</summary>
    public void CallOff(ulong closing)
    {
        if (closing > _lastClosingOver) _lastClosingOver = closing;
        if (_closing <= closing) EndClosing();
        Release();
    }

    public void OpenAfterLane(ulong batch)
    {
        if (batch > _lastBatchOver) _lastBatchOver = batch;
        if (_batch <= batch) _batch = null;
        Release();
    }

    public void EndShowing()
    {
        IsShowing = false;
        Release();
    }

    /// <summary>The activation ends: whoever waits, or comes to wait, is let go to find that out.</summary>
    public void ReleaseForGood()
    {
        _isOver = true;
        Release();
    }

    /// <summary>Waits until something opened. The caller looks again: another reason may keep the gate closed.</summary>
    /// <returns>
    /// False after a second without that. An activation that was replaced, or that is about to end, is opened by nobody: who waits there must not wait for ever.
    /// </returns>
    public async Task<bool> Wait()
    {
        if (_isOver) return true;
        Waiting++;
        LedgerMetrics.PoolQueueChanged(1);
        _opened ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = _waiting ??= _opened.Task.WaitAsync(PatienceMax);
        try
        {
            await waiting;
            return true;
        }
        catch (TimeoutException)
        {
            if (_waiting == waiting) _waiting = null;
            return false;
        }
        finally
        {
            Waiting--;
            LedgerMetrics.PoolQueueChanged(-1);
        }
    }

    /// <summary>Forgets the block that the gate was closed for. Whoever waits is let go by what opens the gate.</summary>
    public void EndClosing()
    {
        _block = null;
        _closing = 0;
    }

    private void Release()
    {
        var opened = _opened;
        _opened = null;
        _waiting = null;
        opened?.TrySetResult();
    }
}
