namespace Dtao.Storage.Tests;

public sealed class MemoryRecordStoreTests : RecordStoreSuite
{
    protected override IRecordStore Store { get; } = new MemoryRecordStore();
}

public sealed class SqliteRecordStoreTests : RecordStoreSuite, IDisposable
{
    private readonly TemporaryFolder folder = new();
    private SqliteRecordStore store;

    public SqliteRecordStoreTests() => store = SqliteRecordStore.Open(folder.DatabasePath);

    protected override IRecordStore Store => store;

    public void Dispose()
    {
        store.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Reopen_AfterCommitsAndDeletes_KeepsRecordsAndNeverReusesATag()
    {
        RecordKey key = new("a", "state");
        var first = (await store.CommitAsync([Insert(key, "one")])).ETags[0]!;
        await store.CommitAsync([RecordWrite.Delete(key, first)]);
        store.Dispose();
        store = SqliteRecordStore.Open(folder.DatabasePath);

        Assert.Null(await Read(key));
        var second = (await store.CommitAsync([Insert(key, "two")])).ETags[0]!;
        Assert.NotEqual(first, second);
        Assert.False((await store.CommitAsync([Update(key, "three", first)])).IsCommitted);
    }

    [Fact]
    public async Task Commit_TwoStoresOnOneDatabase_NeverGiveOutATagTwice()
    {
        using var database = SqliteDatabase.Open(folder.PathOf("shared.db"));
        using var one = SqliteRecordStore.Open(database);
        using var two = SqliteRecordStore.Open(database);

        var tags = await Task.WhenAll(Enumerable.Range(0, 50).Select(async number =>
            (await (number % 2 == 0 ? one : two).CommitAsync([Insert(new($"owner {number}", "state"), "x")])).ETags[0]));

        Assert.Equal(50, tags.Distinct().Count());
    }

    [Fact]
    public async Task Commit_DiskFull_FailsWithFullAndChangesNothing()
    {
        store.Dispose();
        store = SqliteRecordStore.Open(new SqliteDatabaseOptions { Path = folder.DatabasePath, FileBytesMax = 200_000 });
        RecordKey small = new("small", "state");
        var tag = (await store.CommitAsync([Insert(small, "one")])).ETags[0]!;

        var failure = await Assert.ThrowsAsync<StoreException>(
            async () => await store.CommitAsync([Update(small, "two", tag), RecordWrite.Insert(new("big", "state"), new byte[400_000])]));

        Assert.Equal(StoreErrorCode.Full, failure.Code);
        Assert.Equal("one", Text((await Read(small))!));
        Assert.True((await store.CommitAsync([Update(small, "three", tag)])).IsCommitted);
    }

    [Fact]
    public async Task Read_ValueDamaged_FailsWithCorruptAndTheCheckNamesIt()
    {
        await store.CommitAsync([Insert(new("a", "state"), "abcdef"), Insert(new("b", "state"), "whole")]);
        store.Dispose();
        LogTesting.Execute(folder.DatabasePath, "UPDATE records SET value=CAST('abcdeF' AS BLOB) WHERE owner=CAST('a' AS BLOB)");
        store = SqliteRecordStore.Open(folder.DatabasePath);

        var failure = await Assert.ThrowsAsync<StoreException>(async () => await Read(new("a", "state")));
        var damage = await store.CheckIntegrityAsync(TestContext.Current.CancellationToken);

        Assert.Equal(StoreErrorCode.Corrupt, failure.Code);
        Assert.Contains("Owner = a", Assert.Single(damage), StringComparison.Ordinal);
        Assert.Equal("whole", Text((await Read(new("b", "state")))!));
    }
}
