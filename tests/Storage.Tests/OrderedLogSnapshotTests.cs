using System.Text;

namespace Dtao.Storage.Tests;

public sealed class OrderedLogSnapshotTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task PutSnapshot_AtTheTip_LoadStartsFromIt()
    {
        using (var log = Open())
        {
            var journal = await log.OpenLoaded("a");
            log.Append(journal, "1");
            log.Append(journal, "2");
            await log.PutSnapshot(journal, 2, Bytes("after 2"));
            await log.AppendDurably(journal, "3");
        }

        using var reopened = Open();
        var image = await reopened.ReadImage("a");

        Assert.Equal((2, "after 2", 3), (image.SnapshotVersion, Text(image.Snapshot!.Value), image.Version));
        Assert.Equal(["3"], image.Events.Texts());
        Assert.Equal(LogTesting.ChainOf("1", "2", "3"), image.Digest.ToArray());
    }

    [Fact]
    public async Task PutSnapshot_InTheMiddleOfASegment_LoadReturnsTheRestOfIt()
    {
        using var log = Open();
        var journal = await log.OpenLoaded("a");
        await log.AppendDurably(journal, "1");
        for (var number = 2; number <= 9; number++) log.Append(journal, $"{number}");
        await log.WhenDurable(log.AppendedPosition);

        await log.PutSnapshot(journal, 5, Bytes("after 5"));
        var image = await log.ReadImage("a");

        Assert.Equal(5, image.SnapshotVersion);
        Assert.Equal(["6", "7", "8", "9"], image.Events.Texts());
        AssertClean(log);
    }

    [Fact]
    public async Task PutSnapshot_WhenStored_ItsEventsAreStoredBeforeIt()
    {
        List<(long Version, long[] Snapshots)> written = [];
        using var database = SqliteDatabase.Open(folder.DatabasePath);
        var writer = new WatchedLogWriter(new SqliteLogWriter(database))
        {
            BeforeWrite = batch =>
            {
                foreach (var snapshot in batch.Snapshots)
                    written.Add((snapshot.Journal.StoredVersion, [snapshot.Version]));
            },
        };
        using var log = new OrderedLog(database, writer);
        var journal = await log.OpenLoaded("a");

        for (var version = 1; version <= 20; version++)
        {
            log.Append(journal, $"{version}");
            _ = log.PutSnapshot(journal, version, Bytes($"after {version}"));
        }

        log.Append(journal, "21");
        await log.PutSnapshot(journal, 21, Bytes("after 21"));

        Assert.Equal(21, written.Count);
        Assert.All(written, item => Assert.True(item.Snapshots[0] <= item.Version));
        AssertClean(log);
    }

    [Fact]
    public async Task PutSnapshot_Several_KeepsGenesisAndTheLastTwo()
    {
        using (var log = Open())
        {
            log.BulkLoad([("a", Bytes("genesis"))]);
            var journal = await log.OpenLoaded("a");
            for (var version = 1; version <= 6; version++)
            {
                log.Append(journal, $"{version}");
                await log.PutSnapshot(journal, version, Bytes($"after {version}"));
            }
        }

        using var view = JournalReadView.OpenFile(folder.DatabasePath);
        string[] kept = [.. Enumerable.Range(0, 7).Select(version => Text(view.ReadSnapshot("a", version)!.State))];
        Assert.Equal(["genesis", "genesis", "genesis", "genesis", "genesis", "after 5", "after 6"], kept);
        Assert.Equal(["1", "2", "3", "4", "5", "6"], view.ReadEvents("a").Texts());
    }

    [Fact]
    public async Task PutSnapshot_VersionNotAboveTheNewest_IsABug()
    {
        using var log = Open();
        var journal = await log.OpenLoaded("a");
        await log.AppendDurably(journal, "1", "2");
        await log.PutSnapshot(journal, 2, Bytes("after 2"));

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => log.PutSnapshot(journal, 2, Bytes("again")));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => log.PutSnapshot(journal, 1, Bytes("older")));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => log.PutSnapshot(journal, 3, Bytes("not there yet")));

        Assert.Equal("after 2", Text((await log.ReadImage("a")).Snapshot!.Value));
    }

    [Fact]
    public async Task PutSnapshot_ByAFencedHandle_IsFenced()
    {
        using var log = Open();
        var zombie = await log.OpenLoaded("a");
        await log.AppendDurably(zombie, "1");
        using var owner = await log.OpenLoaded("a");

        await Assert.ThrowsAsync<JournalFencedException>(() => log.PutSnapshot(zombie, 1, Bytes("after 1")));
    }

    [Fact]
    public async Task PutSnapshot_FirstStateOfANewActor_IsVersionZero()
    {
        using var log = Open();
        var journal = await log.OpenLoaded("a");

        await log.PutSnapshot(journal, 0, Bytes("first"));
        await log.AppendDurably(journal, "1");
        var image = await log.ReadImage("a");

        Assert.Equal((0, "first", 1), (image.SnapshotVersion, Text(image.Snapshot!.Value), image.Version));
        AssertClean(log);
    }

    [Fact]
    public async Task Load_SnapshotDamaged_FailsWithCorrupt()
    {
        using (var log = Open())
        {
            var journal = await log.OpenLoaded("a");
            await log.AppendDurably(journal, "1");
            await log.PutSnapshot(journal, 1, Bytes("after 1"));
        }

        LogTesting.Execute(folder.DatabasePath, "UPDATE snapshots SET state=CAST('after 2' AS BLOB)");
        using var reopened = Open();

        var failure = await Assert.ThrowsAsync<StoreException>(() => reopened.ReadImage("a"));
        Assert.Equal(StoreErrorCode.Corrupt, failure.Code);
    }

    [Fact]
    public async Task BulkLoad_ManyActors_AllStartFromTheirGenesis()
    {
        using var log = Open();

        log.BulkLoad(Enumerable.Range(0, 25_000).Select(number => ($"account/{number:D5}", Bytes($"balance {number}"))));

        var image = await log.ReadImage("account/24999");
        Assert.Equal((0, "balance 24999"), (image.Version, Text(image.Snapshot!.Value)));
        using var view = log.OpenReadView();
        Assert.Equal(25_000, view.ScanActors("account/").Count());
        AssertClean(log);
        await log.AppendDurably(await log.OpenLoaded("account/00007"), "1");
        AssertClean(log);
    }

    [Fact]
    public async Task BulkLoad_LogWithActors_IsRefusedAndChangesNothing()
    {
        using var log = Open();
        using (var journal = await log.OpenLoaded("a")) await log.AppendDurably(journal, "1");

        Assert.Throws<InvalidOperationException>(() => log.BulkLoad([("b", Bytes("genesis"))]));

        Assert.False(log.IsPoisoned);
        using var view = log.OpenReadView();
        Assert.Equal("a", Assert.Single(view.ScanActors()).ActorKey);
    }

    [Fact]
    public void BulkLoad_FailsOnTheWay_LeavesAFileThatRefusesToOpen()
    {
        using (var log = Open())
        {
            Assert.Throws<StoreException>(() => log.BulkLoad([("a", Bytes("1")), ("a", Bytes("2"))]));
            Assert.True(log.IsPoisoned);
        }

        var refused = Assert.Throws<StoreException>(Open);
        Assert.Equal(StoreErrorCode.Incomplete, refused.Code);
    }

    private static ReadOnlyMemory<byte> Bytes(string text) => LogTesting.Bytes(text);

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private static void AssertClean(OrderedLog log)
    {
        using var view = log.OpenReadView();
        Assert.Empty(view.VerifyChains(cancellationToken: TestContext.Current.CancellationToken).Faults);
    }

    private OrderedLog Open() => OrderedLog.Open(folder.DatabasePath);
}
