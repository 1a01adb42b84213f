using Dtao.Economics;

namespace Dtao.Grains.Subnets;

/// <summary>Whether a pool takes value commands now. Not durable: a fresh activation asks the coordinator and the lane.</summary>
internal sealed class PoolGate
{
    private TaskCompletionSource? _opened;
    private BlockNumber? _block;
    private bool _isClosedForLane;

    public int Waiting { get; private set; }

    /// <summary>Closed by the pool itself, until others can see what it has just decided.</summary>
    public bool IsShowing { get; private set; }

    public bool IsClosed => _block is not null || _isClosedForLane || IsShowing;

    public void CloseForBlock(BlockNumber block) => _block = block;

    public void CloseForLane() => _isClosedForLane = true;

    public void BeginShowing() => IsShowing = true;

    public void OpenAfterBlock(BlockNumber applied)
    {
        if (_block is { } block && block <= applied) _block = null;
        Release();
    }

    public void OpenAfterLane()
    {
        _isClosedForLane = false;
        Release();
    }

    public void EndShowing()
    {
        IsShowing = false;
        Release();
    }

    /// <summary>Waits until something opened. The caller looks again: another reason may keep the gate closed.</summary>
    public async Task Wait()
    {
        Waiting++;
        try
        {
            await (_opened ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
        finally
        {
            Waiting--;
        }
    }

    private void Release()
    {
        var opened = _opened;
        _opened = null;
        opened?.TrySetResult();
    }
}
