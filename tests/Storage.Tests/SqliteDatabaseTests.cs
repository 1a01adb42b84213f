namespace Dtao.Storage.Tests;

public sealed class SqliteDatabaseTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string DatabasePath => folder.DatabasePath;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Open_NewFileInNewFolder_MakesBoth()
    {
        var path = folder.PathOf("deep/er/ledger.db");

        SqliteDatabase.Open(path).Dispose();

        Assert.True(File.Exists(path));
        Assert.Equal(StoreSchema.Version, LogTesting.Query(path, "PRAGMA user_version"));
    }

    [Fact]
    public void Dispose_Repeated_DoesNothing()
    {
        var database = SqliteDatabase.Open(DatabasePath);

        database.Dispose();
        database.Dispose();

        SqliteDatabase.Open(DatabasePath).Dispose();
        Assert.Equal(StoreSchema.Version, LogTesting.Query(DatabasePath, "PRAGMA user_version"));
    }

    [Fact]
    public void Open_NewFile_SyncsEveryCommit()
    {
        using var database = SqliteDatabase.Open(DatabasePath);

        Assert.Equal(2, database.Writer.QueryInt64("PRAGMA synchronous"));
        Assert.Equal("wal", database.Writer.QueryText("PRAGMA journal_mode"));
    }

    [Fact]
    public void Open_FileInUseByThisProcess_IsLocked()
    {
        using var owner = SqliteDatabase.Open(DatabasePath);

        AssertRefused(StoreErrorCode.Locked);
    }

    [Fact]
    public void Open_FileInUseByAnotherProcess_IsLockedUntilItDies()
    {
        using var process = AppendingProcess.Start(DatabasePath);
        process.StandardOutput.ReadLine();

        AssertRefused(StoreErrorCode.Locked);
        process.Kill();
        process.WaitForExit();

        SqliteDatabase.Open(DatabasePath).Dispose();
    }

    [Fact]
    public void Open_PagesOverwritten_IsCorrupt()
    {
        Fill();
        var bytes = File.ReadAllBytes(DatabasePath);
        new Random(1).NextBytes(bytes.AsSpan(4096));
        File.WriteAllBytes(DatabasePath, bytes);

        AssertRefused(StoreErrorCode.Corrupt);
    }

    [Fact]
    public void Open_HeaderBehindTheFirstWordsOverwritten_IsCorrupt()
    {
        Fill();
        var bytes = File.ReadAllBytes(DatabasePath);
        new Random(2).NextBytes(bytes.AsSpan(16, 2000));
        File.WriteAllBytes(DatabasePath, bytes);

        AssertRefused(StoreErrorCode.Corrupt);
    }

    [Fact]
    public void Open_FileCutShort_IsCorrupt()
    {
        Fill();
        using (var file = File.OpenWrite(DatabasePath)) file.SetLength(file.Length / 2);

        AssertRefused(StoreErrorCode.Corrupt);
    }

    [Fact]
    public void Open_FormatOfANewerProgram_IsRefusedAndUntouched()
    {
        Fill();
        LogTesting.Execute(DatabasePath, "PRAGMA user_version=99");
        var before = File.ReadAllBytes(DatabasePath);

        var refused = AssertRefused(StoreErrorCode.NewerVersion);

        Assert.Contains("99", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(DatabasePath));
    }

    [Fact]
    public void Open_TextFile_IsNotAStoreAndUntouched()
    {
        File.WriteAllText(DatabasePath, "These are somebody's notes, longer than a database's first bytes.");

        AssertRefused(StoreErrorCode.NotAStore);

        Assert.StartsWith("These are", File.ReadAllText(DatabasePath), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_AnotherProgramsDatabase_IsNotAStoreAndUntouched()
    {
        LogTesting.Execute(DatabasePath, "CREATE TABLE notes(text TEXT)");

        AssertRefused(StoreErrorCode.NotAStore);

        Assert.Equal(1, LogTesting.Query(DatabasePath, "SELECT count(*) FROM sqlite_schema"));
    }

    [Fact]
    public void Open_Folder_IsNotAStore()
    {
        Directory.CreateDirectory(DatabasePath);

        AssertRefused(StoreErrorCode.NotAStore);
    }

    [Fact]
    public void Open_AfterARefusal_DoesNotStayLocked()
    {
        File.WriteAllText(DatabasePath, "This is not a database at all.");
        AssertRefused(StoreErrorCode.NotAStore);
        File.Delete(DatabasePath);

        SqliteDatabase.Open(DatabasePath).Dispose();

        Assert.True(File.Exists(DatabasePath));
    }

    /// <summary>What the system says when it does not let the file beside the database be locked, and what a person is told to do.</summary>
    [Theory]
    [InlineData(SqliteDatabase.ReadOnlyFileSystem, StoreErrorCode.ReadOnly, "permissions")]
    [InlineData(SqliteDatabase.NoSpaceLeft, StoreErrorCode.Full, "Free space")]
    [InlineData(11, StoreErrorCode.Locked, "Stop the other process")]
    public void Open_LockRefusedByTheSystem_NamesTheCause(int systemCode, StoreErrorCode expected, string advice)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows says nothing but that it cannot be locked.");

        var refused = SqliteDatabase.LockFailed(DatabasePath, new IOException("Refused.", systemCode));

        Assert.Equal(expected, refused.Code);
        Assert.Contains(advice, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenReadOnly_NoFile_IsNotAStoreAndMakesNone()
    {
        var refused = Assert.Throws<StoreException>(
            () => SqliteDatabase.Open(new SqliteDatabaseOptions { Path = DatabasePath, IsReadOnly = true }));

        Assert.Equal(StoreErrorCode.NotAStore, refused.Code);
        Assert.False(File.Exists(DatabasePath));
    }

    [Fact]
    public async Task OpenReadOnly_Writes_AreRefusedAsReadOnly()
    {
        Fill();
        using var database = SqliteDatabase.Open(new SqliteDatabaseOptions { Path = DatabasePath, IsReadOnly = true });
        using var store = SqliteRecordStore.Open(database);

        var commit = await Assert.ThrowsAsync<StoreException>(
            async () => await store.CommitAsync([RecordWrite.Insert(new("b", "state"), new byte[1])]));
        var log = Assert.Throws<StoreException>(() => OrderedLog.Open(database));

        Assert.Equal((StoreErrorCode.ReadOnly, StoreErrorCode.ReadOnly), (commit.Code, log.Code));
        Assert.NotNull(await store.ReadAsync(new("owner 1", "state"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Commit_OneAfterTheOther_TheWriteAheadLogBeginsAnew()
    {
        using var log = OrderedLog.Open(new SqliteDatabaseOptions { Path = DatabasePath, CheckpointPages = 4 });
        using var journal = await log.OpenLoaded("a");
        await log.AppendDurably(journal, "first");
        var begun = SaltOfLog();

        // Nobody waits for a checkpoint, so it is not said at which commit it has happened.
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (SaltOfLog().AsSpan().SequenceEqual(begun) && !patience.IsCancellationRequested) await log.AppendDurably(journal, new string('x', 4_000));

        Assert.NotEqual(begun, SaltOfLog());
        using var view = log.OpenReadView();
        Assert.True(view.VerifyChains(cancellationToken: TestContext.Current.CancellationToken).IsClean);
    }

    [Fact]
    public async Task Commit_WhileSomebodyReadsAnOlderInstant_NothingIsLostToEither()
    {
        using var log = OrderedLog.Open(new SqliteDatabaseOptions { Path = DatabasePath, CheckpointPages = 4 });
        using var journal = await log.OpenLoaded("a");
        await log.AppendDurably(journal, "first");
        using (var before = log.OpenReadView())
        {
            for (var number = 0; number < 40; number++) await log.AppendDurably(journal, new string('x', 4_000));

            Assert.Equal(["first"], before.ReadEvents("a").Texts());
        }

        using var after = log.OpenReadView();
        Assert.Equal(41, after.ReadEvents("a").Count());
    }

    [Fact]
    public void Message_EveryCode_SaysWhatToDo()
    {
        foreach (var code in Enum.GetValues<StoreErrorCode>())
        {
            var exception = new StoreException(code, "It failed.");
            Assert.Equal($"It failed. {exception.Remedy}", exception.Message);
            Assert.EndsWith(".", exception.Remedy, StringComparison.Ordinal);
        }
    }

    /// <summary>What the write-ahead log's header has instead of a number, and changes whenever the log begins anew.</summary>
    private byte[] SaltOfLog()
    {
        using var stream = new FileStream(DatabasePath + "-wal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var header = new byte[32];
        stream.ReadExactly(header);
        return header[16..24];
    }

    private void Fill()
    {
        using var store = SqliteRecordStore.Open(DatabasePath);
        var writes = Enumerable.Range(0, 20).Select(number => RecordWrite.Insert(new($"owner {number}", "state"), new byte[5_000]));
        Assert.True(store.CommitAsync([.. writes]).AsTask().GetAwaiter().GetResult().IsCommitted);
    }

    private StoreException AssertRefused(StoreErrorCode code)
    {
        var refused = Assert.Throws<StoreException>(() => SqliteDatabase.Open(DatabasePath));
        Assert.Equal(code, refused.Code);
        return refused;
    }
}
