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

    /// <summary>What receipts wait for to be durable. Those of one commit of the log wait for the same.</summary>
    private readonly Task?[] _durable;
    private int _left;

    public BatchRun(int operations)
    {
        _receipts = new Receipt?[operations];
        _durable = new Task?[operations];
        _left = operations;
        if (operations == 0) _ended.SetResult();
    }

    /// <summary>Takes the receipt when it comes. Without a turn of anybody: what is done then is a note in an array.</summary>
    public void Follow(int place, Task<Receipt> submitted)
    {
        if (submitted.IsCompletedSuccessfully) End(place, submitted.Result);
        else submitted.ContinueWith(s_note, (this, place), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Who is told the end of an operation that was begun without a message.</summary>
    public IOperationEnd EndOf(int place) => new Place(this, place);

    /// <param name="receipt">Null when nobody knows what became of the operation.</param>
    public void End(int place, Receipt? receipt)
    {
        if (receipt is not null) Volatile.Write(ref _receipts[place], receipt);
        if (Interlocked.Decrement(ref _left) == 0) _ended.TrySetResult();
    }

    /// <summary>Waits until each has ended, and no longer than so.</summary>
    public async Task WaitAtMost(TimeSpan patience)
    {
        await EndOf(_ended.Task, patience);
        for (var place = 0; place < _durable.Length; place++)
        {
            if (Volatile.Read(ref _durable[place]) is { IsCompleted: false } durable) await EndOf(durable, patience);
        }
    }

    /// <summary>What has no receipt by then, or none that is durable, goes on.</summary>
    private static async Task EndOf(Task task, TimeSpan patience) =>
        await task.WaitAsync(patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

    /// <param name="without">Makes the receipt of what has none.</param>
    public Receipt[] Receipts(Func<int, Receipt> without)
    {
        var receipts = new Receipt[_receipts.Length];
        for (var place = 0; place < receipts.Length; place++)
        {
            var receipt = Volatile.Read(ref _receipts[place]);
            var isTold = receipt is not null && Volatile.Read(ref _durable[place]) is null or { IsCompletedSuccessfully: true };
            receipts[place] = isTold ? receipt! : without(place);
        }

        return receipts;
    }

    private sealed class Place(BatchRun run, int place) : IOperationEnd
    {
        private int _isTold;

        public void Answer(Receipt receipt, Task whenDurable)
        {
            if (Interlocked.Exchange(ref _isTold, 1) != 0) return;
            if (!whenDurable.IsCompletedSuccessfully) Volatile.Write(ref run._durable[place], whenDurable);
            run.End(place, receipt);
        }
    }
}
