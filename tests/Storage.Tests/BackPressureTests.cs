namespace Dtao.Storage.Tests;

/// <summary>What keeps writers waiting when there is too much to write.</summary>
public sealed class BackPressureTests
{
    private readonly FireNowTime time = new();

    [Fact]
    public async Task ByteBudget_Full_LetsInInOrderWhenOthersLeave()
    {
        ByteBudget budget = new(100, TimeSpan.FromSeconds(1), time);
        await budget.EnterAsync(60, CancellationToken.None);
        var large = budget.EnterAsync(50, CancellationToken.None).AsTask();
        var small = budget.EnterAsync(10, CancellationToken.None).AsTask();
        // The small one would fit, but whoever came first is not overtaken for ever.
        Assert.False(large.IsCompleted || small.IsCompleted);

        budget.Leave(60);

        await Task.WhenAll(large, small);
    }

    [Fact]
    public async Task ByteBudget_FullForTooLong_IsBusyAndTakesNothing()
    {
        ByteBudget budget = new(100, TimeSpan.FromSeconds(1), time);
        await budget.EnterAsync(100, CancellationToken.None);
        var late = budget.EnterAsync(1, CancellationToken.None).AsTask();

        time.FireAll();

        await Assert.ThrowsAsync<GrainStorageBusyException>(() => late);
        budget.Leave(100);
        await budget.EnterAsync(100, CancellationToken.None);
    }

    [Fact]
    public async Task ByteBudget_CancelledInLine_TakesNothing()
    {
        ByteBudget budget = new(100, TimeSpan.FromSeconds(1), time);
        using CancellationTokenSource cancellation = new();
        await budget.EnterAsync(100, CancellationToken.None);
        var cancelled = budget.EnterAsync(50, cancellation.Token).AsTask();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        budget.Leave(100);
        await budget.EnterAsync(100, CancellationToken.None);
    }

    [Fact]
    public async Task ByteBudget_MoreThanThereIsAtAll_GoesAlone()
    {
        ByteBudget budget = new(100, TimeSpan.FromSeconds(1), time);

        await budget.EnterAsync(1_000, CancellationToken.None);
        var next = budget.EnterAsync(1, CancellationToken.None).AsTask();
        Assert.False(next.IsCompleted);
        budget.Leave(1_000);

        await next;
    }

    [Fact]
    public async Task WriteSlots_AllTaken_NextWaitsAndIsBusyWhenItTakesTooLong()
    {
        WriteSlots slots = new("test", 1, TimeSpan.FromSeconds(1), time);
        TaskCompletionSource<RecordAnswer> first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = slots.Run(() => first.Task, CancellationToken.None);
        var waiting = slots.Run(() => Task.FromResult(RecordAnswer.Committed("2")), CancellationToken.None);

        time.FireAll();
        await Assert.ThrowsAsync<GrainStorageBusyException>(() => waiting);
        var patient = slots.Run(() => Task.FromResult(RecordAnswer.Committed("3")), CancellationToken.None);
        first.SetResult(RecordAnswer.Committed("1"));

        Assert.Equal(["1", "3"], [(await running).ETag, (await patient).ETag]);
    }

    [Fact]
    public async Task WriteSlots_Disposed_WaitsForWhatRunsAndLetsNobodyIn()
    {
        WriteSlots slots = new("test", 2, TimeSpan.FromSeconds(1), time);
        TaskCompletionSource<RecordAnswer> first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = slots.Run(() => first.Task, CancellationToken.None);

        var closing = slots.DisposeAsync().AsTask();
        Assert.False(closing.IsCompleted);
        first.SetResult(RecordAnswer.Committed("1"));
        await Task.WhenAll(running, closing);

        await Assert.ThrowsAsync<GrainStorageBusyException>(() => slots.Run(() => first.Task, CancellationToken.None));
    }
}
