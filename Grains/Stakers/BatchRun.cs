namespace Dtao.Grains.Stakers;

/// <summary>The operations of one batch on their way: receipts come from any thread, each once.</summary>
internal sealed class BatchRun
{
    private static readonly Action<Task<Receipt>, object?> s_note = static (submitted, state) =>
    {
        var (run, place) = ((BatchRun, int))state!;
        run.End(place, submitted.IsCompletedSuccessfully ? submitted.Result : null);
    };

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Receipt?[] _receipts;
    private int _left;

    public BatchRun(int operations)
    {
        _receipts = new Receipt?[operations];
        _left = operations;
        if (operations == 0) _ended.SetResult();
    }

    /// <summary>Takes the receipt when it comes. Without a turn of anybody: what is done then is a note in an array.</summary>
    public void Follow(int place, Task<Receipt> submitted)
    {
        if (submitted.IsCompletedSuccessfully) End(place, submitted.Result);
        else submitted.ContinueWith(s_note, (this, place), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <param name="receipt">Null when nobody knows what became of the operation.</param>
    public void End(int place, Receipt? receipt)
    {
        if (receipt is not null) Volatile.Write(ref _receipts[place], receipt);
        if (Interlocked.Decrement(ref _left) == 0) _ended.TrySetResult();
    }

    /// <summary>Waits until each has ended, and no longer than so.</summary>
    public async Task WaitAtMost(TimeSpan patience)
    {
        try
        {
            await _ended.Task.WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            // What has no receipt goes on.
        }
    }

    /// <param name="without">Makes the receipt of what has none.</param>
    public Receipt[] Receipts(Func<int, Receipt> without)
    {
        var receipts = new Receipt[_receipts.Length];
        for (var place = 0; place < receipts.Length; place++)
        {
            receipts[place] = Volatile.Read(ref _receipts[place]) ?? without(place);
        }

        return receipts;
    }
}
