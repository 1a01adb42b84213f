using Dtao.Grains.Shell;

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
    private OperationGate? _gate;
    private int _entered;
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

    /// <summary>Waits until each has ended and is durable, and no longer than so. What has no receipt by then, or none that is durable, goes on.</summary>
    public async Task WaitAtMost(TimeSpan patience)
    {
        var until = Environment.TickCount64 + (patience.Ticks / TimeSpan.TicksPerMillisecond);
        await EndOf(_ended.Task, until);
        for (var place = 0; place < _durable.Length; place++)
        {
            if (Volatile.Read(ref _durable[place]) is { IsCompleted: false } durable) await EndOf(durable, until);
        }

        for (var entered = Interlocked.Exchange(ref _entered, 0); entered > 0; entered--) _gate!.Leave();
    }

    private static async Task EndOf(Task task, long until)
    {
        var left = until - Environment.TickCount64;
        if (task.IsCompleted || left <= 0) return;
        await task.WaitAsync(TimeSpan.FromMilliseconds(left)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

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

    /// <summary>An operation leaves the gate when the batch has waited for it.</summary>
    private void LeaveLater(OperationGate gate)
    {
        Volatile.Write(ref _gate, gate);
        Interlocked.Increment(ref _entered);
    }

    private sealed class Place(BatchRun run, int place) : IOperationEnd
    {
        private bool _isTold;

        public void Answer(Receipt receipt, Task whenDurable, OperationGate? gate)
        {
            if (_isTold) return;
            _isTold = true;
            if (!whenDurable.IsCompletedSuccessfully) Volatile.Write(ref run._durable[place], whenDurable);
            if (whenDurable.IsCompleted) gate?.Leave();
            else if (gate is not null) run.LeaveLater(gate);
            run.End(place, receipt);
        }
    }
}
