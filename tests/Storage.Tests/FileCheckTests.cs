using System.Globalization;

namespace Dtao.Storage.Tests;

/// <summary>A file is looked through for damage: a small one before it is used, a large one beside its use.</summary>
public sealed class FileCheckTests : IDisposable
{
    private const int PageBytes = 4_096;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly TemporaryFolder folder = new();
    private readonly TaskCompletionSource<FileCheckReport> reported = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<LogPoisonedException> told = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Open_DamagedPageInASmallFile_IsRefused()
    {
        var page = await FillAndDamage();

        var refused = Assert.Throws<StoreException>(() => SqliteDatabase.Open(folder.DatabasePath));

        Assert.Equal(StoreErrorCode.Corrupt, refused.Code);
        Assert.Contains(page, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_DamagedPageInALargeFile_IsFoundBesideTheUseAndEndsAllWriting()
    {
        var page = await FillAndDamage();
        using ManualResetEventSlim released = new();
        using var log = OrderedLog.Open(Large(token => WaitHandle.WaitAny([released.WaitHandle, token.WaitHandle], s_patience)), new() { OnPoisoned = told.SetResult });
        var journal = await log.OpenLoaded("b");
        await log.AppendDurably(journal, "written before it is found");
        released.Set();

        var report = await reported.Task.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        var poison = await told.Task.WaitAsync(s_patience, TestContext.Current.CancellationToken);

        Assert.Equal(FileCheckResult.Damaged, report.Result);
        Assert.Contains(page, report.Details, StringComparison.Ordinal);
        Assert.Contains("restore the last good copy", report.Details, StringComparison.Ordinal);
        Assert.Equal(StoreErrorCode.Corrupt, Assert.IsType<StoreException>(poison.InnerException).Code);
        Assert.Same(poison, log.Failure);
        Assert.Throws<LogPoisonedException>(() => log.Append(journal, "after it"));
        Assert.Equal(Rows + 1, log.DurablePosition);
    }

    [Fact]
    public async Task Open_DamagedPageInALargeFile_EndsTheWritingOfRecordsToo()
    {
        await FillAndDamage();
        using var database = SqliteDatabase.Open(Large());
        using var records = SqliteRecordStore.Open(database);
        await reported.Task.WaitAsync(s_patience, TestContext.Current.CancellationToken);

        var refused = await Assert.ThrowsAsync<StoreException>(
            async () => await records.CommitAsync([RecordWrite.Insert(new("a", "state"), new byte[1])]));
        var log = Assert.Throws<StoreException>(() => OrderedLog.Open(database));

        Assert.Equal((StoreErrorCode.Corrupt, StoreErrorCode.Corrupt), (refused.Code, log.Code));
    }

    [Fact]
    public async Task Check_WhileVeryMuchIsWritten_ReadsEveryRowInstead()
    {
        await Fill();
        var options = Large(WaitUntilWritten);
        options.CheckLogPagesMax = 2;
        options.CheckRestPages = 2;
        using var log = OrderedLog.Open(options);

        await WriteUntilReported(log);

        Assert.Equal(FileCheckResult.EveryRowReadable, (await reported.Task).Result);
        Assert.Null(log.Failure);
    }

    [Fact]
    public async Task Check_WhileVeryMuchIsWritten_FindsTheDamagedPageToo()
    {
        var page = await FillAndDamage();
        var options = Large(WaitUntilWritten);
        options.CheckLogPagesMax = 2;
        using var log = OrderedLog.Open(options, new() { OnPoisoned = told.SetResult });

        await Assert.ThrowsAsync<LogPoisonedException>(() => WriteUntilReported(log));

        var report = await reported.Task.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal(FileCheckResult.Damaged, report.Result);
        Assert.True(report.Details.Contains(page, StringComparison.Ordinal) || report.Details.Contains("segments", StringComparison.Ordinal), report.Details);
    }

    [Fact]
    public async Task Check_OfASoundFile_SaysSo()
    {
        await Fill();
        using var log = OrderedLog.Open(Large());

        var report = await reported.Task.WaitAsync(s_patience, TestContext.Current.CancellationToken);

        Assert.Equal((FileCheckResult.Sound, ""), (report.Result, report.Details));
        Assert.Null(log.Failure);
    }

    [Fact]
    public async Task Dispose_DuringACheck_EndsItAndSaysNothing()
    {
        await FillAndDamage();
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = OrderedLog.Open(
            Large(token =>
            {
                begun.TrySetResult();
                token.WaitHandle.WaitOne();
            }),
            new() { OnPoisoned = told.SetResult });
        await begun.Task.WaitAsync(s_patience, TestContext.Current.CancellationToken);

        // Nothing but this lets the check go on.
        await log.DisposeAsync().AsTask().WaitAsync(s_patience, TestContext.Current.CancellationToken);

        Assert.False(reported.Task.IsCompleted);
        Assert.False(told.Task.IsCompleted);
        Assert.Null(log.Failure);
    }

    private const int Rows = 60;
    private long written;

    /// <summary>Any file is a large one here.</summary>
    private SqliteDatabaseOptions Large(Action<CancellationToken>? duringCheck = null) => new()
    {
        Path = folder.DatabasePath,
        CheckedBeforeUseBytesMax = 0,
        OnChecked = reported.SetResult,
        DuringCheck = duringCheck,
    };

    /// <summary>Holds the check until something was written since it held it last.</summary>
    private void WaitUntilWritten(CancellationToken closing)
    {
        var before = Volatile.Read(ref written);
        SpinWait.SpinUntil(() => Volatile.Read(ref written) > before + 4 || closing.IsCancellationRequested || reported.Task.IsCompleted || told.Task.IsCompleted, s_patience);
    }

    private async Task WriteUntilReported(OrderedLog log)
    {
        var journal = await log.OpenLoaded("b");
        using var patience = new CancellationTokenSource(s_patience);
        while (!reported.Task.IsCompleted)
        {
            patience.Token.ThrowIfCancellationRequested();
            await log.AppendDurably(journal, new string('y', 6_000));
            Interlocked.Increment(ref written);
        }

        // It is told after the log is.
        if (log.Failure is { } failure) throw failure;
        if ((await reported.Task).Result == FileCheckResult.Damaged) await log.AppendDurably(journal, "one more");
    }

    private async Task Fill()
    {
        using var log = OrderedLog.Open(folder.DatabasePath);
        using var journal = await log.OpenLoaded("a");
        for (var number = 1; number <= Rows; number++) await log.AppendDurably(journal, TextOf(number));
    }

    private static string TextOf(int number) => string.Create(CultureInfo.InvariantCulture, $"event {number:0000} ").PadRight(1_000, '.');

    /// <summary>Overwrites where the rows begin on a page in the middle of the journal, which neither a start nor a commit reads.</summary>
    /// <returns>The page, as SQLite names it.</returns>
    private async Task<string> FillAndDamage()
    {
        await Fill();
        var bytes = await File.ReadAllBytesAsync(folder.DatabasePath, TestContext.Current.CancellationToken);
        var page = bytes.AsSpan().IndexOf(LogTesting.Bytes(TextOf(Rows / 2))) / PageBytes;
        Assert.True(page > 0);
        bytes.AsSpan((page * PageBytes) + 8, 8).Fill(0xEE);
        await File.WriteAllBytesAsync(folder.DatabasePath, bytes, TestContext.Current.CancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"page {page + 1}");
    }
}
