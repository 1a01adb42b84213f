using System.Collections.Concurrent;

namespace Dtao.Storage;

/// <summary>A thread for commits, so that a sync of the disk never holds a thread on which grains run.</summary>
internal sealed class CommitThread : IDisposable
{
    private readonly BlockingCollection<Action> work = [];
    private readonly Thread thread;
    private bool isDisposed;

    public CommitThread(string name)
    {
        thread = new(RunAll) { IsBackground = true, Name = name };
        thread.Start();
    }

    public Task<TResult> Run<TResult>(Func<TResult> action)
    {
        TaskCompletionSource<TResult> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        work.Add(() =>
        {
            try
            {
                completion.SetResult(action());
            }
#pragma warning disable CA1031 // The exception goes to whoever waits for the result.
            catch (Exception e)
#pragma warning restore CA1031
            {
                completion.SetException(e);
            }
        });
        return completion.Task;
    }

    /// <summary>Ends after the work that was handed over. A container may dispose a service more than once.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref isDisposed, true)) return;
        work.CompleteAdding();
        thread.Join();
        work.Dispose();
    }

    private void RunAll()
    {
        foreach (var action in work.GetConsumingEnumerable()) action();
    }
}
