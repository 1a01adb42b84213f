namespace Dtao.Api.ReadSide;

/// <summary>Tells that the read side has moved on; for streams and caches.</summary>
internal interface IReadSideEvents
{
    /// <summary>Where the read side stands, as far as this process knows.</summary>
    ReadPosition Position { get; }

    /// <summary>Waits until the read side has moved on from a revision. Ends at once when it already has, also when it was built anew meanwhile.</summary>
    Task<ReadPosition> WaitForMoveAsync(ReadPosition seen, CancellationToken cancellationToken);

    /// <summary>Waits until a block after the given one is complete: then all of it can be read, and all that was decided before it.</summary>
    Task<ReadPosition> WaitForBlockAfterAsync(ulong block, CancellationToken cancellationToken);
}

/// <inheritdoc cref="IReadSideEvents"/>
internal sealed class ReadSideEvents : IReadSideEvents
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReadPosition _position = ReadPosition.Empty;

    public ReadPosition Position
    {
        get
        {
            lock (_lock) return _position;
        }
    }

    public async Task<ReadPosition> WaitForMoveAsync(ReadPosition seen, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (position, moved) = Look();
            if (position != seen) return position;
            await moved.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task<ReadPosition> WaitForBlockAfterAsync(ulong block, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (position, moved) = Look();
            if (position.Complete > block) return position;
            await moved.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Says where the read side stands now.</summary>
    public void Tell(ReadPosition position)
    {
        TaskCompletionSource moved;
        lock (_lock)
        {
            if (position == _position) return;
            _position = position;
            moved = _moved;
            _moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        moved.SetResult();
    }

    private (ReadPosition Position, Task Moved) Look()
    {
        lock (_lock) return (_position, _moved.Task);
    }
}
