namespace Dtao.Grains.Shell;

/// <summary>Lets one piece of work at a time through, in order of arrival. For use inside one activation, whose turns never overlap.</summary>
public sealed class OneAtATime
{
    private Task _last = Task.CompletedTask;

    /// <summary>Runs the work after everything that was queued before it has ended, however it ended.</summary>
    public async Task<T> Run<T>(Func<Task<T>> work)
    {
        var before = _last;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _last = done.Task;
        await before;
        try
        {
            return await work();
        }
        finally
        {
            done.SetResult();
        }
    }
}
