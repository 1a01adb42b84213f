using Dtao.Economics;
using Dtao.Grains.Shell;

namespace Dtao.Grains.Stakers;

/// <summary>One operation of a client in the silo's process, from its account's turn until its receipt is durable. The client's code goes on outside of any turn.</summary>
internal sealed class LocalSubmission(IGrainFactory factory, LocalWaits waits, ILocalAccount account, Operation operation)
    : TaskCompletionSource<Receipt>, IOperationEnd, IThreadPoolWorkItem
{
    private Receipt? _receipt;
    private Task? _whenDurable;
    private OperationGate? _gate;

    /// <summary>Its place among those that wait; both are of <see cref="LocalWaits"/> alone.</summary>
    public LocalSubmission? Older { get; set; }

    /// <inheritdoc cref="Older"/>
    public LocalSubmission? Newer { get; set; }

    /// <summary>When it began to wait, in milliseconds of the machine's clock; 0 when it does not.</summary>
    public long Since { get; set; }

    public Task<Receipt> Begin()
    {
        waits.Add(this);
        account.Post(this);
        return Task;
    }

    public void Answer(Receipt receipt, Task whenDurable, OperationGate? gate)
    {
        if (_receipt is not null) return;
        (_receipt, _whenDurable, _gate) = (receipt, whenDurable, gate);
        if (whenDurable.IsCompleted) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
        else whenDurable.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(End);
    }

    /// <summary>First the account's turn, then the end of the operation.</summary>
    public void Execute()
    {
        if (_receipt is not null)
        {
            End();
            return;
        }

        try
        {
            if (account.TryBegin(operation, this)) return;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            waits.Remove(this);
            ThreadPool.UnsafeQueueUserWorkItem(static ended => ended.Submission.TrySetException(ended.Exception), (Submission: this, Exception: exception), preferLocal: false);
            return;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static submission => _ = submission.SendAsMessage(), this, preferLocal: false);
    }

    /// <summary>It was not answered in time; what became of it is not known.</summary>
    public void GiveUp() => TrySetException(new TimeoutException("The account has not answered in time."));

    private void End()
    {
        waits.Remove(this);
        _gate?.Leave();
        if (_whenDurable!.IsCompletedSuccessfully) TrySetResult(_receipt!);
        else TrySetResult(Receipt.NotAccepted(operation.Id, RefusalCode.OutcomeUnknown, _receipt!.Block));
    }

    /// <remarks>Not in the account's turn: its activation ends, and the answer would come to it.</remarks>
    private async Task SendAsMessage()
    {
        waits.Remove(this);
        try
        {
            TrySetResult(await factory.Account(operation.Signer).Submit(operation).ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            TrySetException(exception);
        }
    }
}

/// <summary>Operations that wait for their end, the oldest first. Each is given up when it has waited for as long as the runtime waits for the answer of a message.</summary>
internal sealed class LocalWaits
{
    private const long PatienceMilliseconds = 30_000;
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private LocalSubmission? _oldest;
    private LocalSubmission? _newest;

    /// <summary>Looks after them; there while somebody waits.</summary>
    private ITimer? _timer;

    public void Add(LocalSubmission submission)
    {
        submission.Since = Environment.TickCount64;
        lock (_lock)
        {
            submission.Older = _newest;
            if (_newest is null) _oldest = submission;
            else _newest.Newer = submission;
            _newest = submission;
            if (_timer is not null) return;

            // It outlives whoever is the first, and must not keep what flows with that one's calls.
            using (ExecutionContext.SuppressFlow())
            {
                _timer = TimeProvider.System.CreateTimer(static waits => ((LocalWaits)waits!).GiveUp(Environment.TickCount64), this, s_period, s_period);
            }
        }
    }

    public void Remove(LocalSubmission submission)
    {
        lock (_lock)
        {
            if (submission.Since == 0) return;
            submission.Since = 0;
            if (submission.Older is null) _oldest = submission.Newer;
            else submission.Older.Newer = submission.Newer;
            if (submission.Newer is null) _newest = submission.Older;
            else submission.Newer.Older = submission.Older;
            (submission.Older, submission.Newer) = (null, null);
        }
    }

    /// <summary>Gives those up that have waited too long.</summary>
    /// <param name="now">In milliseconds of the machine's clock.</param>
    public void GiveUp(long now)
    {
        while (TakeLate(now) is { } late) late.GiveUp();
    }

    private LocalSubmission? TakeLate(long now)
    {
        lock (_lock)
        {
            if (_oldest is { } oldest)
            {
                if (now - oldest.Since < PatienceMilliseconds) return null;
                Remove(oldest);
                return oldest;
            }

            _timer?.Dispose();
            _timer = null;
            return null;
        }
    }
}
