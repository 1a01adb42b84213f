using System.Text;

namespace Dtao.Storage.Tests;

public sealed class JournalReadViewTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task OpenReadView_WhileOthersAppend_ShowsOneInstant()
    {
        using var log = OrderedLog.Open(folder.DatabasePath);
        var (pool, account) = (await log.OpenLoaded("pool"), await log.OpenLoaded("account"));
        log.Append(account, "hold 1");
        await log.AppendDurably(pool, "swap 1");

        using var view = log.OpenReadView();
        log.Append(account, "hold 2");
        await log.AppendDurably(pool, "swap 2");
        await log.AppendDurably(await log.OpenLoaded("late"), "1");

        Assert.Equal(2, view.Position);
        Assert.Equal([("account", 1L), ("pool", 1L)], view.ScanActors().Select(actor => (actor.ActorKey, actor.Version)));
        Assert.Equal(["swap 1"], view.ReadEvents("pool").Texts());
        Assert.Equal(["hold 1"], view.ReadImage("account")!.Events.Texts());
        Assert.Null(view.ReadImage("late"));
        Assert.Empty(view.VerifyChains(cancellationToken: TestContext.Current.CancellationToken).Faults);
        using var later = log.OpenReadView();
        Assert.Equal(5, later.Position);
        Assert.Equal(["swap 1", "swap 2"], later.ReadEvents("pool").Texts());
    }

    [Fact]
    public async Task OpenFile_LiveStoppedAndKilled_ReadsAllThatIsDurable()
    {
        using (var log = OrderedLog.Open(folder.DatabasePath))
        {
            await log.AppendDurably(await log.OpenLoaded("a"), "1", "2");
            using var beside = JournalReadView.OpenFile(folder.DatabasePath);
            Assert.Equal(2, beside.Position);
            // As after a kill: the file's write-ahead log still holds everything.
            foreach (var end in (string[])["", "-wal"]) File.Copy(folder.DatabasePath + end, folder.PathOf("killed.db") + end);
        }

        using var stopped = JournalReadView.OpenFile(folder.DatabasePath);
        using var killed = JournalReadView.OpenFile(folder.PathOf("killed.db"));
        Assert.Equal(["1", "2"], stopped.ReadEvents("a").Texts());
        Assert.Equal(["1", "2"], killed.ReadEvents("a").Texts());
    }

    [Fact]
    public async Task ScanActors_Prefix_ReturnsHeadsInByteOrder()
    {
        using var log = OrderedLog.Open(folder.DatabasePath);
        foreach (var key in (string[])["pool/2", "account/b", "pool/10", "account/a", "pool", "poom"])
            await log.AppendDurably(await log.OpenLoaded(key), key);

        using var view = log.OpenReadView();

        Assert.Equal(["pool/10", "pool/2"], view.ScanActors("pool/").Select(actor => actor.ActorKey));
        Assert.Equal(6, view.ScanActors().Count());
        Assert.Empty(view.ScanActors("nobody"));
        var head = Assert.Single(view.ScanActors("account/a"));
        Assert.Equal(LogTesting.ChainOf("account/a"), head.Digest.ToArray());
    }

    [Fact]
    public async Task ReadEvents_FromAnyNumber_ReturnsTheRestInOrder()
    {
        using var log = OrderedLog.Open(folder.DatabasePath);
        var journal = await log.OpenLoaded("pool/1");
        var other = await log.OpenLoaded("pool/2");
        // Segments of many lengths, so that waypoints fall on their first, middle and last events.
        for (var number = 1; number <= 3_000; number++)
        {
            var position = log.Append(journal, $"{number}");
            log.Append(other, "x");
            if (number % 37 == 0 || number is 511 or 512 or 1_023) await log.WhenDurable(position);
        }

        await log.WhenDurable(log.AppendedPosition);

        foreach (var from in (int[])[1, 2, 511, 512, 513, 1_024, 2_999, 3_000, 3_001])
        {
            var expected = Enumerable.Range(from, 3_001 - from).Select(number => $"{number}");
            Assert.Equal(expected, log.ReadEvents("pool/1", from).Texts());
            Assert.Equal(expected.Take(10), log.ReadEvents("pool/1", from).Take(10).Texts());
        }

        using var view = log.OpenReadView();
        Assert.Empty(view.VerifyChains(cancellationToken: TestContext.Current.CancellationToken).Faults);
    }

    [Fact]
    public async Task ReadEvents_WaypointAstray_FailsAndTheVerifierFindsIt()
    {
        using (var log = OrderedLog.Open(folder.DatabasePath))
        {
            await log.AppendDurably(await log.OpenLoaded("other"), "1");
            var journal = await log.OpenLoaded("a");
            for (var number = 0; number < 600; number++) log.Append(journal, "e");
            await log.AppendDurably(journal, "last");
        }

        LogTesting.Execute(folder.DatabasePath, "UPDATE waypoints SET segment=1");

        using var view = JournalReadView.OpenFile(folder.DatabasePath);
        Assert.Throws<StoreException>(() => view.ReadEvents("a").Count());
        var fault = Assert.Single(view.VerifyChains(cancellationToken: TestContext.Current.CancellationToken).Faults);
        Assert.Equal(ChainFaultKind.WaypointMismatch, fault.Kind);
    }

    [Fact]
    public async Task ReadAll_SnapshotsAtManyPlaces_TellsWhatEachJournalTellsAlone()
    {
        using var log = OrderedLog.Open(folder.DatabasePath);
        log.BulkLoad([("idle", LogTesting.Bytes("genesis of idle")), ("c", LogTesting.Bytes("genesis of c"))]);
        var journals = new List<IJournal>();
        foreach (var key in (string[])["b", "c", "a"]) journals.Add(await log.OpenLoaded(key));
        for (var number = 1; number <= 30; number++)
        {
            // Segments of one event and of several; a snapshot at their ends, within them, and none at all.
            var position = 0L;
            foreach (var journal in journals) position = log.Append(journal, $"{journal.ActorKey}{number}");
            if (number % 3 == 0) await log.WhenDurable(position);
            if (number is 12 or 21) await log.PutSnapshot(journals[0], number, LogTesting.Bytes($"b after {number}"));
            if (number == 30) await log.PutSnapshot(journals[1], number, LogTesting.Bytes($"c after {number}"));
        }

        using var view = log.OpenReadView();
        var (newest, whole) = (new SortedDictionary<string, TextReader>(), new SortedDictionary<string, TextReader>());
        view.ReadAll(key => newest[key] = new TextReader());
        view.ReadAll(key => whole[key] = new TextReader(), fromFirstEvent: true);

        Assert.Equal(["a", "b", "c", "idle"], newest.Keys);
        foreach (var key in newest.Keys)
        {
            var image = view.ReadImage(key)!;
            Assert.Equal([image.Snapshot is { } state ? Encoding.UTF8.GetString(state.Span) : null, .. image.Events.Texts()], newest[key].Told);
            Assert.Equal([null, .. view.ReadEvents(key).Texts()], whole[key].Told);
        }
    }

    [Fact]
    public async Task ScanUnfinished_LastEventsOfBothKinds_NamesAllButTheFinished()
    {
        using (var log = OrderedLog.Open(folder.DatabasePath))
        {
            log.BulkLoad([("account/idle", LogTesting.Bytes("genesis"))]);
            foreach (var (key, ends) in ((string, bool[])[])[("account/done", [false, true]), ("account/held", [true, false]), ("account/silent", [false]), ("pool/1", [false])])
            {
                var journal = await log.OpenLoaded(key);
                foreach (var isFinished in ends) log.Append(journal, LogTesting.Bytes("e"), isFinished);
                await log.WhenDurable(log.AppendedPosition);
            }

            using var view = log.OpenReadView();
            Assert.Equal(["account/held", "account/silent"], view.ScanUnfinished("account/"));
        }

        // What an older program does: it moves the head, and leaves what it does not know.
        LogTesting.Execute(folder.DatabasePath, "UPDATE heads SET events=events+1, segment=segment+100 WHERE actor=(SELECT id FROM actors WHERE key=CAST('account/done' AS BLOB))");
        using (var view = JournalReadView.OpenFile(folder.DatabasePath)) Assert.Equal(["account/done", "account/held", "account/silent"], view.ScanUnfinished("account/"));

        LogTesting.Execute(folder.DatabasePath, "ALTER TABLE heads DROP COLUMN finished");
        using (var old = JournalReadView.OpenFile(folder.DatabasePath)) Assert.Equal(["account/done", "account/held", "account/silent"], old.ScanUnfinished("account/"));
    }

    [Fact]
    public async Task ReadEvents_UnknownActor_ReturnsNone()
    {
        using var log = OrderedLog.Open(folder.DatabasePath);
        await log.AppendDurably(await log.OpenLoaded("a"), "1");

        Assert.Empty(log.ReadEvents("b"));
        using var view = log.OpenReadView();
        Assert.Null(view.ReadSnapshot("b"));
        Assert.Null(view.ReadSnapshot("a"));
    }

    [Fact]
    public async Task ReadSnapshot_VersionMax_ReturnsTheNewestUpToIt()
    {
        using var log = OrderedLog.Open(folder.DatabasePath);
        log.BulkLoad([("a", LogTesting.Bytes("genesis"))]);
        var journal = await log.OpenLoaded("a");
        await log.AppendDurably(journal, "1", "2");
        await log.PutSnapshot(journal, 2, LogTesting.Bytes("after 2"));

        using var view = log.OpenReadView();

        Assert.Equal("genesis", Encoding.UTF8.GetString(view.ReadSnapshot("a", 0)!.State.Span));
        Assert.Equal(0, view.ReadSnapshot("a", 1)!.Version);
        Assert.Equal(2, view.ReadSnapshot("a")!.Version);
    }
}
