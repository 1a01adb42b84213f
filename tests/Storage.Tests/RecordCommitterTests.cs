using System.Diagnostics.Metrics;

namespace Dtao.Storage.Tests;

public sealed class RecordCommitterTests
{
    private readonly HeldStore store = new();

    [Fact]
    public async Task Submit_WritesThatArriveDuringACommit_ShareTheNextOne()
    {
        await using var committer = Committer();
        var first = Submit(committer, Insert("first"));
        await store.FirstCommit();

        var rest = Enumerable.Range(0, 50).Select(number => Submit(committer, Insert($"grain {number}"))).ToArray();
        store.ReleaseAll();
        var answers = await Task.WhenAll([first, .. rest]);

        Assert.All(answers, answer => Assert.True(answer.IsCommitted));
        Assert.Equal(51, answers.Select(answer => answer.ETag).Distinct().Count());
        Assert.Equal([1, 50], store.BatchSizes);
    }

    [Fact]
    public async Task Submit_NobodyElseInLine_IsCommittedOnTheCallersWay()
    {
        // This store answers at once. Were there a hand-over to another thread, the answer could not be there already.
        await using RecordCommitter committer = new("test", new MemoryRecordStore(), new(), TimeProvider.System);

        for (var number = 0; number < 100; number++)
        {
            var write = Submit(committer, Insert($"grain {number}"));
            Assert.True(write.IsCompletedSuccessfully);
            Assert.True((await write).IsCommitted);
        }
    }

    [Fact]
    public async Task Submit_ManyWhoComeAndGo_AreAllAnsweredByCommitsThatNeverOverlap()
    {
        YieldingStore yielding = new();
        await using (RecordCommitter committer = new("test", yielding, new() { QueueLengthMax = 4 }, TimeProvider.System))
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
            {
                for (var number = 0; number < 500; number++)
                    Assert.True((await Submit(committer, Insert($"{writer}/{number}"))).IsCommitted);
            })));
        }

        Assert.Equal((4_000, 1), (yielding.Written, yielding.MostAtOnce));
    }

    [Fact]
    public async Task Submit_AloneAndTheStoreFails_FailsAndGoesOn()
    {
        await using var committer = Committer();
        store.ReleaseAll();
        store.FailNext = new StoreException(StoreErrorCode.Full, "No room.");

        var failed = await Assert.ThrowsAsync<StoreException>(() => Submit(committer, Insert("a")));

        Assert.Equal(StoreErrorCode.Full, failed.Code);
        Assert.True((await Submit(committer, Insert("a"))).IsCommitted);
        Assert.False((await Submit(committer, Insert("a"))).IsCommitted);
    }

    [Fact]
    public async Task Submit_BeforeItsCommitEnds_IsNotAnswered()
    {
        await using var committer = Committer();

        var write = Submit(committer, Insert("a"));
        await store.FirstCommit();
        Assert.False(write.IsCompleted);
        store.ReleaseAll();

        Assert.True((await write).IsCommitted);
    }

    [Fact]
    public async Task Submit_ConflictsAmongNeighbours_FailAlone()
    {
        await using var committer = Committer();
        var first = Submit(committer, Insert("taken"));
        await store.FirstCommit();

        var again = Submit(committer, Insert("taken"));
        var stale = Submit(committer, RecordWrite.Update(Key("absent"), new byte[1], "5"));
        var neighbours = Enumerable.Range(0, 10).Select(number => Submit(committer, Insert($"grain {number}"))).ToArray();
        store.ReleaseAll();

        var taken = (await first).ETag;
        Assert.Equal(RecordAnswer.Conflicted(taken), await again);
        Assert.Equal(RecordAnswer.Conflicted(null), await stale);
        Assert.All(await Task.WhenAll(neighbours), answer => Assert.True(answer.IsCommitted));
    }

    [Fact]
    public async Task Submit_TwoWritesOfOneRecord_NeverShareACommitAndKeepTheirOrder()
    {
        await using var committer = Committer();
        var first = Submit(committer, Insert("other"));
        await store.FirstCommit();

        var one = Submit(committer, Insert("a"));
        var two = Submit(committer, Insert("a"));
        var neighbour = Submit(committer, Insert("b"));
        store.ReleaseAll();
        await Task.WhenAll(first, one, two, neighbour);

        Assert.True((await one).IsCommitted);
        Assert.Equal(RecordAnswer.Conflicted((await one).ETag), await two);
        Assert.True((await neighbour).IsCommitted);
        Assert.DoesNotContain(store.Batches, batch => batch.Count != batch.Distinct().Count());
    }

    [Fact]
    public async Task Submit_BatchBounds_AreKept()
    {
        await using var committer = Committer(new() { BatchRecordsMax = 4, BatchBytesMax = 100 });
        var first = Submit(committer, Insert("first"));
        await store.FirstCommit();

        int[] lengths = [1, 1, 1, 1, 1, 60, 60, 500, 1];
        var rest = lengths.Select((length, number) =>
            Submit(committer, RecordWrite.Insert(Key($"grain {number}"), new byte[length]))).ToArray();
        store.ReleaseAll();
        await Task.WhenAll([first, .. rest]);

        Assert.Equal(10, store.BatchSizes.Sum());
        Assert.All(store.Bytes.Zip(store.BatchSizes), batch => Assert.True(batch.First <= 100 || batch.Second == 1));
        Assert.True(store.BatchSizes.Max() <= 4);
    }

    [Fact]
    public async Task Submit_QueueFullForTooLong_IsBusyAndNotInconsistent()
    {
        FireNowTime time = new();
        await using RecordCommitter committer = new("test", store, new() { QueueLengthMax = 2 }, time);
        var inCommit = Submit(committer, Insert("in the commit"));
        await store.FirstCommit();
        Task<RecordAnswer>[] queued = [Submit(committer, Insert("1")), Submit(committer, Insert("2"))];

        var busy = Submit(committer, Insert("3"));
        time.FireAll();

        await Assert.ThrowsAsync<GrainStorageBusyException>(() => busy);
        store.ReleaseAll();
        Assert.All(await Task.WhenAll([inCommit, .. queued]), answer => Assert.True(answer.IsCommitted));
        Assert.DoesNotContain(Key("3"), store.Batches.SelectMany(batch => batch));
    }

    [Fact]
    public async Task Submit_QueueFullForAWhile_WaitsAndIsWritten()
    {
        await using var committer = Committer(new() { QueueLengthMax = 1, QueueWaitMax = StoreServices.QueueWaitMax });
        var writes = Enumerable.Range(0, 20).Select(number => Submit(committer, Insert($"grain {number}"))).ToArray();

        store.ReleaseAll();

        Assert.All(await Task.WhenAll(writes), answer => Assert.True(answer.IsCommitted));
    }

    [Fact]
    public async Task Submit_StoreFails_FailsThatBatchAndGoesOn()
    {
        await using var committer = Committer();
        var first = Submit(committer, Insert("first"));
        await store.FirstCommit();
        store.FailNext = new StoreException(StoreErrorCode.Full, "No space.");
        store.ReleaseAll();

        var failure = await Assert.ThrowsAsync<StoreException>(() => first);
        Assert.Equal(StoreErrorCode.Full, failure.Code);
        Assert.True((await Submit(committer, Insert("first"))).IsCommitted);
    }

    [Fact]
    public async Task Submit_KeyThatIsNotText_FailsBeforeItReachesABatch()
    {
        await using var committer = Committer();

        await Assert.ThrowsAnyAsync<ArgumentException>(() => Submit(committer, Insert("\udc00")));

        Assert.Empty(store.Batches);
    }

    [Fact]
    public async Task Dispose_WritesQueued_CommitsThemAndTakesNoMore()
    {
        var committer = Committer();
        var writes = Enumerable.Range(0, 10).Select(number => Submit(committer, Insert($"grain {number}"))).ToArray();

        var closing = committer.DisposeAsync();
        store.ReleaseAll();
        await closing;

        Assert.All(await Task.WhenAll(writes), answer => Assert.True(answer.IsCommitted));
        await Assert.ThrowsAsync<GrainStorageBusyException>(() => Submit(committer, Insert("late")));
    }

    [Fact]
    public async Task Submit_Listener_SeesSizesConflictsAndAnEmptyQueue()
    {
        var (records, conflicts, queued) = (0L, 0L, 0L);
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == StoreMetrics.MeterName) self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) =>
        {
            if (tags.Length == 0 || !Equals(tags[0].Value, "measured")) return;
            if (instrument.Name.EndsWith("batch.size", StringComparison.Ordinal)) Interlocked.Add(ref records, value);
            if (instrument.Name.EndsWith("conflicts", StringComparison.Ordinal)) Interlocked.Add(ref conflicts, value);
            if (instrument.Name.EndsWith("queue.length", StringComparison.Ordinal)) Interlocked.Add(ref queued, value);
        });
        listener.Start();

        await using (RecordCommitter committer = new("measured", store, new(), TimeProvider.System))
        {
            store.ReleaseAll();
            await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Submit(committer, Insert($"grain {number % 15}"))));
        }

        Assert.Equal((15, 5, 0), (records, conflicts, queued));
    }

    private static Task<RecordAnswer> Submit(RecordCommitter committer, RecordWrite write) =>
        committer.Submit(write, TestContext.Current.CancellationToken);

    private static RecordKey Key(string owner) => new(owner, "state");

    private static RecordWrite Insert(string owner) => RecordWrite.Insert(Key(owner), new byte[10]);

    private RecordCommitter Committer(GroupCommitOptions? options = null) => new("test", store, options ?? new(), TimeProvider.System);

    /// <summary>A store in memory whose commits give way to others, and which counts how many are under way at once.</summary>
    private sealed class YieldingStore : IRecordStore
    {
        private readonly MemoryRecordStore inner = new();
        private int underWay;

        public int Written { get; private set; }

        public int MostAtOnce { get; private set; }

        public async ValueTask<CommitResult> CommitAsync(IReadOnlyList<RecordWrite> writes)
        {
            MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref underWay));
            await Task.Yield();
            Written += writes.Count;
            var result = await inner.CommitAsync(writes);
            Interlocked.Decrement(ref underWay);
            return result;
        }

        public ValueTask<StoredRecord?> ReadAsync(RecordKey key, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(key, cancellationToken);

        public IAsyncEnumerable<StoredRecord> ScanAsync(string ownerPrefix, CancellationToken cancellationToken = default) =>
            inner.ScanAsync(ownerPrefix, cancellationToken);

        public ValueTask<IReadOnlyList<string>> CheckIntegrityAsync(CancellationToken cancellationToken = default) =>
            inner.CheckIntegrityAsync(cancellationToken);
    }

    /// <summary>A store in memory whose commits wait until the test lets them go.</summary>
    private sealed class HeldStore : IRecordStore
    {
        private readonly MemoryRecordStore inner = new();
        private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<List<RecordKey>> Batches { get; } = [];

        public List<int> Bytes { get; } = [];

        public IEnumerable<int> BatchSizes => Batches.Select(batch => batch.Count);

        public Exception? FailNext { get; set; }

        public Task FirstCommit() => begun.Task.WaitAsync(TestContext.Current.CancellationToken);

        public void ReleaseAll() => released.TrySetResult();

        public async ValueTask<CommitResult> CommitAsync(IReadOnlyList<RecordWrite> writes)
        {
            Batches.Add([.. writes.Select(write => write.Key)]);
            Bytes.Add(writes.Sum(write => write.Value.Length));
            begun.TrySetResult();
            await released.Task;
            if (FailNext is not { } failure) return await inner.CommitAsync(writes);
            FailNext = null;
            throw failure;
        }

        public ValueTask<StoredRecord?> ReadAsync(RecordKey key, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(key, cancellationToken);

        public IAsyncEnumerable<StoredRecord> ScanAsync(string ownerPrefix, CancellationToken cancellationToken = default) =>
            inner.ScanAsync(ownerPrefix, cancellationToken);

        public ValueTask<IReadOnlyList<string>> CheckIntegrityAsync(CancellationToken cancellationToken = default) =>
            inner.CheckIntegrityAsync(cancellationToken);
    }
}
