using Dtao.Economics;

namespace Dtao.Grains.Stakers;

/// <summary>One operation of a client in the silo's process, from its account's turn until its receipt is durable. The client's code goes on outside of any turn.</summary>
internal sealed class LocalSubmission(IGrainFactory factory, ILocalAccount account, Operation operation) : TaskCompletionSource<Receipt>, IOperationEnd, IThreadPoolWorkItem
{
    /// <summary>As long as the runtime waits for the answer of a message.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private Receipt? _receipt;
    private Task? _whenDurable;
    private Timer? _timer;

    public bool IsAtPool { get; set; }

    public Task<Receipt> Begin()
    {
        account.Post(this);
        return Task;
    }

    public void Answer(Receipt receipt, Task whenDurable)
    {
        if (Interlocked.CompareExchange(ref _receipt, receipt, null) is not null) return;
        _whenDurable = whenDurable;
        if (whenDurable.IsCompleted) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
        else whenDurable.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(End);
    }

    public void WillTakeLong() => _timer ??= new Timer(static state => ((LocalSubmission)state!).GiveUp(), this, s_patience, Timeout.InfiniteTimeSpan);

    /// <summary>First the account's turn, then the end of the operation.</summary>
    public void Execute()
    {
        if (_receipt is not null) End();
        else if (!account.TryBegin(operation, this)) _ = SendAsMessage();
    }

    private void End()
    {
        _timer?.Dispose();
        if (_whenDurable!.IsCompletedSuccessfully) TrySetResult(_receipt!);
        else TrySetResult(Receipt.NotAccepted(operation.Id, RefusalCode.OutcomeUnknown, _receipt!.Block));
    }

    private void GiveUp()
    {
        _timer!.Dispose();
        TrySetException(new TimeoutException("The account has not answered in time."));
    }

    private async Task SendAsMessage()
    {
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
