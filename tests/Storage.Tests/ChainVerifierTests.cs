namespace Dtao.Storage.Tests;

public sealed class ChainVerifierTests : IDisposable
{
    private const string ActorA = "actor=(SELECT id FROM actors WHERE key=CAST('a' AS BLOB))";
    private readonly TemporaryFolder folder = new();

    private string DatabasePath => folder.DatabasePath;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Verify_WholeFile_IsCleanAndCountsEverything()
    {
        await WriteThreeJournals();

        var report = Verify();

        Assert.Empty(report.Faults);
        Assert.True(report.IsClean);
        Assert.Equal((3, 12, 12, 4), (report.Actors, report.Segments, report.Events, report.Snapshots));
    }

    [Fact]
    public async Task Verify_Prefix_ReadsOnlyItsActors()
    {
        await WriteThreeJournals();
        LogTesting.Execute(DatabasePath, $"UPDATE segments SET payload=payload || X'00' WHERE {ActorA}");

        using var view = JournalReadView.OpenFile(DatabasePath);

        Assert.True(view.VerifyChains("b", TestContext.Current.CancellationToken).IsClean);
        Assert.Equal(1, view.VerifyChains("b", TestContext.Current.CancellationToken).Actors);
        Assert.False(view.VerifyChains("a", TestContext.Current.CancellationToken).IsClean);
    }

    [Theory]
    [InlineData("a payload changed", $"UPDATE segments SET payload=CAST('{"\u0001\u0002"}X2' AS BLOB) WHERE {ActorA} AND first=2", ChainFaultKind.DigestMismatch)]
    [InlineData("a payload cut", $"UPDATE segments SET payload=substr(payload, 1, 3) WHERE {ActorA} AND first=3", ChainFaultKind.SegmentUnreadable)]
    [InlineData("a payload longer", $"UPDATE segments SET payload=payload || X'00' WHERE {ActorA} AND first=3", ChainFaultKind.SegmentUnreadable)]
    [InlineData("an unknown payload format", $"UPDATE segments SET payload=CAST('{"\u0009\u0002"}a2' AS BLOB) WHERE {ActorA} AND first=2", ChainFaultKind.SegmentUnreadable)]
    [InlineData("a digest changed", $"UPDATE segments SET digest=zeroblob(32) WHERE {ActorA} AND first=2", ChainFaultKind.DigestMismatch)]
    [InlineData("a segment gone", $"DELETE FROM segments WHERE {ActorA} AND first=2", ChainFaultKind.SegmentOutOfSequence)]
    [InlineData("the first segment gone", $"DELETE FROM segments WHERE {ActorA} AND first=1", ChainFaultKind.SegmentOutOfSequence)]
    [InlineData("the tail gone", $"DELETE FROM segments WHERE {ActorA} AND first=4", ChainFaultKind.HeadMismatch)]
    [InlineData("the journal gone", $"DELETE FROM segments WHERE {ActorA}", ChainFaultKind.HeadMismatch)]
    [InlineData("the head put back", $"UPDATE heads SET events=3 WHERE {ActorA}", ChainFaultKind.HeadMismatch)]
    [InlineData("the head gone", $"DELETE FROM heads WHERE {ActorA}", ChainFaultKind.HeadMismatch)]
    [InlineData("the genesis state changed", $"UPDATE snapshots SET state=X'00' WHERE {ActorA} AND version=0", ChainFaultKind.SnapshotDamaged)]
    [InlineData("a snapshot of another history", $"UPDATE snapshots SET digest=zeroblob(32) WHERE {ActorA} AND version=2", ChainFaultKind.SnapshotMismatch)]
    [InlineData("a snapshot beyond the head", $"UPDATE snapshots SET version=9 WHERE {ActorA} AND version=2", ChainFaultKind.SnapshotMismatch)]
    public async Task Verify_DamagedJournal_IsFoundAndNamed(string damage, string sql, ChainFaultKind kind)
    {
        await WriteThreeJournals();
        LogTesting.Execute(DatabasePath, sql);

        var report = Verify();

        Assert.Contains(report.Faults, fault => fault.ActorKey == "a" && fault.Kind == kind);
        Assert.True(report.Faults.All(fault => fault.ActorKey is "a" or ""), $"After {damage} only that journal is at fault.");
    }

    [Fact]
    public async Task Verify_TwoSegmentsExchanged_IsFound()
    {
        await WriteThreeJournals();
        LogTesting.Execute(DatabasePath, $"UPDATE segments SET first=CASE first WHEN 2 THEN 3 ELSE 2 END WHERE {ActorA} AND first IN (2, 3)");

        Assert.Contains(Verify().Faults, fault => fault is { ActorKey: "a", Kind: ChainFaultKind.SegmentOutOfSequence });
    }

    [Fact]
    public async Task Verify_ActorGoneFromTheIndex_IsFoundByItsRowsAndTheTotals()
    {
        await WriteThreeJournals();
        LogTesting.Execute(DatabasePath, "DELETE FROM actors WHERE key=CAST('a' AS BLOB)");

        var kinds = Verify().Faults.Select(fault => fault.Kind).Distinct();

        Assert.Equal([ChainFaultKind.ActorMissing, ChainFaultKind.TotalMismatch], kinds);
    }

    [Fact]
    public async Task Verify_JournalGoneWithEveryTrace_IsFoundByTheTotals()
    {
        await WriteThreeJournals();
        foreach (var table in (string[])["segments", "snapshots", "heads"]) LogTesting.Execute(DatabasePath, $"DELETE FROM {table} WHERE {ActorA}");
        LogTesting.Execute(DatabasePath, "DELETE FROM actors WHERE key=CAST('a' AS BLOB)");

        Assert.Equal(ChainFaultKind.TotalMismatch, Assert.Single(Verify().Faults).Kind);
    }

    [Theory]
    [InlineData("a segment's payload", ChainFaultKind.DigestMismatch, true)]
    [InlineData("a segment's digest", ChainFaultKind.DigestMismatch, false)]
    [InlineData("a snapshot's state", ChainFaultKind.SnapshotDamaged, true)]
    [InlineData("a snapshot's digest", ChainFaultKind.SnapshotMismatch, true)]
    [InlineData("the head", ChainFaultKind.HeadMismatch, true)]
    public async Task Verify_OneByteOfTheFileFlipped_IsFoundThoughThePagesAreWhole(string where, ChainFaultKind kind, bool stopsTheActor)
    {
        const int Last = 0x012C;
        using (var log = OrderedLog.Open(DatabasePath))
        {
            var journal = await log.OpenLoaded("a");
            await log.AppendDurably(journal, "before", "an event that is easy to find in the file");
            await log.PutSnapshot(journal, 1, LogTesting.Bytes("a state that is easy to find in the file"));
            var position = 0L;
            for (var number = 3; number <= Last; number++) position = log.Append(journal, "after");
            await log.WhenDurable(position);
        }

        Assert.True(Verify().IsClean);
        Flip(where switch
        {
            "a segment's payload" => PlaceOf("segments", "an event that is easy"u8),
            "a segment's digest" => PlaceOf("segments", LogTesting.ChainOf("before", "an event that is easy to find in the file")),
            "a snapshot's state" => PlaceOf("snapshots", "a state that is easy"u8),
            "a snapshot's digest" => PlaceOf("snapshots", LogTesting.ChainOf("before")),
            _ => PlaceOf("heads", [Last >> 8, Last & 0xFF]),
        });

        Assert.Contains(Verify().Faults, fault => fault.ActorKey == "a" && fault.Kind == kind);
        Assert.Equal(1, LogTesting.Query(DatabasePath, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check='ok'"));

        // An actor that starts compares its events with the digest of the newest segment; those between are the audit's.
        using var reopened = OrderedLog.Open(DatabasePath);
        var failure = await Record.ExceptionAsync(() => reopened.ReadImage("a"));
        Assert.Equal(stopsTheActor, failure is StoreException { Code: StoreErrorCode.Corrupt });
    }

    [Theory]
    [InlineData($"DELETE FROM segments WHERE {ActorA} AND first=3")]
    [InlineData($"DELETE FROM segments WHERE {ActorA} AND first=4")]
    [InlineData($"DELETE FROM heads WHERE {ActorA}")]
    [InlineData($"UPDATE heads SET events=events+1 WHERE {ActorA}")]
    [InlineData($"UPDATE segments SET payload=substr(payload, 1, 3) WHERE {ActorA} AND first=3")]
    [InlineData($"UPDATE segments SET previous=id WHERE {ActorA} AND first=4")]
    [InlineData($"UPDATE segments SET digest=zeroblob(32) WHERE {ActorA} AND first=4")]
    public async Task Load_DamagedJournal_FailsAndLeavesTheOthersReadable(string sql)
    {
        await WriteThreeJournals();
        LogTesting.Execute(DatabasePath, sql);
        using var log = OrderedLog.Open(DatabasePath);

        var failure = await Assert.ThrowsAsync<StoreException>(() => log.ReadImage("a"));

        Assert.Equal(StoreErrorCode.Corrupt, failure.Code);
        Assert.Equal(4, (await log.ReadImage("b")).Version);
        using var view = log.OpenReadView();
        Assert.Equal(StoreErrorCode.Corrupt, Assert.Throws<StoreException>(() => view.ReadAll(_ => new TextReader())).Code);
        var b = new TextReader();
        view.ReadAll(key => key == "b" ? b : null);
        Assert.Equal(["genesis of b", "b1", "b2", "b3", "b4"], b.Told);
    }

    // Actors a, b, c with four events each, every event a segment; a and b have genesis states, a and c a snapshot at 2.
    private async Task WriteThreeJournals()
    {
        using var log = OrderedLog.Open(DatabasePath);
        log.BulkLoad([("a", LogTesting.Bytes("genesis of a")), ("b", LogTesting.Bytes("genesis of b"))]);
        foreach (var key in (string[])["a", "b", "c"])
        {
            var journal = await log.OpenLoaded(key);
            await log.AppendDurably(journal, $"{key}1", $"{key}2");
            if (key != "b") await log.PutSnapshot(journal, 2, LogTesting.Bytes($"{key} after 2"));
            await log.AppendDurably(journal, $"{key}3", $"{key}4");
        }
    }

    /// <summary>Where in the file the first page of a table holds these bytes, which stand there once.</summary>
    private long PlaceOf(string table, ReadOnlySpan<byte> bytes)
    {
        var size = (int)LogTesting.Query(DatabasePath, "SELECT page_size FROM pragma_page_size");
        var start = size * (LogTesting.Query(DatabasePath, $"SELECT rootpage FROM sqlite_schema WHERE name='{table}'") - 1);
        var page = File.ReadAllBytes(DatabasePath).AsSpan((int)start, size);
        Assert.Equal(1, page.Count(bytes));
        return start + page.IndexOf(bytes);
    }

    private void Flip(long at)
    {
        using var file = File.Open(DatabasePath, FileMode.Open, FileAccess.ReadWrite);
        file.Position = at;
        var value = (byte)file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(value ^ 0x01));
    }

    private ChainReport Verify()
    {
        using var view = JournalReadView.OpenFile(DatabasePath);
        return view.VerifyChains(cancellationToken: TestContext.Current.CancellationToken);
    }
}
