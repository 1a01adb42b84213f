namespace Dtao.Storage.Tests;

public sealed class OrderedLogFailureTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Commit_Fails_PoisonsWaitersLaterAppendsAndTellsTheHost()
    {
        TaskCompletionSource<LogPoisonedException> told = new();
        using var database = SqliteDatabase.Open(folder.DatabasePath);
        var writer = new WatchedLogWriter(new SqliteLogWriter(database))
        {
            BeforeWrite = batch => { if (batch.LastPosition > 1) throw new IOException("The disk is gone."); },
        };
        using var log = new OrderedLog(database, writer, new() { OnPoisoned = told.SetResult });
        var journal = await log.OpenLoaded("a");
        await log.AppendDurably(journal, "1");

        var failed = await Assert.ThrowsAsync<LogPoisonedException>(() => log.AppendDurably(journal, "2"));

        Assert.Contains("The disk is gone.", failed.Message, StringComparison.Ordinal);
        Assert.IsType<IOException>((await told.Task).InnerException);
        Assert.True(log.IsPoisoned);
        Assert.Equal(1, log.DurablePosition);
        Assert.True(log.WhenDurable(1).AsTask().IsCompletedSuccessfully);
        await Assert.ThrowsAsync<LogPoisonedException>(async () => await log.WhenDurable(2));
        Assert.Throws<LogPoisonedException>(() => log.Append(journal, "3"));
        Assert.Throws<LogPoisonedException>(() => log.Open("b"));
        await Assert.ThrowsAsync<LogPoisonedException>(async () => await journal.LoadAsync());
        await Assert.ThrowsAsync<LogPoisonedException>(() => log.PutSnapshot(journal, 1, new byte[1]));
    }

    [Fact]
    public async Task Commit_Fails_NothingIsWrittenThroughTheSameFile()
    {
        using var database = SqliteDatabase.Open(folder.DatabasePath);
        using var records = SqliteRecordStore.Open(database);
        var writer = new WatchedLogWriter(new SqliteLogWriter(database)) { BeforeWrite = _ => throw new IOException("Gone.") };
        using var log = new OrderedLog(database, writer);
        var journal = await log.OpenLoaded("a");
        await Assert.ThrowsAsync<LogPoisonedException>(() => log.AppendDurably(journal, "1"));

        var refused = await Assert.ThrowsAsync<StoreException>(
            async () => await records.CommitAsync([RecordWrite.Insert(new("a", "state"), new byte[1])]));

        Assert.Equal(StoreErrorCode.Unavailable, refused.Code);
    }

    [Fact]
    public async Task Commit_OutcomeUnknown_IsReportedAsFailedAndFoundAfterRestart()
    {
        using (var database = SqliteDatabase.Open(folder.DatabasePath))
        {
            var writer = new WatchedLogWriter(new SqliteLogWriter(database)) { AfterWrite = _ => throw new IOException("No answer.") };
            using var log = new OrderedLog(database, writer);
            var journal = await log.OpenLoaded("a");

            await Assert.ThrowsAsync<LogPoisonedException>(() => log.AppendDurably(journal, "stored after all"));
            Assert.Equal(0, log.DurablePosition);
        }

        using var reopened = OrderedLog.Open(folder.DatabasePath);
        Assert.Equal(["stored after all"], (await reopened.ReadImage("a")).Events.Texts());
        Assert.Equal(1, reopened.DurablePosition);
    }

    [Fact]
    public async Task Commit_Fails_EventsOfTheNextBatchFailToo()
    {
        using ManualResetEventSlim release = new();
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using var database = SqliteDatabase.Open(folder.DatabasePath);
        var writer = new WatchedLogWriter(new SqliteLogWriter(database))
        {
            BeforeWrite = _ =>
            {
                begun.SetResult();
                WatchedLogWriter.WaitFor(release);
                throw new IOException("Gone.");
            },
        };
        using var log = new OrderedLog(database, writer);
        var (one, two) = (await log.OpenLoaded("one"), await log.OpenLoaded("two"));

        var first = log.WhenDurable(log.Append(one, "in the batch")).AsTask();
        await begun.Task;
        var second = log.WhenDurable(log.Append(two, "behind it")).AsTask();
        var snapshot = log.PutSnapshot(two, 1, new byte[1]);
        release.Set();

        await Assert.ThrowsAsync<LogPoisonedException>(() => first);
        await Assert.ThrowsAsync<LogPoisonedException>(() => second);
        await Assert.ThrowsAsync<LogPoisonedException>(() => snapshot);
    }

    [Fact]
    public async Task Commit_DiskFull_PoisonsWithFullAndKeepsWhatWasDurable()
    {
        long durable;
        using (var database = SqliteDatabase.Open(new SqliteDatabaseOptions { Path = folder.DatabasePath, FileBytesMax = 300_000 }))
        {
            using var log = OrderedLog.Open(database);
            var journal = await log.OpenLoaded("a");
            var failure = await Assert.ThrowsAsync<LogPoisonedException>(async () =>
            {
                while (true) await log.WhenDurable(log.Append(journal, new byte[10_000]));
            });

            Assert.Equal(StoreErrorCode.Full, Assert.IsType<StoreException>(failure.InnerException!.InnerException).Code);
            durable = log.DurablePosition;
        }

        using var reopened = OrderedLog.Open(folder.DatabasePath);
        Assert.InRange(durable, 10, 30);
        Assert.Equal(durable, (await reopened.ReadImage("a")).Version);
    }

    [Fact]
    public async Task Commit_HeadMovedBehindTheLogsBack_Poisons()
    {
        using var log = OrderedLog.Open(folder.DatabasePath);
        var journal = await log.OpenLoaded("a");
        await log.AppendDurably(journal, "1");
        LogTesting.Execute(folder.DatabasePath, "UPDATE heads SET events=7");

        await Assert.ThrowsAsync<LogPoisonedException>(() => log.AppendDurably(journal, "2"));

        Assert.True(log.IsPoisoned);
    }

    [Fact]
    public async Task Append_WhileABatchIsWritten_GathersIntoTheNextOneWithOneSegmentAnActor()
    {
        using ManualResetEventSlim release = new();
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        List<(int Actors, int Events)> batches = [];
        using var database = SqliteDatabase.Open(folder.DatabasePath);
        var writer = new WatchedLogWriter(new SqliteLogWriter(database))
        {
            BeforeWrite = batch =>
            {
                batches.Add((batch.Actors.Count, batch.Events.Count));
                begun.TrySetResult();
                WatchedLogWriter.WaitFor(release);
            },
        };
        using var log = new OrderedLog(database, writer);
        var (one, two) = (await log.OpenLoaded("one"), await log.OpenLoaded("two"));

        var first = log.WhenDurable(log.Append(one, "1")).AsTask();
        await begun.Task;
        for (var number = 0; number < 100; number++) log.Append(number % 2 == 0 ? one : two, $"{number}");
        var last = log.WhenDurable(log.AppendedPosition).AsTask();
        Assert.False(first.IsCompleted);
        release.Set();
        await Task.WhenAll(first, last);

        Assert.Equal([(1, 1), (2, 100)], batches);
        Assert.Equal(3, LogTesting.Query(folder.DatabasePath, "SELECT count(*) FROM segments"));
        Assert.Equal(51, (await log.ReadImage("one")).Version);
    }

    [Fact]
    public async Task Append_BeyondTheBounds_IsSaturatedThenRefusedThenFreeAgain()
    {
        using ManualResetEventSlim release = new();
        using var database = SqliteDatabase.Open(folder.DatabasePath);
        var writer = new WatchedLogWriter(new SqliteLogWriter(database)) { BeforeWrite = _ => WatchedLogWriter.WaitFor(release) };
        using var log = new OrderedLog(database, writer, new() { QueuedBytesMax = 10_000 });
        var journal = await log.OpenLoaded("a");

        var appended = 0;
        while (!log.IsSaturated) appended = Append();
        Assert.InRange(appended, 9, 11);
        Assert.Throws<LogSaturatedException>(AppendForEver);
        Assert.InRange(appended, 35, 40);
        release.Set();
        await log.WhenDurable(log.AppendedPosition);

        Assert.Equal((0, false), (log.QueuedBytes, log.IsSaturated));
        Assert.Equal(appended, journal.Version);
        Assert.Equal(appended + 1, Append());

        int Append() => (int)log.Append(journal, new byte[1_000]);

        void AppendForEver()
        {
            while (true) appended = Append();
        }
    }

    [Fact]
    public async Task Kill_WhileAppending_EveryAcknowledgedEventIsThereAndNoneHasAGap()
    {
        using var folders = new TemporaryFolder();
        for (var round = 1; round <= 3; round++)
        {
            var path = folders.PathOf($"{round}.db");
            var (numbers, position) = AcknowledgedBeforeKill(path, lines: 400 * round);

            using var log = OrderedLog.Open(path);
            using var view = log.OpenReadView();
            var report = view.VerifyChains(cancellationToken: TestContext.Current.CancellationToken);
            Assert.Empty(report.Faults);
            Assert.True(log.DurablePosition >= position);
            Assert.Equal(log.DurablePosition, report.Events);
            foreach (var journal in Enumerable.Range(0, AppendingProcess.Journals))
            {
                var events = (await log.ReadImage(AppendingProcess.KeyOf(journal))).Events;
                Assert.True(events.Count >= numbers[journal]);
                for (var number = 1; number <= events.Count; number++)
                    Assert.Equal(AppendingProcess.EventOf(journal, number), events[number - 1].ToArray());
            }
        }
    }

    // Kills after so many lines, then reads what the process had printed before it died.
    private static (long[] Numbers, long Position) AcknowledgedBeforeKill(string path, int lines)
    {
        using var process = AppendingProcess.Start(path);
        var numbers = new long[AppendingProcess.Journals];
        var (position, seen) = (0L, 0);
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (++seen == lines) process.Kill();
            if (line.Split(' ') is not [var journal, var number, var at]) continue;
            numbers[int.Parse(journal, null)] = Math.Max(numbers[int.Parse(journal, null)], long.Parse(number, null));
            position = Math.Max(position, long.Parse(at, null));
        }

        process.WaitForExit();
        Assert.Equal(128 + 9, process.ExitCode);
        return (numbers, position);
    }
}
