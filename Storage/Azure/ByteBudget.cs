namespace Dtao.Storage;

/// <summary>A bound on the bytes that are under way: whoever wants more than is left waits, first come, first served.</summary>
internal sealed class ByteBudget(long bytesMax, TimeSpan waitMax, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly LinkedList<(long Bytes, TaskCompletionSource Entered)> waiting = [];
    private long used;

    /// <summary>Takes bytes; more than there are at all is taken as all.</summary>
    /// <exception cref="GrainStorageBusyException">They did not come free in time.</exception>
    public ValueTask EnterAsync(long bytes, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (waiting.Count == 0 && used + Cost(bytes) <= bytesMax)
            {
                used += Cost(bytes);
                return ValueTask.CompletedTask;
            }

            return new(Wait(waiting.AddLast((Cost(bytes), new(TaskCreationOptions.RunContinuationsAsynchronously))), cancellationToken));
        }
    }

    public void Leave(long bytes)
    {
        lock (gate)
        {
            used -= Cost(bytes);
            while (waiting.First is { Value: var next } && used + next.Bytes <= bytesMax)
            {
                used += next.Bytes;
                waiting.RemoveFirst();
                next.Entered.SetResult();
            }
        }
    }

    private async Task Wait(LinkedListNode<(long Bytes, TaskCompletionSource Entered)> place, CancellationToken cancellationToken)
    {
        try
        {
            await place.Value.Entered.Task.WaitAsync(waitMax, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            bool isIn;
            lock (gate)
            {
                isIn = place.List is null;
                if (!isIn) waiting.Remove(place);
            }

            if (e is OperationCanceledException)
            {
                if (isIn) Leave(place.Value.Bytes);
                throw;
            }

            // Let in at the last moment is let in.
            if (!isIn) throw new GrainStorageBusyException($"{bytesMax} bytes were on their way for {waitMax}; nothing was written.", e);
        }
    }

    private long Cost(long bytes) => Math.Min(bytes, bytesMax);
}
